//! A picture of the whole page with its record numbers framed.

use super::cdp::Fault;
use super::frames::{Frame, Session};
use super::layout::Size;
use super::visit::READING;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// Chromium paints no higher pictures.
const HEIGHT: f64 = 16_384.0;
const WIDTH: f64 = 4_096.0;
/// Points of a picture: what is below them on a very long page is not in it.
const POINTS: f64 = 24_000_000.0;
/// Bytes of a picture that is kept.
const BYTES: usize = 8 << 20;
/// How it is taken: as it is; where that is too much, smaller.
const SCALES: [f64; 2] = [1.0, 0.3];

/// Takes it, PNG. A page that cannot be pictured is still a page: `None`.
pub(super) async fn take(
    session: &mut Session<'_>,
    frames: &[Frame],
    page: Size,
) -> Option<Vec<u8>> {
    for frame in frames.iter().filter(|frame| frame.own).rev() {
        let drawn = session.ask::<Value>(frame, "beian.drawFrames()", READING).await;
        if let Err(fault) = drawn {
            tracing::debug!(%fault, "frames could not be drawn");
        }
    }
    let (width, height) = clip(page);
    for scale in SCALES {
        let clip = json!({"x": 0, "y": 0, "scale": scale, "width": width, "height": height});
        let ask = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        match session.call("Page.captureScreenshot", ask, READING).await {
            Ok(taken) => {
                let png = STANDARD.decode(taken.get("data")?.as_str()?).ok()?;
                if png.len() <= BYTES {
                    return Some(png);
                }
            }
            // Too long an answer, as of a picture of noise.
            Err(Fault::Refused(why)) => tracing::debug!(%why, "no screenshot"),
            Err(fault) => {
                tracing::debug!(%fault, "no screenshot");
                return None;
            }
        }
    }
    None
}

/// Width and height of the part that is pictured.
fn clip(page: Size) -> (f64, f64) {
    let width = page.width.clamp(1.0, WIDTH);
    (width, page.height.clamp(1.0, HEIGHT.min((POINTS / width).floor())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_an_end() {
        let of = |width, height| clip(Size { width, height });
        assert_eq!(of(1366.0, 2_000.0), (1366.0, 2_000.0));
        assert_eq!(of(1366.0, 1e9), (1366.0, HEIGHT));
        assert_eq!(of(1e9, 1e9), (WIDTH, 5_859.0));
        assert_eq!(of(0.0, 0.0), (1.0, 1.0));
    }
}

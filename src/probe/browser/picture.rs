//! A picture of the whole page with its record numbers framed.

use super::frames::{Frame, Session};
use super::layout::Size;
use super::visit::READING;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// Chromium paints no higher pictures.
const HEIGHT: f64 = 16_384.0;
const WIDTH: f64 = 4_096.0;
const BYTES: usize = 32 << 20;

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
    let clip = json!({
        "x": 0, "y": 0, "scale": 1,
        "width": page.width.clamp(1.0, WIDTH), "height": page.height.clamp(1.0, HEIGHT),
    });
    let ask = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
    let taken = session.call("Page.captureScreenshot", ask, READING).await;
    let taken = taken.inspect_err(|fault| tracing::debug!(%fault, "no screenshot")).ok()?;
    let png = STANDARD.decode(taken.get("data")?.as_str()?).ok()?;
    (png.len() <= BYTES).then_some(png)
}

//! The picture of a page.

use super::*;
use crate::png;

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_page_is_pictured_with_its_numbers_framed() {
    let Some(path) = chromium() else { return };
    let browser = BrowserOptions { screenshots: true, ..options(path) };
    let frame = "<iframe src='/foot' width=500 height=80></iframe>";
    let stage = Stage::with(
        browser,
        pages([("/", long(LINKED)), ("/framed", long(frame)), ("/foot", LINKED.to_owned())]),
    )
    .await;
    let Some(stage) = stage else { return };
    for path in ["/", "/framed"] {
        let seen = stage.see(&format!("http://site.example{path}")).await;
        let Rendering::Shown(rendered) = seen.rendering else { panic!("{path}") };
        assert!(rendered.screenshot);
        let shot = &seen.shots[0];
        let picture = png::decode(shot.picture.as_ref().unwrap());
        let size = (rendered.width as usize, rendered.height as usize);
        assert_eq!((picture.width, picture.height), size);
        assert!(size.1 > 1_500, "{size:?}");
        let area = only(&rendered).1.area;
        let is_frame = |x: usize, y: usize| picture.at(x, y) == png::FRAME;
        // Left of the number there is its frame, and within it there is none.
        let (left, middle) = (area.x as usize - 4, area.y as usize + area.height as usize / 2);
        assert!(is_frame(left, middle), "{path}: no frame at {left},{middle}");
        assert!(!is_frame(area.x as usize + 2, middle));
        assert!(String::from_utf8_lossy(&shot.document).contains(NUMBER));
    }
}

//! Pages that attack the browser that shows them.

use super::Ends::{NotShown, Shown, ShownWithout};
use super::script::{Asked, Step, head, leads_to, not_found, page, say, typed};
use super::{Case, Ends, Group, Server};
use crate::evidence::RenderFailure::{
    AddressRefused, Download, Hung, Redirects, TooLarge, Unreadable,
};

pub(super) const CASES: &[Case] = &[
    runs("dialogs", "Dialogues without end.", SHOWN, |asked| {
        script(asked, "setInterval(() => { alert(1); confirm(2); prompt(3) }, 1)")
    }),
    runs("dialog-loop", "A script that does nothing but open dialogues.", GIVEN_UP, |asked| {
        script(asked, "for (;;) alert('关闭')")
    }),
    runs("stay", "A page that wants nobody to leave.", SHOWN, |asked| {
        script(asked, "onbeforeunload = (e) => { e.preventDefault(); return '别走' }")
    }),
    runs("download", "The page is a download.", &[NotShown(Download)], |asked| {
        let headers = ["Content-Type: text/html; charset=utf-8", "Content-Disposition: attachment"];
        vec![head("200 OK", &headers), say([asked.before, asked.after].concat())]
    }),
    runs("downloads", "Downloads without end.", &[Shown, NotShown(Download)], |asked| match asked
        .bare_path()
    {
        "/file" => typed("application/zip", b"PK"),
        _ => script(
            asked,
            "setInterval(() => { const a = document.createElement('a'); a.href = '/file?' + \
             Math.random(); a.download = 'x.exe'; a.click() }, 20)",
        ),
    }),
    runs("endless-script", "A script that never ends.", GIVEN_UP, |asked| {
        script(asked, "for (;;);")
    }),
    runs("endless-timers", "Timers that leave no time.", GIVEN_UP, |asked| {
        script(
            asked,
            "setInterval(() => { const t = Date.now(); while (Date.now() - t < 900); }, 1)",
        )
    }),
    runs("endless-workers", "Workers that never end.", SHOWN, |asked| {
        script(
            asked,
            "for (let i = 0; i < 8; i++) new Worker(URL.createObjectURL(new Blob(['for(;;);'])))",
        )
    }),
    runs("endless-expression", "An expression that backtracks for ever.", GIVEN_UP, |asked| {
        script(asked, "/^(a+)+$/.test('a'.repeat(60) + 'b')")
    }),
    runs("eats-objects", "Eats memory by objects.", &[NotShown(TooLarge)], |asked| {
        script(asked, "const a = []; for (;;) a.push(new Array(100000).fill(a.length + 0.5))")
    }),
    runs("eats-buffers", "Eats memory by buffers.", &[NotShown(TooLarge)], |asked| {
        script(asked, "const a = []; setInterval(() => a.push(new Uint8Array(3e8).fill(1)), 50)")
    }),
    runs("eats-canvas", "Canvases of a thousand million pixels.", GIVEN_UP, |asked| {
        script(
            asked,
            "const a = []; for (let i = 0; i < 40; i++) { const c = \
             document.createElement('canvas'); c.width = c.height = 16000; \
             c.getContext('2d').fillRect(0, 0, 16000, 16000); a.push(c) }",
        )
    }),
    runs("eats-elements", "Grows by 2,000 elements each moment.", GIVEN_UP, |asked| {
        script(
            asked,
            "setInterval(() => { for (let i = 0; i < 2000; i++) \
             document.body.append(document.createElement('p'), '新') }, 5)",
        )
    }),
    runs("pop-ups", "Windows without end.", SHOWN, |asked| {
        script(asked, "setInterval(() => open('/?' + Math.random()), 5)")
    }),
    runs("service-worker", "A service worker that answers in the site's place.", SHOWN, |asked| {
        match asked.bare_path() {
            "/sw.js" => {
                typed("text/javascript", b"onfetch = (e) => e.respondWith(new Response('gone'))")
            }
            _ => script(
                asked,
                "navigator.serviceWorker && \
                 navigator.serviceWorker.register('/sw.js').then(() => setTimeout(() => \
                 location.reload(), 200)).catch(() => 0)",
            ),
        }
    }),
    goes("goes-file", "Leads to a file of ours.", SHOWN, "file:///etc/passwd"),
    goes("goes-chrome", "Leads to a page of the browser's own.", SHOWN, "chrome://version/"),
    goes("goes-source", "Leads to a page's source.", SHOWN, "view-source:file:///etc/passwd"),
    goes("goes-app", "Leads into an app.", STOPPED, "weixin://dl/business/?t=x"),
    goes("goes-inside", "Leads to a private address.", REFUSED, "http://10.0.0.1/"),
    goes("goes-metadata", "Leads to the clouds' metadata.", REFUSED, "http://2852039166/latest/"),
    goes(
        "goes-name",
        "Leads to a name that points inside.",
        REFUSED,
        "http://inner.hostile.example/",
    ),
    goes("goes-loopback", "Leads to [::1].", REFUSED, "http://[::1]/"),
    runs("redirected-inside", "A frame and a script that redirect inside.", SHOWN, |asked| {
        match asked.bare_path() {
            "/inside" => leads_to("http://192.168.1.1/"),
            _ => asked.page_with(
                b"<iframe src=/inside></iframe><script src=/inside></script><img src=/inside>",
            ),
        }
    }),
    runs("asks-inside", "Asks for private addresses in every way that there is.", SHOWN, |asked| {
        asked.page_with(INSIDE.as_bytes())
    }),
    runs("frames-endless", "Frames within frames without end.", WITHIN_BOUNDS, |asked| {
        asked.page_with(
            format!(
                "<iframe src='/?{}1'></iframe><iframe src='/?{}2'></iframe>",
                asked.path.len(),
                asked.path.len()
            )
            .as_bytes(),
        )
    }),
    runs("history", "A thousand addresses a second.", SHOWN, |asked| {
        script(asked, "let n = 0; setInterval(() => history.pushState(0, '', '/p' + n++), 1)")
    }),
    runs("history-back", "Goes back and forth.", &[Shown, NotShown(Unreadable)], |asked| {
        script(
            asked,
            "history.pushState(0, '', '/a'); setInterval(() => { history.back(); \
             history.forward() }, 10)",
        )
    }),
    runs("reload", "Reloads itself.", &[NotShown(Redirects)], |asked| {
        script(asked, "location.reload()")
    }),
    runs("wanders", "Leads one page further, for ever.", &[NotShown(Redirects)], |asked| {
        script(asked, "location = '/?' + Math.random()")
    }),
    runs("submits", "A form that sends itself.", &[NotShown(Redirects)], |asked| {
        asked.page_with(
            b"<form method=post action=/><input \
              name=a></form><script>document.forms[0].submit()</script>",
        )
    }),
    runs("prints", "Prints itself without end.", SHOWN, |asked| {
        script(asked, "setInterval(() => print(), 10)")
    }),
    runs("asks-leave", "Wants to notify, to locate, to listen and to look.", SHOWN, |asked| {
        script(
            asked,
            "Notification.requestPermission(); navigator.geolocation.getCurrentPosition(() \
             => 0); try { navigator.mediaDevices.getUserMedia({audio: true, video: \
             true}).catch(() => 0) } catch (e) {} \
             document.documentElement.requestFullscreen().catch(() => 0); \
             document.body.requestPointerLock()",
        )
    }),
    runs("debugger", "Halts the browser's debugger.", SHOWN, |asked| {
        script(asked, "setInterval(() => { debugger }, 10)")
    }),
    runs("closes", "Closes its own window.", SHOWN, |asked| {
        script(asked, "window.close(); self.opener = null; open('', '_self').close()")
    }),
    runs("numbers-shown", "The number in 100,000 elements.", CUT, |asked| {
        script(
            asked,
            "const n = document.createDocumentFragment(); for (let i = 0; i < 100000; i++) \
             { const p = document.createElement('p'); p.textContent = '粤ICP备2099000123号-1'; \
             n.append(p) } document.body.prepend(n)",
        )
    }),
    runs("never-quiet", "A page that changes each moment.", SHOWN, |asked| {
        script(
            asked,
            "const i = document.createElement('i'); document.body.prepend(i); \
             setInterval(() => { i.textContent = '时间 ' + Date.now() }, 5)",
        )
    }),
    runs("never-there", "A foot that is always about to come.", &[ShownWithout], |_| {
        page(
            "<!doctype html><meta charset=utf-8><title>示例</title><div \
             id=a></div><script>setInterval(() => { a.textContent = '加载中' + \
             '.'.repeat(Date.now() / 100 % 9) }, 20)</script>"
                .as_bytes(),
        )
    }),
    runs("very-long", "A page of thirty million pixels.", SHOWN, |asked| {
        asked.page_with(b"<div style='height:30000000px'></div>")
    }),
    runs("fetches", "Requests without end.", WITHIN_BOUNDS, |asked| match asked.bare_path() {
        "/x" => not_found(),
        _ => script(
            asked,
            "setInterval(() => { for (let i = 0; i < 50; i++) fetch('/x?' + \
             Math.random()).catch(() => 0) }, 10)",
        ),
    }),
    runs("shadows", "Shadow roots within each other.", SHOWN, |asked| {
        script(
            asked,
            "let at = document.createElement('div'); document.body.prepend(at); for (let i \
             = 0; i < 2000; i++) { const root = at.attachShadow({mode: 'closed'}); at = \
             document.createElement('div'); root.append(at) }",
        )
    }),
    runs("overwrites", "Replaces what the reader's tools rely on.", SHOWN, |asked| {
        script(
            asked,
            "Object.freeze(Document.prototype); Element.prototype.getBoundingClientRect = \
             () => { throw 1 }; Array.prototype.map = Array.prototype.push = JSON.stringify \
             = document.querySelectorAll = document.createTreeWalker = getComputedStyle = \
             () => { throw 2 }",
        )
    }),
];

const SHOWN: &[Ends] = &[Shown];
const REFUSED: &[Ends] = &[NotShown(AddressRefused)];
/// Where no app takes over, the browser may have stopped reading the page.
const STOPPED: &[Ends] = &[Shown, ShownWithout];
/// A script that leaves the page no time is ended, or the browser with it.
const GIVEN_UP: &[Ends] = &[Shown, ShownWithout, NotShown(Hung), NotShown(TooLarge)];
/// The page is read as far as the bounds go.
const WITHIN_BOUNDS: &[Ends] = &[Shown, NotShown(Hung), NotShown(TooLarge)];

/// The foot stands behind the bounds.
const CUT: &[Ends] = &[Shown, ShownWithout, NotShown(Hung), NotShown(TooLarge)];

/// Ways in which a page asks for something, each for a private address.
const INSIDE: &str = "\
<img src=http://10.0.0.1/a.png><iframe src=http://167772161/b></iframe>
<iframe src=http://[fd00::1]/c></iframe><iframe src=http://inner.hostile.example/d></iframe>
<link rel=stylesheet href=http://0xa.1/e.css><link rel=prefetch href=http://10.1/f>
<link rel=preconnect href=http://192.168.1.1/><link rel=dns-prefetch href=//inner.hostile.example>
<script src=http://169.254.169.254/g.js></script><object data=http://10.0.0.1./h></object>
<video src=http://172.16.0.1/i autoplay></video><embed src=http://[::ffff:10.0.0.1]/j>
<iframe src=file:///etc/passwd></iframe><iframe src=view-source:file:///etc/hosts></iframe>
<script>
  fetch('http://100.64.0.1/k', {mode: 'no-cors'}).catch(() => 0);
  fetch('http://127.0.0.1/l').catch(() => 0);
  new WebSocket('ws://10.0.0.1/m');
  navigator.sendBeacon('http://192.168.1.1/n', 'x');
  new EventSource('http://169.254.169.254/latest/');
  new Worker(URL.createObjectURL(new Blob(['fetch(\"http://10.0.0.1/o\")'])));
  try { new WebTransport('https://10.0.0.1/p') } catch (e) {}
  try {
    const urls = ['stun:10.0.0.1:3478', 'turn:192.168.1.1:3478'];
    const peer = new RTCPeerConnection({iceServers: [{urls, username: 'a', credential: 'b'}]});
    peer.createDataChannel('x');
    peer.createOffer().then((offer) => peer.setLocalDescription(offer));
  } catch (e) {}
  open('http://10.0.0.1/q');
</script>";

const fn runs(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    answer: fn(&Asked<'_>) -> Vec<Step>,
) -> Case {
    Case::served(Group::Browser, name, what, ends, Server::Answer(answer))
}

/// A page whose script leads away.
const fn goes(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    target: &'static str,
) -> Case {
    Case::served(Group::Browser, name, what, ends, Server::GoesTo(target))
}

/// The site's page with this script in it.
pub(super) fn script(asked: &Asked<'_>, script: &str) -> Vec<Step> {
    asked.page_with(format!("<script>{script}</script>").as_bytes())
}

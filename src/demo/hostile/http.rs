//! Servers whose HTTP is a trap.

use super::Ends::{Cut, Failed, Numbered, Other, Page};
use super::bomb::{brotli_bomb, chunk, coded, deflated, gzip_head, gzipped, zeros};
use super::script::{Asked, Step, drip, flood, head, page, say, typed};
use super::{Case, Ends, Group, Server};
use crate::evidence::Failure::{BadBody, BadHttp, Deadline, ReadTimeout, RedirectLoop};

const HTML: &str = "Content-Type: text/html; charset=utf-8";
const CHUNKED: &str = "Transfer-Encoding: chunked";
const TEN_GB: u64 = 10_000_000_000;

pub(super) const CASES: &[Case] = &[
    answers("head-endless", "Headers without end.", &[Failed(BadHttp)], |_| {
        vec![say("HTTP/1.1 200 OK\r\n"), flood("X-More: more\r\n", u64::MAX)]
    }),
    answers("head-long-line", "One header without end.", &[Failed(BadHttp)], |_| {
        vec![say("HTTP/1.1 200 OK\r\nX-Long: "), flood("x", u64::MAX)]
    }),
    answers("head-many", "A thousand headers.", &[Failed(BadHttp)], |asked| {
        let many: Vec<String> = (0..1000).map(|i| format!("X-{i}: {i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        vec![head("200 OK", &many), say(asked.before)]
    }),
    answers("head-cookies", "Cookies without end.", &[Failed(BadHttp)], |_| {
        let cookie = format!("Set-Cookie: a={}\r\n", "x".repeat(4000));
        vec![say("HTTP/1.1 200 OK\r\n"), flood(cookie, u64::MAX)]
    }),
    answers(
        "head-cookie-jar",
        "Two hundred cookies, and a redirect back for more.",
        &[Failed(RedirectLoop)],
        |_| {
            let cookies: Vec<String> =
                (0..200).map(|i| format!("Set-Cookie: c{i}={}", "x".repeat(200))).collect();
            let mut all: Vec<&str> = cookies.iter().map(String::as_str).collect();
            all.extend(["Location: /", "Content-Length: 0"]);
            vec![head("302 Found", &all)]
        },
    ),
    answers("head-nul", "NUL and escape characters in headers.", &[Failed(BadHttp)], |asked| {
        vec![
            say("HTTP/1.1 200 OK\r\nServer: a\0b\x1b[2J\r\nX\0: y\r\nContent-Type: text/html\r\n"),
            say("Connection: close\r\n\r\n"),
            say([asked.before, asked.after].concat()),
        ]
    }),
    answers("continue-flood", "100 Continue, again and again.", &[Failed(BadHttp)], |_| {
        vec![flood("HTTP/1.1 100 Continue\r\n\r\n", u64::MAX)]
    }),
    answers("hints-flood", "Early hints, one a second.", &[Failed(ReadTimeout)], |_| {
        vec![drip(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")]
    }),
    answers("body-10-gb", "A body of 10 GB.", &[Cut], |asked| {
        let length = format!("Content-Length: {TEN_GB}");
        vec![head("200 OK", &[HTML, &length]), say(asked.before), flood("x ", TEN_GB / 2)]
    }),
    answers("body-endless", "A body in chunks without end.", &[Cut], |asked| {
        vec![
            head("200 OK", &[HTML, CHUNKED]),
            chunk(asked.before),
            flood(format!("1000\r\n{}\r\n", "x ".repeat(0x800)), u64::MAX),
        ]
    }),
    answers(
        "body-one-byte-chunks",
        "Chunks of one byte, one a second.",
        &[Failed(Deadline)],
        |_| vec![head("200 OK", &[HTML, CHUNKED]), drip(b"1\r\nx\r\n")],
    ),
    answers("bomb-gzip", "Ten megabytes of gzip that become ten gigabytes.", &[Cut], |asked| {
        coded("gzip", vec![say(gzip_head()), say(deflated(asked.before)), flood(zeros(), 10_000)])
    }),
    answers("bomb-deflate", "The same as a bare deflate stream.", &[Cut], |asked| {
        coded("deflate", vec![say(deflated(asked.before)), flood(zeros(), 10_000)])
    }),
    answers("bomb-brotli", "Ten kilobytes of brotli that become ten gigabytes.", &[Cut], |_| {
        coded("br", vec![say(brotli_bomb(640))])
    }),
    answers("bomb-nested", "A bomb within a bomb within a bomb.", &[Cut], |_| {
        let inner = [gzip_head(), zeros().repeat(10_000)].concat();
        coded("gzip, gzip, gzip", vec![say(gzipped(&gzipped(&inner)))])
    }),
    answers("coding-many", "Four codings over each other.", &[Failed(BadBody)], |_| {
        coded("gzip, br, gzip, deflate", vec![say(gzip_head())])
    }),
    answers("coding-unknown", "A coding that nobody asked for.", &[Failed(BadBody)], |asked| {
        coded("zstd", vec![say(asked.before)])
    }),
    answers("coding-rubbish", "Brotli that is none.", &[Failed(BadBody)], |_| {
        coded("br", vec![say([0xff; 5000])])
    }),
    answers("coding-broken", "Gzip that breaks off.", &[Failed(BadBody)], |asked| {
        coded("gzip", vec![say(gzip_head()), say(deflated(asked.before))])
    }),
    answers("coding-none", "A page that claims to be gzip.", &[Numbered], |asked| {
        coded("gzip", vec![say(asked.before), say(asked.after)])
    }),
    answers("length-short", "A length shorter than the body.", &[Page(200)], |asked| {
        vec![head("200 OK", &[HTML, "Content-Length: 5"]), say(asked.before)]
    }),
    answers("length-long", "A length longer than the body.", &[Failed(BadBody)], |asked| {
        vec![head("200 OK", &[HTML, "Content-Length: 1000000"]), say(asked.before)]
    }),
    answers("length-negative", "A negative length.", &[Failed(BadHttp)], |asked| {
        vec![head("200 OK", &[HTML, "Content-Length: -1"]), say(asked.before)]
    }),
    answers("length-overflow", "A length of 30 digits.", &[Failed(BadHttp)], |asked| {
        let length = format!("Content-Length: {}", "9".repeat(30));
        vec![head("200 OK", &[HTML, &length]), say(asked.before)]
    }),
    answers("length-two", "Two lengths that differ.", &[Failed(BadHttp)], |asked| {
        vec![head("200 OK", &[HTML, "Content-Length: 5", "Content-Length: 9"]), say(asked.before)]
    }),
    answers("length-and-chunks", "A length and chunks.", &[Numbered], |asked| {
        let body = [asked.before, asked.after].concat();
        vec![head("200 OK", &[HTML, "Content-Length: 5", CHUNKED]), chunk(&body), say("0\r\n\r\n")]
    }),
    answers("chunk-bad", "A chunk whose size is no number.", &[Failed(BadBody)], |_| {
        vec![head("200 OK", &[HTML, CHUNKED]), say("5\r\nhello\r\nzz\r\n")]
    }),
    answers("chunk-overflow", "A chunk of 2^64 bytes.", &[Failed(BadBody)], |_| {
        vec![head("200 OK", &[HTML, CHUNKED]), say("10000000000000000\r\nhello")]
    }),
    answers("chunk-extension", "A chunk extension without end.", &[Failed(BadBody)], |_| {
        vec![head("200 OK", &[HTML, CHUNKED]), say("5;"), flood("a", u64::MAX)]
    }),
    answers("chunk-trailers", "Trailers without end.", &[Failed(BadBody)], |_| {
        vec![
            head("200 OK", &[HTML, CHUNKED]),
            say("1\r\nx\r\n0\r\n"),
            flood("X-T: t\r\n", u64::MAX),
        ]
    }),
    answers("type-video", "A video that calls itself text/html.", &[Page(200)], |_| {
        let mut video = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
        video.extend((0..60_000u32).flat_map(|i| (i.wrapping_mul(2_654_435_761)).to_be_bytes()));
        typed("text/html", &video)
    }),
    answers("type-image", "A picture.", &[Other(200)], |_| typed("image/png", b"\x89PNG\r\n")),
    answers("type-none", "Random bytes without a type.", &[Other(200)], |_| {
        vec![head("200 OK", &[]), say([0x9c; 100_000])]
    }),
    answers("http-0-9", "A page without status line or headers.", &[Failed(BadHttp)], |asked| {
        vec![say([asked.before, asked.after].concat())]
    }),
    answers("http-2", "HTTP/2 to whoever asked in HTTP/1.1.", &[Failed(BadHttp)], |_| {
        vec![say([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100]), Step::Hold]
    }),
    answers("http-garbage", "Random bytes for an answer.", &[Failed(BadHttp)], |_| {
        vec![flood([0xfe, 0xed, 0, 7, 0x9c], u64::MAX)]
    }),
    answers("http-version", "HTTP/9.9.", &[Failed(BadHttp)], |asked| {
        vec![say("HTTP/9.9 200 OK\r\n\r\n"), say(asked.before)]
    }),
    answers("http-request", "A request for an answer.", &[Failed(BadHttp)], |asked| {
        vec![say(format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", asked.host))]
    }),
    answers("status-999", "Status 999.", &[Page(999)], |_| vec![head("999 No", &[HTML]), say("x")]),
    answers("status-099", "Status 099.", &[Failed(BadHttp)], |_| vec![head("099 No", &[HTML])]),
    answers("status-101", "Switches to another protocol unasked.", &[Failed(BadHttp)], |_| {
        vec![
            say("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            Step::Hold,
        ]
    }),
    answers("status-204", "No content, with content.", &[Page(204)], |asked| {
        vec![head("204 No Content", &[HTML]), say(asked.before)]
    }),
    answers("status-304", "Not modified, though nobody asked.", &[Page(304)], |_| {
        vec![head("304 Not Modified", &[HTML])]
    }),
    answers("body-empty", "200 with no body.", &[Page(200)], |_| page(b"")),
];

const fn answers(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    answer: fn(&Asked<'_>) -> Vec<Step>,
) -> Case {
    Case::served(Group::Http, name, what, ends, Server::Answer(answer))
}

//! Redirects that lead round, away and inside.

use super::Ends::{Failed, Numbered};
use super::script::{Asked, Step, flood, head, leads_to};
use super::{Case, Ends, Group, Server};
use crate::evidence::Failure::{
    AddressRefused, BadRedirect, DnsNone, RedirectLoop, TooManyRedirects,
};

pub(super) const CASES: &[Case] = &[
    answers("redirect-self", "A redirect to itself.", &[Failed(RedirectLoop)], |_| leads_to("/")),
    answers(
        "redirect-circle",
        "Two pages that lead to each other.",
        &[Failed(RedirectLoop)],
        |asked| leads_to(if asked.path == "/b" { "/" } else { "/b" }),
    ),
    answers(
        "redirect-endless",
        "Each redirect leads one further, for ever.",
        &[Failed(TooManyRedirects)],
        |asked| leads_to(&format!("{}a", asked.path)),
    ),
    answers(
        "redirect-by-cookie",
        "A circle that sets a new cookie each time.",
        &[Failed(RedirectLoop)],
        |_| vec![head("302 Found", &["Location: /", "Set-Cookie: n=1", "Content-Length: 0"])],
    ),
    answers("redirect-body", "A redirect with 10 GB behind it.", &[Numbered], |asked| match asked
        .path
    {
        "/next" => asked.page_with(b""),
        _ => vec![
            head("302 Found", &["Location: /next", "Content-Type: text/html"]),
            flood("x", 10_000_000_000),
        ],
    }),
    answers("redirect-nowhere", "To a name that does not exist.", &[Failed(DnsNone)], |_| {
        leads_to("http://nobody.nowhere.example/")
    }),
    answers("redirect-long", "To an address of 60,000 characters.", &[Failed(BadRedirect)], |_| {
        leads_to(&format!("/{}", "a".repeat(60_000)))
    }),
    leads("redirect-file", "To file:///etc/passwd.", "file:///etc/passwd"),
    leads("redirect-script", "To javascript:.", "javascript:alert(1)"),
    leads("redirect-data", "To data:.", "data:text/html,<p>x"),
    leads("redirect-gopher", "To gopher:.", "gopher://10.0.0.1:70/_x"),
    leads("redirect-no-host", "To an address without a host.", "http://"),
    inside("inside-loopback", "To 127.0.0.1.", "http://127.0.0.1/"),
    inside("inside-private", "To 10.0.0.1.", "http://10.0.0.1/"),
    inside(
        "inside-metadata",
        "To the clouds' metadata.",
        "http://169.254.169.254/latest/meta-data/",
    ),
    inside("inside-carrier", "To carrier-grade NAT.", "http://100.64.0.1/"),
    inside("inside-name", "To a name that points inside.", "http://inner.hostile.example/"),
    inside("inside-port", "To port 8080 of such a name.", "http://metadata.hostile.example:8080/"),
    inside("inside-decimal", "As one decimal number.", "http://167772161/"),
    inside("inside-hex", "As one hexadecimal number.", "http://0x0a000001/"),
    inside("inside-octal", "With octal parts.", "http://012.0.0.01/"),
    inside("inside-short", "With two parts.", "http://10.1/"),
    inside("inside-mixed", "With parts of three notations.", "http://0xa.0.01/"),
    inside("inside-dot", "With a dot at the end.", "http://10.0.0.1./"),
    inside("inside-name-dot", "A name with a dot at the end.", "http://inner.hostile.example./"),
    inside("inside-zero", "To 0.", "http://0/"),
    inside(
        "inside-userinfo",
        "Behind a user that looks like a host.",
        "http://www.example.com@10.0.0.1/",
    ),
    inside("inside-backslash", "Behind backslashes.", "\\\\10.0.0.1\\x"),
    inside("inside-full-width", "In full-width digits.", "http://１０.０.０.１/"),
    inside("inside-circled", "In circled digits.", "http://①⓪.⓪.⓪.①/"),
    inside("inside-escaped", "In percent escapes.", "http://%31%30.0.0.1/"),
    inside("inside-ideographic", "With ideographic dots.", "http://10。0。0。1/"),
    inside("inside-mapped", "As a mapped IPv6 address.", "http://[::ffff:10.0.0.1]/"),
    inside("inside-mapped-hex", "The same in hexadecimal.", "http://[::ffff:a00:1]/"),
    inside("inside-compatible", "As an IPv4-compatible address.", "http://[::10.0.0.1]/"),
    inside("inside-nat64", "Behind a NAT64 prefix.", "http://[64:ff9b::10.0.0.1]/"),
    inside("inside-6to4", "Behind a 6to4 prefix.", "http://[2002:a00:1::1]/"),
    inside("inside-v6-loopback", "To ::1.", "http://[::1]/"),
    inside("inside-unique-local", "To a unique local address.", "http://[fd00::1]/"),
    inside("inside-link-local", "To a link-local address.", "http://[fe80::1]/"),
    answers(
        "inside-fourth-hop",
        "By way of three decent redirects.",
        &[Failed(AddressRefused)],
        |asked| match asked.path {
            "/" => leads_to("/b"),
            "/b" => leads_to("/c"),
            _ => leads_to("http://0xa9fea9fe/latest/"),
        },
    ),
    inside("inside-https", "Over https.", "https://192.168.1.1/"),
];

const fn answers(
    name: &'static str,
    what: &'static str,
    ends: &'static [Ends],
    answer: fn(&Asked<'_>) -> Vec<Step>,
) -> Case {
    Case::served(Group::Http, name, what, ends, Server::Answer(answer))
}

/// A redirect that nobody can follow.
const fn leads(name: &'static str, what: &'static str, target: &'static str) -> Case {
    Case::served(Group::Http, name, what, &[Failed(BadRedirect)], Server::LeadsTo(target))
}

/// A redirect to an address that is refused, in one of its spellings.
const fn inside(name: &'static str, what: &'static str, target: &'static str) -> Case {
    Case::served(Group::Http, name, what, &[Failed(AddressRefused)], Server::LeadsTo(target))
}

//! What several rules ask about one host: worked out by the first of them that asks.

use super::Na;
use super::found::Found;
use super::icp::Standing;
use crate::policy::Signature;
use std::cell::OnceCell;
use std::ops::Deref;

/// What rules know of one host and its page. Empty at first; never for two hosts.
#[derive(Default)]
pub struct Known<'a> {
    /// The words of the policy's lists on the page.
    pub(super) words: OnceCell<Found>,
    /// What the record numbers of the page come to.
    pub(super) standing: OnceCell<Standing<'a>>,
    /// Why what belongs to one service alone is not judged on the page.
    pub(super) elsewhere: OnceCell<Option<Na>>,
    /// What is recognised in the walks over https and over http.
    pub(super) walks: [OnceCell<Option<&'a Signature>>; 2],
    /// The same, of the page in a browser.
    pub(super) shown: OnceCell<Option<&'a Signature>>,
}

/// Where that is kept.
pub enum KnownOnce<'a> {
    /// With all who ask about the host.
    Shared(&'a Known<'a>),
    /// Here: a page that one rule alone looks at.
    Own(Box<Known<'a>>),
}

impl<'a> Deref for KnownOnce<'a> {
    type Target = Known<'a>;

    fn deref(&self) -> &Known<'a> {
        match self {
            KnownOnce::Shared(known) => known,
            KnownOnce::Own(known) => known,
        }
    }
}

impl Default for KnownOnce<'_> {
    fn default() -> Self {
        KnownOnce::Own(Box::default())
    }
}

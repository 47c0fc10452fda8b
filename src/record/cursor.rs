use super::fold::fold_char;

/// White space and zero-width characters passed over in one step: what is
/// further apart is not one number, and a page may hold megabytes of them.
const GAP: usize = 64;

/// A place in a text, which is read folded, forwards and backwards; so spans
/// need no map from the folded text to the text as given.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        Cursor { text, at }
    }

    /// The byte offset in the text as given, on a character border.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// A part of the text as given.
    pub(super) fn part(&self, span: &std::ops::Range<usize>) -> &'t str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    /// The next character; white space reads as one blank a character.
    pub(super) fn next(&mut self) -> Option<char> {
        let mut rest = self.text.get(self.at..)?.chars();
        for _ in 0..GAP {
            let c = rest.next()?;
            if let Some(folded) = fold_char(c) {
                self.at = self.text.len() - rest.as_str().len();
                return Some(folded);
            }
        }
        None
    }

    /// The character before.
    pub(super) fn back(&mut self) -> Option<char> {
        let mut rest = self.text.get(..self.at)?.chars();
        for _ in 0..GAP {
            let c = rest.next_back()?;
            if let Some(folded) = fold_char(c) {
                self.at = rest.as_str().len();
                return Some(folded);
            }
        }
        None
    }

    pub(super) fn peek(&self) -> Option<char> {
        let mut ahead = *self;
        ahead.next()
    }

    pub(super) fn peek_back(&self) -> Option<char> {
        let mut behind = *self;
        behind.back()
    }

    /// Passes over the next character where it is as asked.
    pub(super) fn eat(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let mut ahead = *self;
        let c = ahead.next().filter(|&c| wanted(c))?;
        *self = ahead;
        Some(c)
    }

    /// The same, backwards.
    pub(super) fn eat_back(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let mut behind = *self;
        let c = behind.back().filter(|&c| wanted(c))?;
        *self = behind;
        Some(c)
    }

    /// Passes over blanks; whether there were any.
    pub(super) fn blanks(&mut self) -> bool {
        (0..GAP).take_while(|_| self.eat(|c| c == ' ').is_some()).count() > 0
    }

    /// The same, backwards.
    pub(super) fn blanks_back(&mut self) -> bool {
        (0..GAP).take_while(|_| self.eat_back(|c| c == ' ').is_some()).count() > 0
    }

    /// Passes over a word with blanks before and between its characters, whatever the
    /// case of its letters; stays where it is if the word is not there.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let mut ahead = *self;
        for wanted in word.chars() {
            ahead.blanks();
            if ahead.eat(|c| c.eq_ignore_ascii_case(&wanted)).is_none() {
                return false;
            }
        }
        *self = ahead;
        true
    }

    /// The same, backwards.
    pub(super) fn word_back(&mut self, word: &str) -> bool {
        let mut behind = *self;
        for wanted in word.chars().rev() {
            behind.blanks_back();
            if behind.eat_back(|c| c.eq_ignore_ascii_case(&wanted)).is_none() {
                return false;
            }
        }
        *self = behind;
        true
    }

    /// Reads characters of a kind, at most `most` of them; `None` where there are more.
    pub(super) fn run(&mut self, most: usize, wanted: impl Fn(char) -> bool) -> Option<String> {
        let mut read = String::new();
        for _ in 0..most {
            match self.eat(&wanted) {
                Some(c) => read.push(c),
                None => return Some(read),
            }
        }
        self.peek().is_none_or(|c| !wanted(c)).then_some(read)
    }

    /// Reads ASCII digits, at most `most`; `None` where there are more.
    pub(super) fn digits(&mut self, most: usize) -> Option<String> {
        self.run(most, |c| c.is_ascii_digit())
    }
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

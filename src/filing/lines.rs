//! The physical lines of a list, as they come: nothing is read ahead but one block.

use super::{Reason, charset::Charset};
use std::{
    collections::VecDeque,
    io::{self, Read},
};

/// Bytes that one line, and one row, may have.
pub(super) const LONGEST_ROW: usize = 1 << 20;
/// Bytes of an overlong line that are shown.
const SHOWN_OF_OVERLONG: usize = 4096;
const BLOCK: usize = 64 * 1024;

/// A line of the file.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// Without its ending; `U+FFFD` stands for what could not be decoded.
    pub(super) text: String,
    pub(super) fault: Option<LineFault>,
}

/// Why a line is not what stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LineFault {
    /// Bytes are not of this encoding.
    Undecodable(&'static str),
    /// Longer than [`LONGEST_ROW`].
    Overlong,
    Nul,
    /// What the system says; the file ends here.
    Unreadable(String),
}

impl LineFault {
    /// Whether the line can still be cut into cells, one of which is at fault.
    pub(super) fn is_in_a_cell(&self) -> bool {
        matches!(self, LineFault::Undecodable(_) | LineFault::Nul)
    }

    /// What is wrong with the line, and what to do.
    pub(super) fn reason(&self) -> Reason {
        match self {
            LineFault::Undecodable(encoding) => Reason::new(
                format!(
                    "这里有不属于 {encoding} 编码的字节（显示为 \u{fffd}），请改正文字，或用 --encoding 指定编码"
                ),
                format!(
                    "bytes here are not {encoding} (shown as \u{fffd}); mend the text, or name the encoding with --encoding"
                ),
            ),
            LineFault::Overlong => Reason::new(
                format!("这一行超过 {LONGEST_ROW} 字节，请检查是否缺少换行或右引号"),
                format!(
                    "the line is longer than {LONGEST_ROW} bytes; is a line end or a closing quote missing?"
                ),
            ),
            LineFault::Nul => Reason::new(
                "含有 NUL 字符，文件可能被截断或复制出错，请重新填写这一行",
                "it holds NUL characters, as files that were cut off or copied badly do; write the row again",
            ),
            LineFault::Unreadable(error) => Reason::new(
                format!("文件从这里起无法读取（{error}），其后的行本次未处理，请检查文件后再试"),
                format!(
                    "the file could not be read further ({error}); what follows is missing from this run"
                ),
            ),
        }
    }
}

/// The lines of a list, with room to give some back.
pub(super) struct Lines {
    waiting: VecDeque<Line>,
    source: Option<Source>,
}

struct Source {
    input: Box<dyn Read + Send>,
    charset: Charset,
    buffer: Vec<u8>,
    /// Where the next line begins in the buffer.
    start: usize,
    at_end: bool,
    number: u64,
    error: Option<io::Error>,
}

impl Lines {
    /// Reads `input`, of which `prefix` was read already.
    pub(super) fn new(prefix: Vec<u8>, input: Box<dyn Read + Send>, charset: Charset) -> Lines {
        let start = charset.mark;
        let source =
            Source { input, charset, buffer: prefix, start, at_end: false, number: 0, error: None };
        Lines { waiting: VecDeque::new(), source: Some(source) }
    }

    /// Lines that were read already, for a trial.
    pub(super) fn trial(lines: &[Line]) -> Lines {
        Lines { waiting: lines.iter().cloned().collect(), source: None }
    }

    /// The next line; with the file's end, `None`.
    pub(super) fn next(&mut self) -> Option<Line> {
        self.waiting.pop_front().or_else(|| self.source.as_mut()?.next())
    }

    /// Puts lines back, to be read again in the same order.
    pub(super) fn give_back(&mut self, lines: Vec<Line>) {
        for line in lines.into_iter().rev() {
            self.waiting.push_front(line);
        }
    }

    /// The first lines, which stay to be read: as many as `most`, and not far beyond one block.
    pub(super) fn beginning(&mut self, most: usize) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut size = 0;
        while lines.len() < most && size < 4 * BLOCK {
            let Some(line) = self.next() else { break };
            size += line.text.len();
            lines.push(line);
        }
        self.give_back(lines.clone());
        lines
    }

    /// The encoding, as far as it is known by now.
    pub(super) fn encoding(&self) -> &'static str {
        self.source.as_ref().map_or("UTF-8", |source| source.charset.name())
    }
}

impl Source {
    fn next(&mut self) -> Option<Line> {
        let mut searched = self.start;
        let unit = self.charset.unit();
        loop {
            if let Some(end) = self.charset.find_ending(&self.buffer, searched) {
                let line = self.line(end);
                self.start = end + unit;
                return Some(line);
            }
            if self.buffer.len() - self.start > LONGEST_ROW {
                return Some(self.overlong());
            }
            let unsearched = (self.buffer.len() - self.start) / unit * unit;
            if !self.fill() {
                return self.last();
            }
            searched = self.start + unsearched;
        }
    }

    /// Reads one more block; what was handed out goes. False at the end.
    fn fill(&mut self) -> bool {
        if self.at_end {
            return false;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let kept = self.buffer.len();
        self.buffer.resize(kept + BLOCK, 0);
        let read = loop {
            match self.input.read(self.buffer.get_mut(kept..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = *read.as_ref().unwrap_or(&0);
        self.buffer.truncate(kept + count);
        self.at_end = count == 0;
        self.error = read.err();
        !self.at_end
    }

    fn line(&mut self, end: usize) -> Line {
        self.number += 1;
        let bytes = self.buffer.get(self.start..end).unwrap_or_default();
        let (mut text, sound) = self.charset.decode(bytes);
        if text.ends_with('\r') {
            text.pop();
        }
        let fault = if bytes.len() > LONGEST_ROW {
            text.truncate(text.floor_char_boundary(SHOWN_OF_OVERLONG));
            Some(LineFault::Overlong)
        } else if !sound {
            Some(LineFault::Undecodable(self.charset.name()))
        } else {
            text.contains('\0').then_some(LineFault::Nul)
        };
        Line { number: self.number, text, fault }
    }

    /// What stands behind the last line end, and after it the error that ended the file.
    fn last(&mut self) -> Option<Line> {
        if self.start < self.buffer.len() {
            let line = self.line(self.buffer.len());
            self.buffer.clear();
            self.start = 0;
            return Some(line);
        }
        let error = self.error.take()?;
        self.number += 1;
        let fault = Some(LineFault::Unreadable(error.to_string()));
        Some(Line { number: self.number, text: String::new(), fault })
    }

    /// A line too long to hold: its beginning, and on to its end without keeping it.
    fn overlong(&mut self) -> Line {
        let end = (self.start + SHOWN_OF_OVERLONG).min(self.buffer.len());
        let (text, _) = self.charset.decode(self.buffer.get(self.start..end).unwrap_or_default());
        let unit = self.charset.unit();
        loop {
            if let Some(end) = self.charset.find_ending(&self.buffer, self.start) {
                self.start = end + unit;
                break;
            }
            self.start += (self.buffer.len() - self.start) / unit * unit;
            if !self.fill() {
                self.buffer.clear();
                self.start = 0;
                break;
            }
        }
        self.number += 1;
        Line { number: self.number, text, fault: Some(LineFault::Overlong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Lines {
        let charset = Charset::of(bytes, None).unwrap();
        Lines::new(Vec::new(), Box::new(io::Cursor::new(bytes.to_vec())), charset)
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        let mut lines = lines(bytes);
        std::iter::from_fn(|| lines.next()).map(|line| line.text).collect()
    }

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        assert_eq!(texts(b"a\nb\r\nc"), ["a", "b", "c"]);
        assert_eq!(texts(b"a\rb\rc\r"), ["a", "b", "c"]);
        assert_eq!(texts(b"a\n\n\nb\n"), ["a", "", "", "b"]);
    }

    #[test]
    fn an_overlong_line_is_one_line_and_the_next_keeps_its_number() {
        let mut bytes = b"a\n".to_vec();
        bytes.extend(vec![b'x'; 3 * LONGEST_ROW]);
        bytes.extend(b"\nb\n");
        let mut lines = lines(&bytes);
        assert_eq!(lines.next().unwrap().number, 1);
        let long = lines.next().unwrap();
        assert_eq!((long.number, long.fault), (2, Some(LineFault::Overlong)));
        assert_eq!(long.text.len(), SHOWN_OF_OVERLONG);
        let next = lines.next().unwrap();
        assert_eq!((next.number, &*next.text), (3, "b"));
        assert!(lines.next().is_none());
    }

    #[test]
    fn a_read_error_is_a_line_of_its_own() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("disk gone"))
            }
        }
        let charset = Charset::of(b"a\n", None).unwrap();
        let mut lines = Lines::new(b"a\nb".to_vec(), Box::new(Broken), charset);
        assert_eq!(lines.next().unwrap().text, "a");
        assert_eq!(lines.next().unwrap().text, "b");
        let last = lines.next().unwrap();
        assert!(matches!(last.fault, Some(LineFault::Unreadable(_))));
        assert!(lines.next().is_none());
    }
}

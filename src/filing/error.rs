/// Why a list cannot be read at all: for the operator. Each names the list, what was
/// seen, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Nothing stands in it.
    #[error("{list}: the list is empty; give a list with at least one domain")]
    Empty {
        /// The list's name.
        list: String,
    },
    /// No heading is known as the domain's, and no column holds domains alone.
    #[error(
        "{list}: no column with the domain found; line {line} reads: {seen}; expected a heading such as 域名, 网站域名 or domain \
         within the first rows, or one domain a line; name the column with --map HEADING=domain"
    )]
    NoDomainColumn {
        /// The list's name.
        list: String,
        /// The line that was taken for the headings, from 1.
        line: u64,
        /// What stands there.
        seen: String,
    },
    /// The operator's `--map` names a heading that the list does not have.
    #[error("{list}: --map names the heading `{heading}`, which is not among the list's: {seen}")]
    NoSuchHeading {
        /// The list's name.
        list: String,
        /// The heading asked for.
        heading: String,
        /// The headings there are.
        seen: String,
    },
    /// The operator's `--encoding` is not the name of one.
    #[error(
        "`{label}` is no encoding that we know; try utf-8, gb18030, gbk, utf-16le, utf-16be or big5"
    )]
    UnknownEncoding {
        /// What was asked for.
        label: String,
    },
    /// The operator's `--sheet` is not in the workbook.
    #[error("{list}: there is no sheet `{sheet}`; the workbook has: {sheets}")]
    NoSuchSheet {
        /// The list's name.
        list: String,
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        sheets: String,
    },
    /// It is something else than a list.
    #[error("{list}: this looks like {what}, which is not a layout that we read; {remedy}")]
    NotAList {
        /// The list's name.
        list: String,
        /// What it looks like.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A workbook that cannot be opened.
    #[error(
        "{list}: the workbook cannot be read ({detail}); open it, save it anew as .xlsx or as CSV, and try again"
    )]
    Workbook {
        /// The list's name.
        list: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A workbook that would take too much memory.
    #[error(
        "{list}: the workbook is too large ({detail}); save the sheet as CSV, which has no limit"
    )]
    TooLarge {
        /// The list's name.
        list: String,
        /// What is too large, and the limit.
        detail: String,
    },
    /// The bytes cannot be had.
    #[error("{list}: cannot be read: {error}")]
    Unreadable {
        /// The list's name.
        list: String,
        /// What the system says.
        error: std::io::Error,
    },
}

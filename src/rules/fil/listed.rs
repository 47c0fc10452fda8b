//! What the rules that look at the whole list say alike.

use crate::evidence::Others;
use crate::filing::Status;
use crate::rules::{Defect, ListCase, Na, Outcome, Text};

/// Why a rule has nothing to compare: a cancelled filing holds nothing any more.
pub(super) fn not_in_force(case: &ListCase<'_>) -> Option<Outcome> {
    (case.filing.status == Status::Cancelled).then_some(Outcome::Na(Na::Status))
}

/// The list does not say whose the filing is.
pub(super) fn no_subject() -> Outcome {
    Outcome::Na(Na::Other(Text::new(
        "名单没有写明主办单位，也没有可以识别主体的备案号",
        "the list names neither the subject nor a number that tells it",
    )))
}

/// Other domains by name, and how many more there are.
pub(super) fn domains(others: &Others) -> Text {
    let shown = others.domains.join("、");
    let more = u64::from(others.count).saturating_sub(others.domains.len() as u64);
    match more {
        0 => Text::new(shown, others.domains.join(", ")),
        _ => Text::new(
            format!("{shown} 等 {} 个", others.count),
            format!("{} and {more} more", others.domains.join(", ")),
        ),
    }
}

/// A review of what the list alone says: nobody has to open a site for it.
pub(super) fn review(defect: Defect, reason: Text) -> Outcome {
    Outcome::Review(Defect {
        problem: None,
        cause: Some(Text::new(
            format!("需要人工复核：{}。", reason.zh),
            format!("A person has to look: {}.", reason.en),
        )),
        first: Some(Text::new(
            "请先与备案系统里的信息核对：实际已符合要求的，无需处理，告诉我们更正名单即可；确实不符合的：",
            "Please compare with the filing system first: where all is well there, nothing has \
             to be done but to tell us, so that we correct the list; where it is not, this mends it:",
        )),
        ..defect
    })
}

use super::{FilingNumber, Licence, Number};

/// How a number that a page shows stands to the number that is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The very number.
    Same,
    /// The subject's number (no serial), where a service's is filed.
    Subject,
    /// The number of one service, where only the subject's is filed: its serial cannot be judged.
    Service,
    /// The same subject, the serial of another of its services.
    OtherService,
    /// The same subject, the number of an app, a mini program or a quick app where
    /// that of a website is filed, or the reverse.
    OtherKind,
    /// Another subject, or a licence beside a filing number.
    Unrelated,
}

impl Number {
    /// How this number, as shown, stands to the filed one.
    pub fn relation_to(&self, filed: &Number) -> Relation {
        match (self, filed) {
            (Number::Filing(shown), Number::Filing(filed)) => shown.relation_to(filed),
            (Number::Licence(shown), Number::Licence(filed)) => shown.relation_to(filed),
            _ => Relation::Unrelated,
        }
    }

    /// Whether both are of one subject, whatever their serials.
    pub fn same_subject(&self, other: &Number) -> bool {
        self.relation_to(other) != Relation::Unrelated
    }

    /// Whether a page that shows this number shows the filed one as far as the filed one
    /// says: the same number, or any service's where only the subject's is filed.
    pub fn covers(&self, filed: &Number) -> bool {
        matches!(self.relation_to(filed), Relation::Same | Relation::Service)
    }

    /// The number without its serial: of the subject, or the licence itself.
    pub fn subject(&self) -> Number {
        match self {
            Number::Filing(number) => Number::Filing(number.subject()),
            Number::Licence(licence) => {
                Number::Licence(Licence { base: licence.base.clone(), serial: None })
            }
        }
    }

    /// The filing number, where it is one.
    pub fn filing(&self) -> Option<&FilingNumber> {
        match self {
            Number::Filing(number) => Some(number),
            Number::Licence(_) => None,
        }
    }
}

impl FilingNumber {
    /// How this number, as shown, stands to the filed one.
    pub fn relation_to(&self, filed: &FilingNumber) -> Relation {
        if !self.same_subject(filed) {
            Relation::Unrelated
        } else if let Some(relation) = by_serial(self.serial, filed.serial) {
            relation
        } else if self.suffix != filed.suffix {
            Relation::OtherKind
        } else if self.serial == filed.serial {
            Relation::Same
        } else {
            Relation::OtherService
        }
    }
}

impl Licence {
    /// How this licence, as shown, stands to the filed one.
    pub fn relation_to(&self, filed: &Licence) -> Relation {
        if self.base != filed.base {
            return Relation::Unrelated;
        }
        by_serial(self.serial, filed.serial).unwrap_or(if self.serial == filed.serial {
            Relation::Same
        } else {
            Relation::OtherService
        })
    }
}

/// What follows where one of the two has no serial.
fn by_serial(shown: Option<u32>, filed: Option<u32>) -> Option<Relation> {
    match (shown, filed) {
        (None, None) => Some(Relation::Same),
        (None, Some(_)) => Some(Relation::Subject),
        (Some(_), None) => Some(Relation::Service),
        (Some(_), Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(shown: &str, filed: &str) -> Relation {
        let number = |text: &str| text.parse::<Number>().unwrap();
        number(shown).relation_to(&number(filed))
    }

    #[test]
    fn a_shown_number_is_told_apart_by_subject_serial_and_kind() {
        use Relation::*;
        for (shown, filed, expected) in [
            ("粤ICP备99000123号-1", "粤ICP备99000123号-1", Same),
            ("粤ICP备99000123号", "粤ICP备99000123号", Same),
            ("粤ICP备99000123号", "粤ICP备99000123号-1", Subject),
            ("粤ICP备99000123号-4", "粤ICP备99000123号", Service),
            ("粤ICP备99000123号-2", "粤ICP备99000123号-1", OtherService),
            ("粤ICP备99000123号-1A", "粤ICP备99000123号-1", OtherKind),
            ("粤ICP备99000124号-1", "粤ICP备99000123号-1", Unrelated),
            ("京ICP备99000123号-1", "粤ICP备99000123号-1", Unrelated),
            ("粤B2-20990059", "粤B2-20990059-1", Subject),
            ("粤B2-20990059-2", "粤B2-20990059-1", OtherService),
            ("粤B2-20990059", "粤ICP备99000123号-1", Unrelated),
        ] {
            assert_eq!(relation(shown, filed), expected, "{shown} against {filed}");
        }
    }

    #[test]
    fn a_colloquial_letter_names_the_same_subject() {
        assert_eq!(relation("川ICP备99000123号-1", "蜀ICP备99000123号-1"), Relation::Same);
    }
}

//! One JSON object a line.

use super::{
    Reason,
    column::{Columns, Damage, MOST_COLUMNS, Record},
    field::Field,
    lines::Lines,
    text,
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// The next line that is not blank, its keys as columns.
pub(super) fn next(
    lines: &mut Lines,
    columns: &mut Columns,
    map: &[(String, Field)],
) -> Option<Record> {
    let line = loop {
        let line = lines.next()?;
        if line.fault.is_some() || !line.text.trim().is_empty() {
            break line;
        }
    };
    let damaged = |column: String, value: &str, reason: Reason| Damage {
        column,
        value: text::excerpt(value, 60),
        reason,
    };
    if let Some(fault) = line.fault {
        let damage = damaged(String::new(), &line.text, fault.reason());
        return Some(Record::damaged(line.number, line.text, damage));
    }
    let pairs = match object(&line.text) {
        Ok(pairs) => pairs,
        Err(error) => {
            let damage = damaged(String::new(), line.text.trim(), no_object(&error));
            return Some(Record::damaged(line.number, line.text, damage));
        }
    };
    let mut record = Record { line: line.number, raw: line.text, ..Record::default() };
    let mut spare: Vec<(usize, String)> = Vec::new();
    for (key, value) in pairs {
        let Some(at) = columns.place(&key, map) else {
            let reason = Reason::new(
                format!("列表中不同的键超过 {MOST_COLUMNS} 个，请删去多余的键"),
                format!("the list has more than {MOST_COLUMNS} different keys"),
            );
            record.damage = Some(damaged(key, &cell(&value), reason));
            break;
        };
        match columns.rival(at) {
            None => put(&mut record, at, cell(&value)),
            Some(_) => spare.push((at, cell(&value))),
        }
    }
    // `域名` in one object, `domain` in the next: what the object has is read.
    for (at, cell) in spare {
        let rival = columns.rival(at).filter(|&rival| !has(&record, rival));
        put(&mut record, rival.unwrap_or(at), cell);
    }
    Some(record)
}

/// The parser speaks English; in Chinese the place is told alone.
fn no_object(error: &serde_json::Error) -> Reason {
    let place = match error.column() {
        0 => String::new(),
        byte => format!("（第 {byte} 个字节处有误）"),
    };
    let detail = error.to_string().replace(" at line 1 column", " at character");
    Reason::new(
        format!("无法识别为 JSON 对象{place}，请每行写一个 JSON 对象"),
        format!("no JSON object can be read here ({detail}); write one object a line"),
    )
}

fn has(record: &Record, at: usize) -> bool {
    record.cells.get(at).is_some_and(Option::is_some)
}

/// The first of two equal keys counts.
fn put(record: &mut Record, at: usize, cell: String) {
    if record.cells.len() <= at {
        record.cells.resize(at + 1, None);
    }
    if let Some(place) = record.cells.get_mut(at).filter(|place| place.is_none()) {
        *place = Some(cell);
    }
}

/// The keys and values of an object, in their order.
pub(super) fn object(line: &str) -> serde_json::Result<Vec<(String, Value)>> {
    serde_json::from_str::<Pairs>(line.trim_start_matches('\u{feff}')).map(|pairs| pairs.0)
}

/// A value as a cell: the items of an array stand on lines of their own.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join("\n"),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
        Value::Bool(_) | Value::Object(_) => value.to_string(),
    }
}

struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pairs, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_become_cells() {
        let pairs = object(
            r#"{"b":["192.0.2.1","192.0.2.2"],"a":13800000000.0,"c":null,"d":{"x":1},"e":2099}"#,
        );
        let cells: Vec<(String, String)> =
            pairs.unwrap().into_iter().map(|(key, value)| (key, cell(&value))).collect();
        let cells: Vec<(&str, &str)> = cells.iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(
            cells,
            [
                ("b", "192.0.2.1\n192.0.2.2"),
                ("a", "13800000000"),
                ("c", ""),
                ("d", r#"{"x":1}"#),
                ("e", "2099")
            ]
        );
    }
}

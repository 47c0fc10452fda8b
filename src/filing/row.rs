//! One row's cells → a filing, or why it is none.

use super::{
    Domain, FiledNumber, FiledPolice, Filing, Homepage, Reason, address,
    column::{Column, Columns, Damage, Record},
    date, domain,
    field::Field,
    text, words,
};
use crate::record::Province;

/// Hosts that one filing may name besides its domain.
const MOST_HOSTS: usize = 64;

/// Reads a row. Domain, addresses and dates must be readable; everything else is taken as
/// it stands and judged later.
pub(super) fn filing(record: &Record, columns: &Columns) -> Result<Filing, Damage> {
    if let Some(damage) = &record.damage {
        return Err(damage.clone());
    }
    let place = columns.domain().unwrap_or_default();
    let cell = record.cells.get(place).and_then(Option::as_deref).unwrap_or_default();
    let domain = Domain::parse(cell).map_err(|error| Damage {
        column: columns.heading(place),
        value: text::excerpt(cell, 200),
        reason: error.0,
    })?;
    let mut filing = Filing::of_domain(record.line, domain);
    filing.written_domain =
        domain::host(cell).ok().filter(|written| written != filing.domain.ascii());
    for (at, (column, cell)) in columns.list().iter().zip(&record.cells).enumerate() {
        let Some(cell) = cell.as_deref().filter(|_| at != place) else { continue };
        take_fallible(&mut filing, column, cell).map_err(|(value, reason)| Damage {
            column: column.heading.clone(),
            value: text::excerpt(&value, 200),
            reason,
        })?;
    }
    Ok(filing)
}

/// The fields that must be readable; the value that is not, and why.
fn take_fallible(filing: &mut Filing, column: &Column, cell: &str) -> Result<(), (String, Reason)> {
    let unread = |reason| (text::tidy(cell), reason);
    match column.field {
        Some(Field::Addresses) => {
            filing.addresses =
                address::addresses(cell).map_err(|error| (error.value, error.reason))?;
        }
        Some(Field::ApprovedOn) => filing.approved_on = date::date(cell).map_err(unread)?,
        Some(Field::OpenedOn) => filing.opened_on = date::date(cell).map_err(unread)?,
        Some(Field::IdExpiresOn) => {
            filing.id_expires_on = date::end_of_validity(cell).map_err(unread)?
        }
        Some(field) if take(filing, field, cell) => {}
        _ => {
            let text = text::tidy(cell);
            if !text.is_empty() {
                filing.extra.push((column.heading.clone(), text));
            }
        }
    }
    Ok(())
}

/// The fields that are taken as they stand. False where the cell says something that we
/// cannot use; it is kept with the unknown columns then.
fn take(filing: &mut Filing, field: Field, cell: &str) -> bool {
    let present = || text::present(cell);
    match field {
        Field::Domain
        | Field::Addresses
        | Field::ApprovedOn
        | Field::OpenedOn
        | Field::IdExpiresOn => {}
        Field::RecordNumber => filing.record_number = filed(cell),
        Field::SubjectNumber => filing.subject_number = filed(cell),
        Field::Licence => filing.licence = filed(cell),
        Field::PoliceNumber => {
            filing.police_number =
                present().map(|text| FiledPolice { number: text.parse().ok(), text });
        }
        Field::ServiceName => filing.service_name = present(),
        Field::SubjectName => filing.subject_name = present(),
        Field::SubjectKind => filing.subject_kind = present(),
        Field::Province => {
            filing.filed_province = present().and_then(|name| Province::from_name(&name));
            return filing.filed_province.is_some() || present().is_none();
        }
        Field::Hosts => return take_hosts(filing, cell),
        Field::Providers => filing.providers = Some(text::names(cell)),
        Field::Status => filing.status = words::status(cell),
        Field::ContentKind => filing.content_kind = present(),
        Field::PreApprovals => add_approval(filing, present()),
        Field::Platform => filing.platform = present(),
        Field::Remark => filing.remark = present(),
        Field::Homepage => {
            filing.homepage = homepage(cell);
            return filing.homepage.is_some() || present().is_none();
        }
        Field::ServiceType => filing.service_type = words::service_type(cell),
        Field::SubjectIdKind => filing.subject_id_kind = present(),
        Field::SubjectId => filing.subject_id = present(),
        Field::LegalRepresentative => filing.legal_representative = present(),
        Field::SubjectOwner => filing.subject_owner = present(),
        Field::Authority => filing.authority = Some(present().unwrap_or_default()),
        Field::Owner => filing.owner = present(),
        Field::Phone => filing.phone = present(),
        Field::Email => filing.email = present(),
    }
    true
}

fn filed(cell: &str) -> Option<FiledNumber> {
    text::present(cell).map(|text| FiledNumber { number: text.parse().ok(), text })
}

/// Several columns tell of prior approvals (kind, number, expiry): they are joined.
fn add_approval(filing: &mut Filing, approval: Option<String>) {
    let Some(approval) = approval else { return };
    match &mut filing.pre_approvals {
        Some(known) => {
            known.push('；');
            known.push_str(&approval);
        }
        None => filing.pre_approvals = Some(approval),
    }
}

/// Hosts as whole names, as labels under the domain (`m`), or `@` for the domain itself.
fn take_hosts(filing: &mut Filing, cell: &str) -> bool {
    let mut all_read = true;
    let items = cell.split(|c: char| c.is_whitespace() || ",;，；、|".contains(c));
    for item in items.filter(|item| !text::is_absent(item)) {
        let name = match item {
            "@" => filing.domain.ascii().to_owned(),
            label if !label.contains(['.', '。', '．']) => {
                format!("{label}.{}", filing.domain.ascii())
            }
            name => name.to_owned(),
        };
        match domain::host(&name) {
            Ok(host) if filing.hosts.len() < MOST_HOSTS => {
                if !filing.hosts.contains(&host) {
                    filing.hosts.push(host);
                }
            }
            _ => all_read = false,
        }
    }
    all_read
}

/// The first URL of the cell; without a scheme it is a website's.
fn homepage(cell: &str) -> Option<Homepage> {
    let first = cell
        .split(|c: char| c.is_whitespace() || "；;，、|".contains(c))
        .find(|s| !s.is_empty())?;
    let host = domain::host(first).ok()?;
    let with_scheme =
        if first.contains("://") { first.to_owned() } else { format!("http://{first}") };
    let url = url::Url::parse(&with_scheme).ok()?;
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    Some(Homepage { host, port: url.port(), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Result<Filing, Damage> {
        let headings: Vec<String> = cells.iter().map(|(heading, _)| heading.to_string()).collect();
        let columns = Columns::of(&headings, &[]);
        let cells = cells.iter().map(|(_, cell)| Some(cell.to_string())).collect();
        filing(&Record { line: 2, cells, ..Record::default() }, &columns)
    }

    #[test]
    fn a_homepage_is_read_with_host_port_and_path() {
        let homepage =
            |cell| row(&[("域名", "site.example"), ("首页网址", cell)]).unwrap().homepage;
        let expected = |host: &str, port, path: &str| {
            Some(Homepage { host: host.to_owned(), port, path: path.to_owned() })
        };
        assert_eq!(
            homepage("https://www.site.example:8443/cn/?a=1"),
            expected("www.site.example", Some(8443), "/cn/?a=1")
        );
        assert_eq!(homepage("http://site.example:80"), expected("site.example", None, "/"));
        assert_eq!(homepage("site.example；m.site.example"), expected("site.example", None, "/"));
        assert_eq!(homepage("无"), None);
    }

    #[test]
    fn what_cannot_be_used_is_kept_with_the_unknown_columns() {
        let filing = row(&[
            ("域名", "site.example"),
            ("省份", "月球"),
            ("子域名", "m, @, *.x, a b"),
            ("合同号", "HT-1"),
            ("空", ""),
        ])
        .unwrap();
        assert_eq!(filing.filed_province, None);
        assert_eq!(
            filing.hosts,
            ["m.site.example", "site.example", "a.site.example", "b.site.example"]
        );
        let extra: Vec<&str> = filing.extra.iter().map(|(heading, _)| &**heading).collect();
        assert_eq!(extra, ["省份", "子域名", "合同号"]);
    }

    #[test]
    fn a_www_host_in_place_of_the_domain_is_kept_as_written() {
        let written = |cell| row(&[("域名", cell)]).unwrap().written_domain;
        assert_eq!(written("https://WWW.site.example/a").as_deref(), Some("www.site.example"));
        for cell in ["site.example", "https://site.example:8443/", "示例.example", "SITE.example."]
        {
            assert_eq!(written(cell), None, "{cell}");
        }
    }

    #[test]
    fn an_empty_cell_of_authority_is_told_from_a_missing_column() {
        assert_eq!(row(&[("域名", "site.example")]).unwrap().authority, None);
        let empty = row(&[("域名", "site.example"), ("授权书", "无")]).unwrap();
        assert_eq!(empty.authority.as_deref(), Some(""));
    }

    #[test]
    fn an_empty_provider_cell_is_told_from_a_missing_column() {
        assert_eq!(row(&[("域名", "site.example")]).unwrap().providers, None);
        assert_eq!(
            row(&[("域名", "site.example"), ("接入商", "-")]).unwrap().providers,
            Some(vec![])
        );
    }

    #[test]
    fn a_date_or_address_that_cannot_be_read_names_its_column_and_value() {
        let damage = row(&[("域名", "site.example"), ("审核日期", "昨天")]).unwrap_err();
        assert_eq!((&*damage.column, &*damage.value), ("审核日期", "昨天"));
        let damage = row(&[("备案IP", "192.0.2.1 x"), ("域名", "site.example")]).unwrap_err();
        assert_eq!((&*damage.column, &*damage.value), ("备案IP", "x"));
    }

    #[test]
    fn the_columns_of_prior_approvals_are_joined() {
        let filing = row(&[
            ("域名", "site.example"),
            ("前置审批项", "出版"),
            ("前置审批号", "示例字2099第1号"),
        ]);
        assert_eq!(filing.unwrap().pre_approvals.as_deref(), Some("出版；示例字2099第1号"));
    }
}

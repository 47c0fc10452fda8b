//! Writes a MaxMind-format database, as its specification says.

fn control(kind: u8, size: usize) -> Vec<u8> {
    assert!(size < 29);
    let size = u8::try_from(size).unwrap();
    if kind < 8 { vec![kind << 5 | size] } else { vec![size, kind - 7] }
}

fn text(text: &str) -> Vec<u8> {
    [control(2, text.len()), text.as_bytes().to_vec()].concat()
}

fn number(kind: u8, number: u64) -> Vec<u8> {
    let bytes: Vec<u8> = number.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    [control(kind, bytes.len()), bytes].concat()
}

/// IPv4 networks with their country and network number.
pub(super) fn write(kind: &str, epoch: u64, rows: &[([u8; 4], u8, &str, u64)]) -> Vec<u8> {
    let record = |country: &str, asn: u64| {
        let country = counted(&[("iso_code", text(country))]);
        counted(&[("country", country), ("autonomous_system_number", number(6, asn))])
    };
    let mut data = Vec::new();
    let mut nodes: Vec<[Option<usize>; 2]> = vec![[None, None]];
    let mut leaves: Vec<[Option<usize>; 2]> = vec![[None, None]];
    for (address, length, country, asn) in rows {
        let bits = u32::from_be_bytes(*address);
        let mut node = 0;
        for depth in 0..*length {
            let side = usize::try_from(bits >> (31 - depth) & 1).unwrap();
            if depth + 1 == *length {
                leaves[node][side] = Some(data.len());
            } else {
                let next = nodes[node][side].unwrap_or_else(|| {
                    nodes.push([None, None]);
                    leaves.push([None, None]);
                    nodes.len() - 1
                });
                nodes[node][side] = Some(next);
                node = next;
            }
        }
        data.extend(record(country, *asn));
    }
    let mut bytes = Vec::new();
    for (node, leaf) in nodes.iter().zip(&leaves) {
        for side in 0..2 {
            let leaf = leaf[side].map(|offset| nodes.len() + 16 + offset);
            let value = leaf.or(node[side]).unwrap_or(nodes.len());
            bytes.extend_from_slice(&u32::try_from(value).unwrap().to_be_bytes()[1..]);
        }
    }
    bytes.extend_from_slice(&[0; 16]);
    bytes.extend(data);
    bytes.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    bytes.extend(counted(&[
        ("node_count", number(6, nodes.len() as u64)),
        ("record_size", number(5, 24)),
        ("ip_version", number(5, 4)),
        ("database_type", text(kind)),
        ("languages", control(11, 0)),
        ("binary_format_major_version", number(5, 2)),
        ("binary_format_minor_version", number(5, 0)),
        ("build_epoch", number(9, epoch)),
        ("description", control(7, 0)),
    ]));
    bytes
}

fn counted(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let body: Vec<u8> =
        entries.iter().flat_map(|(key, value)| [text(key), value.clone()].concat()).collect();
    [control(7, entries.len()), body].concat()
}

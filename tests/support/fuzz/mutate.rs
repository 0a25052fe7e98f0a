//! Changes to a file that keep its structure but for one thing: elements lost, doubled, swapped, under another tag, of
//! a length that lies, nested deeply, repeated a thousand times. What is no DER is changed byte by byte.

/// Bytes of a changed file: what is longer is not looked at by any parser here, or by its first bytes alone.
const LONGEST: usize = 256 * 1024;

#[derive(Clone, Debug)]
enum Node {
    Leaf(u8, Vec<u8>),
    /// The tag, what stands before the elements (the unused bits of a BIT STRING), the elements.
    Inner(u8, Vec<u8>, Vec<Node>),
    /// As it stands, whatever it is.
    Raw(Vec<u8>),
}

/// One change: which kind, which element (modulo their number), and a number it takes.
pub type Change = (u8, u16, u32);

/// `seed` changed; `other` lends elements.
pub fn changed(seed: &[u8], other: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut nodes = match elements(seed, 0) {
        Some(nodes) => nodes,
        None => return changed_bytes(seed, other, changes),
    };
    for change in changes {
        change_one(&mut nodes, other, *change);
    }
    let mut out = vec![];
    nodes.iter().for_each(|n| encode(n, &mut out));
    out.truncate(LONGEST);
    out
}

/// The elements of DER; `None` where it is not a row of them.
fn elements(mut bytes: &[u8], depth: usize) -> Option<Vec<Node>> {
    let mut out = vec![];
    while !bytes.is_empty() {
        let (tag, first) = (*bytes.first()?, usize::from(*bytes.get(1)?));
        let (header, length) = match first {
            0..=0x7f => (2, first),
            0x81..=0x83 => {
                let count = first - 0x80;
                (2 + count, bytes.get(2..2 + count)?.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
            }
            _ => return None,
        };
        let value = bytes.get(header..header + length)?;
        bytes = &bytes[header + length..];
        // Extensions and signatures hold DER inside of strings.
        let (prefix, inside) = match (tag, value.first()) {
            (3, Some(0)) => value.split_at(1),
            _ => value.split_at(0),
        };
        let constructed = tag & 0x20 != 0;
        let wraps = [3, 4].contains(&tag) && inside.first() == Some(&0x30);
        let inner = (depth < 40 && (constructed || wraps)).then(|| elements(inside, depth + 1)).flatten();
        out.push(match inner {
            Some(inner) => Node::Inner(tag, prefix.to_vec(), inner),
            None => Node::Leaf(tag, value.to_vec()),
        });
    }
    Some(out)
}

/// The tag and length of an element.
fn header(tag: u8, length: usize, out: &mut Vec<u8>) {
    out.push(tag);
    if length < 0x80 {
        return out.push(length as u8);
    }
    let octets = (usize::BITS - length.leading_zeros()).div_ceil(8) as usize;
    out.push(0x80 | octets as u8);
    out.extend_from_slice(&length.to_be_bytes()[size_of::<usize>() - octets..]);
}

/// Octets of an element; those of the values inside go to `sizes`, in the order in which they are written.
fn size(node: &Node, sizes: &mut Vec<usize>) -> usize {
    let at = sizes.len();
    let value = match node {
        Node::Raw(bytes) => return bytes.len(),
        Node::Leaf(_, value) => value.len(),
        Node::Inner(_, prefix, elements) => {
            sizes.push(0);
            let mut inside = prefix.len();
            for element in elements {
                inside += size(element, sizes);
            }
            sizes[at] = inside;
            inside
        }
    };
    let mut head = vec![];
    header(0, value, &mut head);
    head.len() + value
}

/// Every byte is written once, however deep it lies: most of a run's time would go here otherwise.
fn write(node: &Node, sizes: &mut std::slice::Iter<'_, usize>, out: &mut Vec<u8>) {
    match node {
        Node::Raw(bytes) => out.extend_from_slice(bytes),
        Node::Leaf(tag, value) => {
            header(*tag, value.len(), out);
            out.extend_from_slice(value);
        }
        Node::Inner(tag, prefix, elements) => {
            header(*tag, *sizes.next().unwrap(), out);
            out.extend_from_slice(prefix);
            for element in elements {
                write(element, sizes, out);
            }
        }
    }
}

fn encode(node: &Node, out: &mut Vec<u8>) {
    let mut sizes = vec![];
    size(node, &mut sizes);
    write(node, &mut sizes.iter(), out);
}

/// `bytes` inside of `times` elements, each inside of the next.
fn nested(bytes: &[u8], tag: u8, times: usize) -> Vec<u8> {
    let mut heads = vec![];
    let mut length = bytes.len();
    for _ in 0..times {
        let mut head = vec![];
        header(tag, length, &mut head);
        length += head.len();
        heads.push(head);
    }
    let mut out = Vec::with_capacity(length);
    heads.iter().rev().for_each(|head| out.extend_from_slice(head));
    out.extend_from_slice(bytes);
    out
}

fn count(nodes: &[Node]) -> usize {
    let below = |n: &Node| if let Node::Inner(_, _, inside) = n { count(inside) } else { 0 };
    nodes.iter().map(|n| 1 + below(n)).sum()
}

/// The row that holds element `at`, counted from the first, and its place there.
fn find<'a>(nodes: &'a mut Vec<Node>, at: &mut usize) -> Option<(&'a mut Vec<Node>, usize)> {
    for i in 0..nodes.len() {
        if *at == 0 {
            return Some((nodes, i));
        }
        *at -= 1;
        let below = if let Node::Inner(_, _, inside) = &nodes[i] { count(inside) } else { 0 };
        if *at < below {
            let Node::Inner(_, _, inside) = &mut nodes[i] else { return None };
            return find(inside, at);
        }
        *at -= below;
    }
    None
}

fn change_one(nodes: &mut Vec<Node>, other: &[u8], (kind, which, number): Change) {
    let all = count(nodes);
    if all == 0 {
        return;
    }
    let (mut at, mut from) = (usize::from(which) % all, number as usize % all);
    let lent = find(nodes, &mut from).map(|(row, i)| row[i].clone());
    let Some((row, i)) = find(nodes, &mut at) else { return };
    let whole = |node: &Node| {
        let mut out = vec![];
        encode(node, &mut out);
        out
    };
    match kind % 18 {
        0 => drop(row.remove(i)),
        1 => row.insert(i, row[i].clone()),
        2 => {
            // As one piece: changes that follow find their elements sooner.
            let one = whole(&row[i]);
            let times = (number as usize % 4096).min(LONGEST / one.len().max(1));
            row.insert(i, Node::Raw(one.repeat(times)));
        }
        3 => match &mut row[i] {
            Node::Leaf(tag, _) | Node::Inner(tag, ..) => *tag = number as u8,
            Node::Raw(_) => {}
        },
        4 => row.extend(lent),
        5 => row[i] = lent.unwrap_or(Node::Raw(vec![])),
        6 => row.swap(i, 0),
        7 => {
            let tag = [0x30, 0x31, 0xa0, 0x24][usize::from(which) % 4];
            row[i] = Node::Raw(nested(&whole(&row[i]), tag, number as usize % 1500));
        }
        // A length that lies: more, less, none, too many of its own octets.
        8..=11 => {
            let bytes = whole(&row[i]);
            let value = bytes.get(2..).unwrap_or_default();
            let length: &[u8] = match kind % 18 {
                8 => &[(number % 128) as u8],
                9 => &[0x80],
                10 => &[0x84, 0xff, 0xff, 0xff, 0xff],
                _ => &[0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            };
            row[i] = Node::Raw([&bytes[..1], length, value].concat());
        }
        12 => {
            let mut lender = elements(other, 0).unwrap_or_default();
            let mut from = number as usize % count(&lender).max(1);
            if let Some((lent, j)) = find(&mut lender, &mut from) {
                row[i] = lent[j].clone();
            }
        }
        kind => {
            let Node::Leaf(_, value) = &mut row[i] else { return };
            let size = value.len();
            match kind {
                13 if size > 0 => value[number as usize % size] ^= 1 << (which % 8),
                14 => value.truncate(number as usize % (size + 1)),
                15 => value.extend(std::iter::repeat_n(number as u8, number as usize % 2000)),
                16 => value.fill(if number & 1 == 0 { 0xff } else { 0 }),
                _ => *value = number.to_be_bytes().to_vec(),
            }
        }
    }
}

/// The words of a PDF document or an XML one: cut at white space, brackets and names, everything kept.
fn words(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = vec![vec![]];
    for byte in bytes {
        if b" \n/<>[]()".contains(byte) {
            out.push(vec![]);
        }
        if let Some(last) = out.last_mut() {
            last.push(*byte);
        }
    }
    out
}

/// Words lost, doubled, swapped, lent, repeated, nested; numbers that point elsewhere. Whole objects, too.
fn changed_words(seed: &[u8], other: &[u8], changes: &[Change]) -> Vec<u8> {
    let (mut all, lent) = (words(seed), words(other));
    for (kind, which, number) in changes {
        let at = (usize::from(*which) * 7 + *number as usize) % all.len().max(1);
        let from = *number as usize % all.len().max(1);
        let Some(word) = all.get(at).cloned() else { break };
        // From here to the next end of an object, or a few words.
        let end = all[at..].iter().take(200).position(|w| w.starts_with(b"\nendobj") || w.starts_with(b"</"));
        let span = at..at + end.map_or(1, |n| n + 1);
        match kind % 12 {
            0 => drop(all.remove(at)),
            1 => all.insert(at, word),
            2 => all.swap(at, from),
            3 => all[at] = lent[*number as usize % lent.len().max(1)].clone(),
            4 => drop(all.drain(span)),
            5 => {
                let object = all[span].to_vec();
                drop(all.splice(from..from, object));
            }
            6 => drop(all.splice(at..at, vec![word; *number as usize % 2048])),
            7 => drop(all.splice(at..at, vec![[&b"["[..], b"<<", b"<a>", b"("][from % 4].to_vec(); 3000])),
            // Numbers: of another object, beyond the file, below nothing, larger than any.
            8..=10 => {
                let numbers: Vec<usize> = (0..all.len())
                    .filter(|i| all[*i].len() > 1 && all[*i][1..].iter().all(u8::is_ascii_digit))
                    .collect();
                let Some(i) = numbers.get(at % numbers.len().max(1)) else { continue };
                let said = match kind % 12 {
                    8 => (number % 12).to_string(),
                    9 => number.to_string(),
                    _ => ["-1", "99999999999999999999", "2147483648", "0"][from % 4].to_owned(),
                };
                all[*i].truncate(1);
                all[*i].extend(said.into_bytes());
            }
            _ => all[at] = changed_bytes(&word, other, &[(*kind / 12, *which, *number)]),
        }
        let mut left = LONGEST;
        all.retain(|w| {
            left = left.saturating_sub(w.len());
            left > 0
        });
    }
    all.concat()
}

fn changed_bytes(seed: &[u8], other: &[u8], changes: &[Change]) -> Vec<u8> {
    // What is written in words is changed by words, every other time.
    if (seed.starts_with(b"%PDF") || seed.starts_with(b"<?xml"))
        && changes.first().is_some_and(|c| c.1 % 2 == 0)
    {
        return changed_words(seed, other, changes);
    }
    let mut out = seed.to_vec();
    for (kind, which, number) in changes {
        let at = (usize::from(*which) * 31 + *number as usize) % (out.len() + 1);
        let some = number.to_be_bytes();
        match kind % 10 {
            0 => out.truncate(at),
            1 => drop(out.drain(at..out.len().min(at + usize::from(*kind)))),
            2 => drop(out.splice(at..at, some)),
            3 if at < out.len() => out[at] ^= 1 << (number % 8),
            4 if at < out.len() => out[at] = some[3],
            // Lengths and counts of CBOR, as large as they come.
            5 if at < out.len() => out[at] |= 0x1b,
            6 => {
                let piece = out[at..out.len().min(at + 64)].to_vec().repeat(*number as usize % 512);
                out.splice(at..at, piece);
            }
            7 if !other.is_empty() => {
                let from = *number as usize % other.len();
                out.splice(at..at, other[from..other.len().min(from + 256)].iter().copied());
            }
            8 => drop(out.splice(at..at, vec![[b'[', 0x81, b'<', b'{'][*number as usize % 4]; 3000])),
            _ => drop(out.splice(at..at, [0xff; 9])),
        }
        out.truncate(LONGEST);
    }
    out
}

#[test]
fn what_is_not_changed_is_written_as_it_was() {
    for name in ["fuzz/ca.der", "fuzz/cms.der", "fuzz/token.der", "fuzz/crl.der", "fuzz/key.p12"] {
        let seed = crate::targets::fixture(name);
        assert!(changed(&seed, &[], &[]) == seed, "{name}");
    }
    let by_tlv = (0..300).fold(b"x".to_vec(), |inside, _| crate::der::tlv(0x30, &[&inside]));
    assert_eq!(nested(b"x", 0x30, 300), by_tlv);
}

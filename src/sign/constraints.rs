//! Name constraints (RFC 5280 §4.2.1.10): which names the certificates below an authority may bear.

use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{NameConstraints, SubjectAltName};

use super::certificate::Certificate;
use super::names::Canonical;
use super::{oid, subject};

/// A comparison costs little; this many of them would still be a stranger's joke.
const MOST: usize = 1 << 16;

#[derive(Debug, PartialEq, Eq)]
pub enum Violation {
    /// A name lies outside what is permitted, or inside what is excluded.
    Outside,
    /// A constraint on a kind of name, or in a form, that is not judged here.
    Unknown,
}

/// Whether the names of `certificate` keep to the constraints that `authority` carries.
pub fn judge(authority: &Certificate, certificate: &Certificate) -> Result<(), Violation> {
    let constraints = match authority.extension::<NameConstraints>() {
        Ok(None) => return Ok(()),
        Ok(Some(constraints)) => constraints,
        Err(_) => return Err(Violation::Unknown),
    };
    let permitted = constraints.permitted_subtrees.unwrap_or_default();
    let excluded = constraints.excluded_subtrees.unwrap_or_default();
    // RFC 5280 §4.2.1.10: minimum is zero and maximum absent.
    if permitted.iter().chain(&excluded).any(|s| s.minimum != 0 || s.maximum.is_some()) {
        return Err(Violation::Unknown);
    }
    if permitted.iter().chain(&excluded).any(|s| !sound(&s.base)) {
        return Err(Violation::Unknown);
    }
    let names = names(certificate).ok_or(Violation::Unknown)?;
    if names.len().saturating_mul(permitted.len() + excluded.len()) > MOST {
        return Err(Violation::Unknown);
    }
    for name in &names {
        let mut of_kind = permitted.iter().filter(|s| same_kind(&s.base, name)).peekable();
        let limited = of_kind.peek().is_some();
        if limited && !known(name) {
            return Err(Violation::Unknown);
        }
        // What is no name lies nowhere.
        if limited && !well_formed(name) {
            return Err(Violation::Outside);
        }
        if limited && !of_kind.any(|s| within(name, &s.base, false)) {
            return Err(Violation::Outside);
        }
        for subtree in excluded.iter().filter(|s| same_kind(&s.base, name)) {
            if !known(name) {
                return Err(Violation::Unknown);
            }
            if within(name, &subtree.base, true) {
                return Err(Violation::Outside);
            }
        }
    }
    Ok(())
}

/// The subject, its e-mail addresses, and the alternative names; `None` where they cannot be read.
fn names(certificate: &Certificate) -> Option<Vec<GeneralName>> {
    let mut out = Vec::new();
    let subject = &certificate.parsed().tbs_certificate.subject;
    if !subject.0.is_empty() {
        out.push(GeneralName::DirectoryName(subject.clone()));
    }
    for address in subject::values(subject, oid::EMAIL) {
        out.push(GeneralName::Rfc822Name(der::asn1::Ia5String::new(&address).ok()?));
    }
    let alternatives = certificate.extension::<SubjectAltName>().ok()?;
    out.extend(alternatives.map(|a| a.0).unwrap_or_default());
    Some(out)
}

fn same_kind(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::OtherName(a), GeneralName::OtherName(b)) => a.type_id == b.type_id,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn known(name: &GeneralName) -> bool {
    use GeneralName::*;
    matches!(
        name,
        DirectoryName(_) | DnsName(_) | Rfc822Name(_) | UniformResourceIdentifier(_) | IpAddress(_)
    )
}

/// Whether a constraint is written as the standard has it.
fn sound(base: &GeneralName) -> bool {
    match base {
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let half = bytes.len() / 2;
            [8, 32].contains(&bytes.len()) && {
                // A mask is ones, then zeros (RFC 4632 §3.1).
                let bits: String = bytes[half..].iter().map(|b| format!("{b:08b}")).collect();
                !bits.contains("01")
            }
        }
        GeneralName::DnsName(name) => !name.as_str().contains('*') && labels(name.as_str()),
        GeneralName::Rfc822Name(name) => name.as_str().matches('@').count() < 2,
        _ => true,
    }
}

/// Whether an alternative name is written as the standard has it (RFC 5280 §4.2.1.6).
pub(super) fn well_formed(name: &GeneralName) -> bool {
    match name {
        GeneralName::DnsName(name) => {
            let name = name.as_str();
            let rest = name.strip_prefix("*.").unwrap_or(name);
            !rest.is_empty() && !rest.contains('*') && labels(rest)
        }
        GeneralName::Rfc822Name(name) => {
            let parts: Vec<&str> = name.as_str().split('@').collect();
            parts.len() == 2 && parts.iter().all(|p| !p.is_empty())
        }
        GeneralName::IpAddress(bytes) => [4, 16].contains(&bytes.as_bytes().len()),
        _ => true,
    }
}

/// No empty label but the root's, at the end.
fn labels(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.is_empty() || name.split('.').all(|label| !label.is_empty())
}

/// `excluding`: a wildcard counts as every name it may stand for.
fn within(name: &GeneralName, base: &GeneralName, excluding: bool) -> bool {
    use GeneralName::*;
    match (name, base) {
        (DirectoryName(name), DirectoryName(base)) => Canonical::of(name).is_within(&Canonical::of(base)),
        (DnsName(name), DnsName(base)) => {
            let (name, base) = (name.as_str(), base.as_str());
            let covers = excluding
                && name
                    .strip_prefix("*.")
                    .is_some_and(|domain| below(base, domain) && base.len() > domain.len());
            below(name, base) || covers
        }
        (Rfc822Name(name), Rfc822Name(base)) => mailbox(name.as_str(), base.as_str()),
        (UniformResourceIdentifier(name), UniformResourceIdentifier(base)) => match host(name.as_str()) {
            Some(host) => of_host(host, base.as_str()),
            // RFC 5280 §4.2.1.10: what has no host name is outside what is permitted, and excluded.
            None => excluding,
        },
        (IpAddress(name), IpAddress(base)) => {
            let (name, base) = (name.as_bytes(), base.as_bytes());
            let (network, mask) = base.split_at(base.len() / 2);
            name.len() == network.len()
                && name.iter().zip(network).zip(mask).all(|((a, b), m)| a & m == b & m)
        }
        _ => false,
    }
}

/// `name` is `domain`, or has labels before it.
fn below(name: &str, domain: &str) -> bool {
    let (name, domain) = (name.to_ascii_lowercase(), domain.to_ascii_lowercase());
    domain.is_empty() || name == domain || name.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}

/// A host alone, or `.domain` for every host below it.
fn of_host(host: &str, base: &str) -> bool {
    if base.starts_with('.') {
        let (host, base) = (host.to_ascii_lowercase(), base.to_ascii_lowercase());
        return host.len() > base.len() && host.ends_with(&base);
    }
    host.eq_ignore_ascii_case(base)
}

/// One mailbox, all of a host, or all below `.domain`. The part before @ keeps its case.
fn mailbox(name: &str, base: &str) -> bool {
    let Some((local, host)) = name.rsplit_once('@') else { return false };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => local == base_local && host.eq_ignore_ascii_case(base_host),
        None => of_host(host, base),
    }
}

/// The host of a URI with an authority part, where it is a name.
fn host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') {
        return None;
    }
    let host = host.split(':').next()?;
    let address = host.parse::<std::net::Ipv4Addr>().is_ok();
    (!host.is_empty() && !address).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_hosts_and_mailboxes() {
        assert!(below("a.Example.kz", "example.kz") && below("example.kz", "example.kz"));
        assert!(!below("badexample.kz", "example.kz") && below("x", ""));
        assert!(of_host("a.example.kz", ".example.kz") && !of_host("example.kz", ".example.kz"));
        assert!(of_host("example.kz", "EXAMPLE.kz") && !of_host("a.example.kz", "example.kz"));
        assert!(mailbox("t@example.kz", "t@Example.kz") && !mailbox("T@example.kz", "t@example.kz"));
        assert!(mailbox("t@a.example.kz", ".example.kz") && !mailbox("t", "example.kz"));
        assert_eq!(host("http://u@Host.kz:80/x"), Some("Host.kz"));
        assert_eq!((host("urn:x"), host("http://10.0.0.1/"), host("http://[::1]/")), (None, None, None));
    }
}

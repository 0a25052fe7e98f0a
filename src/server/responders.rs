//! Which OCSP responder is asked about whose certificates: the one that the keeper named for the
//! authority, else the one that the certificate itself names where the keeper allowed its host, else the
//! one for all. What a visitor's certificate says alone sends the portal nowhere.

use crate::portal::client::ocsp::Host;
use crate::sign::certificate::Certificate;
use crate::sign::ocsp::Id;

#[derive(Clone, Debug, Default)]
pub struct Responders {
    /// For every authority that none other is named for.
    all: Option<String>,
    own: Vec<(Certificate, String)>,
    hosts: Vec<Host>,
}

impl Responders {
    /// One for all authorities that none is named for.
    pub fn for_all(&mut self, responder: String) {
        self.all = Some(responder);
    }

    pub fn for_one(&mut self, authority: Certificate, responder: String) {
        self.own.push((authority, responder));
    }

    pub fn allow(&mut self, host: Host) {
        if !self.hosts.contains(&host) {
            self.hosts.push(host);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.own.is_empty() && self.hosts.is_empty()
    }

    /// Whom to ask this question (OCSPRequest, DER); `named`: what the certificate names, or nothing.
    pub fn choose(&self, question: &[u8], named: &str) -> Option<String> {
        let id = Id::asked(question);
        let own = self.own.iter().find(|(authority, _)| id.as_ref().is_some_and(|id| id.is_by(authority)));
        own.map(|(_, responder)| responder.clone())
            .or_else(|| self.allowed(named).then(|| named.to_owned()))
            .or_else(|| self.all.clone())
    }

    /// Whom certificates of this authority are asked about, whatever they name themselves.
    pub fn of(&self, authority: &Certificate) -> Option<&str> {
        let own = self.own.iter().find(|(a, _)| a.same_key(authority) && a.name() == authority.name());
        own.map(|(_, responder)| responder.as_str()).or(self.all.as_deref())
    }

    /// The hosts that certificates may name.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    fn allowed(&self, named: &str) -> bool {
        !self.hosts.is_empty() && Host::of(named).is_some_and(|host| self.hosts.contains(&host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowing(hosts: &[&str]) -> Responders {
        let mut it = Responders::default();
        hosts.iter().for_each(|host| it.allow(Host::parse(host).unwrap()));
        it
    }

    #[test]
    fn a_certificate_sends_nobody_where_the_keeper_did_not_allow() {
        let it = allowing(&["ocsp.example.kz", "10.0.0.7:8080", "[::1]:81"]);
        for good in [
            "http://ocsp.example.kz/",
            "http://OCSP.example.kz:80/path?x",
            "http://10.0.0.7:8080/",
            "http://[::1]:81",
        ] {
            assert_eq!(it.choose(&[], good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "http://",
            "http://ocsp.example.kz:8080/",
            "https://ocsp.example.kz/",
            "ftp://ocsp.example.kz/",
            "file:///etc/passwd",
            "http://ocsp.example.kz.evil.example/",
            "http://evil.example/?ocsp.example.kz",
            "http://ocsp.example.kz@evil.example/",
            "http://user@ocsp.example.kz/",
            "http://evil.example#@ocsp.example.kz/",
            "http://evil.example\\@ocsp.example.kz/",
            "http://10.0.0.7/",
            "http://169.254.169.254/",
            "http://xocsp.example.kz/",
            "http://ocsp.example.kz./",
        ] {
            assert_eq!(it.choose(&[], bad), None, "{bad}");
        }
        let long = format!("http://ocsp.example.kz/{}", "a".repeat(512));
        assert_eq!(it.choose(&[], &long), None);
        assert_eq!(Responders::default().choose(&[], "http://ocsp.example.kz/"), None);
    }

    #[test]
    fn a_host_is_a_host_and_nothing_more() {
        assert_eq!(Host::parse("Example.KZ"), Host::parse("example.kz:80"));
        for bad in ["", "a b", "http://a", "a/b", "u@a", "a:99999", "a?b", "a#b", "a\\b", "*"] {
            assert!(Host::parse(bad).is_none() || bad == "*", "{bad}");
        }
        assert_eq!(
            allowing(&["a.kz", "b.kz:81"]).hosts().iter().map(Host::to_string).collect::<Vec<_>>(),
            ["a.kz", "b.kz:81"]
        );
    }

    #[test]
    fn the_one_for_all_is_asked_where_none_other_is() {
        let mut it = allowing(&["ocsp.example.kz"]);
        it.for_all("http://all/".to_owned());
        assert_eq!(it.choose(b"garbage", "http://other/").as_deref(), Some("http://all/"));
        assert_eq!(it.choose(&[], "http://ocsp.example.kz/").as_deref(), Some("http://ocsp.example.kz/"));
    }
}

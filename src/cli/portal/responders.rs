//! Who is asked about revoked certificates: the options that name responders, and a word at the start on
//! each authority.

use std::path::Path;

use super::{Arguments, Stop};
use crate::cli::{Exit, World, terminal};
use crate::domain::Digest;
use crate::i18n::{Msg, Text};
use crate::portal::client::ocsp::Host;
use crate::seal::keyset::KeyUse;
use crate::server::app::App;
use crate::sign::certificate::{Certificate, MAX_CERTIFICATE};

/// `[AUTHORITY=]http://…`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// A file, a SHA-256 fingerprint or a name; none: for all that none other is named for.
    authority: Option<String>,
    responder: String,
}

pub fn named(text: &str) -> Result<Named, &'static str> {
    const FORM: &str = "http://host[:port]/… | AUTHORITY=http://host[:port]/…";
    let (authority, responder) = match text.find("=http://") {
        Some(at) if !text.starts_with("http://") => (Some(text[..at].to_owned()), &text[at + 1..]),
        _ => (None, text),
    };
    let named = authority.as_ref().is_none_or(|a| !a.is_empty());
    match Host::of(responder) {
        Some(_) if named => Ok(Named { authority, responder: responder.to_owned() }),
        _ => Err(FORM),
    }
}

pub fn host(text: &str) -> Result<Host, &'static str> {
    Host::parse(text).ok_or("host[:port]")
}

/// Names and allows the responders that the arguments name and allow.
pub fn settle(arguments: &Arguments, app: &App) -> Result<(), Stop> {
    for Named { authority, responder } in &arguments.ocsp {
        let Some(authority) = authority else {
            app.relay.to(responder.clone());
            continue;
        };
        for one in authorities(authority, app)? {
            app.relay.settle(|all| all.for_one(one, responder.clone()));
        }
    }
    for host in &arguments.ocsp_host {
        app.relay.settle(|all| all.allow(host.clone()));
    }
    Ok(())
}

/// The authorities whose letters and answers this portal knows: people's, and those who certify officials.
fn known(app: &App) -> Vec<Certificate> {
    let officials = app.deployment.keyset.keys_for(KeyUse::AnswerCa);
    let officials = officials.filter_map(|key| Certificate::from_der(&key.bytes).ok());
    app.citizens.authorities().map(|(_, a)| a.clone()).chain(officials).collect()
}

/// The certificates in a file, or those of this fingerprint or name.
fn authorities(named: &str, app: &App) -> Result<Vec<Certificate>, Stop> {
    let file = Path::new(named);
    if file.is_file() {
        let bytes = terminal::read(file, 256 * MAX_CERTIFICATE as u64);
        let bytes = bytes.map_err(|e| Stop::File(file.to_owned(), e))?;
        if let Ok(found) = Certificate::from_file(&bytes) {
            return Ok(found);
        }
    }
    let fits = |a: &Certificate| {
        Digest::parse(&named.to_lowercase()).is_some_and(|d| d == Digest::of(a.der()))
            || a.title().to_lowercase() == named.to_lowercase()
    };
    let found: Vec<Certificate> = known(app).into_iter().filter(fits).collect();
    if found.is_empty() {
        let text = Text::new(Msg::PortalAuthorityUnknown).with("name", named);
        return Err(Stop::Said(text, Exit::Config));
    }
    Ok(found)
}

/// One line for each authority of people: who is asked whether a key of its was revoked.
pub fn tell(app: &App, world: &World) {
    let (responders, lists) = (app.relay.responders(), app.lists.get().is_some_and(|l| !l.is_empty()));
    let hosts: Vec<String> = responders.hosts().iter().map(Host::to_string).collect();
    for (_, authority) in app.citizens.authorities() {
        let says = |msg| Text::new(msg).with("authority", authority.title());
        let line = match responders.of(authority) {
            Some(responder) => says(Msg::PortalAsks).with("responder", responder),
            None if !hosts.is_empty() => says(Msg::PortalAsksNamed).with("hosts", hosts.join(", ")),
            None if lists => says(Msg::PortalAsksLists),
            None => {
                terminal::problem(&format!("! {}", says(Msg::PortalAsksNobody).say(world.lang)));
                continue;
            }
        };
        terminal::say(&line.say(world.lang));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_responder_is_for_all_or_for_one() {
        let all = Named { authority: None, responder: "http://a.kz/?x=http://b".into() };
        assert_eq!(named("http://a.kz/?x=http://b"), Ok(all));
        let one = Named { authority: Some("CN=ҰКО".into()), responder: "http://a.kz:81/o".into() };
        assert_eq!(named("CN=ҰКО=http://a.kz:81/o"), Ok(one));
        for bad in
            ["", "a.kz", "https://a.kz", "ҰКО=https://a.kz", "=http://a.kz", "ҰКО=http://", "http://u@a.kz"]
        {
            assert!(named(bad).is_err(), "{bad}");
        }
    }
}

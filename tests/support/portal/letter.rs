//! A letter from the form's own pages to the sealed envelope, with every step open to meddling.

use tereze::clock::Moment;
use tereze::domain::form::FieldKind;
use tereze::domain::signer::Owner;
use tereze::domain::statement::{Attachment, Deployment, Signer, Statement};
use tereze::domain::{Digest, SubmissionId};
use tereze::i18n::Lang;
use tereze::page::player::{Moved, Player};
use tereze::private::Private;
use tereze::seal::envelope::{self, Contents, SealKey};
use tereze::seal::visitor::VisitorSecret;
use tereze::sign::cades::Builder;
use tereze::sign::issue::Identity;

use super::{World, content};

pub struct Letter {
    pub statement: Statement,
    pub attachments: Vec<Vec<u8>>,
    pub secret: VisitorSecret,
    /// What the envelope's header says; the statement's own by default.
    pub header: Option<SubmissionId>,
    pub seal_key: SealKey,
    pub at: Moment,
}

/// The pages as a visitor goes through them: the first option that can be chosen, else words of the
/// field's kind, until the check page lets through.
fn played(lang: Lang, owner: &Owner, at: Moment) -> Player {
    let today = at.legal_date();
    let mut player = Player::new("letter", content()).unwrap();
    player.set_owner(Some(Private::new(owner.clone())));
    loop {
        let page = player.page();
        for field in player.fields(page).collect::<Vec<_>>() {
            let id = field.id.as_str();
            let taken = match field.kind {
                FieldKind::Choice | FieldKind::Region => {
                    let option = player.options(field).iter().find(|o| !o.not_yet).unwrap();
                    player.choose(id, &option.id)
                }
                FieldKind::Body => {
                    let body = player.proposed(today).first().map_or(&content().bodies()[0], |b| *b);
                    player.set_body(id, &body.id)
                }
                FieldKind::Tick => player.tick(id, true),
                FieldKind::Attachments => true,
                kind => player.set_text(id, words(kind, lang)),
            };
            assert!(taken, "{id}");
        }
        match player.next(today) {
            Ok(Moved::Finished) => return player,
            Ok(Moved::Page) => {}
            Err(mistakes) => {
                panic!("{}: {:?}", page.id, mistakes.iter().map(|m| &m.field).collect::<Vec<_>>())
            }
        }
    }
}

fn words(kind: FieldKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (FieldKind::Phone, _) => "+7 700 000 00 00",
        (FieldKind::Email, _) => "test@example.kz",
        (FieldKind::Iin, _) => "900101300017",
        (FieldKind::Bin, _) => "940140000385",
        (FieldKind::Lines, Lang::Kk) => "Көшеміздегі жол бұзылған.\nЖөндеуді сұраймыз.",
        (FieldKind::Lines, Lang::Ru) => "Дорога на нашей улице разбита.\nПросим отремонтировать.",
        (FieldKind::Lines, Lang::En) => "The road in our street is broken.\nPlease mend it.",
        (_, Lang::Kk) => "Сынақ",
        (_, Lang::Ru) => "Проба",
        (_, Lang::En) => "Trial",
    }
}

impl Letter {
    pub fn new(world: &World, signer: &Identity, lang: Lang) -> Self {
        Self::of(world, &signer.certificate.owner(), lang)
    }

    pub fn of(world: &World, owner: &Owner, lang: Lang) -> Self {
        let at = world.clock.now().wall;
        let deployment =
            Deployment { audience: world.held.audience(), practice: world.held.keyset().practice };
        let by = Signer { name: owner.name.clone(), iin: owner.iin.clone(), bin: owner.bin.clone() };
        let submission = SubmissionId::generate().unwrap();
        let statement = played(lang, owner, at).statement(lang, by, deployment, submission, at).unwrap();
        Self {
            statement,
            attachments: vec![],
            secret: VisitorSecret::generate().unwrap(),
            header: None,
            seal_key: world.held.seal_key().unwrap(),
            at,
        }
    }

    pub fn attach(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.statement.attachments.push(Attachment {
            name: name.into(),
            media_type: "text/plain".into(),
            size: bytes.len() as u64,
            sha256: Digest::of(&bytes),
        });
        self.attachments.push(bytes);
        self
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// What is signed.
    pub fn bytes(&self) -> Vec<u8> {
        self.statement.canonical().unwrap().to_vec()
    }

    /// SHA-256 of the canonical bytes.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.statement.canonical().unwrap())
    }

    pub fn cms(&self, signer: &Identity) -> Vec<u8> {
        let bytes = self.statement.canonical().unwrap();
        let prepared = Builder::new(signer.certificate.der(), &bytes, self.at).unwrap().prepare().unwrap();
        let signature = signer.sign(prepared.to_sign());
        prepared.finish(&signature).unwrap()
    }

    pub fn sealed(&self, cms: Vec<u8>) -> Vec<u8> {
        let contents = Contents {
            cms,
            attachments: self.attachments.clone(),
            lookup_id: self.secret.lookup_id(),
            access_hash: self.secret.access_hash(),
            code_hash: self.secret.code_hash(),
            reply_key: self.secret.reply_key(),
        };
        envelope::seal(&contents, self.header.unwrap_or(self.statement.submission), &self.seal_key).unwrap()
    }

    pub fn envelope(&self, signer: &Identity) -> Vec<u8> {
        self.sealed(self.cms(signer))
    }
}

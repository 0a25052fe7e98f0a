//! A portal without a responder answers kiosks by the lists that it keeps: its own signed word, by which
//! list, of which day. Indirect lists, too.

use std::sync::Arc;

use ::der::Decode as _;
use tereze::domain::Digest;
use tereze::domain::standing::{Asked, State};
use tereze::portal::{Outcome, Portal as _, PortalError};
use tereze::seal::receipt::{VerifyError, verify_receipt};
use tereze::seal::standing::{MAX_STANDING, read_asked, verify_standing, write_asked};
use tereze::server::lists::{Lists, NotTaken, Source};
use tereze::sign::certificate::Certificate;
use tereze::sign::key::SigningKey;
use tereze::sign::pem;
use tereze::sign::verdict::Revocation;

use super::asked::told;
use super::revoked::{ONE, TWO, entry, refused, sent, trust};
use crate::openssl_ca::{Kind, Office};
use crate::support::World;
use crate::tlv::tlv;

async fn keeping(office: &Office, files: &[&str], issuers: Vec<Certificate>) -> (World, Arc<Lists>) {
    let world = World::trusting(trust(office), None).await;
    let sources = files.iter().map(|file| Source::File(office.path(file))).collect();
    let lists = Arc::new(Lists::by(sources, trust(office), issuers, None));
    lists.refresh(world.clock.now().wall).await;
    assert!(world.app.lists.set(lists.clone()).is_ok());
    (world, lists)
}

fn read(office: &Office, name: &str) -> Certificate {
    Certificate::from_file(&office.read(name)).unwrap().remove(0)
}

/// What a kiosk sends about a certificate of the office's.
fn question(office: &Office, name: &str) -> Vec<u8> {
    let (certificate, ca) = (read(office, name), read(office, "ca.pem"));
    write_asked(&Asked {
        issuer: certificate.issuer().to_vec(),
        key: Digest::of(ca.key().subject_public_key.raw_bytes()),
        serial: certificate.serial().to_vec(),
        authority: false,
        not_after: certificate.not_after(),
        points: vec![],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_is_told_by_which_list() {
    for kind in [Kind::Rsa, Kind::Ec, Kind::Gost] {
        let Some(office) = Office::new(kind) else { continue };
        for (name, iin) in [("one", ONE), ("two", TWO)] {
            office.person(name, iin);
        }
        office.revoke("one");
        office.write("number", b"2A\n");
        office.list(&[]);
        let (world, _) = keeping(&office, &["list.der"], vec![]).await;
        assert_eq!(
            told(&world, &trust(&office), office.read("one.pem")).await,
            Revocation::Revoked,
            "{kind:?}"
        );
        assert_eq!(told(&world, &trust(&office), office.read("two.pem")).await, Revocation::Good, "{kind:?}");

        // By list no. 42 of today, in few bytes.
        let asked = question(&office, "one.pem");
        let word = world.portal.standing(asked.clone()).await.unwrap();
        let said = verify_standing(&word, &asked, &world.held.keyset()).unwrap();
        assert!(matches!(said.state, State::Revoked(_)), "{said:?}");
        assert_eq!((said.list.by.as_str(), said.list.number.as_deref()), ("OFFICE", Some("42")));
        assert!(said.list.next_update.unwrap() > world.clock.now().wall);
        assert!(asked.len() < 200 && word.len() < 250, "{} asked, {} said", asked.len(), word.len());
        println!("{kind:?}: {} bytes asked, {} said", asked.len(), word.len());

        // Another question's word, a changed one, or one read as a receipt is none.
        let other = question(&office, "two.pem");
        assert_eq!(verify_standing(&word, &other, &world.held.keyset()), Err(VerifyError::Unreadable));
        let mut changed = word.clone();
        let last = changed.len() - 1;
        changed[last] ^= 1;
        assert_eq!(verify_standing(&changed, &asked, &world.held.keyset()), Err(VerifyError::Signature));
        assert_eq!(verify_receipt(&word, &world.held.keyset()), Err(VerifyError::Unreadable));
        world.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_or_foreign_says_nothing() {
    let office = Office::new(Kind::Ec).unwrap();
    office.person("one", ONE);
    office.revoke("one");
    // A list whose time is over by the time that it is asked about.
    office.list(&["-crlsec", "1"]);
    let (world, _) = keeping(&office, &["list.der"], vec![]).await;
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(told(&world, &trust(&office), office.read("one.pem")).await, Revocation::Unknown);
    let asked = question(&office, "one.pem");
    let word = world.portal.standing(asked.clone()).await.unwrap();
    assert_eq!(verify_standing(&word, &asked, &world.held.keyset()).unwrap().state, State::Unknown);

    // Another authority of the same name, and one that is not known at all.
    let status = |error: PortalError| match error {
        PortalError::Problem { status, .. } => status,
        other => panic!("{other:?}"),
    };
    let twin = Office::new(Kind::Ec).unwrap();
    twin.person("one", ONE);
    let asked = question(&twin, "one.pem");
    assert_eq!(status(world.portal.standing(asked).await.unwrap_err()), 404);
    let mut strange = read_asked(&question(&office, "one.pem")).unwrap();
    strange.issuer = tlv(0x30, &[]);
    assert_eq!(status(world.portal.standing(write_asked(&strange)).await.unwrap_err()), 404);
    strange.issuer = vec![0x30, 0x82];
    assert_eq!(status(world.portal.standing(write_asked(&strange)).await.unwrap_err()), 404);
    for bad in [vec![], b"GET".to_vec(), vec![0xa0], vec![0xa0; MAX_STANDING + 1]] {
        assert_eq!(status(world.portal.standing(bad).await.unwrap_err()), 400);
    }
    world
        .portal
        .set_credential(&tereze::private::Secret::from_vec(b"AAAAAQAAAAAAAAAAAAAAAAAAAAA".to_vec()))
        .unwrap();
    assert_eq!(status(world.portal.standing(question(&office, "one.pem")).await.unwrap_err()), 401);
    world.stop().await;

    // A portal that keeps none.
    let none = World::trusting(trust(&office), None).await;
    assert_eq!(status(none.portal.standing(question(&office, "one.pem")).await.unwrap_err()), 404);
    none.stop().await;
}

/// `list` (DER), whose every entry names `issuer` as its certificate's (RFC 5280 §5.3.3); signed anew by `key`.
fn naming(list: &[u8], issuer: &[u8], key: &SigningKey, by: &Certificate) -> Vec<u8> {
    let parts = |der: &[u8]| -> Vec<Vec<u8>> {
        let mut reader = ::der::SliceReader::new(::der::AnyRef::from_der(der).unwrap().value()).unwrap();
        let mut out = vec![];
        while !::der::Reader::is_finished(&reader) {
            out.push(::der::Reader::tlv_bytes(&mut reader).unwrap().to_vec());
        }
        out
    };
    let names = tlv(0x30, &[&tlv(0xa4, &[issuer])]);
    let extension = tlv(0x30, &[&[6, 3, 0x55, 0x1d, 29, 1, 1, 0xff], &tlv(4, &[&names])]);
    let whole = parts(list);
    let fields: Vec<Vec<u8>> = parts(&whole[0])
        .into_iter()
        .enumerate()
        .map(|(n, field)| match n {
            // After version, algorithm, issuer and two times.
            5 => {
                let entries = parts(&field).into_iter().map(|entry| {
                    let entry = parts(&entry);
                    tlv(0x30, &[&entry[0], &entry[1], &tlv(0x30, &[&extension])])
                });
                tlv(0x30, &[&entries.collect::<Vec<_>>().concat()])
            }
            _ => field,
        })
        .collect();
    let tbs = tlv(0x30, &[&fields.concat()]);
    let signature = tlv(3, &[&[0], &key.sign(by.key(), &tbs).unwrap()]);
    tlv(0x30, &[&tbs, &whole[1], &signature])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_by_one_who_lists_for_others() {
    let office = Office::new(Kind::Ec).unwrap();
    // Her certificate names who keeps the list on it.
    let signs = String::from_utf8(office.read("signs.ext")).unwrap();
    let point = "crlDistributionPoints=at\n[at]\nfullname=URI:http://example.kz/i.crl\nCRLissuer=dirName:by\n\
                 [by]\nCN=LISTER\nC=KZ\n";
    office.write("listed.ext", format!("{signs}{point}").as_bytes());
    office.write("signs.ext", format!("{signs}{point}").as_bytes());
    let (one, two) = (entry(&office, "one", ONE), entry(&office, "two", TWO));
    office.write("lister.ext", b"basicConstraints=CA:FALSE\nkeyUsage=critical,cRLSign\n");
    office.certify("lister", "/C=KZ/CN=LISTER", "lister.ext");
    office.revoke("one");
    let section = "[i]\nissuingDistributionPoint=critical,@idp\n[idp]\nfullname=URI:http://example.kz/i.crl\n\
                   indirectCRL=TRUE\n";
    let settings = String::from_utf8(office.read("ca.cnf")).unwrap();
    office.write("ca.cnf", format!("{settings}{section}").as_bytes());
    let by = ["-cert", "lister.pem", "-keyfile", "lister.key", "-crlexts", "i"];
    let list = office.list(&by);
    let lister = read(&office, "lister.pem");
    let block = pem::blocks(&office.read("lister.key"), &["PRIVATE KEY"]).unwrap().remove(0);
    let key = SigningKey::from_pkcs8(&block.der).unwrap();
    let indirect = naming(&list, read(&office, "one.pem").issuer(), &key, &lister);
    office.write("indirect.der", &indirect);
    let seen = office.run(&["crl", "-inform", "DER", "-in", "indirect.der", "-noout", "-text"]);
    assert!(String::from_utf8_lossy(&seen.stdout).contains("Certificate Issuer"), "OpenSSL reads it");

    let (world, _) = keeping(&office, &["indirect.der"], vec![lister.clone()]).await;
    assert_eq!(told(&world, &trust(&office), office.read("one.pem")).await, Revocation::Revoked);
    assert_eq!(told(&world, &trust(&office), office.read("two.pem")).await, Revocation::Good);
    refused(&sent(&world, &one).await.0, &world);
    assert!(matches!(sent(&world, &two).await.0, Outcome::Receipt(_)));
    world.stop().await;

    // Entries that name nobody are of the lister's own certificates.
    let (world, _) = keeping(&office, &["list.der"], vec![lister.clone()]).await;
    assert_eq!(told(&world, &trust(&office), office.read("one.pem")).await, Revocation::Good);
    world.stop().await;

    // Whom the keeper did not name, nobody's list is taken from; who may not sign lists is not believed.
    let (world, lists) = keeping(&office, &["indirect.der"], vec![]).await;
    assert_eq!(lists.take(0, &indirect, Default::default()), Err(NotTaken::NotSigned));
    assert!(matches!(sent(&world, &one).await.0, Outcome::Receipt(_)));
    world.stop().await;
    let stranger = Office::new(Kind::Ec).unwrap();
    stranger.write("lister.ext", b"basicConstraints=CA:FALSE\nkeyUsage=critical,cRLSign\n");
    stranger.certify("lister", "/C=KZ/CN=LISTER", "lister.ext");
    let other = read(&stranger, "lister.pem");
    let block = pem::blocks(&stranger.read("lister.key"), &["PRIVATE KEY"]).unwrap().remove(0);
    let other_key = SigningKey::from_pkcs8(&block.der).unwrap();
    office.write("foreign.der", &naming(&list, read(&office, "one.pem").issuer(), &other_key, &other));
    let (world, lists) = keeping(&office, &["foreign.der"], vec![other]).await;
    assert_eq!(lists.evidence().lists.len(), 1, "the keeper named its signer");
    assert_eq!(told(&world, &trust(&office), office.read("one.pem")).await, Revocation::Unknown);
    assert!(matches!(sent(&world, &one).await.0, Outcome::Receipt(_)));
    world.stop().await;
}

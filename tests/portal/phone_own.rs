//! A login by phone at the portal: whose question may be given to a phone, what opens a session, and that a login
//! and a letter never pass for each other.

use tereze::domain::Digest;
use tereze::domain::login::{self, Login};
use tereze::i18n::Lang;
use tereze::portal::wire::phone::{PhoneStage, SCHEME};
use tereze::portal::{Access, Outcome, Portal as _, PortalError, Progress};
use tereze::seal::receipt::verify_notice;
use tereze::sign::trust::{CITIZEN, Trust};
use zeroize::Zeroizing;

use crate::openssl_ca::{Kind, Office};
use crate::phones::{Phone, Signer, document};
use crate::support::letter::Letter;
use crate::support::{People, World};

async fn question(world: &World) -> Login {
    let asked = world.portal.challenge().await.unwrap();
    Login {
        schema: login::SCHEMA_V1.into(),
        context: login::OWN_LETTERS.into(),
        audience: world.held.audience(),
        nonce: Digest::parse(&asked.nonce).unwrap(),
        kiosk: asked.kiosk,
        practice: false,
        time: world.clock.now().wall.rfc3339(),
    }
}

fn bytes(login: &Login) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(login.canonical().unwrap())
}

fn not_in() -> PortalError {
    PortalError::Problem { status: 403, code: "server.login-not-valid".into() }
}

/// Signed on a phone, and what came back to the kiosk.
async fn by_phone(world: &World, login: &Login, signer: &Signer) -> Vec<u8> {
    let session = world.portal.phone_begin(bytes(login)).await.unwrap();
    let phone = Phone::new(world.held.tls_ca());
    phone.sign(&format!("{SCHEME}{}", session.address), signer).await.unwrap();
    let state = world.portal.phone_state(session.session.clone(), None, 0).await.unwrap().unwrap();
    assert_eq!(state.stage, PhoneStage::Signed);
    world.portal.phone_end(session.session).await.unwrap();
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, state.cms.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_signed_on_a_phone_opens_its_owners_letters_once() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let letter = Letter::new(&world, &people.person, Lang::Kk);
    let envelope = letter.envelope(&people.person);
    let sent = world.portal.put(Digest::of(&envelope), 0, envelope.len() as u64, envelope).await.unwrap();
    assert!(matches!(sent, Progress::Done(Outcome::Receipt(_))));

    let login = question(&world).await;
    let signer = Signer::new(&people.person.to_pem().unwrap());
    let session = world.portal.phone_begin(bytes(&login)).await.unwrap();
    let phone = Phone::new(world.held.tls_ca());
    let opened = phone.open(&format!("{SCHEME}{}", session.address)).await.unwrap();
    // At which kiosk the letters will be seen, in each language.
    let said = opened.invitation["description"].as_str().unwrap();
    assert_eq!(said.matches("test kiosk").count(), 3, "{said}");
    let set = phone.fetch(&opened).await.unwrap();
    assert_eq!(document(&set), *bytes(&login), "byte for byte");
    assert!(set["documentsToSign"][0]["nameKz"].as_str().unwrap().contains("test kiosk"));

    let cms = by_phone(&world, &login, &signer).await;
    let token = world.portal.login(cms.clone()).await.unwrap();
    let listed = world.portal.letters(Access::Session(std::sync::Arc::new(token))).await.unwrap();
    assert_eq!(listed.letters.len(), 1);
    assert_eq!(world.portal.login(cms).await.err(), Some(not_in()), "a question is answered once");
    let used = world.portal.phone_begin(bytes(&login)).await.err().unwrap();
    assert!(matches!(used, PortalError::Problem { status: 422, .. }), "nor is it given to a phone again");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_asked_only_what_this_kiosk_was_asked() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let login = question(&world).await;
    let changed: [fn(&mut Login); 5] = [
        |l| l.nonce = Digest([7; 32]),
        |l| l.audience = Digest([7; 32]),
        |l| l.kiosk += 1,
        |l| l.practice = true,
        |l| l.context = "all-letters".into(),
    ];
    for (n, change) in changed.into_iter().enumerate() {
        let mut other = login.clone();
        change(&mut other);
        let refused = world.portal.phone_begin(bytes(&other)).await.err().unwrap();
        let not_ours = PortalError::Problem { status: 422, code: "server.statement-not-valid".into() };
        assert_eq!(refused, not_ours, "{n}");
    }
    // Another kiosk cannot have it signed in this one's place.
    let invited = world.app.invite().await.unwrap();
    let (number, other) = world.app.enrol(&invited, "another kiosk").await.unwrap().unwrap();
    let theirs = world.client(world.address);
    theirs.set_credential(&tereze::private::Secret::from_vec(other.as_bytes().to_vec())).unwrap();
    assert!(theirs.phone_begin(bytes(&login)).await.is_err());
    let lured = Login { kiosk: number, ..login.clone() };
    assert!(theirs.phone_begin(bytes(&lured)).await.is_err(), "the question was another kiosk's");
    let signer = Signer::new(&people.person.to_pem().unwrap());
    let cms = by_phone(&world, &login, &signer).await;
    assert_eq!(theirs.login(cms.clone()).await.err(), Some(not_in()));
    assert!(world.portal.login(cms).await.is_ok(), "and that cost the first one nothing");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_no_letter_and_a_letter_no_login() {
    let people = People::new(false);
    let world = World::start(&people, None).await;
    let signer = Signer::new(&people.person.to_pem().unwrap());
    let login = question(&world).await;
    let cms = by_phone(&world, &login, &signer).await;
    // Whatever is put around it.
    let letter = Letter::new(&world, &people.person, Lang::Ru);
    let envelope = letter.sealed(cms.clone());
    let sent = world.portal.put(Digest::of(&envelope), 0, envelope.len() as u64, envelope).await;
    match sent {
        Ok(Progress::Done(Outcome::Notice(notice))) => {
            assert!(verify_notice(&notice, &world.held.keyset()).is_ok());
        }
        Ok(_) => panic!("registered"),
        Err(PortalError::Problem { status, .. }) => assert!((400..500).contains(&status)),
        Err(other) => panic!("{other:?}"),
    }
    assert_eq!(world.app.db.counts().await.unwrap().0, 0, "no letter");
    // The letter's own signature opens no session, and the login still does.
    let letters = Signer::new(&people.person.to_pem().unwrap()).sign(&letter.bytes());
    assert_eq!(world.portal.login(letters).await.err(), Some(not_in()));
    assert!(world.portal.login(cms).await.is_ok());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_for_logging_in_logs_in_and_its_letter_is_refused() {
    let office = Office::new(Kind::Rsa).expect("OpenSSL makes RSA");
    office.write(
        "enters.ext",
        b"basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=clientAuth\n",
    );
    let iin = "900101300017";
    office.certify(
        "enters",
        &format!("/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN{iin}/C=KZ/GN=ТЕСТОВИЧ"),
        "enters.ext",
    );
    let mut trust = Trust::new();
    trust.load(CITIZEN, &office.read("ca.pem")).unwrap();
    let world = World::trusting(trust, None).await;
    let pem = [office.read("enters.pem"), office.read("enters.key")].concat();
    let signer = Signer::new(&String::from_utf8(pem).unwrap());
    let login = question(&world).await;
    let cms = by_phone(&world, &login, &signer).await;
    assert!(world.portal.login(cms).await.is_ok());

    let people = People::new(false);
    let letter = Letter::new(&world, &people.person, Lang::Ru);
    let envelope = letter.sealed(signer.sign(&letter.bytes()));
    let sent = world.portal.put(Digest::of(&envelope), 0, envelope.len() as u64, envelope).await;
    assert!(!matches!(sent, Ok(Progress::Done(Outcome::Receipt(_)))), "no letter by a key for logging in");
    assert_eq!(world.app.db.counts().await.unwrap().0, 0);
    world.stop().await;
}

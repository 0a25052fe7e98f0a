//! Modules that hang, crash, lie and chatter (`bad.c`), and what they must not do: take the kiosk along.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tereze::card::module::{Module, Tokens};
use tereze::card::service::{Cards, Options, ToSign, start_all};
use tereze::card::{CardError, CardInfo, CardStatus, KeyKind, Stack};
use tereze::clock::Clock;
use tereze::practice::card::PracticeCard;
use tereze::practice::pki::Pki;
use tereze::private::Secret;

use super::{Bench, P256, PIN, SIGNS, said};

/// For one thing to happen.
const AWAITED: Duration = Duration::from_secs(120);

impl Bench {
    /// Builds the module; its file.
    pub fn bad_module(&self) -> PathBuf {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tokens/bad.c");
        let source = source.to_str().unwrap();
        self.must("cc -shared -fPIC -Wall -Werror -o libbad.so", &[source, "-ldl"]);
        self.path().join("libbad.so")
    }

    /// From now on it does so.
    pub fn bad(&self, what: &str) {
        std::fs::write(self.path().join("bad"), what).unwrap();
    }

    /// Calls into which it has hung or fallen so far.
    fn was(&self) -> String {
        std::fs::read_to_string(self.path().join("bad.was")).unwrap_or_default()
    }

    /// This program with the bench's surroundings, as a file.
    pub fn program(&self) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let runs = std::fs::Permissions::from_mode(0o755);
        let (file, folder) = (self.path().join("tereze"), self.path());
        let folder = folder.display();
        let script = format!(
            "#!/bin/sh\nexport SOFTHSM2_CONF={folder}/softhsm2.conf BAD_MODULE={folder}/bad\nexec {} \"$@\"\n",
            env!("CARGO_BIN_EXE_tereze")
        );
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, runs).unwrap();
        file
    }

    /// Processes that run a module of this bench.
    fn processes(&self) -> usize {
        let module = self.path().join("libbad.so");
        let runs = |process: &std::fs::DirEntry| {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(module.to_str().unwrap())
        };
        std::fs::read_dir("/proc").unwrap().flatten().filter(runs).count()
    }
}

#[test]
fn a_module_that_falls_or_lies_ends_in_words_and_signs_nothing() {
    let bench = Bench::new();
    bench.token("One");
    bench.key("One", "01", P256, SIGNS);
    let module = bench.bad_module();
    let arguments = ["--module", module.to_str().unwrap()];
    let cases = [
        ("crash-look", "stopped working"),
        ("crash-sign", "stopped working"),
        ("exit-sign", "stopped working"),
        ("gone-sign", "taken out too early"),
        ("wrong-sign", "another key than its own"),
        ("hang-look", "does not answer"),
    ];
    for (what, words) in cases {
        bench.bad(what);
        let out = bench.sign("x.p7s", &arguments, PIN);
        assert!(!out.status.success() && said(&out).contains(words), "{what}: {}", said(&out));
        assert!(!bench.path().join("x.p7s").exists(), "{what}");
    }
    for what in ["crash-look", "crash-sign", "hang-look"] {
        assert!(bench.was().contains(what), "it was never asked to {what}");
    }
    // What it prints is nobody's, and no answer of its own.
    bench.bad("chatty");
    let out = bench.sign("x.p7s", &arguments, PIN);
    assert!(out.status.success() && !said(&out).contains(PIN), "{}", said(&out));
    assert_eq!(bench.processes(), 0);
}

#[test]
fn doctor_names_each_module_and_what_to_do() {
    let bench = Bench::new();
    bench.token("One");
    bench.bad_module();
    bench.bad("crash-look");
    let settings = format!(
        "[cards]\npkcs11 = [{:?}, {:?}, \"/nowhere/module.so\"]\n",
        super::MODULE,
        bench.path().join("libbad.so")
    );
    std::fs::write(bench.path().join("settings.toml"), settings).unwrap();
    let doctor =
        format!("{} --lang en --config settings.toml --data data doctor", env!("CARGO_BIN_EXE_tereze"));
    let said = bench.run(&doctor, &["--json"], "");
    let report: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let found: Vec<_> =
        report["findings"].as_array().unwrap().iter().filter(|f| f["what"] == "token").collect();
    let facts = |n: usize, fact: &str| {
        found[n]["facts"].as_array().unwrap().iter().find_map(|f| f.get(fact)).cloned()
    };
    assert_eq!(found.len(), 3, "{report:#}");
    assert_eq!((&found[0]["state"], facts(0, "tokens")), (&"ok".into(), Some(1.into())));
    assert_eq!(facts(0, "module"), Some(super::MODULE.into()));
    assert_eq!((&found[1]["state"], &found[1]["code"]), (&"fault".into(), &"card.module-fell".into()));
    assert_eq!((&found[2]["state"], &found[2]["code"]), (&"fault".into(), &"card.module".into()));
    let words = super::said(&bench.run(&doctor, &[], ""));
    for told in ["Tokens that are in: 1", "/nowhere/module.so", "Update the module from its maker"] {
        assert!(words.contains(told), "{words}");
    }
}

pub async fn until(cards: &Cards, wanted: impl Fn(&CardStatus) -> bool) -> CardStatus {
    let mut status = cards.status.clone();
    match tokio::time::timeout(AWAITED, status.wait_for(wanted)).await {
        Ok(status) => status.expect("the service runs").clone(),
        Err(_) => panic!("still {:?}", &*cards.status.borrow()),
    }
}

pub async fn sign(cards: &Cards, info: &CardInfo, pin: &str) -> Result<Vec<u8>, CardError> {
    let pin = Secret::from_vec(pin.into());
    let work = cards.sign(info.clone(), pin, ToSign(b"what is signed".to_vec()), false);
    tokio::time::timeout(AWAITED, work).await.expect("an answer")
}

pub fn token(status: &CardStatus) -> Option<CardInfo> {
    match status {
        CardStatus::Several(able) => able.iter().find(|info| info.reader.starts_with("One")).cloned(),
        CardStatus::Ready(info) if info.reader.starts_with("One") => Some(info.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn a_module_that_hangs_keeps_its_own_tokens_away_and_nothing_else() {
    let bench = Bench::new();
    bench.token("One");
    bench.key("One", "01", P256, SIGNS);
    let module = Arc::new(Module::new(&bench.bad_module(), None).run_by(&bench.program()));
    let clock = Clock::system();
    let pki = Pki::generate(clock.now().wall).unwrap();
    let card = PracticeCard::of(&pki.people[0].identity);
    card.insert();
    let stacks: Vec<Arc<dyn Stack>> = vec![Arc::new(card.clone()), Arc::new(Tokens(module))];
    let talking = Duration::from_secs(3);
    let options = Options { fresh_only: false, talking, ..Options::default() };

    bench.bad("hang-look");
    let cards = start_all(stacks, clock, options);
    let CardStatus::Ready(info) = until(&cards, |s| matches!(s, CardStatus::Ready(_))).await else {
        panic!()
    };
    sign(&cards, &info, "123456").await.unwrap();
    // The look is given up, and the next finds the module well.
    while !bench.was().contains("hang-look") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bench.bad("");
    let seen = until(&cards, |s| token(s).is_some()).await;
    let hers = token(&seen).unwrap();
    assert_eq!(hers.key, KeyKind::P256);
    sign(&cards, &hers, PIN).await.unwrap();

    bench.bad("hang-sign");
    assert_eq!(sign(&cards, &hers, PIN).await, Err(CardError::Slow));
    sign(&cards, &info, "123456").await.unwrap();
    bench.bad("crash-sign");
    while let again = sign(&cards, &hers, PIN).await
        && again != Err(CardError::ModuleFell)
    {
        assert!(
            matches!(again, Err(CardError::HeldByOther | CardError::Slow | CardError::Pulled)),
            "{again:?}"
        );
    }
    sign(&cards, &info, "123456").await.unwrap();
    bench.bad("");
    let hers = token(&until(&cards, |s| token(s).is_some()).await).unwrap();
    sign(&cards, &hers, PIN).await.unwrap();
    assert_eq!(bench.processes(), 1);

    // It goes with the kiosk, even while it hangs.
    bench.bad("hang-look");
    let before = bench.was();
    while bench.was() == before {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(cards);
    let gone = async {
        while bench.processes() > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(AWAITED, gone).await.expect("the process goes");
}

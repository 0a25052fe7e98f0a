//! The same cards through OpenSC's PKCS#11 module, over the same PC/SC.

use std::io::Write as _;
use std::process::{Command, Stdio};

use tereze::card::service::Options;

use super::bench::{alone, ready};
use super::firmware::Kind;
use super::pcscd::{judged, program};

const MODULES: &[&str] = &["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
const PIN: &str = "123456";

#[test]
fn a_key_that_always_wants_the_pin_signs_by_opensc() {
    alone("modules::a_key_that_always_wants_the_pin_signs_by_opensc", async |bench| {
        let folder = bench.folder.clone();
        let module = MODULES.iter().map(|place| format!("{place}/opensc-pkcs11.so"));
        let module = module.into_iter().find(|file| std::path::Path::new(file).exists());
        let module = module.expect("apt-get install opensc-pkcs11");
        std::fs::write(folder.join("letter"), "Көшеде жарық жоқ.").unwrap();
        for (kind, file) in [(Kind::Ec, "ec.p7s"), (Kind::Rsa, "rsa.p7s")] {
            let mut card = bench.card();
            card.personalise(&folder, kind);
            card.insert();
            let cards = bench.service(Options { fresh_only: false, ..Options::default() });
            ready(&cards).await;
            drop(cards);
            let sign = |pin: &str, file: &str| {
                let mut tereze = Command::new(env!("CARGO_BIN_EXE_tereze"))
                    .args(["--lang", "en", "sign", "letter", "--module", &module, "--out", file])
                    .current_dir(&folder)
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap();
                tereze.stdin.take().unwrap().write_all(format!("{pin}\n").as_bytes()).unwrap();
                let out = tereze.wait_with_output().unwrap();
                (
                    out.status.success(),
                    String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned(),
                )
            };
            let (signed, said) = sign("654321", "wrong.p7s");
            assert!(!signed && said.contains("The PIN is not right"), "{said}");
            let (signed, said) = sign(PIN, file);
            assert!(signed, "{said}");
            let cms = ["openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", file, "-binary"];
            let trust = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "verified", "-content", "letter"];
            program(&folder, &[&cms[..], &trust].concat());
            std::fs::write(folder.join("other"), "Көшеде жарық бар.").unwrap();
            let other = ["-CAfile", "ca.pem", "-purpose", "any", "-out", "verified", "-content", "other"];
            assert!(!judged(&folder, &[&cms[..], &other].concat()).0);
            card.remove();
        }
    });
}

//! NIST's Public Key Interoperability Test Suite (PKITS 1.0.1, the data of 2011) through `tereze verify`, each case
//! twice: its certificate with all of the suite's authorities and lists at hand, and its signed message with what the
//! message brings along. The data is in Debian's python3-cryptography-vectors; where it is absent, the test says so.

#[path = "support/pkits/cases.rs"]
mod cases;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use cases::{DIFFERS, SECTIONS, SETTINGS};

const FOLDER: &str = "/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data";

struct Case {
    section: usize,
    /// The certificate's name without `EE.crt`.
    name: String,
    flags: &'static [&'static str],
    valid: bool,
}

fn stem(name: &str) -> &str {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches("Test");
    name.strip_prefix("Valid").or(name.strip_prefix("Invalid")).unwrap_or(name)
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut out = vec![];
    for file in std::fs::read_dir(folder.join("certs")).unwrap() {
        let file = file.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix("EE.crt") else { continue };
        let of = |s: &&[&str]| s.contains(&stem(name));
        let section = SECTIONS.iter().position(|(_, _, stems)| of(stems));
        let section = section.unwrap_or_else(|| panic!("{name} is in no section"));
        let valid = name.starts_with("Valid");
        if valid || name.starts_with("Invalid") {
            out.push(Case { section, name: name.to_owned(), flags: &[], valid });
        }
    }
    for (section, name, flags, valid) in SETTINGS {
        let section = SECTIONS.iter().position(|(number, ..)| number == section).unwrap();
        assert!(folder.join(format!("certs/{name}EE.crt")).exists(), "{name}");
        out.push(Case { section, name: (*name).to_owned(), flags, valid: *valid });
    }
    out.sort_by(|a, b| (a.section, &a.name).cmp(&(b.section, &b.name)));
    out
}

/// Files of a folder, without those of single cases and the anchor.
fn others(folder: &Path, end: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    let named = |p: &PathBuf, part: &str| p.to_string_lossy().contains(part);
    files
        .filter(|p| {
            p.to_string_lossy().ends_with(end) && !named(p, "EE.crt") && !named(p, "TrustAnchorRootCert")
        })
        .collect()
}

/// The verdict's name and reasons, or what the program said instead.
fn verdict(arguments: &[PathBuf]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tereze"));
    command.arg("verify").args(arguments).arg("--json").env_remove("CONFIGURATION_DIRECTORY");
    let out = command.output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    let exit = match json["verdict"].as_str() {
        Some("valid") => 0,
        Some("not-valid") => 1,
        Some("could-not-check") => 2,
        _ => return ("none".into(), String::from_utf8_lossy(&out.stderr).into_owned()),
    };
    assert_eq!(out.status.code(), Some(exit));
    let codes = json["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap());
    (json["verdict"].as_str().unwrap().to_owned(), codes.collect::<Vec<_>>().join(" "))
}

fn paths<const N: usize>(words: [&str; N]) -> Vec<PathBuf> {
    words.into_iter().map(PathBuf::from).collect()
}

#[test]
fn every_section_of_pkits() {
    let folder = Path::new(FOLDER);
    if !folder.exists() {
        eprintln!("skipped: no PKITS data: python3-cryptography-vectors is not installed");
        return;
    }
    let anchor = folder.join("certs/TrustAnchorRootCertificate.crt");
    let mut all = [paths(["--ca"]), vec![anchor.clone()], paths(["--intermediates"])].concat();
    all.extend(others(&folder.join("certs"), ".crt"));
    all.extend(paths(["--crl"]));
    all.extend(others(&folder.join("crls"), ".crl"));
    // By a name without case: the suite writes some names in two ways.
    let messages: BTreeMap<String, PathBuf> = std::fs::read_dir(folder.join("smime"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .map(|p| (p.file_stem().unwrap().to_string_lossy().to_lowercase(), p))
        .collect();
    let cases = cases(folder);
    assert!(cases.len() >= 245, "{}", cases.len());
    let (next, results) = (Mutex::new(0), Mutex::new(vec![]));
    let work = || {
        loop {
            let at = {
                let mut next = next.lock().unwrap();
                *next += 1;
                *next - 1
            };
            let Some(case) = cases.get(at) else { return };
            let flags: Vec<PathBuf> = case.flags.iter().map(PathBuf::from).collect();
            let leaf = folder.join(format!("certs/{}EE.crt", case.name));
            let chain = verdict(&[paths(["--chain"]), vec![leaf], all.clone(), flags.clone()].concat());
            let title =
                cases::TITLES.iter().find(|(name, _)| *name == case.name).map_or(case.name.as_str(), |t| t.1);
            let message = messages.get(&format!("signed{}", title.to_lowercase()));
            let message = message.unwrap_or_else(|| panic!("{} has no message", case.name)).clone();
            let signed = verdict(&[vec![message], paths(["--ca"]), vec![anchor.clone()], flags].concat());
            results.lock().unwrap().push((at, chain, signed));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, |n| n.get().min(8)) {
            scope.spawn(work);
        }
    });
    let mut counts = vec![[0usize; 3]; SECTIONS.len()];
    let mut findings = vec![];
    for (at, chain, signed) in results.into_inner().unwrap() {
        let case = &cases[at];
        let count = &mut counts[case.section];
        count[0] += 1;
        for (way, (verdict, reasons)) in [chain, signed].into_iter().enumerate() {
            let as_the_suite = (verdict == "valid") == case.valid;
            count[way + 1] += usize::from(as_the_suite);
            let known = DIFFERS.iter().find(|d| d.name == case.name && d.ways.contains(&way));
            let expected = known.map_or(as_the_suite, |d| !as_the_suite && verdict == d.verdict);
            if !expected {
                findings.push(format!("{} {:?} way {way}: {verdict} ({reasons})", case.name, case.flags));
            }
        }
    }
    println!("{:<44} cases  by chain  by message", "section");
    for ((number, title, _), [cases, chain, signed]) in SECTIONS.iter().zip(&counts) {
        println!("{:<44} {cases:>5}  {chain:>8}  {signed:>10}", format!("{number} {title}"));
    }
    let sum = |at: usize| counts.iter().map(|c| c[at]).sum::<usize>();
    println!("{:<44} {:>5}  {:>8}  {:>10}", "all", sum(0), sum(1), sum(2));
    for differs in DIFFERS {
        println!("{}: {}: {}", differs.name, differs.verdict, differs.why);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

//! The crates that come in: each is used, from one registry, under a permissive licence, and once, unless `deny.toml`
//! names the exception and its reason. The same file serves `cargo deny`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::source::{Source, Token};

/// Dependencies that no line of ours names, and why they are there.
const UNNAMED: &[(&str, &str)] = &[];

/// `sources` are the shipped and unit-test sources of `src`; the others are read here.
pub fn unnamed(sources: &[Source], root: &Path) -> Vec<String> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let others = |folders: &[&str]| -> String {
        let paths = folders.iter().flat_map(|f| super::files(f)).filter(|p| p.ends_with(".rs"));
        // A package of its own under the tests has dependencies of its own.
        paths.filter(|p| !p.contains("card-firmware")).map(|p| read(&p)).collect()
    };
    let manifest = read("Cargo.toml").parse().unwrap();
    let shipped = sources.iter().flat_map(|s| &s.tokens).filter_map(Token::ident).map(str::to_owned);
    // A bench is a program of the package: it sees what the library sees.
    let shipped = shipped.chain(words(&others(&["benches"]))).collect();
    let tests = words(&(sources.iter().map(|s| s.text.as_str()).collect::<String>() + &others(&["tests"])));
    unused(&manifest, &shipped, &tests, &words(&read("build.rs")))
}

fn unused(
    manifest: &toml::Table,
    shipped: &BTreeSet<String>,
    tests: &BTreeSet<String>,
    build: &BTreeSet<String>,
) -> Vec<String> {
    let tables = [("dependencies", shipped), ("dev-dependencies", tests), ("build-dependencies", build)];
    let mut found = vec![];
    for (table, used) in tables {
        for name in manifest.get(table).and_then(|t| t.as_table()).into_iter().flat_map(|t| t.keys()) {
            if !used.contains(&name.replace('-', "_")) && !UNNAMED.iter().any(|(known, _)| known == name) {
                found.push(format!("Cargo.toml: {name} of [{table}] is not used"));
            }
        }
    }
    found
}

/// Every word of the code, without comment lines.
fn words(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|l| !l.trim_start().starts_with("//"));
    code.flat_map(|l| l.split(|c: char| !c.is_alphanumeric() && c != '_')).map(str::to_owned).collect()
}

pub fn judged(root: &Path) -> Vec<String> {
    let deny: toml::Table = std::fs::read_to_string(root.join("deny.toml")).unwrap().parse().unwrap();
    let target = deny["graph"]["targets"][0].as_str().unwrap();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = std::process::Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", target])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    judge(&serde_json::from_slice(&out.stdout).unwrap(), &deny)
}

fn judge(metadata: &Value, deny: &toml::Table) -> Vec<String> {
    let nodes: BTreeSet<&str> =
        metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|n| n["id"].as_str().unwrap()).collect();
    let packages =
        metadata["packages"].as_array().unwrap().iter().filter(|p| nodes.contains(p["id"].as_str().unwrap()));
    let allowed: BTreeSet<&str> =
        deny["licenses"]["allow"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
    let excepted = deny["licenses"].get("exceptions").and_then(|e| e.as_array()).cloned().unwrap_or_default();
    let registry = deny["sources"]["allow-registry"][0].as_str().unwrap();
    let (mut found, mut versions) = (vec![], BTreeMap::<&str, BTreeSet<&str>>::new());
    for package in packages {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        versions.entry(text("name")).or_default().insert(text("version"));
        if text("source").is_empty() && text("name") == "tereze" {
            continue;
        }
        if text("source") != format!("registry+{registry}") {
            found.push(format!(
                "{} {}: comes from {:?}, not from crates.io",
                text("name"),
                text("version"),
                text("source")
            ));
        }
        let mut allowed = allowed.clone();
        for exception in excepted.iter().filter(|e| e["crate"].as_str() == Some(text("name"))) {
            allowed.extend(exception["allow"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()));
        }
        if !permitted(text("license"), &allowed) {
            found.push(format!(
                "{} {}: licence {:?} is not in deny.toml",
                text("name"),
                text("version"),
                text("license")
            ));
        }
    }
    let skipped = |key: &str| -> BTreeSet<&str> {
        let list = deny["bans"].get(key).and_then(|s| s.as_array()).map_or(&[][..], |s| s);
        list.iter().map(|s| s["crate"].as_str().unwrap()).collect()
    };
    let skip = skipped("skip");
    for (name, versions) in &versions {
        // One version, the newest, is the one to have; each older one is named with its reason.
        let older: Vec<String> = versions.iter().map(|v| format!("{name}@{v}")).collect();
        let named = older.iter().filter(|o| skip.contains(o.as_str())).count();
        if versions.len() > named + 1 {
            found.push(format!(
                "{name} is there as {}: name the older in deny.toml, and why",
                older.join(", ")
            ));
        }
    }
    for stale in skip {
        let (name, version) = stale.split_once('@').unwrap();
        if !versions.get(name).is_some_and(|v| v.len() > 1 && v.contains(version)) {
            found.push(format!("deny.toml: {stale} is no duplicate any more"));
        }
    }
    found
}

/// Whether an SPDX expression can be fulfilled with the allowed licences.
fn permitted(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (value, rest) = either(&words, allowed);
    value && rest.is_empty()
}

fn either<'a>(words: &'a [&'a str], allowed: &BTreeSet<&str>) -> (bool, &'a [&'a str]) {
    let (mut value, mut rest) = both(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (next, behind) = both(more, allowed);
        (value, rest) = (value | next, behind);
    }
    (value, rest)
}

fn both<'a>(words: &'a [&'a str], allowed: &BTreeSet<&str>) -> (bool, &'a [&'a str]) {
    let (mut value, mut rest) = single(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (next, behind) = single(more, allowed);
        (value, rest) = (value & next, behind);
    }
    (value, rest)
}

fn single<'a>(words: &'a [&'a str], allowed: &BTreeSet<&str>) -> (bool, &'a [&'a str]) {
    match words {
        ["(", more @ ..] => {
            let (value, rest) = either(more, allowed);
            (value, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        [licence, "WITH", exception, rest @ ..] => (
            allowed.contains(format!("{licence} WITH {exception}").as_str()) || allowed.contains(licence),
            rest,
        ),
        [licence, rest @ ..] => (allowed.contains(licence), rest),
        [] => (false, words),
    }
}

#[test]
fn licences_are_read_as_spdx_says() {
    let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Zlib"]);
    for yes in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/GPL-2.0",
        "(MIT OR GPL-3.0) AND Zlib",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(permitted(yes, &allowed), "{yes}");
    }
    for no in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND LGPL-2.1", "MITX"] {
        assert!(!permitted(no, &allowed), "{no}");
    }
}

#[test]
fn a_foreign_source_a_bad_licence_and_a_twin_are_found() {
    let deny: toml::Table =
        "[graph]\ntargets = ['x']\n[licenses]\nallow = ['MIT']\n[sources]\nallow-registry = ['r']\n\
        [bans]\nskip = [{ crate = 'old@1.0.0', reason = 'x' }, { crate = 'gone@1.0.0', reason = 'x' }]"
            .parse()
            .unwrap();
    let package = |name: &str, version: &str, licence: &str, source: &str| {
        serde_json::json!({"id": format!("{name}{version}"), "name": name, "version": version,
            "license": licence, "source": source})
    };
    let packages = [
        package("good", "1.0.0", "MIT", "registry+r"),
        package("git", "1.0.0", "MIT", "git+elsewhere"),
        package("closed", "1.0.0", "GPL-3.0", "registry+r"),
        package("old", "1.0.0", "MIT", "registry+r"),
        package("old", "2.0.0", "MIT", "registry+r"),
        package("twin", "1.0.0", "MIT", "registry+r"),
        package("twin", "2.0.0", "MIT", "registry+r"),
        package("elsewhere", "1.0.0", "GPL-3.0", "registry+r"),
    ];
    let nodes: Vec<Value> = packages[..7].iter().map(|p| serde_json::json!({"id": p["id"]})).collect();
    let metadata = serde_json::json!({"packages": packages, "resolve": {"nodes": nodes}});
    let found = judge(&metadata, &deny);
    for part in
        ["git 1.0.0: comes from", "closed 1.0.0: licence", "twin is there as", "gone@1.0.0 is no duplicate"]
    {
        assert!(found.iter().any(|f| f.contains(part)), "{part}: {found:?}");
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn a_dependency_that_no_code_names_is_found() {
    let manifest: toml::Table =
        "[dependencies]\nused-one = '1'\nidle = '1'\n[dev-dependencies]\nprobe = '1'".parse().unwrap();
    let shipped = words("use used_one::x;\n// idle\n");
    let found = unused(&manifest, &shipped, &words("probe::run()"), &words(""));
    assert_eq!(found, ["Cargo.toml: idle of [dependencies] is not used"]);
}

//! Generates the enum of message ids from `locales/kk/*.ftl`, and embeds the build's time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use fluent_syntax::ast::Entry;

fn main() {
    println!("cargo:rerun-if-changed=locales");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let built = std::env::var("SOURCE_DATE_EPOCH").ok().unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map(|d| d.as_secs()).unwrap_or(0).to_string()
    });
    println!("cargo:rustc-env=TEREZE_BUILT={built}");
    pack_relocations();

    // Variant name → message id; the Kazakh files say which messages exist.
    let mut messages = BTreeMap::new();
    let mut files = vec![];
    for path in sorted("locales/kk") {
        println!("cargo:rerun-if-changed={path}");
        let text = std::fs::read_to_string(&path).expect("a locale file is readable UTF-8");
        let resource = match fluent_syntax::parser::parse(text.as_str()) {
            Ok(resource) => resource,
            Err((_, errors)) => panic!("{path}: {errors:?}"),
        };
        for entry in &resource.body {
            if let Entry::Message(message) = entry {
                let id = message.id.name.to_owned();
                if let Some(twin) = messages.insert(camel(&id), id.clone()) {
                    panic!("{path}: {id} and {twin} make the same name");
                }
            }
        }
        files.push(Path::new(&path).file_name().expect("a file").to_string_lossy().into_owned());
    }

    let mut out = String::new();
    out += "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub enum Msg {\n";
    for (name, id) in &messages {
        writeln!(out, "    /// `{id}`\n    {name},").expect("a string");
    }
    out += "}\n\nimpl Msg {\n    pub const ALL: &[Msg] = &[\n";
    for name in messages.keys() {
        writeln!(out, "        Msg::{name},").expect("a string");
    }
    out += "    ];\n\n    pub const fn id(self) -> &'static str {\n        match self {\n";
    for (name, id) in &messages {
        writeln!(out, "            Msg::{name} => {id:?},").expect("a string");
    }
    out += "        }\n    }\n}\n\n";
    for lang in ["kk", "ru", "en"] {
        writeln!(out, "pub(super) const {}: &[(&str, &str)] = &[", lang.to_uppercase()).expect("a string");
        for file in &files {
            let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
            writeln!(out, "    ({file:?}, include_str!({:?})),", format!("{root}/locales/{lang}/{file}"))
                .expect("a string");
        }
        out += "];\n";
    }
    let to = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("messages.rs");
    std::fs::write(to, out).expect("the build's folder is writable");
}

fn sorted(folder: &str) -> Vec<String> {
    let mut paths: Vec<String> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{folder}: {e}"))
        .filter_map(|e| Some(e.ok()?.path().to_string_lossy().into_owned()))
        .filter(|p| p.ends_with(".ftl"))
        .collect();
    paths.sort();
    paths
}

/// `letter-to-title` → `LetterToTitle`
fn camel(id: &str) -> String {
    id.split(['-', '_'])
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
        })
        .collect()
}

/// The addresses that the loader fills in are a megabyte of the shipped program; packed, a hundredth of it. Loaders know
/// that form since glibc 2.36, which is the oldest that the package is for.
fn pack_relocations() {
    let var = |name| std::env::var(name).unwrap_or_default();
    if var("PROFILE") != "release" || var("CARGO_CFG_TARGET_ENV") != "gnu" {
        return;
    }
    let said = std::process::Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let said = said.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default();
    let version = said.strip_prefix("glibc ").and_then(|v| v.split_once('.'));
    if version
        .is_some_and(|(major, minor)| (major.parse().unwrap_or(0), minor.parse().unwrap_or(0)) >= (2, 36))
    {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

use super::*;
use crate::domain::deadline::parse_day;

fn today() -> Date {
    parse_day("2026-11-22").unwrap()
}

fn content() -> &'static Snapshot {
    Snapshot::embedded().unwrap()
}

/// Every file below `assets/{forms,law,lessons,content}` but the manifest itself.
fn on_disk() -> Vec<(String, Vec<u8>)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut files = vec![];
    for folder in ["content", "forms", "law", "lessons"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            if name != "content/manifest.json" {
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Run with `TEREZE_EDITION=2026-11-23.1` to write the manifest of a new edition.
#[test]
fn the_manifest_names_every_file() {
    let disk = on_disk();
    let files: Vec<(&str, &[u8])> = disk.iter().map(|(p, b)| (p.as_str(), b.as_slice())).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/content/manifest.json");
    if let Ok(version) = std::env::var("TEREZE_EDITION") {
        std::fs::write(path, Manifest::of(&version, &files).to_bytes().unwrap()).unwrap();
    }
    let held = Manifest::parse(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(
        held,
        Manifest::of(&held.version, &files),
        "content changed: write its manifest with TEREZE_EDITION=<day>.<n> cargo test --lib content::"
    );
    assert_eq!(
        EMBEDDED.iter().map(|(p, _)| *p).collect::<Vec<_>>(),
        files.iter().map(|(p, _)| *p).collect::<Vec<_>>()
    );
}

#[test]
fn a_changed_missing_or_added_file_is_refused() {
    let manifest = EMBEDDED_MANIFEST;
    let damaged = |files: &[(&str, &[u8])]| Snapshot::load(manifest, files).err();
    let mut files = EMBEDDED.to_vec();
    let mut bytes = files[0].1.to_vec();
    bytes[10] ^= 1;
    files[0].1 = &bytes;
    assert_eq!(damaged(&files), Some(ContentError::Digest(EMBEDDED[0].0.into())));
    assert_eq!(damaged(&EMBEDDED[1..]), Some(ContentError::Digest(EMBEDDED[0].0.into())));
    let mut twice = EMBEDDED.to_vec();
    twice.push(EMBEDDED[0]);
    assert!(damaged(&twice).is_some());
    let mut added = EMBEDDED.to_vec();
    added.push(("forms/other.toml", b""));
    assert_eq!(damaged(&added), Some(ContentError::Digest("forms/other.toml".into())));
    assert_eq!(Snapshot::load(b"{}", EMBEDDED).err(), Some(ContentError::Manifest));
    assert_eq!(Snapshot::load(br#"{"format":2}"#, EMBEDDED).err(), Some(ContentError::Newer));
    let climbing = Manifest::of("1", &[("../x", b"")]).to_bytes().unwrap();
    assert_eq!(Manifest::parse(&climbing), Err(ContentError::Manifest));
}

#[test]
fn the_forms_and_the_data_have_no_faults() {
    for form in content().forms() {
        let found = check::form(form, content(), today());
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
    let found = check::data(content(), today());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(content().regions().len(), 20);
    assert!(content().newest_form("letter").is_some() && content().newest_form("nothing").is_none());
}

#[test]
fn every_region_has_an_akimat_and_every_topic_a_body_there() {
    let form = content().newest_form("letter").unwrap();
    let topics: Vec<&str> =
        form.field("letter.topic").unwrap().options.iter().map(|o| o.id.as_str()).collect();
    for region in content().regions() {
        assert!(content().body(&format!("akimat-{}", region.id)).is_some(), "{}", region.id);
        for topic in &topics {
            assert!(
                !content().propose(topic, &region.id, "", today()).is_empty(),
                "{topic} in {}",
                region.id
            );
        }
    }
}

fn first(topic: &str, region: &str, place: &str) -> &'static str {
    content().propose(topic, region, place, today())[0].id.as_str()
}

#[test]
fn the_nearest_body_is_proposed() {
    assert_eq!(first("road", "kz-19", ""), "akimat-kz-19");
    for typed in ["Талғар", "талгар", "Талгарский район", "Талғар ауданы, Бесағаш", "г. Талгар", "Talgar"]
    {
        assert_eq!(first("road", "kz-19", typed), "akimat-talgar", "{typed}");
    }
    // A place that is not known, and a place of another region.
    assert_eq!(first("road", "kz-19", "Ешқайда ауданы"), "akimat-kz-19");
    assert_eq!(first("road", "kz-11", "Талғар"), "akimat-kz-11");
    assert_eq!(first("water", "kz-11", "Қабанбай батыр ауылы"), "akim-kabanbay-batyr");
    assert_eq!(first("benefit", "kz-75", ""), "min-labour");
    assert_eq!(first("order", "kz-75", ""), "police-almaty");
    assert_eq!(first("order", "kz-19", ""), "min-interior");
    assert_eq!(first("a topic that nobody has", "kz-19", ""), "akimat-kz-19");
}

fn found(typed: &str, lang: Lang) -> Vec<&'static str> {
    content().search(typed, lang, None, today(), 5).iter().map(|b| b.id.as_str()).collect()
}

#[test]
fn the_directory_finds_what_people_type() {
    for typed in [
        "еңбек",
        "енбек",
        "ЕҢБЕК министрлігі",
        "Министерство труда",
        "министерство по труду",
        "минтруд",
        "Labour",
    ] {
        assert_eq!(found(typed, Lang::Kk).first(), Some(&"min-labour"), "{typed}");
    }
    for typed in ["кызылорда", "Қызылорда", "қызылорданың", "Kyzylorda"] {
        assert!(found(typed, Lang::Kk).contains(&"akimat-kz-43"), "{typed}: {:?}", found(typed, Lang::Kk));
    }
    // Kazakh letters typed as the Russian ones that look alike.
    assert_eq!(found("денсаулык сактау", Lang::Kk), ["min-health"]);
    assert!(found("", Lang::Ru).is_empty() && found(" ,. ", Lang::Ru).is_empty());
    assert!(found("қщшғъ", Lang::Kk).is_empty());
    // A word that no name has is passed over where the others fit.
    assert_eq!(found("министерство здравоохранения моего села", Lang::Ru).first(), Some(&"min-health"));
}

#[test]
fn bodies_near_by_go_first_and_equals_stand_in_alphabetical_order() {
    let near = content().search("акимат", Lang::Ru, Some("kz-61"), today(), 3);
    assert!(near.iter().all(|b| b.region.as_deref() == Some("kz-61")), "{near:?}");
    let names: Vec<&str> = content()
        .search("министрлігі", Lang::Kk, None, today(), 100)
        .iter()
        .map(|b| b.name.get(Lang::Kk))
        .collect();
    assert!(names.len() > 15);
    assert!(names.is_sorted_by(|a, b| crate::i18n::format::compare(Lang::Kk, a, b).is_le()), "{names:?}");
}

#[test]
fn a_renamed_or_closed_body_still_reads() {
    let text = r#"
        id = "x"
        kind = "ministry"
        name = { kk = "Жаңа", ru = "Новое", en = "New" }
        former = [{ kk = "Ескі", ru = "Старое", en = "Old" }]
        topics = []
        until = "2026-01-01"
    "#;
    let body: Body = toml::from_str(text).unwrap();
    assert!(body.was_named("Ескі", Lang::Kk) && body.was_named("New", Lang::En));
    assert!(!body.was_named("Ескі", Lang::Ru));
    assert!(body.in_force(parse_day("2026-01-01").unwrap()) && !body.in_force(today()));
}

#[test]
fn due_dates_come_from_law_and_calendar() {
    let at = Moment::parse_rfc3339("2026-11-20T10:00:00+05:00").unwrap();
    let due = content().due("application", at).unwrap();
    // 15 working days from Friday 20 November 2026; 16 December is a day off but later.
    assert_eq!((due.date, due.rule.as_str()), (parse_day("2026-12-11").unwrap(), "appk-76-15"));
    let due = content().due("complaint", at).unwrap();
    assert_eq!((due.date, due.rule.as_str()), (parse_day("2026-12-21").unwrap(), "appk-99-20"));
    assert_eq!(content().due("service-complaint", at).unwrap().working_days, 5);
    assert_eq!(content().due("love letter", at), Err(DeadlineError::NoRule));
    assert!(content().rule("appk-76-15").is_some());
}

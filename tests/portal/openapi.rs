//! `openapi.json` is what the program prints, and within v1 it only grows.

use serde_json::Value;

const COMMITTED: &str = include_str!("../../openapi.json");
/// The first v1 that shipped: never edited.
const FIRST: &str = include_str!("../fixtures/compat/openapi-v1.json");

#[test]
fn the_committed_document_is_the_programs() {
    let made = tereze::server::openapi::json();
    assert!(made == COMMITTED, "run `tereze portal --openapi > openapi.json`");
    let document: Value = serde_json::from_str(COMMITTED).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn within_v1_nothing_is_taken_away() {
    let (first, now): (Value, Value) =
        (serde_json::from_str(FIRST).unwrap(), serde_json::from_str(COMMITTED).unwrap());
    let mut missing = vec![];
    compare("", &first, &now, &mut missing);
    assert!(missing.is_empty(), "a reader of v1 would break:\n{}", missing.join("\n"));
}

#[test]
fn a_taken_member_or_a_new_duty_is_found() {
    let first: Value = serde_json::from_str(FIRST).unwrap();
    let mut less = first.clone();
    less["paths"].as_object_mut().unwrap().remove("/api/v1/keyset");
    let mut duty = first.clone();
    let required = duty["components"]["schemas"]["Enrol"]["required"].as_array_mut().unwrap();
    required.push("serial".into());
    let mut kind = first.clone();
    kind["components"]["schemas"]["Enrolled"]["properties"]["kiosk"]["type"] = "string".into();
    for changed in [less, duty, kind] {
        let mut missing = vec![];
        compare("", &first, &changed, &mut missing);
        assert_eq!(missing.len(), 1, "{missing:?}");
    }
    let mut more = first.clone();
    more["paths"]["/api/v1/answers"] = Value::Null;
    let mut missing = vec![];
    compare("", &first, &more, &mut missing);
    assert!(missing.is_empty());
}

/// Everything of `first` is in `now`; prose may change, lists of required members may not grow in
/// what a kiosk sends.
fn compare(at: &str, first: &Value, now: &Value, missing: &mut Vec<String>) {
    match (first, now) {
        (Value::Object(first), Value::Object(now)) => {
            for (key, value) in first {
                let here = format!("{at}/{key}");
                match now.get(key) {
                    _ if ["description", "summary", "title", "version"].contains(&key.as_str()) => {}
                    None => missing.push(format!("{here} is gone")),
                    Some(other) => compare(&here, value, other, missing),
                }
            }
        }
        (Value::Array(first), Value::Array(now)) => {
            for value in first.iter().filter(|v| !now.contains(v)) {
                missing.push(format!("{at}: {value} is gone"));
            }
            if at.ends_with("/required") && now.len() > first.len() {
                missing.push(format!("{at}: more is required"));
            }
        }
        (first, now) if first != now => missing.push(format!("{at}: {first} became {now}")),
        _ => {}
    }
}

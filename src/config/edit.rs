//! Changes single settings in a settings file's text: comments and everything else stay as they are.

/// Sets `key = value` in `section` ("" is what stands before the first section). `value` is TOML.
/// A key that is there has its line replaced; a section that is not there is added at the end.
pub fn set(text: &str, section: &str, key: &str, value: &str) -> String {
    let line = format!("{key} = {value}");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut at = String::new();
    // Where the section's own lines end, and where it already says the key.
    let (mut end, mut there) = (section.is_empty().then_some(0), None);
    for (n, text) in lines.iter().enumerate() {
        let text = text.trim();
        if let Some(name) = text.strip_prefix('[').and_then(|t| t.split(']').next()) {
            name.trim().clone_into(&mut at);
        }
        if at != section {
            continue;
        }
        if !text.is_empty() {
            end = Some(n + 1);
        }
        if text.split_once('=').is_some_and(|(k, _)| k.trim() == key) {
            there = Some(n);
        }
    }
    match (there, end) {
        (Some(n), _) => lines[n] = line,
        (None, Some(n)) => lines.insert(n, line),
        (None, None) => {
            if lines.last().is_some_and(|l| !l.trim().is_empty()) {
                lines.push(String::new());
            }
            lines.extend([format!("[{section}]"), line]);
        }
    }
    lines.join("\n") + "\n"
}

/// A TOML basic string.
pub fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_an_old_key_and_a_new_section() {
        assert_eq!(set("", "", "mode", "\"practice\""), "mode = \"practice\"\n");
        let text = "# the kiosk by the door\nmode = \"practice\" # for now\nlanguage = \"ru\"\n\n[kiosk]\nidle_seconds = 240\n";
        let text = set(text, "", "mode", "\"portal\"");
        let text = set(&text, "portal", "url", "\"https://p.example\"");
        let text = set(&text, "portal", "root", "\"00\"");
        let text = set(&text, "portal", "url", "\"https://q.example\"");
        assert_eq!(
            text,
            "# the kiosk by the door\nmode = \"portal\"\nlanguage = \"ru\"\n\n[kiosk]\nidle_seconds = 240\n\n\
             [portal]\nurl = \"https://q.example\"\nroot = \"00\"\n"
        );
    }

    #[test]
    fn a_key_of_another_section_is_not_touched() {
        let text = set("[portal]\nmode = 1\n[kiosk]\n", "", "mode", "\"x\"");
        assert_eq!(text, "mode = \"x\"\n[portal]\nmode = 1\n[kiosk]\n");
        let text = set("[portal]\n\n[kiosk]\nurl = 1\n", "portal", "url", "2");
        assert_eq!(text, "[portal]\nurl = 2\n\n[kiosk]\nurl = 1\n");
    }

    #[test]
    fn what_was_quoted_reads_as_it_was() {
        for text in ["https://p.example", "a\"b\\c\nd", "Терезе"] {
            let line = format!("x = {}", quoted(text));
            let read: std::collections::BTreeMap<String, String> = toml::from_str(&line).unwrap();
            assert_eq!(read["x"], text);
        }
    }
}

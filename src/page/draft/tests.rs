use super::*;
use proptest::prelude::*;

fn draft() -> Draft {
    let mut draft = Draft::new(FormRef { id: "letter".into(), version: 1 }, "text".into());
    draft.answers.insert("letter.want".into(), Answer::Choice("complaint".into()));
    draft.answers.insert("letter.text".into(), Answer::Text("Жарық жоқ.\nКөмек керек".into()));
    draft.answers.insert("letter.body".into(), Answer::Body("min-labour".into()));
    draft.answers.insert("letter.truth".into(), Answer::Tick(true));
    let file = Attached::new("сурет.png".into(), "image/png", Zeroizing::new(vec![1, 2, 3]));
    draft.answers.insert("letter.files".into(), Answer::Files(vec![file]));
    draft
}

#[test]
fn a_draft_reads_back_whole_or_without_its_files() {
    let saved = Draft::from_bytes(&draft().to_bytes(Lang::Ru, true).unwrap()).ok().unwrap();
    assert!(saved.draft == draft() && saved.lang == Lang::Ru && !saved.without_files);
    let bytes = draft().to_bytes(Lang::En, false).unwrap();
    assert!(bytes.len() < 300, "{}", bytes.len());
    let saved = Draft::from_bytes(&bytes).ok().unwrap();
    assert!(saved.without_files && !saved.draft.answers.contains_key("letter.files"));
    assert_eq!(saved.draft.answers.len(), draft().answers.len() - 1);
}

#[test]
fn the_bytes_never_outgrow_their_first_allocation() {
    for files in [true, false] {
        let bytes = draft().to_bytes(Lang::Kk, files).unwrap();
        assert!(bytes.len() <= draft().size(files));
    }
}

#[test]
fn cut_or_foreign_bytes_are_told() {
    let bytes = draft().to_bytes(Lang::Kk, true).unwrap();
    for at in 0..bytes.len() {
        assert!(Draft::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
    }
    let mut longer = bytes.to_vec();
    longer.push(0);
    assert_eq!(Draft::from_bytes(&longer).err(), Some(DraftError::Unreadable));
    assert_eq!(Draft::from_bytes(&[0xa1, 0, 2]).err(), Some(DraftError::Newer));
    assert_eq!(Draft::from_bytes(&vec![0; MAX_DRAFT + 1]).err(), Some(DraftError::TooLarge));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        let _ = Draft::from_bytes(&bytes);
    }

    #[test]
    fn any_words_read_back(words: String) {
        let mut draft = draft();
        draft.answers.insert("letter.text".into(), Answer::Text(Private::new(words)));
        let saved = Draft::from_bytes(&draft.to_bytes(Lang::Kk, true).unwrap()).ok().unwrap();
        prop_assert!(saved.draft == draft);
    }
}

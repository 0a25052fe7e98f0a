use super::*;
use crate::clock::Moment;
use crate::domain::deadline::parse_day;
use crate::domain::statement::{Deployment, FieldFault, Signer, Statement, StatementError};
use crate::domain::{Digest, SubmissionId};
use crate::page::meaning::Ending;

const HERE: Deployment = Deployment { audience: Digest([1; 32]), practice: true };

fn today() -> Date {
    parse_day("2026-11-20").unwrap()
}

fn noon() -> Moment {
    Moment::parse_rfc3339("2026-11-20T07:00:00Z").unwrap()
}

fn player() -> Player {
    Player::new("letter", Snapshot::embedded().unwrap()).unwrap()
}

fn owner() -> Private<Owner> {
    Private::new(Owner {
        name: "ТЕСТОВ ТЕСТ".into(), iin: "900101300017".into(), ..Owner::default()
    })
}

fn signer() -> Signer {
    Signer { name: "ТЕСТОВ ТЕСТ".into(), iin: "900101300017".into(), bin: None }
}

/// Answers what the page asks, as one visitor would.
fn answer(p: &mut Player) {
    let fields: Vec<_> = p.fields(p.page()).collect();
    for field in fields {
        if p.is_answered(field) {
            continue;
        }
        let id = field.id.as_str();
        let done = match field.kind {
            FieldKind::Choice | FieldKind::Region => p.choose(id, &field.options[0].id),
            FieldKind::Body => {
                let body = p.proposed(today())[0].id.clone();
                p.set_body(id, &body)
            }
            FieldKind::Tick => p.tick(id, true),
            FieldKind::Attachments => true,
            FieldKind::Iin => p.set_text(id, "051224600019"),
            FieldKind::Bin => p.set_text(id, "940140000385"),
            FieldKind::Phone => p.set_text(id, "+7 701 123 45 67"),
            FieldKind::Email => p.set_text(id, "test@example.kz"),
            _ => p.set_text(id, "Көшеде жарық жоқ"),
        };
        assert!(done, "{id}");
    }
}

/// Plays to the check page; the ids of the pages seen.
fn play(p: &mut Player) -> Vec<&'static str> {
    let mut seen = vec![];
    while p.page().kind != PageKind::Check {
        seen.push(p.page().id.as_str());
        answer(p);
        assert_eq!(p.next(today()), Ok(Moved::Page));
        assert!(seen.len() < 50);
    }
    seen
}

fn statement(p: &Player, lang: Lang) -> Result<Statement, StatementError> {
    p.statement(lang, signer(), HERE, SubmissionId([2; 16]), noon())
}

#[test]
fn the_letter_from_first_page_to_statement() {
    let mut p = player();
    p.set_owner(Some(owner()));
    let seen = play(&mut p);
    assert_eq!(
        seen,
        ["sign", "topic", "region", "place", "body", "want", "who", "me", "text", "files", "truth"]
    );
    assert_eq!(p.next(today()), Ok(Moved::Finished));
    assert_eq!((p.ending(), p.kind()), (Ending::Card, Some("application")));
    for lang in Lang::ALL {
        let s = statement(&p, lang).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(s.validate(&HERE, p.content()), Ok(()), "{}", lang.tag());
        let bytes = s.canonical().unwrap();
        assert!(Statement::parse(&bytes).is_ok_and(|back| back == s));
        assert!(s.field("letter.sign").is_none() && s.field("letter.name").is_none());
        assert_eq!(
            s.field("letter.want").unwrap().value,
            p.form().field("letter.want").unwrap().options[0].label.get(lang)
        );
    }
    assert_eq!(p.due(noon()).unwrap().unwrap().rule, "appk-76-15");
}

#[test]
fn every_way_through_the_form_makes_a_statement_or_a_paper() {
    for who in ["self", "other", "organisation", "several", "child"] {
        for sign in ["card", "key-file", "phone", "none"] {
            for no_iin in [false, true] {
                let mut p = player();
                assert!(p.choose("letter.sign", sign) && p.choose("letter.who", who));
                if no_iin {
                    p.choose("letter.other-has-iin", "no");
                    p.choose("letter.has-iin", "no");
                }
                let seen = play(&mut p);
                assert_eq!(seen.contains(&"passport"), sign == "none" && no_iin, "{who} {sign} {no_iin}");
                assert_eq!(p.next(today()), Ok(Moved::Finished));
                let paper = p.on_paper(Lang::Kk).unwrap();
                assert!(!paper.text.is_empty() && !paper.kind.is_empty() && !paper.to.is_empty());
                match p.ending() {
                    Ending::Card | Ending::KeyFile | Ending::Phone => {
                        assert!(sign != "none");
                        let s = statement(&p, Lang::Kk).unwrap_or_else(|e| panic!("{e}"));
                        assert_eq!(s.validate(&HERE, p.content()), Ok(()), "{who}");
                    }
                    Ending::Pen => {
                        assert!(sign == "none" && who != "child");
                        let by_pen = paper.from.iter().any(|(_, v)| v.contains("____"));
                        assert_eq!(by_pen, !no_iin, "{who}");
                    }
                    Ending::Parent => assert!(who == "child" && paper.for_parent),
                }
            }
        }
    }
}

#[test]
fn a_page_says_what_it_still_needs_in_the_forms_words() {
    let mut p = player();
    let mistakes = p.next(today()).unwrap_err();
    assert_eq!((mistakes[0].page, mistakes[0].field), ("sign", "letter.sign"));
    assert_eq!(mistakes[0].say(Lang::Ru), "Выберите, как вы подпишете.");
    assert!(!p.choose("letter.sign", "nothing"));
    assert!(!p.set_text("letter.sign", "card") && !p.set_body("letter.body", "nobody"));
    assert!(!p.choose("no such field", "card"));
    assert_eq!(p.page().id, "sign");
}

#[test]
fn typed_answers_are_looked_at() {
    let mut p = player();
    p.choose("letter.who", "other");
    p.choose("letter.other-has-iin", "yes");
    let words = |p: &Player, id: &str| {
        p.mistakes(today()).into_iter().find(|m| m.field == id).map(|m| m.say(Lang::En))
    };
    for (field, typed, says) in [
        ("letter.other-iin", "9001", Some("Entered so far: 4")),
        ("letter.other-iin", "900101300018", Some("Compare the digits")),
        ("letter.other-iin", "189912200011", Some("day of birth")),
        ("letter.other-iin", " 900101300017 ", None),
        ("letter.phone", "12", Some("whole phone number")),
        ("letter.phone", "", None),
        ("letter.email", "a@b", Some("whole e-mail")),
        ("letter.text", "а\u{202e}б", Some("U+202E")),
        ("letter.text", "   ", Some("Write the letter.")),
        ("letter.other-name", "1", Some("in letters")),
    ] {
        assert!(p.set_text(field, typed));
        let said = words(&p, field);
        match says {
            Some(part) => {
                assert!(said.as_ref().is_some_and(|s| s.contains(part)), "{field} {typed}: {said:?}")
            }
            None => assert_eq!(said, None, "{field} {typed}"),
        }
    }
    p.set_text("letter.text", &"ә".repeat(4_003));
    assert_eq!(words(&p, "letter.text").unwrap(), "The text is too long. Characters too many: 3");
}

#[test]
fn back_and_change_lead_where_they_say() {
    let mut p = player();
    assert!(!p.back());
    play(&mut p);
    assert!(p.back());
    assert_eq!(p.page().id, "truth");
    assert_eq!(p.next(today()), Ok(Moved::Page));
    // Change, then Next: back at the check page.
    p.change("text");
    assert_eq!((p.page().id.as_str(), p.is_changing()), ("text", true));
    p.set_text("letter.text", "Жаңа мәтін");
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert_eq!((p.page().kind, p.is_changing()), (PageKind::Check, false));
    // Change, then Back: back at the check page too.
    p.change("topic");
    assert!(p.back());
    assert_eq!(p.page().kind, PageKind::Check);
    // A change that brings up a new question asks it before the check.
    p.change("who");
    assert!(p.choose("letter.who", "organisation"));
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert_eq!(p.page().id, "organisation");
    answer(&mut p);
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert_eq!(p.page().kind, PageKind::Check);
    // Back from there leads through the page that came up.
    let mut before = vec![];
    while p.back() {
        before.push(p.page().id.as_str());
    }
    assert!(before.contains(&"organisation") && before.last() == Some(&"sign"), "{before:?}");
}

#[test]
fn a_letter_that_moves_to_another_region_asks_again_whom_it_is_to() {
    let mut p = player();
    play(&mut p);
    p.change("region");
    assert!(p.body().unwrap().region.is_some() && p.choose("letter.region", "kz-75"));
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert_eq!((p.page().id.as_str(), p.proposed(today())[0].id.as_str()), ("body", "akimat-kz-75"));
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert_eq!(p.page().kind, PageKind::Check);
    // A body of the whole country stays.
    p.set_body("letter.body", "min-labour");
    p.change("region");
    p.choose("letter.region", "kz-79");
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert_eq!(p.page().kind, PageKind::Check);
}

#[test]
fn an_answer_that_is_not_asked_any_more_is_kept_but_not_stated() {
    let mut p = player();
    p.choose("letter.who", "organisation");
    play(&mut p);
    assert!(statement(&p, Lang::Kk).unwrap().field("letter.org-bin").is_some());
    p.change("who");
    p.choose("letter.who", "self");
    assert_eq!(p.next(today()), Ok(Moved::Page));
    assert!(statement(&p, Lang::Kk).unwrap().field("letter.org-bin").is_none());
    assert_eq!(p.text("letter.org-bin"), "940140000385");
}

#[test]
fn progress_counts_questions_and_not_the_check() {
    let mut p = player();
    assert_eq!(p.progress().0, 1);
    let asked = play(&mut p).len();
    assert_eq!(p.progress(), (asked, asked));
}

#[test]
fn the_name_comes_from_the_card_and_only_there() {
    let mut p = player();
    p.choose("letter.sign", "card");
    let me = p.form().page("me").unwrap();
    let asked = |p: &Player| p.fields(me).any(|f| f.id == "letter.name");
    let shown =
        |p: &Player| p.answers(Lang::Kk).into_iter().find(|r| r.field == "letter.name").map(|r| r.value);
    assert!(!asked(&p) && shown(&p).is_none());
    p.set_owner(Some(owner()));
    assert!(!asked(&p));
    assert_eq!(shown(&p).as_deref(), Some("ТЕСТОВ ТЕСТ"));
    p.choose("letter.sign", "none");
    assert!(asked(&p));
    p.set_owner(None);
    assert_eq!(p.text("letter.name"), "");
}

#[test]
fn check_rows_mask_an_iin_and_follow_the_language() {
    let mut p = player();
    p.choose("letter.who", "other");
    play(&mut p);
    let row = |lang, id: &str| p.answers(lang).into_iter().find(|r| r.field == id).unwrap();
    assert_eq!(row(Lang::Kk, "letter.other-iin").value, "•••• •••• 0019");
    assert_eq!(row(Lang::Kk, "letter.who").value, "Басқа адам атынан");
    assert_eq!(row(Lang::Ru, "letter.who").value, "За другого человека");
    assert_eq!(row(Lang::En, "letter.text").page, "text");
    let s = statement(&p, Lang::Ru).unwrap();
    assert_eq!(s.field("letter.other-iin").unwrap().value, "051224600019");
    assert_eq!(
        s.field("letter.truth").unwrap().value,
        "Написанное правда. Орган прочитает письмо и ответит мне."
    );
}

#[test]
fn files_are_counted_stated_and_taken_away() {
    let mut p = player();
    play(&mut p);
    let file =
        |n: usize| Attached::new(format!("{n}.png"), "image/png", Zeroizing::new(vec![n as u8; 1_000_001]));
    assert!(p.attach("letter.files", file(1)) && p.attach("letter.files", file(2)));
    let s = statement(&p, Lang::Kk).unwrap();
    assert_eq!((s.attachments.len(), s.attachments[1].size), (2, 1_000_001));
    assert_eq!(s.attachments[0].sha256, Digest::of(&p.attachments()[0].bytes));
    assert_eq!(s.validate(&HERE, p.content()), Ok(()));
    for n in 3..=10 {
        p.attach("letter.files", file(n));
    }
    let said = p.mistakes(today())[0].say(Lang::En);
    assert!(said.contains("too large") && said.contains("10.0"), "{said}");
    (0..9).for_each(|_| p.detach("letter.files", 1));
    p.detach("letter.files", 7);
    assert_eq!(p.files("letter.files").len(), 1);
    for n in 0..10 {
        p.attach("letter.files", Attached::new(format!("{n}.txt"), "text/plain", Zeroizing::new(vec![b'a'])));
    }
    assert!(p.mistakes(today())[0].say(Lang::En).contains("too many files. At most: 10"));
}

#[test]
fn a_saved_draft_goes_on_where_it_was() {
    let mut p = player();
    for _ in 0..5 {
        answer(&mut p);
        p.next(today()).unwrap();
    }
    let bytes = p.save(Lang::Ru, true).unwrap();
    let saved = Draft::from_bytes(&bytes).ok().unwrap();
    let (mut q, changed) = Player::resume(&saved, p.content()).ok().unwrap();
    assert!(!changed && q.page().id == p.page().id && saved.lang == Lang::Ru);
    assert!(q.back());
    assert_eq!(q.page().id, "body");
    assert_eq!(q.body().map(|b| &b.id), p.body().map(|b| &b.id));
    play(&mut q);
    assert!(statement(&q, Lang::Kk).is_ok());
}

#[test]
fn a_draft_of_another_version_keeps_what_still_fits() {
    let mut p = player();
    play(&mut p);
    let mut saved = Draft::from_bytes(&p.save(Lang::Kk, true).unwrap()).ok().unwrap();
    saved.draft.form.version = 99;
    saved.draft.page = "gone".into();
    saved.draft.answers.insert("letter.gone".into(), Answer::Text("x".into()));
    saved.draft.answers.insert("letter.want".into(), Answer::Choice("gone".into()));
    let (q, changed) = Player::resume(&saved, p.content()).ok().unwrap();
    assert!(changed && q.page().id == "sign");
    assert!(q.answer("letter.gone").is_none() && q.answer("letter.want").is_none());
    assert_eq!(q.text("letter.text"), p.text("letter.text"));
    saved.draft.form.id = "nothing".into();
    assert_eq!(Player::resume(&saved, p.content()).err(), Some(DraftError::NoForm));
}

#[test]
fn an_unfinished_letter_makes_no_statement() {
    let mut p = player();
    let missing = |f: &str| StatementError::Field { field: f.into(), fault: FieldFault::Missing };
    assert_eq!(statement(&p, Lang::Kk).err(), Some(missing("body")));
    assert!(p.on_paper(Lang::Kk).is_none());
    p.set_body("letter.body", "min-labour");
    assert_eq!(statement(&p, Lang::Kk).err(), Some(missing("letter.topic")));
}

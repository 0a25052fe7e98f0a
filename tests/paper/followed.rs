//! What follows the receipt on paper: the history with the portal's signature, the answer, a check's
//! result; the shortest and the longest of each.

use tereze::clock::{Clock, Moment};
use tereze::domain::answer::{Answer, MAX_ANSWER, SCHEMA_V1};
use tereze::domain::event::{Event, History, Kind, NamedBody, Official};
use tereze::domain::statement::{Attachment, Body};
use tereze::domain::{Digest, Names};
use tereze::i18n::{Lang, Msg, Text, format, tr};
use tereze::print::*;
use tereze::seal::history::{self, Extract, MAX_EVENTS};
use tereze::seal::keyset::SigningKey;
use tereze::seal::receipt::{from_proof_qr_text, proof_qr_text};
use time::macros::date;
use zeroize::Zeroizing;

use crate::documents::{flat, judge};
use crate::samples::*;
use crate::scans::{Wear, read_codes};

fn names(text: &str) -> Names {
    Names { kk: text.into(), ru: text.into(), en: text.into() }
}

fn said(msg: Msg) -> Names {
    Names { kk: tr(Lang::Kk, msg), ru: tr(Lang::Ru, msg), en: tr(Lang::En, msg) }
}

fn held(lang: Lang, practice: bool, kinds: &[Kind]) -> History {
    let r = receipt(lang, practice);
    let event = |(n, kind): (usize, &Kind)| Event {
        at: at().plus(n as i64 * 93_600),
        official: Official { name: "ТЕСТОВА Ү.".into(), post: said(Msg::ClerkPostHead) },
        kind: kind.clone(),
    };
    History {
        number: r.number,
        made: at().plus(30 * 86_400),
        statement: r.statement,
        body: NamedBody { id: r.body, name: names(&r.body_name) },
        due: r.due,
        rule: r.rule,
        practice,
        language: lang.tag().into(),
        events: std::iter::once(&Kind::Registered).chain(kinds).enumerate().map(event).collect(),
    }
}

/// Registered, reviewed, moved, given to somebody, extended, heard, answered.
fn whole_life() -> Vec<Kind> {
    let moved = NamedBody {
        id: "min-labour".into(), name: names("Еңбек министрлігі / Минтруда")
    };
    let title =
        Names {
            kk: "Тыңдау өтті".into(), ru: "Прошло слушание".into(), en: "A hearing was held".into()
        };
    vec![
        Kind::Review,
        Kind::Redirected { body: moved, due: date!(2026 - 12 - 18) },
        Kind::Assigned,
        Kind::Extended { due: date!(2027 - 01 - 11), reason: said(Msg::ClerkReason) },
        Kind::Other { code: "hearing".into(), title },
        Kind::Answered,
    ]
}

fn happened(lang: Lang, history: &History) -> Vec<Happened> {
    let one = |e: &Event| {
        let what = match &e.kind {
            Kind::Registered => tr(lang, Msg::TrackEventRegistered),
            Kind::Review => tr(lang, Msg::TrackEventReview),
            Kind::Assigned => tr(lang, Msg::TrackEventAssigned),
            Kind::Redirected { .. } => tr(lang, Msg::TrackEventRedirected),
            Kind::Extended { .. } => tr(lang, Msg::TrackEventExtended),
            Kind::Answered => tr(lang, Msg::TrackEventAnswered),
            Kind::Other { title, .. } => title.get(lang).to_owned(),
        };
        let mut more: Vec<String> = Vec::new();
        if let Kind::Redirected { body, .. } = &e.kind {
            more.push(body.name.get(lang).to_owned());
        }
        if let Some(due) = e.kind.due() {
            more.push(Text::new(Msg::TrackNewDue).with("date", format::date(lang, due)).say(lang));
        }
        more.push(format!("{}, {}", e.official.name, e.official.post.get(lang)));
        Happened { when: format::date_time(lang, e.at), what, more }
    };
    history.events.iter().map(one).collect()
}

fn key() -> SigningKey {
    SigningKey::from_seed(&Zeroizing::new([2; 32])).unwrap()
}

fn history_pages(lang: Lang, history: &History) -> (Pdf, String) {
    let signed = history::sign_extract(&Extract::of(history), &key()).unwrap();
    let proof = proof_qr_text(&signed);
    let pdf = history_pdf(&HistoryPaper {
        lang,
        history,
        holder: history.holder().name.get(lang),
        events: &happened(lang, history),
        portal: "«Терезе» оқу порталы",
        proof_qr: &proof,
    });
    (pdf.unwrap(), proof)
}

#[test]
fn the_history_says_each_event_and_its_code_is_the_signed_extract() {
    for lang in Lang::ALL {
        for practice in [false, true] {
            let history = held(lang, practice, &whole_life());
            let (pdf, proof) = history_pages(lang, &history);
            let text = judge(&pdf, &format!("history-{}-{practice}", lang.tag()));
            assert_eq!(pdf.pages(), 1);
            for event in happened(lang, &history) {
                for part in std::iter::once(event.when).chain([event.what]).chain(event.more) {
                    assert!(text.contains(&flat(&part)), "{part} not in {text}");
                }
            }
            for msg in [Msg::PrintHistoryTitle, Msg::PrintHistoryProof, Msg::PrintProofCheck] {
                assert!(text.contains(&flat(&tr(lang, msg))), "{msg:?} not in {text}");
            }
            assert!(
                text.contains(&flat(&format::date(lang, history.due_now())))
                    && text.contains(&history.number)
            );
            assert_eq!(text.contains("УЧЕБНЫЙ ОБРАЗЕЦ"), practice);
            for (dpi, worn) in [(150, Wear::Scan), (150, Wear::CopyOfCopy)] {
                assert_eq!(
                    read_codes(&pdf, dpi, worn),
                    std::slice::from_ref(&proof),
                    "{lang:?} {dpi} {worn:?}"
                );
            }
            assert!(from_proof_qr_text(&proof).is_some());
        }
    }
}

#[test]
fn the_shortest_and_the_longest_history() {
    let (pdf, _) = history_pages(Lang::En, &held(Lang::En, false, &[]));
    judge(&pdf, "history-short");
    assert_eq!(pdf.pages(), 1);

    // As many events as a history may have, with names as long as they come.
    let long = "Қазақстан Республикасының Цифрлық даму, инновациялар және аэроғарыш өнеркәсібі министрлігі ";
    let kinds: Vec<Kind> = (1..MAX_EVENTS)
        .map(|n| match n % 3 {
            0 => Kind::Redirected {
                body: NamedBody { id: format!("body-{n}"), name: names(&long.repeat(2)) },
                due: date!(2027 - 01 - 11),
            },
            1 => Kind::Extended { due: date!(2027 - 02 - 11), reason: names(&format!("{n}-себеп")) },
            _ => Kind::Other {
                code: format!("an-event-of-a-later-version-{n}"),
                title: names(&format!("{n}-оқиға")),
            },
        })
        .collect();
    let history = held(Lang::Kk, true, &kinds);
    let (pdf, proof) = history_pages(Lang::Kk, &history);
    let text = judge(&pdf, "history-long");
    assert!(pdf.pages() > 5, "{}", pdf.pages());
    for n in (1..MAX_EVENTS).filter(|n| n % 3 == 2) {
        assert!(text.contains(&format!("{n}-оқиға")), "{n}");
    }
    let last = Text::new(Msg::PrintPage).with("page", pdf.pages() as i64).with("pages", pdf.pages() as i64);
    assert!(text.contains(&last.say(Lang::Kk)), "{text}");
    assert_eq!(read_codes(&pdf, 150, Wear::Scan), [proof]);
}

fn answer(lang: Lang, practice: bool, text: String) -> Answer {
    let r = receipt(lang, practice);
    Answer {
        schema: SCHEMA_V1.into(),
        number: r.number,
        statement: r.statement,
        practice,
        language: lang.tag().into(),
        time: at().rfc3339(),
        body: Body { id: r.body, name: r.body_name },
        post: tr(lang, Msg::ClerkPostHead),
        text,
    }
}

fn answer_pages(answer: &Answer) -> Pdf {
    let paper = AnswerPaper {
        answer,
        signer: "ТЕСТОВА ҮЛГІ",
        post: &answer.post,
        issuer: "TEREZE ANSWERS",
        signed: at(),
        checked: at().plus(3_600),
    };
    answer_pdf(&paper).unwrap()
}

fn usual_answer(lang: Lang) -> String {
    let words = match lang {
        Lang::Kk => [
            "Құрметті ТЕСТОВ ТЕСТ ТЕСТОВИЧ!",
            "Абай көшесіндегі жарық туралы хатыңызды қарадық. Көшедегі он екі бағанның онында шам күйіп кеткен.",
            "Жөндеу жұмысы 2026 жылғы 8 желтоқсанда басталып, 11 желтоқсанға дейін аяқталады. Жұмысты аудандық \
             электр желілері кәсіпорны орындайды.",
            "Жауаппен келіспесеңіз, оған шағым жаза аласыз.",
        ],
        Lang::Ru => [
            "Уважаемый ТЕСТОВ ТЕСТ ТЕСТОВИЧ!",
            "Мы рассмотрели ваше письмо о свете на улице Абая. На десяти столбах из двенадцати перегорели лампы.",
            "Ремонт начнётся 8 декабря 2026 года и закончится до 11 декабря. Работы выполнит районное \
             предприятие электросетей.",
            "Если вы не согласны с ответом, вы можете подать жалобу.",
        ],
        Lang::En => [
            "Dear TESTOV TEST TESTOVICH,",
            "We have considered your letter about the lights in Abai Street. Ten of the twelve lamps have burnt out.",
            "The repair begins on 8 December 2026 and will be finished by 11 December. The district's electric \
             grid company does the work.",
            "If you do not agree with this answer, you may write a complaint.",
        ],
    };
    words.join("\n\n")
}

#[test]
fn the_answer_says_who_signed_and_how_it_is_checked() {
    for lang in Lang::ALL {
        for practice in [false, true] {
            let answer = answer(lang, practice, usual_answer(lang));
            let pdf = answer_pages(&answer);
            let text = judge(&pdf, &format!("answer-{}-{practice}", lang.tag()));
            assert_eq!(pdf.pages(), 1);
            let parts = [&answer.text, &answer.number, &answer.body.name, &answer.post];
            for part in parts.map(|p| flat(p)).iter().map(String::as_str).chain(["ТЕСТОВА ҮЛГІ"]) {
                assert!(text.contains(part), "{part} not in {text}");
            }
            // The mark that crosses a practice sheet comes back between the headings' words.
            let headings = [Msg::PrintAnswerTitle, Msg::PrintSignedBy].into_iter().filter(|_| !practice);
            for msg in headings.chain([Msg::PrintAnswerHow]) {
                assert!(text.contains(&flat(&tr(lang, msg))), "{msg:?} not in {text}");
            }
            assert!(text.contains(&flat(&format::date_time(lang, at().plus(3_600)))));
            assert_eq!(text.contains("УЧЕБНЫЙ ОБРАЗЕЦ"), practice);
        }
    }
}

#[test]
fn an_answer_as_long_as_answers_may_be_loses_no_word() {
    // Kazakh letters take two bytes each.
    let sentence = |n: usize| format!("{n}-сөйлем: көше жарығы туралы хатыңыз қаралды. ");
    let mut text = String::new();
    let mut count = 0;
    while text.len() + 200 < MAX_ANSWER - 2_000 {
        text += &sentence(count);
        if count % 7 == 6 {
            text += "\n\n";
        }
        count += 1;
    }
    let answer = answer(Lang::Kk, true, text);
    assert!(answer.to_bytes().len() <= MAX_ANSWER);
    let pdf = answer_pages(&answer);
    let text = judge(&pdf, "answer-long");
    assert!(pdf.pages() > 15 && count > 1_000, "{} pages, {count} sentences", pdf.pages());
    for n in 0..count {
        assert!(text.contains(&format!("{n}-сөйлем:")), "{n}");
    }
    for page in 1..=pdf.pages() {
        let number = Text::new(Msg::PrintPage)
            .with("page", page as i64)
            .with("pages", pdf.pages() as i64)
            .say(Lang::Kk);
        assert!(text.contains(&number), "{number}");
    }
    // An answer without a text, from a body and an official with names without end.
    let mut bare = self::answer(Lang::Ru, false, String::new());
    bare.body.name = "Управление ".repeat(60);
    bare.post = "заместитель ".repeat(60);
    let text = judge(&answer_pages(&bare), "answer-bare");
    assert!(text.matches("Управление").count() == 60 && text.matches("заместитель").count() == 60, "{text}");
}

#[test]
fn a_signed_copy_names_every_attachment() {
    let mut letter = statement(Lang::Ru, false);
    letter.attachments = (0..40)
        .map(|n| Attachment {
            name: format!("{n}-{}.pdf", "очень-длинное-имя-файла-без-единого-пробела".repeat(3)),
            media_type: "application/pdf".into(),
            size: 1_000 + n,
            sha256: Digest::of(b"file"),
        })
        .collect();
    let copy = SignedCopy { statement: &letter, digest: Digest::of(b"statement"), number: None };
    let pdf = signed_letter_pdf(&copy).unwrap();
    let text = judge(&pdf, "signed-attachments").replace(' ', "");
    assert!(pdf.pages() >= 2);
    for n in 0..40 {
        assert!(text.contains(&format!("{n}-очень-длинное")), "{n}");
    }
}

#[test]
fn a_checks_result_says_what_was_asked_and_when() {
    let now: Moment = Clock::system().now().wall;
    for lang in Lang::ALL {
        let check = |came, says, more| Checked { came, says: tr(lang, says), more };
        let row = |name: Msg, value: &str| (tr(lang, name), value.to_owned());
        let asked = Text::new(Msg::CheckConsulted)
            .with("by", "ТЕСТ OCSP")
            .with("time", format::date_time(lang, now))
            .with("age", format::age(lang, 0))
            .say(lang);
        let pdf = verdict_pdf(&VerdictPaper {
            lang,
            practice: false,
            name: format!("{}.pdf", "шарт-".repeat(30)),
            headline: Msg::CheckValid,
            reasons: vec![],
            preliminary: true,
            groups: vec![
                vec![row(Msg::TrackSigner, "ТЕСТОВ ТЕСТ ТЕСТОВИЧ"), row(Msg::CheckIin, "•••• •••• 0017")],
                vec![row(Msg::TrackSigner, "ТЕСТОВА ҮЛГІ"), row(Msg::CheckOrganisation, "«ТЕСТ» ЖШС")],
            ],
            checks: vec![
                check(Msg::TrackKnowYes, Msg::CheckKnowContent, None),
                check(Msg::TrackKnowYes, Msg::CheckKnowAnswer, Some(asked.clone())),
                check(Msg::TrackKnowNotChecked, Msg::CheckKnowClaimed, None),
            ],
            at: now,
        });
        let text = judge(&pdf.unwrap(), &format!("verdict-{}", lang.tag()));
        for part in [tr(lang, Msg::CheckValid), asked, tr(lang, Msg::CheckKnowClaimed)] {
            assert!(text.contains(&flat(&part)), "{part} not in {text}");
        }
        assert!(text.contains("ТЕСТОВ ТЕСТ ТЕСТОВИЧ") && text.contains("«ТЕСТ» ЖШС"), "{text}");
    }
}

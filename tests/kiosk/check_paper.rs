//! The codes on printed sheets before the scanner of «check a document»: what a real printer got is
//! looked at as a scanner sees it, and what is read there is judged.

use std::process::Command;

use tereze::i18n::{Lang, Msg, tr};
use tereze::screen::world::Things;
use tereze::seal::receipt::QR_PREFIX as PROOF;

use crate::office::Office;
use crate::receipt::to_the_receipt;
use crate::support::Kiosk;
use crate::track::{by_card, go_and_come_back, number_of};
use crate::visit::{heading, things};

pub fn office() -> Office {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Office::usual("good"))
}

/// What zbar reads on the sheet that the printer has now, at 150 dots an inch and in grey; the sheet is
/// taken away.
fn codes(office: &Office) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let stem = folder.path().join("sheet");
    let mut raster = Command::new("pdftoppm");
    raster.args(["-r", "150", "-gray", "-singlefile"]).arg(office.at("printed")).arg(&stem);
    assert!(raster.status().expect("pdftoppm").success());
    std::fs::remove_file(office.at("printed")).unwrap();
    let read = Command::new("zbarimg")
        .args(["--raw", "-q", "-Sdisable", "-Sqrcode.enable"])
        .arg(stem.with_extension("pgm"))
        .output()
        .expect("zbarimg");
    String::from_utf8(read.stdout).unwrap().lines().map(str::to_owned).collect()
}

pub fn printed(kiosk: &mut Kiosk, lang: Lang, button: &str, office: &Office) -> Vec<String> {
    kiosk.tap(button);
    let words = tr(lang, Msg::PrintProgressDone);
    kiosk.until(&words, |k| k.says(&words));
    codes(office)
}

#[test]
fn the_proofs_of_printed_sheets_get_their_verdicts() {
    for lang in Lang::ALL {
        let office = office();
        let mut kiosk = to_the_receipt(lang, Things { printer: Some(office.printer()), ..things() });
        let number = number_of(&mut kiosk);
        let sheet = printed(&mut kiosk, lang, "received.print", &office);
        let (proofs, own): (Vec<_>, Vec<_>) = sheet.into_iter().partition(|code| code.starts_with(PROOF));
        assert_eq!((proofs.len(), own.len()), (1, 1), "one code for anybody, one for her alone");
        go_and_come_back(&mut kiosk, lang);

        // From home, as anybody who was shown the sheet would.
        kiosk.scan(&proofs[0]);
        kiosk.until("genuine", |k| k.says(&tr(lang, Msg::CheckReceiptValid)));
        assert!(kiosk.says(&number) && kiosk.says(&tr(lang, Msg::CheckPractice)));
        assert!(!kiosk.says("ТЕСТОВ"), "the proof names nobody");
        // What was consulted, and how old it is.
        assert!(kiosk.says(&tr(lang, Msg::CheckKeys)), "{}", kiosk.words());
        kiosk.tap("page.back");
        assert!(kiosk.says(&tr(lang, Msg::CheckPaperText)));

        // A changed sign: the signature does not fit any more.
        let last = proofs[0].chars().last().unwrap();
        let other = if last == '0' { '1' } else { '0' };
        let forged = format!("{}{other}", &proofs[0][..proofs[0].len() - 1]);
        kiosk.scan(&forged);
        kiosk.until("a verdict", |k| !k.has("check.working") && k.has("page.next"));
        assert!(!kiosk.says(&tr(lang, Msg::CheckReceiptValid)), "{}", kiosk.words());
        kiosk.tap("page.back");

        // Her own code is not for here: it opens nothing before whoever stands there.
        kiosk.scan(&own[0]);
        assert!(kiosk.says(&tr(lang, Msg::ScanOwnTitle)), "{}", kiosk.words());
        assert!(!kiosk.says(&number));
        kiosk.tap("said.close");
        kiosk.tap("page.back");
        kiosk.until_shown("home.track");

        // The history's extract, printed from the tracking page.
        by_card(&mut kiosk);
        kiosk.tap("track.letter.0");
        let review = tr(lang, Msg::TrackNowReview);
        kiosk.until(&review, |k| heading(k) == review);
        let sheet = printed(&mut kiosk, lang, "track.print", &office);
        assert_eq!(sheet.len(), 1, "{sheet:?}");
        kiosk.tap("page.back");
        kiosk.tap("page.back");
        kiosk.tap("page.back");
        kiosk.until_shown("home.check");
        kiosk.tap("home.check");
        kiosk.scan(&sheet[0]);
        kiosk.until("genuine", |k| k.says(&tr(lang, Msg::CheckExtractValid)));
        assert!(kiosk.says(&number) && kiosk.says(&tr(lang, Msg::CheckKeys)), "{}", kiosk.words());
        // Where the letter stood when the sheet was printed.
        assert!(kiosk.says(&tr(lang, Msg::CheckStands)) && kiosk.says(&tr(lang, Msg::TrackEventReview)));
    }
}

#[test]
fn her_printed_code_opens_her_letter() {
    let (lang, office) = (Lang::Kk, office());
    let mut kiosk = to_the_receipt(lang, Things { printer: Some(office.printer()), ..things() });
    let number = number_of(&mut kiosk);
    let mut sheet = printed(&mut kiosk, lang, "received.print", &office);
    sheet.retain(|code| !code.starts_with(PROOF));
    go_and_come_back(&mut kiosk, lang);
    kiosk.scan(&sheet[0]);
    kiosk.until_shown("track.print");
    assert!(kiosk.says(&number), "{}", kiosk.words());
}

//! Documents of fictional people, in three languages.

use tereze::clock::Moment;
use tereze::domain::receipt::Receipt;
use tereze::domain::statement::{Attachment, Body, Field, FormRef, SCHEMA_V1, Signer, Statement};
use tereze::domain::{Digest, SubmissionId};
use tereze::i18n::Lang;
use tereze::print::*;

pub const ALPHABET: &str = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";

pub const OWN_QR: &str = "TRZ1S:6BF+70T9Q8V50RW3DK+QTS7LQ3V8ZQ9XJ2ZHQ4RL3R4KJ1W5E9";
/// As long as a signed receipt is in Base45 (some 250 bytes).
pub fn proof_qr() -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let tail: String = (0..380usize).map(|n| digits[(n * n * 7 + n * 11) % 45] as char).collect();
    format!("TRZ1P:{}", tail.replace(' ', "A"))
}

pub fn at() -> Moment {
    Moment::parse_rfc3339("2026-11-22T04:05:00Z").unwrap()
}

pub fn receipt(lang: Lang, practice: bool) -> Receipt {
    let (body, by) = match lang {
        Lang::Kk => ("Алматы қаласының Қалалық мобилділік басқармасы", "ТЕСТОВА А. Т., бас маман"),
        Lang::Ru => ("Управление городской мобильности города Алматы", "ТЕСТОВА А. Т., главный специалист"),
        Lang::En => ("Urban Mobility Department of Almaty", "TESTOVA A. T., chief specialist"),
    };
    Receipt {
        number: if practice { "ОҚУ-2026-00001234" } else { "ЖТ-2026-00001234" }.into(),
        registered: at(),
        submission: SubmissionId([7; 16]),
        statement: Digest::of(b"statement"),
        envelope: Digest::of(b"envelope"),
        body: "almaty-mobility".into(),
        body_name: body.into(),
        received_by: by.into(),
        due: at().plus(22 * 86_400).legal_date(),
        rule: "appk-76-15".into(),
        practice,
        language: lang.tag().into(),
    }
}

pub fn receipt_pages(lang: Lang, practice: bool) -> Pdf {
    let r = receipt(lang, practice);
    receipt_of(&r, lang)
}

pub fn receipt_of(r: &Receipt, lang: Lang) -> Pdf {
    let (portal, rule, article) = match lang {
        Lang::Kk => (
            "Оқу порталы, «Терезе» жобасы",
            "тіркелген күннен кейінгі күннен бастап 15 жұмыс күні",
            "ҚР ӘРПК 76-бабы",
        ),
        Lang::Ru => (
            "Учебный портал проекта «Терезе»",
            "15 рабочих дней, начиная со дня после регистрации",
            "статья 76 АППК РК",
        ),
        Lang::En => (
            "Practice portal of the Tereze project",
            "15 working days from the day after registration",
            "article 76 of the Administrative Procedure Code",
        ),
    };
    let proof = proof_qr();
    receipt_pdf(&ReceiptPaper {
        lang,
        receipt: r,
        portal,
        rule,
        article,
        own_qr: OWN_QR,
        paper_code: "4731 9026",
        proof_qr: &proof,
    })
    .unwrap()
}

pub fn text(lang: Lang) -> &'static str {
    match lang {
        Lang::Kk => {
            "Құрметті мамандар!\n\nБіздің ауылдағы Абай көшесінде екі аптадан бері жарық жоқ. Кешке балалар мектептен \
             қараңғыда қайтады, қарт адамдар үйден шыға алмайды. Көше бойындағы он екі бағанның тек екеуінде шам жанады.\n\n\
             Көшедегі жарықты қалпына келтіріп, жұмыстың қашан басталатынын жазып жіберуіңізді сұраймын."
        }
        Lang::Ru => {
            "Уважаемые специалисты!\n\nНа улице Абая в нашем селе уже две недели нет света. Вечером дети возвращаются \
             из школы в темноте, а пожилые люди не могут выйти из дома. Из двенадцати столбов горят только два.\n\n\
             Прошу восстановить освещение и написать, когда начнутся работы."
        }
        Lang::En => {
            "To whom it may concern,\n\nAbai Street in our village has been without light for two weeks. In the evening \
             children walk home from school in the dark, and old people cannot leave their houses. Only two of twelve \
             lamps work.\n\nPlease repair the street lights and write when the work will begin."
        }
    }
}

pub fn pen_letter(lang: Lang, practice: bool, text: &str) -> Pdf {
    let words: [&str; 9] = match lang {
        Lang::Kk => [
            "Шағым",
            "Алматы қаласының Қалалық мобилділік басқармасы",
            "050001, Алматы қаласы, Республика алаңы, 4",
            "дүйсенбі–жұма, 9:00–18:00, түскі үзіліс 13:00–14:00",
            "Аты-жөні",
            "ЖСН",
            "Мекенжайы",
            "Не болды",
            "Көшеде жарық жоқ",
        ],
        Lang::Ru => [
            "Жалоба",
            "Управление городской мобильности города Алматы",
            "050001, город Алматы, площадь Республики, 4",
            "понедельник–пятница, 9:00–18:00, обед 13:00–14:00",
            "Имя",
            "ИИН",
            "Адрес",
            "Что случилось",
            "На улице нет света",
        ],
        Lang::En => [
            "Complaint",
            "Urban Mobility Department of Almaty",
            "4 Republic Square, Almaty 050001",
            "Monday to Friday, 9:00–18:00, closed 13:00–14:00",
            "Name",
            "IIN",
            "Address",
            "What happened",
            "No light in the street",
        ],
    };
    pen_letter_pdf(&PenLetter {
        lang,
        practice,
        made: at(),
        to: words[1],
        address: Some(words[2]),
        hours: Some(words[3]),
        from: &[
            (words[4].into(), "ТЕСТОВ ТЕСТ ТЕСТОВИЧ".into()),
            (words[5].into(), "000101500001".into()),
            (words[6].into(), "Талғар, Абай 12".into()),
        ],
        kind: words[0],
        fields: &[(words[7].into(), words[8].into())],
        text,
        attachments: &[("көше.jpg".into(), 1_234_567), ("жауап-2025.pdf".into(), 84_000)],
    })
    .unwrap()
}

pub fn statement(lang: Lang, practice: bool) -> Statement {
    let [wish, what, words] = match lang {
        Lang::Kk => ["Не қалайсыз", "Шағымданамын", "Хаттың мәтіні"],
        Lang::Ru => ["Чего вы хотите", "Жалуюсь", "Текст письма"],
        Lang::En => ["What do you want", "I complain", "Text of the letter"],
    };
    Statement {
        schema: SCHEMA_V1.into(),
        form: FormRef { id: "letter".into(), version: 1 },
        language: lang.tag().into(),
        audience: Digest::of(b"root"),
        practice,
        submission: SubmissionId([7; 16]),
        time: at().rfc3339(),
        signer: Signer {
            name: "ТЕСТОВ ТЕСТ ТЕСТОВИЧ".into(), iin: "000101500001".into(), bin: None
        },
        body: Body { id: "almaty-mobility".into(), name: receipt(lang, practice).body_name },
        fields: vec![
            Field { id: "letter.kind".into(), label: wish.into(), value: what.into(), choice: None },
            Field { id: "letter.text".into(), label: words.into(), value: text(lang).into(), choice: None },
        ],
        attachments: vec![Attachment {
            name: "көше.jpg".into(),
            media_type: "image/jpeg".into(),
            size: 1_234_567,
            sha256: Digest::of(b"picture"),
        }],
    }
}

pub fn signed_copy(lang: Lang, practice: bool) -> Pdf {
    let statement = statement(lang, practice);
    signed_letter_pdf(&SignedCopy {
        statement: &statement,
        digest: Digest::of(b"statement"),
        number: Some("ЖТ-2026-00001234"),
    })
    .unwrap()
}

/// QR texts as large as `store::draft` makes them.
pub fn draft_parts(count: usize) -> Vec<String> {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$%*+-./:";
    (0..count)
        .map(|part| {
            let tail = (0..840usize).map(|n| digits[(n * n * 13 + n * part + part) % digits.len()] as char);
            format!("TRZ1D:{}", tail.collect::<String>())
        })
        .collect()
}

pub fn draft_pages(lang: Lang, count: usize) -> Pdf {
    draft_sheets_pdf(&DraftSheets { lang, practice: false, made: at(), parts: &draft_parts(count) }).unwrap()
}

/// The sheet of a letter that waits for the line.
pub fn stored_pages(lang: Lang, practice: bool) -> Pdf {
    let r = receipt(lang, practice);
    let portal = "«Терезе»";
    let paper = StoredPaper { lang, practice, signed: at(), body: &r.body_name, portal, own_qr: OWN_QR };
    stored_pdf(&paper).unwrap()
}

//! Dates, numbers, money and collation, in one place, by CLDR (ICU4X).

use icu_calendar::Date as IcuDate;
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_datetime::{DateTimeFormatter, fieldsets};
use icu_decimal::DecimalFormatter;
use icu_locale_core::{Locale, locale};
use std::cmp::Ordering;
use std::sync::LazyLock;
use time::Date;

use super::{Lang, Msg, Text};
use crate::clock::Moment;

const fn icu(lang: Lang) -> Locale {
    match lang {
        Lang::Kk => locale!("kk"),
        Lang::Ru => locale!("ru"),
        Lang::En => locale!("en-GB"),
    }
}

fn calendar(date: Date) -> Option<IcuDate<icu_calendar::Iso>> {
    IcuDate::try_new_iso(date.year(), date.month().into(), date.day()).ok()
}

/// CLDR writes narrow no-break spaces; not every font and printer has them.
fn plain_spaces(text: String) -> String {
    text.replace('\u{202f}', "\u{a0}")
}

/// `2026 ж. 14 желтоқсан`, `14 декабря 2026 г.`, `14 December 2026`.
pub fn date(lang: Lang, date: Date) -> String {
    let f = DateTimeFormatter::try_new(icu(lang).into(), fieldsets::YMD::long());
    match (f, calendar(date)) {
        (Ok(f), Some(d)) => plain_spaces(f.format(&d).to_string()),
        _ => date.to_string(),
    }
}

/// Without the year: `14 желтоқсан`.
pub fn day_month(lang: Lang, date: Date) -> String {
    let f = DateTimeFormatter::try_new(icu(lang).into(), fieldsets::MD::long());
    match (f, calendar(date)) {
        (Ok(f), Some(d)) => plain_spaces(f.format(&d).to_string()),
        _ => date.to_string(),
    }
}

/// The weekday's full name: `дүйсенбі`.
pub fn weekday(lang: Lang, date: Date) -> String {
    let f = DateTimeFormatter::try_new(icu(lang).into(), fieldsets::E::long());
    match (f, calendar(date)) {
        (Ok(f), Some(d)) => f.format(&d).to_string(),
        _ => String::new(),
    }
}

/// `09:05`, in UTC+5.
pub fn clock_time(at: Moment) -> String {
    let t = at.legal();
    format!("{:02}:{:02}", t.hour(), t.minute())
}

/// Date and time in UTC+5: `2026 ж. 22 қараша, 09:05`.
pub fn date_time(lang: Lang, at: Moment) -> String {
    format!("{}, {}", date(lang, at.legal_date()), clock_time(at))
}

/// How long ago, from whole hours: in hours for two days, in days after that.
pub fn age(lang: Lang, hours: i64) -> String {
    match hours {
        ..48 => Text::new(Msg::AgeHours).with("hours", hours),
        _ => Text::new(Msg::AgeDays).with("days", hours / 24),
    }
    .say(lang)
}

/// `1 946` with the language's groups (a no-break space in kk and ru).
pub fn number(lang: Lang, n: i64) -> String {
    match DecimalFormatter::try_new(icu(lang).into(), Default::default()) {
        Ok(f) => f.format(&n.into()).to_string(),
        Err(_) => n.to_string(),
    }
}

/// Tenge: `1 250,00 ₸` from hundredths.
pub fn tenge(lang: Lang, tiyn: i64) -> String {
    let mut d = fixed_decimal::Decimal::from(tiyn);
    d.multiply_pow10(-2);
    match DecimalFormatter::try_new(icu(lang).into(), Default::default()) {
        Ok(f) => format!("{}\u{a0}₸", f.format(&d)),
        Err(_) => format!("{d} ₸"),
    }
}

/// Bytes as people say them: `340 КБ`, `1,2 МБ`, `52,0 ГБ`; the unit's name comes from the words.
pub fn file_size(lang: Lang, bytes: u64) -> String {
    let (kb, mb, gb) = match lang {
        Lang::En => ("KB", "MB", "GB"),
        _ => ("КБ", "МБ", "ГБ"),
    };
    if bytes < 1_000_000 {
        return format!("{}\u{a0}{kb}", number(lang, bytes.div_ceil(1000).max(1) as i64));
    }
    let (tenths, mb) = match bytes {
        1_000_000_000.. => (bytes / 100_000_000, gb),
        _ => (bytes.div_ceil(100_000), mb),
    };
    let mut d = fixed_decimal::Decimal::from(tenths);
    d.multiply_pow10(-1);
    match DecimalFormatter::try_new(icu(lang).into(), Default::default()) {
        Ok(f) => format!("{}\u{a0}{mb}", f.format(&d)),
        Err(_) => format!("{d} {mb}"),
    }
}

/// Alphabetical order of the language: in Kazakh ә after а, і before ь, and so on (CLDR `kk`).
pub fn compare(lang: Lang, a: &str, b: &str) -> Ordering {
    static COLLATORS: LazyLock<[Option<CollatorBorrowed<'static>>; 3]> = LazyLock::new(|| {
        Lang::ALL.map(|l| Collator::try_new(icu(l).into(), CollatorOptions::default()).ok())
    });
    match &COLLATORS[lang as usize] {
        Some(c) => c.compare(a, b),
        None => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Month;

    #[test]
    fn dates_as_each_language_writes_them() {
        let d = Date::from_calendar_date(2026, Month::December, 14).unwrap();
        assert_eq!(date(Lang::Kk, d), "2026\u{a0}ж. 14 желтоқсан");
        assert!(date(Lang::Ru, d).starts_with("14 декабря 2026"));
        assert_eq!(date(Lang::En, d), "14 December 2026");
        assert_eq!(day_month(Lang::Kk, d), "14 желтоқсан");
        assert_eq!(weekday(Lang::Kk, d), "дүйсенбі");
    }

    #[test]
    fn numbers_and_money() {
        assert_eq!(number(Lang::Ru, 1_946), "1\u{a0}946");
        assert_eq!(tenge(Lang::Kk, 125_000), "1\u{a0}250,00\u{a0}₸");
        assert_eq!(file_size(Lang::Kk, 1_234_567), "1,3\u{a0}МБ");
        assert_eq!(file_size(Lang::En, 10), "1\u{a0}KB");
    }

    #[test]
    fn the_kazakh_alphabet_is_in_order() {
        let alphabet = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
        let letters: Vec<String> = alphabet.chars().map(String::from).collect();
        let mut sorted = letters.clone();
        sorted.reverse();
        sorted.sort_by(|a, b| compare(Lang::Kk, a, b));
        // ё and й are written apart but collate as CLDR says; every other letter holds its place.
        assert_eq!(sorted.len(), letters.len());
        let position = |l: &str| sorted.iter().position(|s| s == l).unwrap();
        for pair in [
            ("а", "ә"),
            ("г", "ғ"),
            ("к", "қ"),
            ("н", "ң"),
            ("о", "ө"),
            ("ұ", "ү"),
            ("х", "һ"),
            ("ы", "і"),
            ("і", "ь"),
        ] {
            assert!(position(pair.0) < position(pair.1), "{pair:?} in {sorted:?}");
        }
    }
}

//! IIN and BIN: twelve digits with a check digit (weights 1–11, then 3–11, 1, 2 where the first row
//! gives ten; a number for which both rows give ten is never issued).

use time::{Date, Month};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Female,
    Male,
}

/// What an IIN says of its owner. The seventh digit 0 tells neither century nor sex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    pub born: Option<Date>,
    pub sex: Option<Sex>,
}

/// Why a typed number cannot be an IIN or BIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberFault {
    /// Digits typed so far (other characters are not counted).
    #[error("{0} digits instead of 12")]
    Digits(usize),
    #[error("the check digit does not fit")]
    CheckDigit,
    #[error("no such day, or a day to come")]
    Date,
    /// The digit that says century and sex, or the kind of organisation.
    #[error("the number is of another kind")]
    Kind,
}

/// Exactly twelve ASCII digits.
pub fn twelve_digits(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The check digit of eleven digits (values 0–9); `None`: never issued.
pub fn check_digit(digits: &[u8; 11]) -> Option<u8> {
    let row = |shift: usize| {
        let sum: u32 =
            digits.iter().enumerate().map(|(i, d)| u32::from(*d) * ((i + shift) % 11 + 1) as u32).sum();
        (sum % 11) as u8
    };
    [row(0), row(2)].into_iter().find(|r| *r < 10)
}

fn parse(text: &str) -> Result<[u8; 12], NumberFault> {
    let mut digits = [0u8; 12];
    if !twelve_digits(text) {
        return Err(NumberFault::Digits(text.bytes().filter(u8::is_ascii_digit).count()));
    }
    digits.iter_mut().zip(text.bytes()).for_each(|(d, b)| *d = b - b'0');
    let mut first = [0u8; 11];
    first.copy_from_slice(&digits[..11]);
    if check_digit(&first) != Some(digits[11]) {
        return Err(NumberFault::CheckDigit);
    }
    Ok(digits)
}

fn pair(digits: &[u8; 12], at: usize) -> u8 {
    digits[at] * 10 + digits[at + 1]
}

/// A typed IIN: check digit, a day of birth that exists and is not after `today`.
pub fn check_iin(text: &str, today: Date) -> Result<Person, NumberFault> {
    let digits = parse(text)?;
    let (year, day) = (i32::from(pair(&digits, 0)), pair(&digits, 4));
    let month = Month::try_from(pair(&digits, 2)).map_err(|_| NumberFault::Date)?;
    let born = |century: i32| Date::from_calendar_date(century + year, month, day).ok();
    let century = match digits[6] {
        0 => {
            // Neither century is known: the day must exist in one of them.
            let exists = [1900, 2000].into_iter().filter_map(born).any(|d| d <= today);
            return if exists { Ok(Person { born: None, sex: None }) } else { Err(NumberFault::Date) };
        }
        1 | 2 => 1800,
        3 | 4 => 1900,
        5 | 6 => 2000,
        _ => return Err(NumberFault::Kind),
    };
    let born = born(century).filter(|d| *d <= today).ok_or(NumberFault::Date)?;
    let sex = if digits[6] % 2 == 1 { Sex::Male } else { Sex::Female };
    Ok(Person { born: Some(born), sex: Some(sex) })
}

/// A typed BIN: check digit, a month of registration, a kind of organisation (fifth digit 4–6).
pub fn check_bin(text: &str) -> Result<(), NumberFault> {
    let digits = parse(text)?;
    if !(1..=12).contains(&pair(&digits, 2)) {
        return Err(NumberFault::Date);
    }
    if !(4..=6).contains(&digits[4]) { Err(NumberFault::Kind) } else { Ok(()) }
}

/// Whole years on `today`; a birthday on 29 February counts from 1 March in other years.
pub fn age(born: Date, today: Date) -> i32 {
    let before = (today.month() as u8, today.day()) < (born.month() as u8, born.day());
    today.year() - born.year() - i32::from(before)
}

/// `•••• •••• 0017`: the last four digits alone. Anything but twelve digits is wholly masked.
pub fn masked(text: &str) -> String {
    match text.get(8..) {
        Some(last) if twelve_digits(text) => format!("•••• •••• {last}"),
        _ => "•••• •••• ••••".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 22);

    #[test]
    fn numbers_that_are_issued() {
        let born = |n: &str| check_iin(n, TODAY).unwrap().born.unwrap();
        assert_eq!(born("900101300017"), date!(1990 - 01 - 01));
        assert_eq!(born("051224600019"), date!(2005 - 12 - 24));
        assert_eq!(born("000101500011"), date!(2000 - 01 - 01));
        assert_eq!(born("040229500015"), date!(2004 - 02 - 29));
        assert_eq!(check_iin("051224600019", TODAY).unwrap().sex, Some(Sex::Female));
        // The second row of weights.
        for n in ["900101300811", "900101300823", "900101300835"] {
            assert_eq!(born(n), date!(1990 - 01 - 01), "{n}");
        }
        for n in ["940140000385", "950341000052", "961141000023", "070941024691", "100140000003"] {
            assert_eq!(check_bin(n), Ok(()), "{n}");
        }
    }

    #[test]
    fn numbers_that_cannot_be() {
        assert_eq!(check_iin("189912200011", TODAY), Err(NumberFault::Date));
        for n in ["123456789011", "123456789012"] {
            assert_eq!(check_iin(n, TODAY), Err(NumberFault::CheckDigit), "{n}");
        }
        assert_eq!(check_bin("123456789021"), Err(NumberFault::CheckDigit));
        for last in 0..10 {
            assert_eq!(check_iin(&format!("90010130080{last}"), TODAY), Err(NumberFault::CheckDigit));
        }
        assert_eq!(check_digit(&[9, 0, 0, 1, 0, 1, 3, 0, 0, 8, 0]), None);
        assert_eq!(check_iin("90010130001", TODAY), Err(NumberFault::Digits(11)));
        assert_eq!(check_iin("９００101300017", TODAY), Err(NumberFault::Digits(9)));
        assert_eq!(check_iin("900101300017", date!(1989 - 12 - 31)), Err(NumberFault::Date));
        assert_eq!(check_bin("900101300017"), Err(NumberFault::Kind));
    }

    #[test]
    fn one_changed_digit_is_found_but_for_the_eleventh() {
        // The eleventh digit weighs eleven, which is nothing modulo eleven: the number's own law.
        let good = b"900101300017";
        for at in (0..12).filter(|at| *at != 10) {
            for d in (b'0'..=b'9').filter(|d| *d != good[at]) {
                let mut changed = *good;
                changed[at] = d;
                let text = std::str::from_utf8(&changed).unwrap();
                assert_eq!(parse(text), Err(NumberFault::CheckDigit), "{text}");
            }
        }
    }

    #[test]
    fn masking_shows_four_digits_at_most() {
        assert_eq!(masked("900101300017"), "•••• •••• 0017");
        assert_eq!(masked("90010130001"), "•••• •••• ••••");
        assert_eq!(masked("яяяяяяяяяяяя"), "•••• •••• ••••");
    }

    #[test]
    fn age_counts_whole_years() {
        assert_eq!(age(date!(2010 - 11 - 23), TODAY), 15);
        assert_eq!(age(date!(2010 - 11 - 22), TODAY), 16);
        assert_eq!(age(date!(2004 - 02 - 29), date!(2020 - 02 - 28)), 15);
        assert_eq!(age(date!(2004 - 02 - 29), date!(2021 - 03 - 01)), 17);
    }
}

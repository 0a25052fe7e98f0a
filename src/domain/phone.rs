//! A mobile number of Kazakhstan, to which a text can go: `+7 701 123 45 67` (the national numbering plan, ITU-T
//! E.164: country code 7, national numbers of ten digits that begin with 7).

use zeroize::Zeroizing;

use crate::private::Private;

/// Digits of the national number, behind the country code.
const DIGITS: usize = 10;

/// Somebody's number. It is private: only [`Phone::e164`] says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone(Private<String>);

/// What is the matter with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("too few digits")]
    Short,
    #[error("too many digits")]
    Long,
    /// Another country's, or no number at all.
    #[error("not a number of Kazakhstan")]
    Foreign,
    /// Area codes 71X and 72X are wired: no text comes there.
    #[error("not a mobile number")]
    Wired,
}

impl Phone {
    /// Reads `+7 701 123 45 67`, `8 (701) 123-45-67`, `7011234567` and their like.
    ///
    /// # Errors
    /// Says in which way it is no number that a text can go to.
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let mut digits = Zeroizing::new(String::with_capacity(16));
        for c in typed.trim().chars() {
            match c {
                '0'..='9' if digits.len() > DIGITS => return Err(PhoneError::Long),
                '0'..='9' => digits.push(c),
                '+' if digits.is_empty() => {}
                ' ' | '-' | '(' | ')' | '\u{a0}' => {}
                _ => return Err(PhoneError::Foreign),
            }
        }
        let national = match digits.len() {
            n if n > DIGITS && digits.starts_with(['7', '8']) => &digits[1..],
            n if n > DIGITS => return Err(PhoneError::Foreign),
            n if n < DIGITS => return Err(PhoneError::Short),
            _ => digits.as_str(),
        };
        match national.as_bytes() {
            [b'7', b'1' | b'2', ..] => Err(PhoneError::Wired),
            [b'7', ..] => Ok(Self(Private::new(["+7", national].concat()))),
            _ => Err(PhoneError::Foreign),
        }
    }

    /// `+77011234567`, for the gateway and the sealed request alone.
    pub fn e164(&self) -> &str {
        self.0.expose()
    }

    /// `+7 701 123 45 67`: as its owner reads it back.
    pub fn spoken(&self) -> Private<String> {
        let d = self.0.expose();
        Private::new(format!("{} {} {} {} {}", &d[..2], &d[2..5], &d[5..8], &d[8..10], &d[10..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_it() {
        for typed in
            ["+77011234567", "8 (701) 123-45-67", "7011234567", " 701 123 45 67 ", "+7 701\u{a0}123 45 67"]
        {
            assert_eq!(
                Phone::parse(typed).map(|p| p.e164().to_owned()),
                Ok("+77011234567".into()),
                "{typed}"
            );
        }
        assert_eq!(Phone::parse("7011234567").unwrap().spoken().expose(), "+7 701 123 45 67");
    }

    #[test]
    fn what_no_text_reaches_is_told_apart() {
        for (typed, wrong) in [
            ("", PhoneError::Short),
            ("701123456", PhoneError::Short),
            ("770112345678", PhoneError::Long),
            ("+49 151 1234567", PhoneError::Long),
            ("9261234567", PhoneError::Foreign),
            ("+79261234567", PhoneError::Foreign),
            ("17011234567", PhoneError::Foreign),
            ("жеті", PhoneError::Foreign),
            ("7172701234", PhoneError::Wired),
            ("8 727 250 00 00", PhoneError::Wired),
        ] {
            assert_eq!(Phone::parse(typed).err(), Some(wrong), "{typed}");
        }
    }

    #[test]
    fn it_is_not_told_by_debug() {
        assert!(!format!("{:?}", Phone::parse("7011234567")).contains("701"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: String) {
            if let Ok(phone) = Phone::parse(&text) {
                proptest::prop_assert_eq!(phone.e164().len(), 12);
                proptest::prop_assert_eq!(Phone::parse(phone.spoken().expose()), Ok(phone.clone()));
            }
        }
    }
}

//! Legal terms in working days, counted in UTC+5 from calendar and law that are data.

use std::collections::BTreeSet;

use serde::Deserialize;
use time::{Date, Time, Weekday};

use crate::clock::Moment;
use crate::fault::{Code, Coded};

/// Days off and moved working days, for the years it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// First and last day that the data speaks of, both included.
    pub covers: Option<(Date, Date)>,
    /// Days off besides Saturdays and Sundays.
    pub off: BTreeSet<Date>,
    /// Saturdays and Sundays that the government made working days.
    pub working: BTreeSet<Date>,
}

/// A term that the law sets: `assets/law/*.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `appk-76-15`: never re-used for another term.
    pub id: String,
    /// `АППК, 76-бап`: shown to visitors as it is.
    pub article: super::Names,
    /// The legal kinds of letter that it is for.
    pub kinds: Vec<String>,
    /// Working days; counting starts on the next day.
    pub working_days: u16,
    #[serde(deserialize_with = "day")]
    pub in_force_from: Date,
    #[serde(default, deserialize_with = "optional_day")]
    pub in_force_until: Option<Date>,
    #[serde(deserialize_with = "day")]
    pub checked_on: Date,
    #[serde(deserialize_with = "day")]
    pub check_again_by: Date,
    pub source: String,
}

/// When letters are registered the same day, in UTC+5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeHours {
    pub opens: Time,
    pub closes: Time,
}

/// A due date and how it was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day for the answer, always a working day.
    pub date: Date,
    /// The working day the letter counts as registered on.
    pub registered: Date,
    pub working_days: u16,
    /// [`Rule::id`]
    pub rule: String,
    /// The rule was not checked again in time: say so to visitors, alarm staff.
    pub stale: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeadlineError {
    #[error("the calendar does not reach that far")]
    CalendarEnds,
    #[error("no rule in force for this kind of letter")]
    NoRule,
}

impl Coded for DeadlineError {
    fn code(&self) -> Code {
        Code(match self {
            DeadlineError::CalendarEnds => "content.calendar-ends",
            DeadlineError::NoRule => "content.no-rule",
        })
    }
}

impl Calendar {
    /// `CalendarEnds` outside the years covered: a date is never counted from what is not known.
    pub fn is_working(&self, date: Date) -> Result<bool, DeadlineError> {
        match self.covers {
            Some((from, to)) if (from..=to).contains(&date) => {}
            _ => return Err(DeadlineError::CalendarEnds),
        }
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(self.working.contains(&date) || !weekend && !self.off.contains(&date))
    }

    fn next_day(date: Date) -> Result<Date, DeadlineError> {
        date.next_day().ok_or(DeadlineError::CalendarEnds)
    }

    /// `date` itself, or the first working day after it.
    pub fn working_day_from(&self, mut date: Date) -> Result<Date, DeadlineError> {
        while !self.is_working(date)? {
            date = Self::next_day(date)?;
        }
        Ok(date)
    }

    /// The working day that is `days` working days after `date`; the day after `date` is the first.
    pub fn add_working_days(&self, mut date: Date, days: u16) -> Result<Date, DeadlineError> {
        for _ in 0..days {
            date = self.working_day_from(Self::next_day(date)?)?;
        }
        Ok(date)
    }

    /// Working days from the day after `from` to `to`, both counted once; 0 where `to` is not later.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<u32, DeadlineError> {
        let (mut date, mut count) = (from, 0);
        while date < to {
            date = Self::next_day(date)?;
            count += u32::from(self.is_working(date)?);
        }
        Ok(count)
    }

    /// The day that a letter received at `at` counts as registered on: after hours, or on a day
    /// off, it is the next working day (АППК art. 64). Before opening it is the same day.
    pub fn registration_day(&self, at: Moment, hours: OfficeHours) -> Result<Date, DeadlineError> {
        let local = at.legal();
        let day = local.date();
        if self.is_working(day)? && local.time() < hours.closes {
            return Ok(day);
        }
        self.working_day_from(Self::next_day(day)?)
    }

    /// The due date of a letter received at `at`.
    pub fn due(&self, rule: &Rule, at: Moment, hours: OfficeHours) -> Result<Due, DeadlineError> {
        let registered = self.registration_day(at, hours)?;
        Ok(Due {
            date: self.add_working_days(registered, rule.working_days)?,
            registered,
            working_days: rule.working_days,
            rule: rule.id.clone(),
            stale: at.legal_date() > rule.check_again_by,
        })
    }
}

impl Rule {
    pub fn in_force(&self, on: Date) -> bool {
        self.in_force_from <= on && self.in_force_until.is_none_or(|until| on <= until)
    }
}

/// The rule for a kind of letter on a day; of several in force, the one that came last.
pub fn rule_for<'a>(rules: &'a [Rule], kind: &str, on: Date) -> Result<&'a Rule, DeadlineError> {
    rules
        .iter()
        .filter(|r| r.in_force(on) && r.kinds.iter().any(|k| k == kind))
        .max_by_key(|r| r.in_force_from)
        .ok_or(DeadlineError::NoRule)
}

/// `2026-11-22`
pub fn parse_day(text: &str) -> Option<Date> {
    Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).ok()
}

/// For content files, where a day is written `2026-11-22`.
pub fn day<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Date, D::Error> {
    let text = String::deserialize(d)?;
    parse_day(&text).ok_or_else(|| serde::de::Error::custom("a day such as 2026-11-22"))
}

pub fn optional_day<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Date>, D::Error> {
    day(d).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, time};

    const HOURS: OfficeHours = OfficeHours { opens: time!(9:00), closes: time!(18:00) };

    fn calendar() -> Calendar {
        Calendar {
            covers: Some((date!(2026 - 01 - 01), date!(2026 - 12 - 31))),
            off: [date!(2026 - 10 - 26), date!(2026 - 12 - 16)].into(),
            working: [date!(2026 - 11 - 28)].into(),
        }
    }

    fn rule(days: u16) -> Rule {
        let names = |s: &str| super::super::Names { kk: s.into(), ru: s.into(), en: s.into() };
        Rule {
            id: "appk-76-15".into(),
            article: names("76"),
            kinds: vec!["request".into()],
            working_days: days,
            in_force_from: date!(2021 - 07 - 01),
            in_force_until: None,
            checked_on: date!(2026 - 11 - 01),
            check_again_by: date!(2026 - 11 - 30),
            source: "АППК".into(),
        }
    }

    fn at(text: &str) -> Moment {
        Moment::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn counting_starts_on_the_next_day_and_skips_days_off() {
        let c = calendar();
        // Friday 23 October; Monday 26 is off.
        assert_eq!(c.add_working_days(date!(2026 - 10 - 23), 1), Ok(date!(2026 - 10 - 27)));
        // A Saturday that was made a working day counts.
        assert_eq!(c.add_working_days(date!(2026 - 11 - 27), 1), Ok(date!(2026 - 11 - 28)));
        assert_eq!(c.working_days_between(date!(2026 - 10 - 23), date!(2026 - 10 - 27)), Ok(1));
        assert_eq!(c.working_days_between(date!(2026 - 10 - 27), date!(2026 - 10 - 23)), Ok(0));
    }

    #[test]
    fn after_hours_and_days_off_register_on_the_next_working_day() {
        let c = calendar();
        let day = |t| c.registration_day(at(t), HOURS).unwrap();
        assert_eq!(day("2026-11-20T10:00:00+05:00"), date!(2026 - 11 - 20));
        assert_eq!(day("2026-11-20T07:00:00+05:00"), date!(2026 - 11 - 20));
        assert_eq!(day("2026-11-20T18:00:00+05:00"), date!(2026 - 11 - 23));
        assert_eq!(day("2026-11-22T10:00:00+05:00"), date!(2026 - 11 - 23));
        // The machine's zone does not matter: 20:30 UTC is already the next day.
        assert_eq!(day("2026-11-22T20:30:00Z"), date!(2026 - 11 - 23));
    }

    #[test]
    fn a_due_date_cites_its_rule_and_says_when_it_is_stale() {
        let due = calendar().due(&rule(15), at("2026-11-20T10:00:00+05:00"), HOURS).unwrap();
        // 28 November is worked.
        assert_eq!(due.date, date!(2026 - 12 - 10));
        assert_eq!((due.rule.as_str(), due.stale), ("appk-76-15", false));
        let due = calendar().due(&rule(1), at("2026-12-01T10:00:00+05:00"), HOURS).unwrap();
        assert!(due.stale);
    }

    #[test]
    fn nothing_is_counted_past_the_calendar() {
        let c = calendar();
        assert_eq!(
            c.due(&rule(20), at("2026-12-20T10:00:00+05:00"), HOURS),
            Err(DeadlineError::CalendarEnds)
        );
        assert_eq!(Calendar::default().is_working(date!(2026 - 11 - 20)), Err(DeadlineError::CalendarEnds));
    }

    #[test]
    fn the_rule_in_force_is_the_one_that_came_last() {
        let mut old = rule(15);
        old.in_force_until = Some(date!(2026 - 06 - 30));
        let mut new = rule(10);
        new.id = "later".into();
        new.in_force_from = date!(2026 - 07 - 01);
        let rules = [old, new];
        let id = |on| rule_for(&rules, "request", on).map(|r| r.id.as_str());
        assert_eq!(id(date!(2026 - 06 - 30)), Ok("appk-76-15"));
        assert_eq!(id(date!(2026 - 07 - 01)), Ok("later"));
        assert_eq!(rule_for(&rules, "nothing", date!(2026 - 07 - 01)), Err(DeadlineError::NoRule));
        assert_eq!(id(date!(2020 - 01 - 01)), Err(DeadlineError::NoRule));
    }
}

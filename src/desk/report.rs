//! What a look at the kiosk found: typed, so that a screen, a console and another program read the same.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::fault::Code;
use crate::i18n::{Lang, Msg, Text, format};

/// What was looked at, in the order in which staff read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Setup,
    Outbox,
    Portal,
    Card,
    /// A token's module; one finding each.
    Token,
    Printer,
    Clock,
    Disk,
    Content,
    StaffPin,
    /// Librarians who helped at the screen.
    Help,
}

/// Three values, and one for what does not stop anybody yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    Ok,
    /// It works, or works without; somebody should look.
    Warning,
    NotChecked,
    Fault,
}

/// A number or name that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    Practice,
    Operator(crate::domain::Names),
    /// When the portal last answered.
    Answered(Moment),
    Unsent(u64),
    Stuck(u64),
    Registered(u64),
    Refused(u64),
    /// Letters that a restored portal lost and does not have again yet.
    ToGiveAgain(u64),
    GivenAgain(u64),
    Renumbered(u64),
    Model(String),
    /// A token module's file.
    Module(String),
    /// How many tokens of that module are in now; whose they are is nobody's business here.
    Tokens(u64),
    Now(Moment),
    /// What time it is by the portal.
    PortalTime(Moment),
    /// Bytes.
    Free(u64),
    Edition(String),
    /// No staff PIN is taken before then.
    Until(Moment),
    /// Visits in which help was given.
    HelpedToday(u64),
    HelpedThisMonth(u64),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub what: What,
    pub state: Health,
    /// The fault's code, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default)]
    pub facts: Vec<Fact>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    Waiting,
    Sending,
    Stuck,
    Registered,
    Refused,
}

/// One letter of the outbox; no person in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub way: Way,
    pub stored: Moment,
    /// Why it waits, is stuck or was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The last four digits of the number it was registered under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<String>,
}

/// An answer to a letter that was written here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// The last four digits of the letter's number.
    pub ending: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub version: String,
    pub at: Moment,
    pub findings: Vec<Finding>,
    /// The newest first.
    pub letters: Vec<Letter>,
    /// The newest first; `None` where the portal could not be asked.
    #[serde(default)]
    pub answers: Option<Vec<Arrived>>,
}

impl What {
    pub fn name(self) -> Msg {
        match self {
            What::Setup => Msg::DoctorSetup,
            What::Outbox => Msg::DoctorOutbox,
            What::Portal => Msg::DoctorPortal,
            What::Card => Msg::DoctorCard,
            What::Token => Msg::DoctorToken,
            What::Printer => Msg::DoctorPrinter,
            What::Clock => Msg::DoctorClock,
            What::Disk => Msg::DoctorDisk,
            What::Content => Msg::DoctorContent,
            What::StaffPin => Msg::DoctorPin,
            What::Help => Msg::DoctorHelp,
        }
    }
}

impl Health {
    pub fn words(self) -> Msg {
        match self {
            Health::Ok => Msg::DoctorOk,
            Health::Warning => Msg::DoctorWarning,
            Health::NotChecked => Msg::DoctorNotChecked,
            Health::Fault => Msg::DoctorFault,
        }
    }
}

impl Fact {
    pub fn say(&self, lang: Lang) -> String {
        let time = |at: &Moment| format::date_time(lang, *at);
        let count = |msg, n: &u64| Text::new(msg).with("n", i64::try_from(*n).unwrap_or(i64::MAX));
        let text = match self {
            Fact::Practice => Msg::DoctorPractice.into(),
            Fact::Operator(names) => Text::new(Msg::AppRunBy).with("name", names.get(lang)),
            Fact::Answered(at) => Text::new(Msg::DoctorAnswered).with("time", time(at)),
            Fact::Unsent(n) => count(Msg::DoctorUnsent, n),
            Fact::Stuck(n) => count(Msg::DoctorStuck, n),
            Fact::Registered(n) => count(Msg::DoctorRegistered, n),
            Fact::Refused(n) => count(Msg::DoctorRefused, n),
            Fact::ToGiveAgain(n) => count(Msg::DoctorToGiveAgain, n),
            Fact::GivenAgain(n) => count(Msg::DoctorGivenAgain, n),
            Fact::Renumbered(n) => count(Msg::DoctorRenumbered, n),
            Fact::Model(name) => Text::new(Msg::DoctorModel).with("name", name.as_str()),
            Fact::Module(path) => Text::new(Msg::DoctorModel).with("name", path.as_str()),
            Fact::Tokens(n) => count(Msg::DoctorTokens, n),
            Fact::Now(at) => Text::new(Msg::DoctorNow).with("time", time(at)),
            Fact::PortalTime(at) => Text::new(Msg::DoctorPortalTime).with("time", time(at)),
            Fact::Free(bytes) => Text::new(Msg::DoctorFree).with("size", format::file_size(lang, *bytes)),
            Fact::Edition(version) => Text::new(Msg::DoctorEdition).with("version", version.as_str()),
            Fact::HelpedToday(n) => count(Msg::DoctorHelpedToday, n),
            Fact::HelpedThisMonth(n) => count(Msg::DoctorHelpedMonth, n),
            Fact::Until(at) => Text::new(Msg::DoctorUntil).with("time", time(at)),
        };
        text.say(lang)
    }
}

impl Finding {
    pub fn new(what: What, state: Health) -> Self {
        Self { what, state, code: None, facts: vec![] }
    }

    pub fn of(what: What, state: Health, code: Code) -> Self {
        Self { code: Some(code.0.to_owned()), ..Self::new(what, state) }
    }

    pub fn with(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// What is wrong and what to do; `None` where nothing is.
    pub fn words(&self) -> Option<(Msg, Msg)> {
        words(self.code.as_deref()?)
    }

    pub fn facts(&self, lang: Lang) -> String {
        self.facts.iter().map(|f| f.say(lang)).collect::<Vec<_>>().join(" · ")
    }
}

impl Letter {
    /// Where it is: never more than what is proven.
    pub fn says(&self, lang: Lang) -> String {
        let msg = match self.way {
            Way::Waiting => Msg::DoctorLetterWaiting,
            Way::Sending => Msg::DoctorLetterSending,
            Way::Stuck => Msg::DoctorLetterStuck,
            Way::Registered => Msg::DoctorLetterRegistered,
            Way::Refused => Msg::DoctorLetterRefused,
        };
        let says = Text::new(msg).say(lang);
        match &self.ending {
            Some(digits) => format!("{says}: …{digits}"),
            None => says,
        }
    }

    pub fn words(&self) -> Option<(Msg, Msg)> {
        words(self.code.as_deref()?)
    }
}

fn words(code: &str) -> Option<(Msg, Msg)> {
    let code = Code::listed(code).unwrap_or(Code("portal.problem"));
    let remedy = Msg::from_id(&code.staff_id()).or_else(|| Msg::from_id(&code.remedy_id()));
    Some((Msg::from_id(&code.message_id())?, remedy?))
}

impl Report {
    /// The worst of all.
    pub fn state(&self) -> Health {
        self.findings.iter().map(|f| f.state).max().unwrap_or(Health::NotChecked)
    }

    pub fn finding(&self, what: What) -> Option<&Finding> {
        self.findings.iter().find(|f| f.what == what)
    }
}

//! A form file: pages of one question each, played by the page player. The letter is the first.
//!
//! A form is data: every text a visitor reads from it stands in the file in three languages
//! ([`Names`]), and conditions between pages are lists of [`Condition`], so a new form needs no code.

use serde::Deserialize;

use super::Names;

/// One file of `assets/forms`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// `letter`
    pub id: String,
    pub version: u32,
    pub title: Names,
    #[serde(rename = "page")]
    pub pages: Vec<Page>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Unique in the form: `who`.
    pub id: String,
    pub kind: PageKind,
    pub question: Names,
    /// Why it is asked, or an example; stands under the question.
    #[serde(default)]
    pub hint: Option<Names>,
    /// All must hold, else the page is skipped.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// If any holds, the page is skipped.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// Nobody is asked: the program answers it where it knows (what a letter about a letter is for).
    #[serde(default)]
    pub given: bool,
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
    /// Which piece of the letter the answers belong to when it is read back; see [`Page::part`].
    #[serde(default)]
    pub part: Option<Part>,
}

/// A piece of a letter that the visitor confirms by itself when it is read back to her.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Whom it is written to.
    To,
    /// What is asked.
    Asks,
    /// In whose name.
    Who,
    Text,
    Files,
    /// All other answers.
    Rest,
}

/// How the page looks; the fields say what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// One choice field as large buttons.
    Choice,
    /// One body field: the proposed body, or a search of the directory.
    Directory,
    /// One choice field over the regions.
    Place,
    /// Short fields, one under another.
    Details,
    /// Short fields about a person; what the card says is filled in.
    Person,
    /// One long text.
    Text,
    Attachments,
    /// One tick field with the words that are declared.
    Declaration,
    /// Check your answers: no fields.
    Check,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Unique in the form, and in the statement: `letter.text`.
    pub id: String,
    pub kind: FieldKind,
    /// Goes into the statement as shown.
    pub label: Names,
    #[serde(default)]
    pub hint: Option<Names>,
    #[serde(default)]
    pub required: bool,
    /// Whether the answer is a field of the statement. How one signs, for example, is not.
    #[serde(default = "yes")]
    pub stated: bool,
    /// Says who or where somebody is; see [`Field::is_personal`].
    #[serde(default)]
    pub personal: bool,
    /// Characters; see [`Field::max_chars`] for what stands where the file says nothing.
    #[serde(default)]
    pub max: Option<usize>,
    /// What to do where a required answer is missing, in plain words.
    #[serde(default)]
    pub missing: Option<Names>,
    /// All must hold, else the field is neither asked nor stated.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// What the visitor says of herself where no certificate has said it yet.
    #[serde(default)]
    pub signer: Option<SignerPart>,
    /// Fills the field before the visitor does.
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// For [`FieldKind::Choice`]; filled from content for [`FieldKind::Region`].
    #[serde(default, rename = "option")]
    pub options: Vec<Choice>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    Choice,
    /// A choice whose options are the regions of the content.
    Region,
    /// A body from the directory; becomes the statement's `body`, not a field.
    Body,
    /// One line.
    Line,
    /// A district, town or village: one line, by which the nearest body is found.
    Locality,
    /// A person's name.
    Name,
    /// Many lines.
    Lines,
    Phone,
    Email,
    /// An IIN, typed and checked: another person's, or the signer's where a phone will sign. Else the signer's
    /// comes from the certificate alone.
    Iin,
    Bin,
    /// Files; they become the statement's `attachments`.
    Attachments,
    /// A declaration that is ticked.
    Tick,
}

/// Which part of the statement's signer an answer becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerPart {
    Name,
    Iin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prefill {
    /// The name in the signing certificate.
    CardName,
    /// The organisation in the signing certificate.
    CardOrganisation,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Unique in the field: `complaint`.
    pub id: String,
    pub label: Names,
    #[serde(default)]
    pub hint: Option<Names>,
    /// Shown, but cannot be chosen yet.
    #[serde(default)]
    pub not_yet: bool,
    /// What the answer means to the program and the law.
    #[serde(default)]
    pub means: Option<Meaning>,
}

/// The few things of an answer that code must know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// Signed on the kiosk by card.
    SignByCard,
    /// Signed on the kiosk with a key file from a stick.
    SignByKeyFile,
    /// Signed on the visitor's phone.
    SignByPhone,
    /// Not signed here: printed, with a place for a pen.
    PrintForPen,
    /// A child's draft: printed for a parent to sign.
    PrintForParent,
    /// Printed letters leave a place where the writer's IIN is written with a pen.
    IinByPen,
    /// A topic of bodies: `road`.
    Topic(String),
    /// A legal kind: `complaint`; the law's rule follows from it.
    Kind(String),
    /// About a letter that the signer sent before; the portal tells it in that letter's history.
    About(About),
}

/// What a letter about an earlier one is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The due date is past, and nobody answered.
    Overdue,
    /// She does not agree with the answer.
    Disagree,
    /// More to say.
    More,
    /// She takes it back.
    Withdraw,
}

impl About {
    /// The code of the event that tells it in the earlier letter's history: never changed.
    pub fn event(self) -> &'static str {
        match self {
            About::Overdue => "about-overdue",
            About::Disagree => "about-disagree",
            About::More => "about-more",
            About::Withdraw => "about-withdraw",
        }
    }
}

/// Holds where the earlier choice field has one of these answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub field: String,
    pub is: Vec<String>,
}

fn yes() -> bool {
    true
}

impl Condition {
    /// Whether it holds for the answers to choice fields.
    fn holds<'a>(&self, choice: &dyn Fn(&str) -> Option<&'a str>) -> bool {
        choice(&self.field).is_some_and(|answer| self.is.iter().any(|is| is == answer))
    }
}

impl Form {
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|p| p.id == id)
    }

    /// The field that holds what the person writes: the first long text.
    pub fn long_text(&self) -> Option<&Field> {
        self.pages.iter().find(|p| p.kind == PageKind::Text)?.fields.first()
    }

    pub fn field(&self, id: &str) -> Option<&Field> {
        self.pages.iter().flat_map(|p| &p.fields).find(|f| f.id == id)
    }

    /// The page that asks for this field.
    pub fn page_of(&self, field: &str) -> Option<&Page> {
        self.pages.iter().find(|p| p.fields.iter().any(|f| f.id == field))
    }

    /// The pages that the answers lead through, each with the fields it asks. An answer to a question
    /// that is not asked any more decides nothing.
    pub fn way<'f, 'c>(
        &'f self,
        choice: &dyn Fn(&str) -> Option<&'c str>,
    ) -> Vec<(&'f Page, Vec<&'f Field>)> {
        let mut way: Vec<(&Page, Vec<&Field>)> = vec![];
        for page in &self.pages {
            let asked = |id: &str| way.iter().any(|(_, fields)| fields.iter().any(|f| f.id == id));
            let counts = |id: &str| choice(id).filter(|_| asked(id));
            if page.applies(&counts) {
                let fields = page.fields.iter().filter(|f| f.applies(&counts)).collect();
                way.push((page, fields));
            }
        }
        way
    }
}

impl Page {
    pub fn applies<'a>(&self, choice: &dyn Fn(&str) -> Option<&'a str>) -> bool {
        self.when.iter().all(|c| c.holds(choice)) && !self.unless.iter().any(|c| c.holds(choice))
    }

    /// Which piece of the letter is answered here: by the page's kind, else as the file says.
    pub fn part(&self) -> Part {
        match self.kind {
            PageKind::Directory => Part::To,
            PageKind::Text => Part::Text,
            PageKind::Attachments => Part::Files,
            _ => self.part.unwrap_or(Part::Rest),
        }
    }

    /// The fields that go into the statement's `fields`.
    pub fn stated_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.is_stated())
    }
}

impl Field {
    pub fn applies<'a>(&self, choice: &dyn Fn(&str) -> Option<&'a str>) -> bool {
        self.when.iter().all(|c| c.holds(choice))
    }

    /// Bodies and attachments have places of their own in the statement.
    pub fn is_stated(&self) -> bool {
        self.stated && !matches!(self.kind, FieldKind::Body | FieldKind::Attachments)
    }

    /// Names, numbers and ways to reach somebody: a helper beside the visitor does not see them.
    pub fn is_personal(&self) -> bool {
        self.personal
            || matches!(self.kind, FieldKind::Name | FieldKind::Phone | FieldKind::Email | FieldKind::Iin)
    }

    pub fn lines(&self) -> bool {
        self.kind == FieldKind::Lines
    }

    /// The options of a choice, `None` for other fields.
    pub fn options(&self) -> Option<&[Choice]> {
        matches!(self.kind, FieldKind::Choice | FieldKind::Region).then_some(self.options.as_slice())
    }

    pub fn option(&self, id: &str) -> Option<&Choice> {
        self.options.iter().find(|o| o.id == id)
    }

    /// Unicode scalar values.
    pub fn max_chars(&self) -> usize {
        self.max.unwrap_or(match self.kind {
            FieldKind::Lines => 4_000,
            FieldKind::Phone => 20,
            FieldKind::Email => 120,
            FieldKind::Iin | FieldKind::Bin => 12,
            FieldKind::Name => 150,
            FieldKind::Line | FieldKind::Locality => 200,
            FieldKind::Choice | FieldKind::Region | FieldKind::Tick => 400,
            FieldKind::Body | FieldKind::Attachments => 0,
        })
    }
}

//! Plays a form: which page comes next, what was answered, where Back and Change lead. Pure: it
//! reads no clock and draws nothing; answers are in no language until they are shown.

use time::Date;
use zeroize::Zeroizing;

use super::draft::{Answer, Attached, Draft, DraftError, Saved};
use super::mistake::Mistake;
use crate::card::Owner;
use crate::content::Snapshot;
use crate::domain::form::{Choice, Field, FieldKind, Form, Page, PageKind, Prefill};
use crate::domain::statement::{Catalogue as _, FormRef};
use crate::i18n::Lang;
use crate::private::Private;

/// One visitor's way through one form. No `Debug`: it holds her words.
#[derive(Clone)]
pub struct Player {
    pub(super) content: &'static Snapshot,
    pub(super) form: &'static Form,
    draft: Draft,
    /// Pages that Back leads to, by id.
    history: Vec<String>,
    /// A Change link of the check page led here: Next and Back lead there again.
    changing: bool,
    /// Pages that were answered for her beforehand: Next passes over them, Change links lead to them.
    passed: Vec<&'static str>,
    owner: Option<Private<Owner>>,
}

/// Where Next led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// To another page: ask for [`Player::page`].
    Page,
    /// Past the check page: sign or print.
    Finished,
}

impl Player {
    /// The newest version of a form; `None` where the content has no such form.
    pub fn new(form: &str, content: &'static Snapshot) -> Option<Self> {
        let form = content.newest_form(form)?;
        let first = form.pages.first()?.id.clone();
        let draft = Draft::new(FormRef { id: form.id.clone(), version: form.version }, first);
        Some(Self { content, form, draft, history: vec![], changing: false, passed: vec![], owner: None })
    }

    /// Goes on with a draft. Where the form has a newer version, answers to questions that it still
    /// has are kept, and `true` says that the rest has to be looked through.
    pub fn resume(saved: &Saved, content: &'static Snapshot) -> Result<(Self, bool), DraftError> {
        let mut draft = saved.draft.clone();
        let form = content.newest_form(&draft.form.id).ok_or(DraftError::NoForm)?;
        let changed = content.form(&draft.form.id, draft.form.version) != Some(form);
        draft.form.version = form.version;
        draft.answers.retain(|id, answer| form.field(id).is_some_and(|f| fits(f, answer)));
        let mut player =
            Self { content, form, draft, history: vec![], changing: false, passed: vec![], owner: None };
        let at = player.draft.page.clone();
        if player.pages().any(|p| p.id == at) {
            player.history = player.pages().map(|p| p.id.clone()).take_while(|id| *id != at).collect();
        } else {
            let first = player.pages().next().ok_or(DraftError::NoForm)?;
            player.draft.page = first.id.clone();
        }
        Ok((player, changed))
    }

    /// The draft's bytes for "continue later"; the caller seals them.
    pub fn save(&self, lang: Lang, files: bool) -> Result<Zeroizing<Vec<u8>>, DraftError> {
        self.draft.to_bytes(lang, files)
    }

    pub fn form(&self) -> &'static Form {
        self.form
    }

    pub fn content(&self) -> &'static Snapshot {
        self.content
    }

    /// The page to show.
    pub fn page(&self) -> &'static Page {
        let here = self.form.pages.iter().find(|p| p.id == self.draft.page);
        // The draft's page is set from the form's own pages alone.
        here.unwrap_or(&self.form.pages[0])
    }

    /// The pages that the answers so far lead through and that somebody is asked, in order.
    pub fn pages(&self) -> impl Iterator<Item = &'static Page> {
        self.way().into_iter().map(|(page, _)| page).filter(|page| !page.given)
    }

    /// Those without the pages that were answered beforehand.
    fn asked(&self) -> impl Iterator<Item = &'static Page> {
        self.pages().filter(|page| !self.passed.contains(&page.id.as_str()))
    }

    /// The answer to this field's page was given beforehand: it is passed over, and can be changed.
    pub fn pass(&mut self, field: &str) {
        self.passed.extend(self.form.page_of(field).map(|page| page.id.as_str()));
    }

    fn way(&self) -> Vec<(&'static Page, Vec<&'static Field>)> {
        self.form.way(&|id| self.choice(id))
    }

    /// Every field that is asked, or that the card answers, in order, with its page.
    pub(super) fn all_fields(&self) -> impl Iterator<Item = (&'static Page, &'static Field)> {
        self.way().into_iter().flat_map(|(page, fields)| fields.into_iter().map(move |f| (page, f)))
    }

    /// The fields that a page asks; what the card says is not asked.
    pub fn fields(&self, page: &'static Page) -> impl Iterator<Item = &'static Field> {
        let here = self.all_fields().filter(move |(p, _)| p.id == page.id);
        here.map(|(_, field)| field).filter(|f| !self.is_from_card(f))
    }

    /// The signer's name is the certificate's, never typed among the answers.
    pub(super) fn is_from_card(&self, field: &Field) -> bool {
        field.prefill == Some(Prefill::CardName) && self.ending().is_electronic()
    }

    /// «Question n of m»: the check page is not counted, and reads as m of m.
    pub fn progress(&self) -> (usize, usize) {
        let asked = || self.asked().filter(|p| p.kind != PageKind::Check);
        let total = asked().count();
        let here = asked().position(|p| p.id == self.draft.page);
        (here.map_or(total, |n| n + 1), total)
    }

    /// Goes to the next page, or from the check page on. The mistakes say why not.
    pub fn next(&mut self, today: Date) -> Result<Moved, Vec<Mistake>> {
        let here = self.page();
        let mistakes =
            if here.kind == PageKind::Check { self.mistakes(today) } else { self.mistakes_on(here, today) };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        if here.kind == PageKind::Check {
            return Ok(Moved::Finished);
        }
        // After a change only pages that came up by it, and are not answered yet, stand before the check;
        // and whom it is to, where the letter moved out of that body's region.
        let moved = here.kind == PageKind::Place
            && self.body().and_then(|b| b.region.as_deref()).is_some_and(|r| Some(r) != self.region());
        let to = if self.changing {
            self.pages().find(|p| {
                p.kind == PageKind::Check
                    || moved && p.kind == PageKind::Directory
                    || !self.mistakes_on(p, today).is_empty()
            })
        } else {
            let asked = |p: &&Page| !self.passed.contains(&p.id.as_str());
            self.pages().skip_while(|p| p.id != here.id).skip(1).find(asked)
        };
        if let Some(to) = to {
            self.history.push(here.id.clone());
            self.go(to.id.clone());
        }
        Ok(Moved::Page)
    }

    fn go(&mut self, page: String) {
        self.draft.page = page;
        if self.page().kind == PageKind::Check {
            self.changing = false;
            // Back from the check page leads through all pages again, whatever way came here.
            self.history = self.asked().filter(|p| p.kind != PageKind::Check).map(|p| p.id.clone()).collect();
        }
    }

    /// Goes back a page; `false`: this is the first, Back leads out of the form. Nothing is lost.
    pub fn back(&mut self) -> bool {
        if self.changing {
            let check = self.pages().find(|p| p.kind == PageKind::Check);
            if let Some(check) = check {
                self.go(check.id.clone());
                return true;
            }
        }
        while let Some(page) = self.history.pop() {
            // A page that an answer has made needless is passed over.
            if self.pages().any(|p| p.id == page) {
                self.draft.page = page;
                return true;
            }
        }
        false
    }

    /// Follows a Change link of the check page.
    pub fn change(&mut self, page: &str) {
        if self.pages().any(|p| p.id == page) {
            self.history = vec![];
            self.changing = true;
            self.draft.page = page.to_owned();
        }
    }

    /// Whether a Change link led here.
    pub fn is_changing(&self) -> bool {
        self.changing
    }

    // What was answered.

    pub fn answer(&self, field: &str) -> Option<&Answer> {
        self.draft.answers.get(field)
    }

    /// The chosen option's id.
    pub fn choice(&self, field: &str) -> Option<&str> {
        match self.answer(field) {
            Some(Answer::Choice(id)) => Some(id.expose()),
            _ => None,
        }
    }

    /// Typed words, or what the card fills in.
    pub fn text(&self, field: &str) -> &str {
        self.form.field(field).and_then(|f| self.typed(f)).unwrap_or_default()
    }

    pub(super) fn typed(&self, field: &Field) -> Option<&str> {
        let owner = self.owner.as_ref().map(Private::expose);
        match (self.answer(&field.id), field.prefill) {
            (Some(Answer::Text(words)), _) => Some(words.expose()),
            (_, Some(Prefill::CardName)) => owner.map(|o| o.name.as_str()),
            (_, Some(Prefill::CardOrganisation)) => owner.and_then(|o| o.organisation.as_deref()),
            _ => None,
        }
    }

    pub fn is_ticked(&self, field: &str) -> bool {
        matches!(self.answer(field), Some(Answer::Tick(true)))
    }

    pub fn files(&self, field: &str) -> &[Attached] {
        match self.answer(field) {
            Some(Answer::Files(files)) => files,
            _ => &[],
        }
    }

    /// All attached files, in the order that the statement names them.
    pub fn attachments(&self) -> Vec<&Attached> {
        self.all_fields().flat_map(|(_, f)| self.files(&f.id)).collect()
    }

    pub fn options(&self, field: &Field) -> &'static [Choice] {
        self.form.field(&field.id).map_or(&[], |f| f.options.as_slice())
    }

    pub(super) fn is_answered(&self, field: &Field) -> bool {
        match self.answer(&field.id) {
            Some(Answer::Choice(id)) => field.option(id.expose()).is_some(),
            Some(Answer::Body(id)) => self.content.body(id.expose()).is_some(),
            Some(Answer::Tick(ticked)) => *ticked,
            Some(Answer::Files(files)) => !files.is_empty(),
            _ => self.typed(field).is_some_and(|words| !words.trim().is_empty()),
        }
    }

    // Answering.

    /// Takes an answer that fits the field's kind; `false`: it does not, nothing is changed.
    pub fn set(&mut self, field: &str, answer: Answer) -> bool {
        let fit = self.form.field(field).is_some_and(|f| fits(f, &answer));
        if fit {
            self.draft.answers.insert(field.to_owned(), answer);
        }
        fit
    }

    /// `false` for an option that is not there or cannot be chosen yet.
    pub fn choose(&mut self, field: &str, option: &str) -> bool {
        let can = |f: &Field| f.option(option).is_some_and(|o| !o.not_yet);
        self.form.field(field).is_some_and(can) && self.set(field, Answer::Choice(option.into()))
    }

    pub fn set_text(&mut self, field: &str, words: &str) -> bool {
        self.set(field, Answer::Text(words.into()))
    }

    pub fn set_body(&mut self, field: &str, body: &str) -> bool {
        self.content.body(body).is_some() && self.set(field, Answer::Body(body.into()))
    }

    pub fn tick(&mut self, field: &str, ticked: bool) -> bool {
        self.set(field, Answer::Tick(ticked))
    }

    pub fn attach(&mut self, field: &str, file: Attached) -> bool {
        let mut files = self.files(field).to_vec();
        files.push(file);
        self.set(field, Answer::Files(files))
    }

    pub fn detach(&mut self, field: &str, n: usize) {
        if let Some(Answer::Files(files)) = self.draft.answers.get_mut(field)
            && n < files.len()
        {
            files.remove(n);
        }
    }

    /// What the card in the reader says of its owner; `None` when it was taken out.
    pub fn set_owner(&mut self, owner: Option<Private<Owner>>) {
        self.owner = owner;
    }
}

/// Whether an answer is of the field's kind.
fn fits(field: &Field, answer: &Answer) -> bool {
    match answer {
        Answer::Choice(id) => field.option(id.expose()).is_some(),
        Answer::Body(_) => field.kind == FieldKind::Body,
        Answer::Tick(_) => field.kind == FieldKind::Tick,
        Answer::Files(_) => field.kind == FieldKind::Attachments,
        Answer::Text(_) => !matches!(
            field.kind,
            FieldKind::Choice
                | FieldKind::Region
                | FieldKind::Body
                | FieldKind::Tick
                | FieldKind::Attachments
        ),
    }
}

#[cfg(test)]
mod tests;

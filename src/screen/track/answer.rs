//! The answer, its verdict, and how we know.

use std::sync::Arc;

use iced::Element;
use iced::widget::{column, row};

use super::words::said;
use super::{Context, Letter, Message, Page, State, Why};
use crate::clock::Moment;
use crate::i18n::{Msg, Text, format};
use crate::screen::check::told::checks::revocation;
use crate::screen::frame::Frame;
use crate::sign::answer::{AnswerVerdict, Flaw};
use crate::sign::verdict::{Outcome, Reason, Revocation, worst};
use crate::ui::button::{icon, link, secondary, secondary_with};
use crate::ui::card::{Notice, card, fact, notice};
use crate::ui::icon::Icon;
use crate::ui::theme::{Look, Type};
use crate::ui::words::{small, strong, text};

/// An answer, judged, and its CMS as it came.
pub struct Answered {
    pub verdict: AnswerVerdict,
    pub cms: Arc<Vec<u8>>,
    pub asked: Asked,
}

/// Whether it was asked if the signer's certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The verdict is there before that, and does not wait for it.
    Now,
    Done,
}

fn verdict<'a>(answered: &Answered, look: &Look) -> Element<'a, Message> {
    let judged = &answered.verdict;
    let codes = judged.codes();
    let says = |id: Option<String>| {
        let msg = id.and_then(|id| Msg::from_id(&id));
        msg.map(|m| Text::from(m).say(look.lang)).unwrap_or_default()
    };
    let code = codes.last();
    let (why, remedy) = (says(code.map(|c| c.message_id())), says(code.map(|c| c.remedy_id())));
    match judged.outcome() {
        Outcome::Valid => notice(look, Notice::Good, Msg::TrackValid, Msg::TrackValidText),
        Outcome::CouldNotCheck => {
            notice(look, Notice::Warning, Msg::TrackCouldNotCheck, format!("{why}. {remedy}"))
        }
        Outcome::NotValid => notice(look, Notice::Danger, why, remedy),
    }
}

/// What was said of the signer's certificate, where that is worth a line beside the verdict.
fn standing<'a>(answered: &Answered, look: &Look) -> Option<Element<'a, Message>> {
    let signer = answered.verdict.signer()?;
    let says = match (answered.asked, signer.revocation) {
        (Asked::Now, _) => Msg::TrackAnswerAsking,
        (Asked::Done, Revocation::Good) => Msg::TrackAnswerNotRevoked,
        (Asked::Done, Revocation::NotConsulted | Revocation::Unknown) if !signer.consulted.is_empty() => {
            Msg::TrackAnswerSilent
        }
        // Revoked is the verdict itself; where nobody can be asked, the page on how we know says so.
        _ => return None,
    };
    Some(small(look, says).soft(look).wide().into())
}

/// The same on the page on how we know: who was asked, and how old that is.
fn revoked(answered: &Answered, look: &Look) -> (Text, Outcome, Option<String>) {
    let signer = answered.verdict.signer().filter(|s| !s.consulted.is_empty());
    let (says, by) = match (answered.asked, signer) {
        (Asked::Now, _) => (Msg::TrackAnswerAsking, None),
        (Asked::Done, None) => (Msg::TrackKnowRevocation, None),
        (Asked::Done, Some(signer)) => {
            let (says, by) = revocation(signer, signer.judged_at.unwrap_or(signer.consulted[0].this_update));
            (says, by.map(|by| by.say(look.lang)))
        }
    };
    let came = match signer.map(|s| s.revocation) {
        Some(Revocation::Good) => Outcome::Valid,
        Some(Revocation::Revoked) => Outcome::NotValid,
        _ => Outcome::CouldNotCheck,
    };
    (Text::from(says), came, by)
}

/// Name, post, body and the signer's own claim of the time.
fn signer<'a>(answered: &Answered, look: &Look) -> Element<'a, Message> {
    let mut facts = column![].spacing(look.space(2.0));
    if let Some(signer) = answered.verdict.signer() {
        let name = signer.owner.expose().name.clone();
        facts = facts.push(fact(look, Msg::TrackSigner, strong(look, name).wide()));
        if let Some(post) = &answered.verdict.post {
            facts = facts.push(fact(look, Msg::TrackPost, text(look, post.clone()).wide()));
        }
        if let Some(answer) = answered.verdict.answer() {
            let body = text(look, answer.body.name.clone()).private().wide();
            facts = facts.push(fact(look, Msg::TrackBody, body));
        }
        if let Some(at) = signer.claimed_time {
            facts = facts.push(fact(look, Msg::TrackSignedAt, text(look, format::date_time(look.lang, at))));
        }
    }
    card(look, facts)
}

pub fn view<'a>(
    state: &State,
    letter: &'a Letter,
    answered: &'a Answered,
    context: Context<'a>,
) -> Element<'a, Message> {
    let look = context.look;
    let number = Text::new(Msg::TrackLetterNumber).with("number", letter.shown.history.number.as_str());
    let mut page = Frame::new(&context, "track.answer", Msg::TrackAnswerTitle)
        .crumb(number)
        .push_maybe(letter.paper.view(look, Message::StopPrint))
        .push_maybe(said(state.said, look))
        .push_maybe(letter.saved.as_ref().map(|name| {
            notice(
                look,
                Notice::Good,
                Msg::TrackSaved,
                Text::new(Msg::TrackSavedName).with("name", name.as_str()),
            )
        }))
        .push(verdict(answered, look))
        .push_maybe(standing(answered, look));
    if let Some(answer) = answered.verdict.answer() {
        page = page.push(card(look, text(look, answer.text.clone()).private().wide()));
    }
    let know = link(look, "track.know", Msg::TrackKnow).on(Message::Know(true));
    let valid = answered.verdict.outcome() == Outcome::Valid;
    let mut ways = row![know].spacing(look.space(2.0));
    if valid {
        ways = ways
            .push(secondary(look, "track.disagree", Msg::TrackDisagree).on(Message::Write(Why::Disagree)));
    }
    if !context.sticks.is_empty() {
        ways =
            ways.push(secondary_with(look, "track.save", Msg::TrackSave, Some(Icon::Usb)).on(Message::Save));
    }
    page = page.push(ways.wrap().vertical_spacing(look.space(1.5))).side(signer(answered, look));
    page = page.back(Message::Back);
    if valid {
        page = page.also("track.print", Msg::TrackPrint, Icon::Printer, Message::Print);
    }
    page.primary(Msg::TrackDone, Some(Message::Finish)).show()
}

/// Each thing that was checked, with what came of it.
pub fn know<'a>(letter: &'a Letter, answered: &'a Answered, context: Context<'a>) -> Element<'a, Message> {
    let (look, p) = (context.look, context.look.palette());
    debug_assert_eq!(letter.page, Page::Know);
    let judged = &answered.verdict;
    let sound = judged.signature.outcome();
    let unless = |flaws: &[Flaw]| match judged.flaw {
        Some(flaw) if flaws.contains(&flaw) => Outcome::NotValid,
        // What is not sound was not looked into any further.
        _ if sound != Outcome::Valid => Outcome::CouldNotCheck,
        Some(Flaw::Newer | Flaw::Unreadable | Flaw::NotOneSigner) => Outcome::CouldNotCheck,
        _ => Outcome::Valid,
    };
    // What a revoked key signed is not changed by that.
    let intact = match judged.signer() {
        Some(signer) => {
            let of_key = |r: &&Reason| !matches!(r, Reason::Revoked | Reason::RevocationUnknown);
            worst(&signer.reasons.iter().filter(of_key).copied().collect::<Vec<_>>())
        }
        None => sound,
    };
    let issuer = judged.signer().map(|s| s.issuer.clone()).unwrap_or_default();
    let checked = [
        (Text::from(Msg::TrackKnowSignature), intact),
        (Text::new(Msg::TrackKnowAuthority).with("name", issuer), intact),
        (Text::from(Msg::TrackKnowBody), unless(&[Flaw::OtherBody])),
        (Text::from(Msg::TrackKnowRole), unless(&[Flaw::OtherBody, Flaw::MayNotSign])),
        (Text::from(Msg::TrackKnowLetter), unless(&[Flaw::OtherBody, Flaw::MayNotSign, Flaw::OtherLetter])),
    ];
    let mut checked: Vec<(Text, Outcome, Option<String>)> =
        checked.into_iter().map(|(says, outcome)| (says, outcome, None)).collect();
    checked.push(revoked(answered, look));
    let mut lines = column![].spacing(look.space(2.5));
    for (says, outcome, by) in checked {
        let (glyph, ink, came) = match outcome {
            Outcome::Valid => (Icon::CircleCheck, p.good, Msg::TrackKnowYes),
            Outcome::CouldNotCheck => (Icon::CircleHelp, p.soft, Msg::TrackKnowNotChecked),
            Outcome::NotValid => (Icon::CircleX, p.danger, Msg::TrackKnowNo),
        };
        let words = column![text(look, says).wide(), small(look, came).soft(look)].spacing(look.space(0.25));
        let words = match by {
            Some(by) => words.push(small(look, by).soft(look).wide()),
            None => words,
        };
        lines = lines.push(row![icon(glyph, look.size(Type::Title), ink), words].spacing(look.space(2.0)));
    }
    let made = Moment(letter.shown.history.made.0);
    let when = Text::new(Msg::TrackKnowWhen).with("time", format::date_time(look.lang, made));
    Frame::new(&context, "track.know", Msg::TrackKnow)
        .crumb(Msg::TrackAnswerTitle)
        .push(card(look, lines))
        .push(small(look, when))
        .side(signer(answered, look))
        .back(Message::Back)
        .show()
}

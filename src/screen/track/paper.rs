//! The history and the answer on paper and on a stick.

use iced::Task;
use tokio::task::spawn_blocking;

use super::words::{more, what};
use super::{Context, Letter, Message};
use crate::fault::{Code, Coded as _};
use crate::files;
use crate::i18n::format;
use crate::print::{AnswerPaper, Happened, HistoryPaper, answer_pdf, history_pdf};
use crate::screen::once::Once;
use crate::seal::receipt::proof_qr_text;

/// The history as the portal signed it, with the signed extract as a QR code.
pub fn history(letter: &mut Letter, extract: &[u8], context: &Context<'_>) -> Task<Message> {
    let lang = context.look.lang;
    let history = letter.shown.history.clone();
    let proof = proof_qr_text(extract);
    let portal = context.world.operator.get(lang).to_owned();
    let happened: Vec<Happened> = history
        .events
        .iter()
        .map(|e| Happened { when: format::date_time(lang, e.at), what: what(e, lang), more: more(e, lang) })
        .collect();
    let task = letter.paper.print(context, move || {
        history_pdf(&HistoryPaper {
            lang,
            history: &history,
            holder: history.holder().name.get(lang),
            events: &happened,
            portal: &portal,
            proof_qr: &proof,
        })
    });
    task.map(Message::Paper)
}

/// The answer with who signed it, where it is valid; nothing else is printed as an answer.
pub fn answer(letter: &mut Letter, context: &Context<'_>) -> Task<Message> {
    let Some(made) = made(letter, context) else { return Task::none() };
    letter.paper.print(context, made).map(Message::Paper)
}

type Make = Box<dyn FnOnce() -> Result<crate::print::Pdf, crate::print::PrintError> + Send>;

fn made(letter: &Letter, context: &Context<'_>) -> Option<Make> {
    let answered = letter.answer.as_ref()?;
    let answer = answered.verdict.answer()?.clone();
    let signer = answered.verdict.signer()?;
    let (name, issuer, at) = (signer.owner.expose().name.clone(), signer.issuer.clone(), signer.claimed_time);
    let post = answered.verdict.post.clone().unwrap_or_default();
    let checked = context.world.env.clock.now().wall;
    Some(Box::new(move || {
        answer_pdf(&AnswerPaper {
            answer: &answer,
            signer: &name,
            post: &post,
            issuer: &issuer,
            signed: at.unwrap_or(checked),
            checked,
        })
    }))
}

/// Page and signature side by side: the one to read, the other to prove.
pub fn save(letter: &mut Letter, context: &Context<'_>) -> Task<Message> {
    let (Some(stick), Some(answered)) = (context.sticks.first().cloned(), &letter.answer) else {
        return Task::none();
    };
    let (cms, page) = (answered.cms.clone(), made(letter, context));
    let name = letter.shown.history.number.clone();
    let work = async move {
        let write = spawn_blocking(move || -> Result<String, Code> {
            let saved = files::save(&stick, &format!("{name}.p7m"), &cms).map_err(|e| e.code())?;
            match page {
                Some(make) => {
                    let pdf = make().map_err(|e| e.code())?;
                    files::save(&stick, &format!("{name}.pdf"), pdf.bytes()).map_err(|e| e.code())
                }
                None => Ok(saved),
            }
        });
        write.await.unwrap_or(Err(Code("files.stick-gone")))
    };
    Task::perform(work, |saved| Message::Saved(Once::new(saved)))
}

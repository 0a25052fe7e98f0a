//! Read back before signing, where a librarian helped: what will be signed, from its very bytes, in short pieces and
//! large words. The visitor confirms each by herself; what she does not confirm she changes, and nothing is lost.

use iced::Element;
use iced::widget::{Column, column};

use super::{Action, State};
use crate::domain::form::{Form, Page, PageKind, Part};
use crate::domain::iin::masked;
use crate::domain::statement::Statement;
use crate::i18n::{Msg, format};
use crate::page::player::Player;
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::ui::card::{Notice, notice, tinted};
use crate::ui::icon::Icon;
use crate::ui::semantic::Role;
use crate::ui::theme::Look;
use crate::ui::words::{Say, small, title};

/// Letters of a long text in one piece.
const PIECE: usize = 300;

/// One piece, as it is shown.
pub struct Piece {
    part: Part,
    /// Label and value.
    lines: Vec<(String, String)>,
}

/// The statement in pieces: whom to, what is asked, in whose name, the text, the files, and whatever else it states.
/// Every field is in one of them.
pub fn pieces(shown: &Statement, form: Option<&Form>, context: &Context<'_>) -> Vec<Piece> {
    let (look, help) = (context.look, context.help);
    let say = |msg: Msg| msg.say(look.lang);
    let text = form.and_then(Form::long_text).map(|f| f.id.as_str());
    let mut pieces =
        vec![Piece { part: Part::To, lines: vec![(say(Msg::SigningTextBody), shown.body.name.clone())] }];
    for part in [Part::Asks, Part::Who, Part::Text, Part::Files, Part::Rest] {
        let mut lines = vec![];
        for field in &shown.fields {
            if form.and_then(|f| f.page_of(&field.id)).map_or(Part::Rest, Page::part) != part {
                continue;
            }
            let value = help.answer(form, &field.id, &field.value);
            if Some(field.id.as_str()) == text {
                pieces.extend(
                    chunks(&value, PIECE)
                        .into_iter()
                        .map(|c| Piece { part, lines: vec![(field.label.clone(), c.to_owned())] }),
                );
            } else {
                lines.push((field.label.clone(), value));
            }
        }
        if part == Part::Who {
            let mut signer = help.hide(&shown.signer.name);
            if !shown.signer.iin.is_empty() {
                signer = format!("{signer}\n{}", masked(&shown.signer.iin));
            }
            lines.push((say(Msg::SigningTextSigner), signer));
        }
        if part == Part::Files {
            for file in &shown.attachments {
                let size = format::file_size(look.lang, file.size);
                lines.push((say(Msg::SigningTextFile), format!("{} ({size})", file.name)));
            }
            if shown.attachments.is_empty() {
                lines.push((say(Msg::SigningTextFile), say(Msg::AssistNoFiles)));
            }
        }
        if !lines.is_empty() {
            pieces.push(Piece { part, lines });
        }
    }
    pieces
}

/// `text` in pieces of at most `most` characters, cut where a paragraph, a sentence or a word ends. But for white space at
/// the cuts nothing of it is missing.
fn chunks(text: &str, most: usize) -> Vec<&str> {
    let mut rest = text.trim();
    let mut pieces = vec![];
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let head = &rest[..end];
        // A cut in the first third would make a crumb.
        let late = |at: usize| head[..at].chars().count() > most / 3;
        let paragraph = head.rfind("\n").filter(|at| late(*at));
        let sentence = head
            .rmatch_indices(['.', '!', '?', '…'])
            .map(|(at, end)| at + end.len())
            .find(|at| rest[*at..].starts_with(char::is_whitespace) && late(*at));
        let word = head.rfind(char::is_whitespace).filter(|at| late(*at));
        let at = paragraph.or(sentence).or(word).unwrap_or(end);
        pieces.push(rest[..at].trim_end());
        rest = rest[at..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// The piece to confirm now, and how many there are; `None` where all are confirmed, or none has to be.
pub fn at(shown: &Statement, confirmed: usize, context: &Context<'_>) -> Option<(Piece, usize)> {
    if !context.help.given {
        return None;
    }
    let form = context.world.env.content.newest_form(&shown.form.id);
    let mut pieces = pieces(shown, form, context);
    let count = pieces.len();
    (confirmed < count).then(|| (pieces.swap_remove(confirmed), count))
}

/// To the page that asks for this piece, as from the check page.
pub fn change(player: &mut Player, piece: &Piece) {
    let page = player.pages().find(|page| page.part() == piece.part && page.kind != PageKind::Check);
    if let Some(page) = page.filter(|_| piece.part != Part::Rest) {
        player.change(&page.id);
    }
}

impl State {
    /// See [`at`].
    pub fn is_read_back(&self, context: &Context<'_>) -> Option<(Piece, usize)> {
        let Some(Ok(ready)) = &self.ready else { return None };
        at(&ready.shown, self.confirmed, context)
    }

    /// «No, not this».
    pub(super) fn object(&mut self, n: usize, context: &Context<'_>) -> Action {
        let Some((piece, _)) = self.is_read_back(context).filter(|_| n == self.confirmed) else {
            return Action::None;
        };
        change(&mut self.player, &piece);
        self.pin.clear();
        Action::Back
    }
}

/// Piece `n`, counted from nought; `yes` and `no` are told its number.
pub fn view<'a, M: Clone + 'a>(
    n: usize,
    read: (Piece, usize),
    context: Context<'a>,
    yes: fn(usize) -> M,
    no: fn(usize) -> M,
    back: M,
) -> Element<'a, M> {
    let look = context.look;
    let (Piece { part, lines }, count) = read;
    let asks = match part {
        Part::To => Msg::AssistReadTo,
        Part::Asks => Msg::AssistReadAsks,
        Part::Who => Msg::AssistReadWho,
        Part::Text => Msg::AssistReadText,
        Part::Files => Msg::AssistReadFiles,
        Part::Rest => Msg::AssistReadRest,
    };
    let lines = lines.into_iter().map(|(label, value)| line(look, label, value));
    let lines = Column::with_children(lines).spacing(look.space(2.5));
    let mut frame = Frame::new(&context, format!("sign.read.{}", n + 1), asks)
        .crumb(Msg::AssistReadCrumb)
        .steps(n + 1, count);
    if n == 0 {
        frame = frame.push(notice(look, Notice::Info, Msg::AssistReadHint, ""));
    }
    frame
        .push(tinted(look, lines))
        .back(back)
        .also("sign.object", Msg::AssistReadNo, Icon::X, no(n))
        .primary(Msg::AssistReadYes, Some(yes(n)))
        .show()
}

fn line<'a, M: 'a>(look: &Look, label: String, value: String) -> Element<'a, M> {
    let value = title(look, value).role(Role::Label).private();
    column![small(look, label), value].spacing(look.space(0.5)).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_where_it_rests() {
        assert_eq!(chunks("Бір. Екі. Үш.", 100), ["Бір. Екі. Үш."]);
        assert_eq!(chunks("Бір бір. Екі екі. Үш үш.", 18), ["Бір бір. Екі екі.", "Үш үш."]);
        assert_eq!(chunks("Бір бір\nЕкі екі екі", 12), ["Бір бір", "Екі екі екі"]);
        assert_eq!(chunks("бірекіүштөртбес", 6), ["бірекі", "үштөрт", "бес"]);
        assert!(chunks(" \n ", 5).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_missing(text in "[\\PC\\n .!?]{0,600}", most in 3usize..400) {
            let pieces = chunks(&text, most);
            prop_assert!(pieces.iter().all(|p| !p.is_empty() && p.chars().count() <= most));
            let solid = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(solid(&pieces.concat()), solid(&text));
        }
    }
}

//! What is signed and who signs, as it is shown before a signature of any kind.

use iced::widget::{column, row};
use iced::{Alignment, Element, Length};

use crate::card::Owner;
use crate::clock::Moment;
use crate::domain::iin::masked;
use crate::domain::statement::Statement;
use crate::i18n::{Msg, Text, format};
use crate::screen::Context;
use crate::screen::frame::Frame;
use crate::ui::button::{icon, link};
use crate::ui::card::{card, fact};
use crate::ui::icon::Icon;
use crate::ui::theme::Type;
use crate::ui::words::{small, strong, text, title};

/// Letters of the statement shown beside the PIN pad; «read all» shows the rest.
const EXCERPT: usize = 160;

/// Whose signature it is; of the IIN the last four digits alone.
pub fn owner<'a, M: 'a>(
    context: &Context<'_>,
    glyph: Icon,
    person: &Owner,
    until: Option<Moment>,
) -> Element<'a, M> {
    let look = context.look;
    let mut words = column![title(look, context.help.hide(&person.name)).private()]
        .spacing(look.space(0.5))
        .width(Length::Fill);
    words = words.push(person.organisation.clone().map(|o| text(look, o).private()));
    if !person.iin.is_empty() {
        let iin = Text::new(Msg::SigningIin).with("iin", masked(&person.iin));
        words = words.push(small(look, iin).private());
    }
    if let Some(until) = until {
        let until = format::date(look.lang, until.legal_date());
        words = words.push(small(look, Text::new(Msg::SigningUntil).with("date", until)));
    }
    let face = icon(glyph, look.size(Type::Heading) * 1.3, look.palette().accent);
    card(look, row![face, words].spacing(look.space(3.0)).align_y(Alignment::Center))
}

/// The beginning of what is signed, from the very bytes.
pub fn excerpt<'a, M>(shown: &Statement, context: &Context<'a>, read_all: M) -> Element<'a, M>
where
    M: Clone + 'a,
{
    let look = context.look;
    let to = Text::new(Msg::SigningTo).with("name", shown.body.name.as_str());
    let form = context.world.env.content.newest_form(&shown.form.id);
    let id = form.and_then(|f| f.long_text()).map(|f| f.id.as_str());
    let words = shown.fields.iter().find(|f| Some(f.id.as_str()) == id);
    let words = words.map(|f| f.value.as_str()).unwrap_or_default();
    let mut start: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = start.char_indices().nth(EXCERPT) {
        start.truncate(at);
        start.push('…');
    }
    let mut lines =
        column![small(look, Msg::SigningTextTitle), strong(look, to).wide()].spacing(look.space(0.75));
    lines = lines.push(text(look, start).private().wide());
    if !shown.attachments.is_empty() {
        let n = shown.attachments.len() as i64;
        lines = lines.push(text(look, Text::new(Msg::SigningFiles).with("n", n)));
    }
    lines = lines.push(link(look, "sign.read-all", Msg::SigningReadAll).on(read_all));
    card(look, lines)
}

/// The whole statement, drawn from its bytes.
pub fn read_all<'a, M: Clone + 'a>(shown: &'a Statement, context: Context<'a>, done: M) -> Element<'a, M> {
    let look = context.look;
    let mut facts = column![fact(look, Msg::SigningTextBody, text(look, shown.body.name.clone()).wide())]
        .spacing(look.space(2.0));
    let form = context.world.env.content.newest_form(&shown.form.id);
    let mut signer = context.help.hide(&shown.signer.name);
    if !shown.signer.iin.is_empty() {
        signer = format!("{signer}, {}", masked(&shown.signer.iin));
    }
    facts = facts.push(fact(look, Msg::SigningTextSigner, text(look, signer).private().wide()));
    for field in &shown.fields {
        let value = context.help.answer(form, &field.id, &field.value);
        facts = facts.push(fact(look, field.label.clone(), text(look, value).private().wide()));
    }
    for file in &shown.attachments {
        let line = format!("{} ({})", file.name, format::file_size(look.lang, file.size));
        facts = facts.push(fact(look, Msg::SigningTextFile, text(look, line).private().wide()));
    }
    let page = Frame::new(&context, "sign.all", Msg::SigningTextTitle).crumb(Msg::SigningCrumb);
    page.push(card(look, facts)).primary(Msg::SigningReadDone, Some(done)).show()
}

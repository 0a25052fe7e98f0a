//! What stands on top of every screen: the strip (practice, who runs the portal) and the bar of
//! languages, text size, theme, help, librarian, hide and leave, each at the same place always.

use iced::widget::{Row, Space, column, container, row};
use iced::{Alignment, Element, Length};

use super::button::{bar_button, icon};
use super::icon::Icon;
use super::mark::Mark;
use super::semantic::{Node, Role};
use super::tap::Tap;
use super::theme::{GAP, LOGO, Look, Scheme, Step, Type};
use super::words::{Say, words};
use crate::i18n::{Lang, Msg, Text, tr};

/// What the bar can ask of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Lang(Lang),
    Step(Step),
    Scheme(Scheme),
    Help,
    /// Call the librarian.
    Call,
    /// Blank the screen at once.
    Hide,
    Leave,
}

/// How much the bar can say where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Room {
    /// Icons alone, languages by three letters, text size by two buttons.
    Narrow,
    /// Icons alone, languages by three letters, four sizes.
    Short,
    /// All names.
    Whole,
}

/// The practice banner, or whose portal this is. `run_by` is the portal's operator, as
/// [`Msg::AppRunBy`] says it.
pub fn strip<'a, M: 'a>(look: &Look, practice: bool, run_by: &Text) -> Element<'a, M> {
    let p = look.palette();
    let run_by = run_by.say(look.lang);
    let (fill, color) = if practice { (p.gold, p.on_gold) } else { (p.paper, p.soft) };
    let size = if look.is_low() { 18.0 } else { 20.0 };
    let says = if practice { tr(look.lang, Msg::AppPracticeBanner) } else { run_by.clone() };
    let word = words(look, Type::Bar, says.clone()).color(color).size(size, size * 1.3).centered();
    let word = if practice { word.semibold() } else { word };
    let inside = container(word)
        .padding([6.0, 16.0])
        .center_x(Length::Fill)
        .style(move |_| container::background(fill));
    let node = Node::new("strip", Role::Banner, says);
    Mark::new(node, inside).into()
}

/// The bar itself. `leave` is absent on the attract screen.
pub fn bar<'a, M: 'a>(look: &Look, leave: bool, ask: impl Fn(Ask) -> M + Clone + 'a) -> Element<'a, M> {
    let p = look.palette();
    let two_rows = look.is_portrait();
    let room = if two_rows {
        Room::Short
    } else {
        [Room::Whole, Room::Short]
            .into_iter()
            .find(|r| width(look, *r, leave) <= look.viewport.width - 2.0 * side(look))
            .unwrap_or(Room::Narrow)
    };
    let on = |tap: Tap<'a, M>, what: Ask| {
        let ask = ask.clone();
        Element::from(tap.on_with(move || ask(what)))
    };
    let size = look.size(Type::Bar);
    let short = room != Room::Whole;

    let languages = Lang::ALL.map(|lang| {
        let shows = if short && !two_rows { three_letters(lang) } else { lang.own_name() };
        let id = format!("bar.lang.{}", lang.tag());
        let chosen = lang == look.lang;
        on(
            bar_button(look, id, Some(shows.into()), None, size, lang.own_name().into(), chosen)
                .role(Role::RadioButton),
            Ask::Lang(lang),
        )
    });
    let says = |step: Step| Text::new(Msg::BarTextSize).with("step", step as i64 + 1).say(look.lang);
    let sizes: Vec<Element<'a, M>> = if room == Room::Narrow {
        [("smaller", Icon::Minus, look.step.smaller()), ("larger", Icon::Plus, look.step.larger())]
            .map(|(part, glyph, to)| {
                let tap = bar_button(
                    look,
                    format!("bar.size.{part}"),
                    Some("A".into()),
                    Some(glyph),
                    size,
                    says(to),
                    false,
                );
                if to == look.step { tap.into() } else { on(tap, Ask::Step(to)) }
            })
            .into()
    } else {
        Step::ALL
            .map(|step| {
                let size = 18.0 + 4.0 * (step as u8 as f32);
                let id = format!("bar.size.{}", step as u8 + 1);
                let chosen = step == look.step;
                let tap = bar_button(look, id, Some("A".into()), None, size, says(step), chosen);
                on(tap.role(Role::RadioButton), Ask::Step(step))
            })
            .into()
    };
    let button = |id: &'static str, msg: Msg, help: Option<Msg>, glyph: Icon, named: bool, what: Ask| {
        let shows = named.then(|| tr(look.lang, msg));
        let tap = bar_button(look, id, shows, Some(glyph), size, tr(look.lang, msg), false);
        let tap = match help {
            Some(help) => tap.help(tr(look.lang, help)),
            None => tap,
        };
        on(tap, what)
    };
    let named = two_rows && look.step < Step::Larger || room == Room::Whole;
    let (theme, theme_says) = match look.scheme {
        Scheme::Light => (Icon::Sun, Msg::BarThemeLight),
        Scheme::Dark => (Icon::Moon, Msg::BarThemeDark),
        Scheme::Contrast => (Icon::Contrast, Msg::BarThemeContrast),
    };
    let shows = named.then(|| tr(look.lang, Msg::BarTheme));
    let theme = bar_button(look, "bar.theme", shows, Some(theme), size, tr(look.lang, theme_says), false);
    let theme = on(theme, Ask::Scheme(look.scheme.next()));
    let help = button("bar.help", Msg::BarHelp, None, Icon::CircleHelp, named, Ask::Help);
    let call = button("bar.call", Msg::BarCall, Some(Msg::BarCallHelp), Icon::BellRing, named, Ask::Call);
    let hide = button("bar.hide", Msg::BarHide, Some(Msg::BarHideHelp), Icon::EyeOff, named, Ask::Hide);
    let leave = leave
        .then(|| button("bar.leave", Msg::BarLeave, None, Icon::LogOut, room != Room::Narrow, Ask::Leave));

    let group = |items: Vec<Element<'a, M>>| Row::with_children(items).spacing(GAP);
    let logo = {
        let name = (room == Room::Whole || two_rows).then(|| {
            words(look, Type::Label, Msg::AppName).size(LOGO.0, LOGO.1).bold().color(p.accent).one_line()
        });
        row![icon(Icon::Grid2x2, 44.0, p.accent)].push(name).spacing(12).align_y(Alignment::Center)
    };
    let (languages, sizes) = (group(languages.into()), group(sizes));
    let helpers = |theme| group([theme, help, call, hide].into_iter().chain(leave).collect());
    let gap = if short { 16 } else { 24 };
    let inside: Element<'a, M> = if two_rows {
        let top = row![logo, Space::new().width(Length::Fill), helpers(theme)].align_y(Alignment::Center);
        column![top, row![languages, Space::new().width(Length::Fill), sizes]].spacing(GAP).into()
    } else {
        row![logo, Space::new().width(Length::Fill), languages, sizes, helpers(theme)]
            .spacing(gap)
            .align_y(Alignment::Center)
            .into()
    };
    let rule =
        container(Space::new().height(1)).width(Length::Fill).style(move |_| container::background(p.line));
    let pad = if look.is_low() { 4.0 } else { 12.0 };
    let inside = container(inside)
        .padding([pad, side(look)])
        .width(Length::Fill)
        .style(move |_| container::background(p.card));
    column![inside, rule].into()
}

/// The height of [`ribbon`], in pixels.
pub fn ribbon_height(look: &Look) -> f32 {
    if look.is_low() { 70.0 } else { 78.0 }
}

/// A strip beneath the bar that says what is so for the time being, with what can be done about it.
pub fn ribbon<'a, M: 'a>(
    look: &Look,
    id: &'static str,
    says: Msg,
    glyph: Icon,
    taps: impl IntoIterator<Item = Tap<'a, M>>,
) -> Element<'a, M> {
    let p = look.palette();
    let says = tr(look.lang, says);
    let size = look.size(Type::Bar);
    let word = words(look, Type::Bar, says.clone()).semibold().width(Length::Fill);
    let taps = Row::with_children(taps.into_iter().map(Element::from)).spacing(GAP);
    let line = row![icon(glyph, size * 1.5, p.accent), word, taps].spacing(16).align_y(Alignment::Center);
    let edge = p.accent;
    let rule =
        container(Space::new().height(2)).width(Length::Fill).style(move |_| container::background(edge));
    let inside = container(line)
        // Eight pixels below the bar's buttons, and no more than must be.
        .padding(iced::Padding { top: 3.0, bottom: 1.0, left: side(look), right: side(look) })
        .center_y(ribbon_height(look) - 2.0)
        .width(Length::Fill)
        .style(move |_| container::background(p.tint));
    Mark::new(Node::new(id, Role::Status, says), column![inside, rule]).into()
}

/// A button of the [`ribbon`].
pub fn ribbon_button<'a, M: 'a>(look: &Look, id: &'static str, says: Msg, glyph: Icon) -> Tap<'a, M> {
    let says = tr(look.lang, says);
    bar_button(look, id, Some(says.clone()), Some(glyph), look.size(Type::Bar), says, false)
}

fn three_letters(lang: Lang) -> &'static str {
    match lang {
        Lang::Kk => "ҚАЗ",
        Lang::Ru => "РУС",
        Lang::En => "ENG",
    }
}

fn side(look: &Look) -> f32 {
    if look.viewport.width >= 1600.0 { 48.0 } else { 24.0 }
}

/// About how wide the bar would be: letters at 0.62 em, which is more than Inter's mean.
fn width(look: &Look, room: Room, leave: bool) -> f32 {
    let size = look.size(Type::Bar);
    let word = |s: &str| (s.chars().count() as f32 * size * 0.62 + 36.0).max(64.0);
    let named = |m: Msg| word(&tr(look.lang, m)) + 36.0;
    let short = room != Room::Whole;
    let languages: f32 =
        Lang::ALL.iter().map(|l| word(if short { three_letters(*l) } else { l.own_name() })).sum::<f32>()
            + 2.0 * GAP;
    let sizes = if room == Room::Narrow { 2.0 * 88.0 + GAP } else { 4.0 * 66.0 + 3.0 * GAP };
    let helpers = if short {
        4.0 * 64.0 + 3.0 * GAP
    } else {
        [Msg::BarTheme, Msg::BarHelp, Msg::BarCall, Msg::BarHide].map(named).iter().sum::<f32>() + 3.0 * GAP
    };
    let leave = match (leave, room) {
        (false, _) => 0.0,
        (true, Room::Narrow) => 72.0,
        (true, _) => named(Msg::BarLeave) + GAP,
    };
    let logo = if short { 44.0 } else { 56.0 + tr(look.lang, Msg::AppName).chars().count() as f32 * 18.0 };
    logo + languages + sizes + helpers + leave + if short { 3.0 * 16.0 } else { 3.0 * 24.0 }
}

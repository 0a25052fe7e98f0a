//! The PIN pad and the practice card's picture. The keys reach into the [`PinPad`]; what they say
//! to the program is only that something was typed.

use iced::advanced::widget::{Operation, Tree, Widget};
use iced::advanced::{Clipboard, Layout, Shell, layout, mouse, overlay, renderer};
use iced::keyboard::{self, Key, key};
use iced::widget::{column, container, row};
use iced::{Alignment, Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector};

use super::Message;
use crate::i18n::Msg;
use crate::screen::once::PinPad;
use crate::ui::button::icon;
use crate::ui::icon::Icon;
use crate::ui::pin::{self, Press};
use crate::ui::semantic::{Node, Role};
use crate::ui::tap::{Skin, Tap};
use crate::ui::theme::{Look, RADIUS, Type};
use crate::ui::words::{Say as _, small, strong};

/// The kit's pad, wired to the [`PinPad`]: the digit goes there, the message says only that
/// something was typed.
pub fn pad<'a>(look: &Look, pin: &PinPad) -> Element<'a, Message> {
    let into = pin.clone();
    let keys = pin::pad(look, pin.len(), &pin::IN_ORDER, move |press| {
        put(&into, press);
        Message::PinTyped
    });
    Element::new(Keys { pad: pin.clone(), content: keys })
}

fn put(pad: &PinPad, press: Press) {
    match press {
        Press::Digit(digit) => pad.push(digit.wrapping_sub(b'0')),
        Press::Delete => pad.erase(),
        Press::Clear => pad.clear(),
    }
}

/// A drawn card that is put in by touching it.
pub fn picture_card<'a>(look: &Look, title: Msg, says: Msg) -> Tap<'a, Message> {
    let p = look.palette();
    let words = column![strong(look, title), small(look, says)].spacing(look.space(0.5));
    let chip = icon(Icon::CreditCard, look.size(Type::Heading) * 1.6, p.accent);
    let face = container(row![chip, words].spacing(look.space(3.0)).align_y(Alignment::Center))
        .padding(look.space(3.0));
    let pressed = iced::Color { a: 0.14, ..p.ink };
    let skin =
        Skin { fill: p.tint, edge: p.accent, edge_width: 2.0, radius: RADIUS, pressed, focus: p.focus };
    Tap::new(Node::new("sign.practice-card", Role::Button, says.say(look.lang)), skin, face)
}

/// Digits of a physical keyboard go into the pad, and nowhere else.
struct Keys<'a> {
    pad: PinPad,
    content: Element<'a, Message>,
}

impl Widget<Message, Theme, Renderer> for Keys<'_> {
    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits)
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, o: &mut dyn Operation) {
        self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, o);
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let content = self.content.as_widget_mut();
        content.update(&mut tree.children[0], event, layout, cursor, renderer, clipboard, shell, viewport);
        let Event::Keyboard(event) = event else { return };
        if shell.is_event_captured() {
            return;
        }
        let enter = |key: &Key| *key == Key::Named(key::Named::Enter);
        if let Some(press) = pin::from_key(event) {
            put(&self.pad, press);
            shell.publish(Message::PinTyped);
            shell.capture_event();
        } else if matches!(event, keyboard::Event::KeyPressed { key, .. } if enter(key)) {
            shell.publish(Message::Sign);
            shell.capture_event();
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let content = self.content.as_widget();
        content.draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        self.content.as_widget_mut().overlay(&mut tree.children[0], layout, renderer, viewport, translation)
    }
}

//! A QR code on screen: whole pixels, always black on white, whatever the theme.

use iced::widget::image::{FilterMethod, Handle};
use iced::widget::{container, image};
use iced::{Element, Length};

use fast_qr::{ECL, QRBuilder};

use crate::i18n::Msg;
use crate::ui::button::icon;
use crate::ui::icon::Icon;
use crate::ui::mark::Mark;
use crate::ui::semantic::{Node, Role, Sensitivity};
use crate::ui::theme::{Look, Type};
use crate::ui::words::Say as _;

/// Light modules around the code (ISO/IEC 18004).
const QUIET: usize = 4;
/// Pixels of the drawn picture, unless a module would be smaller than [`LEAST`].
const SIDE: usize = 330;
/// Pixels of a module: a telephone's camera reads it from an arm's length.
const LEAST: usize = 4;

/// A code as pixels, made once.
pub struct Qr(Option<(Handle, f32)>);

impl Qr {
    /// Level L: a screen is not torn or stained, and fewer modules are larger. Empty where the text
    /// is longer than a QR code can hold.
    pub fn new(text: &str) -> Self {
        Self::sized(text, SIDE)
    }

    /// As large as fits `most` pixels.
    pub fn sized(text: &str, most: usize) -> Self {
        let Ok(code) = QRBuilder::new(text).ecl(ECL::L).build() else { return Self(None) };
        let modules = code.size + 2 * QUIET;
        let scale = (most / modules).max(LEAST);
        let side = modules * scale;
        let mut rgba = vec![255u8; side * side * 4];
        for y in 0..side {
            for x in 0..side {
                let (row, column) = (y / scale, x / scale);
                let inside = |n: usize| n.checked_sub(QUIET).filter(|n| *n < code.size);
                if let (Some(row), Some(column)) = (inside(row), inside(column))
                    && code[row][column].value()
                {
                    let at = (y * side + x) * 4;
                    rgba[at..at + 3].fill(0);
                }
            }
        }
        Self(Some((Handle::from_rgba(side as u32, side as u32, rgba), side as f32)))
    }

    /// Its width in pixels, quiet zone included.
    pub fn side(&self) -> f32 {
        self.0.as_ref().map_or(SIDE as f32, |(_, side)| *side)
    }

    /// As large, and nothing to be read: while somebody stands beside who should not read it.
    pub fn covered<'a, M: 'a>(&self, look: &Look, id: &'static str) -> Element<'a, M> {
        let p = look.palette();
        let mut node = Node::new(id, Role::Image, Msg::AssistHidden.say(look.lang));
        node.sensitivity = Sensitivity::Secret;
        let lock = icon(Icon::Lock, look.size(Type::Figure), p.soft);
        let cover = container(lock).center_x(self.side()).center_y(self.side());
        Mark::new(node, cover.style(move |_| container::background(p.key))).into()
    }

    /// `own`: whoever photographs it can open the letter.
    pub fn view<'a, M: 'a>(&self, look: &Look, id: &'static str, says: Msg, own: bool) -> Element<'a, M> {
        let mut node = Node::new(id, Role::Image, says.say(look.lang));
        if own {
            node.sensitivity = Sensitivity::Secret;
        }
        let Some((handle, side)) = &self.0 else { return Mark::new(node, container("")).into() };
        let picture = image(handle.clone()).filter_method(FilterMethod::Nearest).width(*side).height(*side);
        Mark::new(node, container(picture).width(Length::Fill)).into()
    }
}

//! A scrollable's state, and how operations move it.

use iced::advanced::widget;
use iced::advanced::widget::operation::scrollable::{AbsoluteOffset, RelativeOffset};
use iced::advanced::widget::operation::{self, Operation};
use iced::{Point, Rectangle, Size, touch};

pub(super) struct State {
    pub(super) id: widget::Id,
    pub(super) offset: f32,
    pub(super) most: f32,
    pub(super) page: f32,
    pub(super) press: Option<Press>,
    pub(super) last_raw: Option<Point>,
    /// The focused control's place and the page it was last brought into view on.
    pub(super) kept: Option<(Rectangle, Size)>,
}

pub(super) struct Press {
    pub(super) finger: Option<touch::Finger>,
    pub(super) origin: Option<Point>,
    pub(super) from: f32,
    pub(super) drags: bool,
}

impl State {
    pub(super) fn new(id: &widget::Id) -> Self {
        Self { id: id.clone(), offset: 0.0, most: 0.0, page: 0.0, press: None, last_raw: None, kept: None }
    }

    pub(super) fn to(&mut self, offset: f32) -> bool {
        let offset = offset.clamp(0.0, self.most).round();
        std::mem::replace(&mut self.offset, offset) != offset
    }
}

impl operation::Scrollable for State {
    fn snap_to(&mut self, offset: RelativeOffset<Option<f32>>) {
        if let Some(y) = offset.y {
            self.to(self.most * y);
        }
    }

    fn scroll_to(&mut self, offset: AbsoluteOffset<Option<f32>>) {
        if let Some(y) = offset.y {
            self.to(y);
        }
    }

    fn scroll_by(&mut self, offset: AbsoluteOffset, _bounds: Rectangle, _content: Rectangle) {
        self.to(self.offset + offset.y);
    }
}

/// Finds the focused control's place in the content.
#[derive(Default)]
pub(super) struct Focused {
    pub(super) place: Option<Rectangle>,
}

impl Operation for Focused {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, _: Option<&widget::Id>, bounds: Rectangle, state: &mut dyn operation::Focusable) {
        if state.is_focused() {
            self.place = Some(bounds);
        }
    }
}

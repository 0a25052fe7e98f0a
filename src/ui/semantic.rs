//! The semantic tree: what a view *is*, gathered from the real widgets in reading order.
//!
//! Every control of the kit reports itself to an iced `Operation` (through `custom`), with its
//! bounds as laid out. Focus order, speech, lessons, coach marks and the tests of target sizes all
//! read this one tree. Role names are accesskit's.

use std::borrow::Cow;
use std::fmt;

use iced::advanced::widget::operation::{Focusable, Operation, Outcome, Scrollable};
use iced::advanced::widget::{self, operate};
use iced::{Rectangle, Size, Task, Vector};

/// A stable name such as `letter.to.search`: the same in every language, theme and size.
pub type Id = Cow<'static, str>;

/// accesskit's role vocabulary, as far as the kit has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Button,
    /// The one button that goes on; a screen has at most one.
    DefaultButton,
    Link,
    RadioButton,
    CheckBox,
    TextInput,
    MultilineTextInput,
    PasswordInput,
    Heading,
    Label,
    Alert,
    Status,
    ProgressIndicator,
    ScrollView,
    Dialog,
    Banner,
    Image,
}

impl Role {
    /// Does Enter work it, as a finger does?
    pub fn is_button(self) -> bool {
        use Role::*;
        matches!(self, Button | DefaultButton | Link | RadioButton | CheckBox)
    }

    /// Is it something a finger or the keyboard can work?
    pub fn is_control(self) -> bool {
        use Role::*;
        matches!(
            self,
            Button
                | DefaultButton
                | Link
                | RadioButton
                | CheckBox
                | TextInput
                | MultilineTextInput
                | PasswordInput
        )
    }
}

/// Who may hear or see a node's words: `Private` ones are spoken with headphones only and never
/// written to a log; `Secret` ones have no value in the tree at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Sensitivity {
    #[default]
    Public,
    Private,
    Secret,
}

/// What a node is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct State {
    pub disabled: bool,
    /// Of a choice: is it the chosen one?
    pub checked: Option<bool>,
    pub focused: bool,
    /// The visitor has to mend it: the field's error is its `help`.
    pub invalid: bool,
}

/// Is `id` what `pattern` names? A star at its end stands for any ending, `a|b` for both.
pub fn names(pattern: &str, id: &str) -> bool {
    crate::domain::lesson::names(pattern, id)
}

/// One control or text of a view.
#[derive(Clone, PartialEq)]
pub struct Node {
    pub id: Id,
    pub role: Role,
    /// In the language shown.
    pub label: String,
    pub value: Option<String>,
    pub help: Option<String>,
    pub state: State,
    pub sensitivity: Sensitivity,
    /// On screen, after scrolling; may lie outside the visible part of a scrollable.
    pub bounds: Rectangle,
    /// The part of `bounds` that can be seen.
    pub visible: Option<Rectangle>,
    /// Does it stand in something that scrolls?
    pub scrolls: bool,
}

impl Node {
    pub fn new(id: impl Into<Id>, role: Role, label: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            role,
            label: label.into(),
            value: None,
            help: None,
            state: State::default(),
            sensitivity: Sensitivity::default(),
            bounds: Rectangle::with_size(Size::ZERO),
            visible: None,
            scrolls: false,
        }
    }

    /// The same name as iced's widget id, for selectors, focus and scrolling.
    pub fn widget_id(&self) -> widget::Id {
        match &self.id {
            Cow::Borrowed(id) => widget::Id::new(id),
            Cow::Owned(id) => widget::Id::from(id.clone()),
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.sensitivity != Sensitivity::Public;
        let label = if hidden && !self.role.is_control() { "•••" } else { &self.label };
        let value = if hidden { self.value.as_ref().map(|_| "•••") } else { self.value.as_deref() };
        f.debug_struct("Node")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("label", &label)
            .field("value", &value)
            .field("state", &self.state)
            .field("bounds", &self.bounds)
            .finish()
    }
}

/// How a text fell into lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Characters of the longest.
    pub longest: usize,
    /// A word was wider than its place and stands on two.
    pub broken: bool,
}

/// A text as measured: `needs` is what its words take, `bounds` the room they got.
#[derive(Clone, PartialEq)]
pub struct Measured {
    pub text: String,
    pub private: bool,
    pub needs: Size,
    pub lines: Lines,
    pub bounds: Rectangle,
    /// The part of `bounds` that can be seen.
    pub visible: Option<Rectangle>,
    pub scrolls: bool,
}

impl Measured {
    /// Are words cut off? Half a pixel is rounding.
    pub fn is_cut(&self) -> bool {
        self.needs.width > self.bounds.width + 0.5 || self.needs.height > self.bounds.height + 0.5
    }
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.private { "•••" } else { &self.text };
        write!(f, "{text:?} needs {:?}, has {:?}", self.needs, self.bounds)
    }
}

/// A view's nodes in reading order, and what the tests of layout need besides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub texts: Vec<Measured>,
    /// Focusable widgets that told the tree nothing of themselves: a fault of the program.
    pub orphans: Vec<String>,
}

impl Tree {
    pub fn find(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|n| n.id == id)
    }

    pub fn controls(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|n| n.role.is_control())
    }

    pub fn focused(&self) -> Option<&Node> {
        self.nodes.iter().find(|n| n.state.focused)
    }
}

/// What a widget of the kit hands to `Operation::custom`.
pub(crate) enum Probe {
    /// A control; its content follows in the next `traverse` and belongs to it.
    Control(Node),
    /// A text with its role, unless it is a part of a control.
    Text { node: Node, needs: Size, lines: Lines },
    /// A node without content of its own (progress, dialog, banner).
    Mark(Node),
}

impl Probe {
    pub(crate) fn node(&self) -> &Node {
        match self {
            Probe::Control(node) | Probe::Mark(node) | Probe::Text { node, .. } => node,
        }
    }
}

struct Frame {
    shift: Vector,
    clip: Option<Rectangle>,
    in_control: bool,
    scrolls: bool,
}

/// The operation that gathers a [`Tree`]. `iced_runtime`'s `UserInterface::operate` and
/// `iced::advanced::widget::operate` both run it.
pub struct Gather {
    tree: Tree,
    frames: Vec<Frame>,
    enters_control: bool,
    enters_scroll: Option<(Vector, Rectangle)>,
    last_control: Option<widget::Id>,
}

impl Default for Gather {
    fn default() -> Self {
        Self {
            tree: Tree::default(),
            frames: vec![Frame { shift: Vector::ZERO, clip: None, in_control: false, scrolls: false }],
            enters_control: false,
            enters_scroll: None,
            last_control: None,
        }
    }
}

impl Gather {
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    fn top(&self) -> &Frame {
        // The first frame is never popped.
        &self.frames[self.frames.len() - 1]
    }

    fn place(&self, node: &mut Node, bounds: Rectangle) {
        let top = self.top();
        node.bounds = bounds + top.shift;
        node.visible = match top.clip {
            Some(clip) => clip.intersection(&node.bounds),
            None => Some(node.bounds),
        };
        node.scrolls = top.scrolls;
    }
}

impl Operation<Tree> for Gather {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Tree>)) {
        let scroll = self.enters_scroll.take();
        let top = self.top();
        let mut frame = Frame {
            shift: top.shift,
            clip: top.clip,
            in_control: top.in_control || self.enters_control,
            scrolls: top.scrolls,
        };
        if let Some((translation, bounds)) = scroll {
            let bounds = bounds + top.shift;
            frame.clip = Some(
                top.clip
                    .map_or(bounds, |c| c.intersection(&bounds).unwrap_or(Rectangle::with_size(Size::ZERO))),
            );
            frame.shift = top.shift - translation;
            frame.scrolls = true;
        }
        self.enters_control = false;
        self.frames.push(frame);
        operate(self);
        self.frames.pop();
    }

    fn scrollable(
        &mut self,
        _id: Option<&widget::Id>,
        bounds: Rectangle,
        _content: Rectangle,
        translation: Vector,
        _state: &mut dyn Scrollable,
    ) {
        self.enters_scroll = Some((translation, bounds));
    }

    fn focusable(&mut self, id: Option<&widget::Id>, bounds: Rectangle, _state: &mut dyn Focusable) {
        if id.is_none() || self.last_control.as_ref() != id {
            self.tree.orphans.push(format!("{id:?} at {bounds:?}"));
        }
    }

    fn custom(&mut self, id: Option<&widget::Id>, bounds: Rectangle, state: &mut dyn std::any::Any) {
        let Some(probe) = state.downcast_mut::<Probe>() else { return };
        match probe {
            Probe::Control(node) => {
                let mut node = node.clone();
                self.place(&mut node, bounds);
                self.last_control = id.cloned();
                self.enters_control = true;
                self.tree.nodes.push(node);
            }
            Probe::Text { node, needs, lines } => {
                let mut node = node.clone();
                self.place(&mut node, bounds);
                self.tree.texts.push(Measured {
                    text: node.label.clone(),
                    private: node.sensitivity != Sensitivity::Public,
                    needs: *needs,
                    lines: *lines,
                    bounds: node.bounds,
                    visible: node.visible,
                    scrolls: node.scrolls,
                });
                if !self.top().in_control {
                    self.tree.nodes.push(node);
                }
            }
            Probe::Mark(node) => {
                let mut node = node.clone();
                self.place(&mut node, bounds);
                self.tree.nodes.push(node);
            }
        }
    }

    fn finish(&self) -> Outcome<Tree> {
        Outcome::Some(self.tree.clone())
    }
}

/// The tree of what is on screen now.
pub fn snapshot() -> Task<Tree> {
    operate(Gather::default())
}

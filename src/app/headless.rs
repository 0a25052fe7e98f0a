//! The application without a window: its own `update`, `view` and `subscription`, its tasks run for
//! real, touches found by semantic id on the laid-out view. What plays the lessons.

use std::time::Duration;

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use iced::advanced::subscription::into_recipes;
use iced::{Event, Point, Size, Task, mouse, window};
use iced_runtime::{Action, task};

use super::input::Input;
use super::launch::Launch;
use super::{
    App, Message, subscription,
    view::{self, view},
};
use crate::clock::Clock;
use crate::ui::focus;
use crate::ui::headless::Stage;
use crate::ui::semantic::{Node, Tree};

type Runtime =
    iced_futures::Runtime<iced::executor::Default, UnboundedSender<Action<Message>>, Action<Message>>;

/// So little of a control seen is not enough for a finger.
const SEEN: f32 = 40.0;

pub struct Driver {
    pub app: App,
    stage: Stage,
    runtime: Runtime,
    inbox: UnboundedReceiver<Action<Message>>,
    clock: Clock,
}

/// Why a control could not be touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untouched {
    Missing,
    Disabled,
    OutOfSight,
}

impl Driver {
    /// Opens the kiosk and paints its first frame, behind which the world is made. `None`: there is no
    /// runtime or nothing to draw with.
    pub fn open(launch: Launch) -> Option<Self> {
        let (sender, inbox) = unbounded();
        let runtime = Runtime::new(iced::executor::Default::new().ok()?, sender);
        let clock = Clock::system();
        let (app, task) = runtime.enter(|| App::new(launch));
        let stage = Stage::new(Size::new(1920.0, 1080.0))?;
        let mut driver = Self { app, stage, runtime, inbox, clock };
        driver.run(task);
        driver.update(Message::FirstFrame);
        Some(driver)
    }

    /// The window has this size from now on.
    pub fn resize(&mut self, size: Size) {
        self.stage.resize(size);
        self.update(Message::Input(Input::Resized(size)));
    }

    pub fn update(&mut self, message: Message) {
        let task = self.runtime.enter(|| self.app.update(message));
        self.run(task);
        let subscription = self.runtime.enter(|| subscription(&self.app));
        self.runtime.track(into_recipes(subscription.map(Action::Output)));
    }

    pub fn run(&mut self, task: Task<Message>) {
        if let Some(stream) = task::into_stream(task) {
            self.runtime.run(stream);
        }
    }

    fn perform(&mut self, action: Action<Message>) {
        match action {
            Action::Output(message) => self.update(message),
            Action::Widget(operation) => self.stage.operate(view(&self.app), operation),
            // No window, no clipboard: nothing here asks for one.
            _ => {}
        }
    }

    /// Lets what is under way go on until something happened; `false`: nothing did in this time.
    pub fn breathe(&mut self, at_most: Duration) -> bool {
        let inbox = &mut self.inbox;
        let next = async { tokio::time::timeout(at_most, inbox.next()).await.ok().flatten() };
        match self.runtime.block_on(next) {
            Some(action) => {
                self.perform(action);
                self.frame();
                true
            }
            None => false,
        }
    }

    /// The window paints after every change; widgets hear of it.
    pub fn frame(&mut self) {
        let redraw = Event::Window(window::Event::RedrawRequested(self.clock.monotonic()));
        for message in self.stage.update(view(&self.app), &[redraw]) {
            self.update(message);
        }
    }

    /// Waits until the application is as `good` says; `false`: it did not come to that in time.
    pub fn until(&mut self, patience: Duration, mut good: impl FnMut(&mut Self) -> bool) -> bool {
        let begun = self.clock.monotonic();
        while !good(self) {
            if self.clock.since(begun) > patience {
                return false;
            }
            if !self.breathe(Duration::from_millis(50)) {
                self.frame();
            }
        }
        true
    }

    /// What is on screen now, in reading order.
    pub fn tree(&mut self) -> Tree {
        self.stage.tree(view(&self.app))
    }

    /// The ids of all controls on the screen, those that a lesson dims, too.
    pub fn beneath(&mut self) -> Vec<String> {
        let tree = self.stage.tree(view::bare(&self.app));
        tree.controls().map(|node| node.id.to_string()).collect()
    }

    fn node(&mut self, good: impl Fn(&Node) -> bool) -> Option<Node> {
        self.tree().nodes.into_iter().find(good)
    }

    /// Touches the first control that is as `good` says, as a finger would: where it can be seen.
    pub fn tap(&mut self, good: impl Fn(&Node) -> bool) -> Result<(), Untouched> {
        let mut node = self.node(&good).ok_or(Untouched::Missing)?;
        if node.state.disabled {
            return Err(Untouched::Disabled);
        }
        if node.visible.is_none_or(|v| v.height < node.bounds.height.min(SEEN)) {
            self.run(focus::reveal(node.id.to_string()));
            while self.breathe(Duration::from_millis(20)) {}
            self.frame();
            node = self.node(&good).ok_or(Untouched::Missing)?;
        }
        let seen = node.visible.filter(|v| v.height >= node.bounds.height.min(SEEN));
        self.touch(seen.ok_or(Untouched::OutOfSight)?.center());
        Ok(())
    }

    /// A touch, wherever it lands.
    pub fn touch(&mut self, at: Point) {
        self.stage.point(at);
        self.update(Message::Input(Input::Touched));
        for event in [
            mouse::Event::CursorMoved { position: at },
            mouse::Event::ButtonPressed(mouse::Button::Left),
            mouse::Event::ButtonReleased(mouse::Button::Left),
        ] {
            for message in self.stage.update(view(&self.app), &[Event::Mouse(event)]) {
                self.update(message);
            }
        }
        self.frame();
        while self.breathe(Duration::ZERO) {}
    }
}

//! The real application without a window: its own `update`, `view` and `subscription`, its tasks
//! run for real, taps found by semantic id on the laid-out view.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::BoxFuture;
use iced::advanced::subscription::into_recipes;
use iced::{Event, Point, Size, Task, mouse, window};
use iced_test::runtime::{Action, task};
use zeroize::Zeroizing;

use tereze::app::input::Input;
use tereze::app::launch::Launch;
use tereze::app::{self, App, Message};
use tereze::domain::Digest;
use tereze::domain::phone::Phone;
use tereze::env::Env;
use tereze::outbox::Outbox;
use tereze::outbox::state::Waits;
use tereze::portal::{
    Access, Credential, Outcome, Portal, PortalError, Progress, SentAnswer, Signed, SignedPart, wire,
};
use tereze::private::Secret;
use tereze::store::memory::MemoryShelf;
use tereze::ui::focus;
use tereze::ui::headless::Stage;
use tereze::ui::semantic::{Node, Tree};

#[path = "keys.rs"]
pub mod keys;

type Runtime =
    iced_test::futures::Runtime<iced::executor::Default, UnboundedSender<Action<Message>>, Action<Message>>;

/// How long anything may take before the test gives up. Not a measure of speed.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Kiosk {
    pub app: App,
    stage: Stage,
    runtime: Runtime,
    inbox: UnboundedReceiver<Action<Message>>,
    /// What the application asked of the system: to end, the clipboard, other windows.
    #[allow(dead_code)]
    pub asked: Vec<&'static str>,
}

impl Kiosk {
    /// Opens the kiosk and paints its first frame, behind which the world is made.
    pub fn open(launch: Launch) -> Self {
        let (sender, inbox) = unbounded();
        let runtime = Runtime::new(iced::executor::Default::new().expect("a runtime"), sender);
        let (app, task) = runtime.enter(|| App::new(launch));
        let stage = Stage::new(Size::new(1920.0, 1080.0)).expect("a headless renderer");
        let mut kiosk = Self { app, stage, runtime, inbox, asked: vec![] };
        kiosk.run(task);
        kiosk.update(Message::FirstFrame);
        kiosk
    }

    pub fn update(&mut self, message: Message) {
        let task = self.runtime.enter(|| self.app.update(message));
        self.run(task);
        let subscription = self.runtime.enter(|| app::subscription(&self.app));
        self.runtime.track(into_recipes(subscription.map(Action::Output)));
    }

    fn run(&mut self, task: Task<Message>) {
        if let Some(stream) = task::into_stream(task) {
            self.runtime.run(stream);
        }
    }

    fn perform(&mut self, action: Action<Message>) {
        match action {
            Action::Output(message) => self.update(message),
            Action::Widget(operation) => self.stage.operate(app::view(&self.app), operation),
            Action::Exit => self.asked.push("exit"),
            Action::Clipboard(_) => self.asked.push("clipboard"),
            Action::Window(_) => self.asked.push("window"),
            _ => {}
        }
    }

    /// Lets what is under way go on until something happened; `false`: nothing did in this time.
    fn breathe(&mut self, at_most: Duration) -> bool {
        match self.next(at_most) {
            Some(action) => {
                self.perform(action);
                self.frame();
                true
            }
            None => false,
        }
    }

    fn next(&mut self, at_most: Duration) -> Option<Action<Message>> {
        let inbox = &mut self.inbox;
        let next = async { tokio::time::timeout(at_most, inbox.next()).await.ok().flatten() };
        self.runtime.block_on(next)
    }

    /// The window paints after every change; widgets hear of it.
    fn frame(&mut self) {
        let redraw = Event::Window(window::Event::RedrawRequested(Instant::now()));
        for message in self.stage.update(app::view(&self.app), &[redraw]) {
            self.update(message);
        }
    }

    /// What is on screen now, in reading order.
    pub fn tree(&mut self) -> Tree {
        self.stage.tree(app::view(&self.app))
    }

    /// Everything that is said on the screen.
    #[allow(dead_code)]
    pub fn words(&mut self) -> String {
        let tree = self.tree();
        tree.nodes
            .iter()
            .map(|n| format!("{} {}\n", n.label, n.value.as_deref().unwrap_or_default()))
            .collect()
    }

    /// What is painted now.
    #[allow(dead_code)]
    pub fn picture(&mut self) -> Vec<u8> {
        self.stage.picture(app::view(&self.app))
    }

    pub fn has(&mut self, id: &str) -> bool {
        self.tree().find(id).is_some()
    }

    /// Is it said anywhere on the screen?
    pub fn says(&mut self, words: &str) -> bool {
        self.tree()
            .nodes
            .iter()
            .any(|n| n.label.contains(words) || n.value.as_deref().is_some_and(|v| v.contains(words)))
    }

    /// Waits until the application is as `good` says.
    #[track_caller]
    pub fn until(&mut self, what: &str, good: impl Fn(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !good(self) {
            if !self.breathe(Duration::from_millis(50)) {
                self.frame();
            }
            assert!(Instant::now() < end, "waited in vain for {what}; on screen: {:#?}", self.tree().nodes);
        }
    }

    #[track_caller]
    pub fn until_shown(&mut self, id: &str) {
        self.until(id, |kiosk| kiosk.has(id));
    }

    #[track_caller]
    fn node(&mut self, id: &str) -> Node {
        let tree = self.tree();
        tree.find(id).cloned().unwrap_or_else(|| panic!("no {id} on screen: {:#?}", tree.nodes))
    }

    /// Touches the control with this id, as a finger would: where it can be seen.
    #[track_caller]
    pub fn tap(&mut self, id: &str) {
        let mut node = self.node(id);
        assert!(!node.state.disabled, "{id} is disabled");
        if node.visible.is_none_or(|v| v.height < node.bounds.height.min(40.0)) {
            self.run(focus::to(node.widget_id()));
            while self.breathe(Duration::from_millis(20)) {}
            node = self.node(id);
        }
        let seen = node.visible.unwrap_or_else(|| panic!("{id} cannot be scrolled into view"));
        self.touch(seen.center());
    }

    /// A touch, wherever it lands.
    pub fn touch_at(&mut self, at: Point) {
        self.touch(at);
    }

    fn touch(&mut self, at: Point) {
        self.stage.point(at);
        let events = [
            Event::Mouse(mouse::Event::CursorMoved { position: at }),
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)),
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)),
        ];
        self.update(Message::Input(Input::Touched));
        self.events(&events);
    }

    fn events(&mut self, events: &[Event]) {
        for event in events {
            let said = self.stage.update(app::view(&self.app), std::slice::from_ref(event));
            for message in said {
                self.update(message);
            }
        }
        while self.breathe(Duration::ZERO) {}
    }

    /// Events that came between two frames, heard as the window hears them: by the widgets and by the application.
    #[allow(dead_code)]
    pub fn pour(&mut self, at: Point, events: &[Event]) {
        self.stage.point(at);
        let (said, taken) = self.stage.hear(app::view(&self.app), events);
        for message in said {
            self.update(message);
        }
        for (event, taken) in events.iter().zip(taken) {
            if let Some(input) = app::input::input(event.clone(), taken, window::Id::unique()) {
                if let Input::Resized(size) = &input {
                    self.stage.resize(*size);
                }
                self.update(Message::Input(input));
            }
        }
        // What came meanwhile is done before the next frame, as a busy window does it.
        while let Some(action) = self.next(Duration::ZERO) {
            self.perform(action);
        }
        self.frame();
    }

    /// What a scanner sends for this text: all of it before the kiosk does anything else.
    pub fn scan(&mut self, text: &str) {
        let events: Vec<Event> =
            text.chars().flat_map(|c| keys::press(c, "ц")).chain(keys::press('\n', "\r")).collect();
        self.at_once(&events);
    }

    /// Events that came while the kiosk was busy.
    pub fn at_once(&mut self, events: &[Event]) {
        self.events(events);
        while self.breathe(Duration::from_millis(100)) {}
    }

    /// A hand on a keyboard whose keys the system reads as `says`: one key, then a rest.
    pub fn type_key(&mut self, place: char, says: &str) {
        self.at_once(&keys::press(place, says));
    }

    /// A PIN on the pad.
    #[track_caller]
    pub fn pin(&mut self, digits: &str) {
        for digit in digits.chars() {
            // Places on the pad: nine, then the zero beneath.
            let place = if digit == '0' { "10".to_owned() } else { digit.to_string() };
            self.tap(&format!("pin.{place}"));
        }
    }
}

/// A portal that no line leads to.
struct Unreachable;

fn silence<T: Send + 'static>() -> BoxFuture<'static, Result<T, PortalError>> {
    Box::pin(std::future::ready(Err(PortalError::Unreachable)))
}

impl Portal for Unreachable {
    fn about(&self) -> BoxFuture<'_, Result<wire::About, PortalError>> {
        silence()
    }
    fn keyset(&self, _: Option<u64>) -> BoxFuture<'_, Result<Option<Vec<u8>>, PortalError>> {
        silence()
    }
    fn progress(&self, _: Digest, _: u64) -> BoxFuture<'_, Result<Progress, PortalError>> {
        silence()
    }
    fn put(&self, _: Digest, _: u64, _: u64, _: Vec<u8>) -> BoxFuture<'_, Result<Progress, PortalError>> {
        silence()
    }
    fn missing(&self, _: Vec<[u8; 8]>) -> BoxFuture<'_, Result<Vec<[u8; 8]>, PortalError>> {
        silence()
    }
    fn bring(&self, _: Digest, _: Outcome) -> BoxFuture<'_, Result<Progress, PortalError>> {
        silence()
    }
    fn receipt(&self, _: [u8; 16], _: Zeroizing<[u8; 32]>) -> BoxFuture<'_, Result<Outcome, PortalError>> {
        silence()
    }
    fn status(
        &self,
        _: String,
        _: Zeroizing<String>,
    ) -> BoxFuture<'_, Result<wire::StatusAnswer, PortalError>> {
        silence()
    }
    fn events(
        &self,
        _: [u8; 16],
        _: Access,
        _: Option<String>,
        _: u64,
    ) -> BoxFuture<'_, Result<Option<Signed>, PortalError>> {
        silence()
    }
    fn answer(&self, _: [u8; 16], _: Access) -> BoxFuture<'_, Result<SentAnswer, PortalError>> {
        silence()
    }
    fn certificate_status(&self, _: Vec<u8>, _: String) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        silence()
    }
    fn standing(&self, _: Vec<u8>) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        silence()
    }
    fn signed_letter(
        &self,
        _: [u8; 16],
        _: Access,
        _: u64,
        _: u64,
    ) -> BoxFuture<'_, Result<SignedPart, PortalError>> {
        silence()
    }
    fn extract(&self, _: [u8; 16], _: Access) -> BoxFuture<'_, Result<Vec<u8>, PortalError>> {
        silence()
    }
    fn alert(&self, _: Vec<u8>) -> BoxFuture<'_, Result<(), PortalError>> {
        silence()
    }
    fn tell(&self, _: [u8; 16], _: Access, _: Option<Phone>) -> BoxFuture<'_, Result<(), PortalError>> {
        silence()
    }
    fn challenge(&self) -> BoxFuture<'_, Result<wire::Challenge, PortalError>> {
        silence()
    }
    fn login(&self, _: Vec<u8>) -> BoxFuture<'_, Result<Secret, PortalError>> {
        silence()
    }
    fn letters(&self, _: Access) -> BoxFuture<'_, Result<wire::OwnLetters, PortalError>> {
        silence()
    }
    fn arrived(&self) -> BoxFuture<'_, Result<wire::Arrived, PortalError>> {
        silence()
    }
    fn phone_begin(
        &self,
        _: Zeroizing<Vec<u8>>,
    ) -> BoxFuture<'_, Result<wire::phone::PhoneSession, PortalError>> {
        silence()
    }
    fn phone_state(
        &self,
        _: String,
        _: Option<u32>,
        _: u64,
    ) -> BoxFuture<'_, Result<Option<wire::phone::PhoneState>, PortalError>> {
        silence()
    }
    fn phone_end(&self, _: String) -> BoxFuture<'_, Result<(), PortalError>> {
        silence()
    }
    fn enrol(&self, _: Zeroizing<String>, _: String) -> BoxFuture<'_, Result<Credential, PortalError>> {
        silence()
    }
}

/// Cuts the line between this world's outbox and its portal.
pub async fn cut_line(env: &mut Env) {
    let shelf = Arc::new(MemoryShelf::default());
    let outbox =
        Outbox::start(shelf, Arc::new(Unreachable), env.held.clone(), env.clock.clone(), Waits::default());
    env.outbox = outbox.await.expect("an outbox in memory");
}

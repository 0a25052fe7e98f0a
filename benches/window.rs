//! The real application without a window, driven as iced's event loop drives it: an event to the widgets as laid out,
//! their messages to `App::update`, a new view laid out, drawn, and painted where it changed. Each step is timed.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use iced::advanced::graphics::{Viewport, damage};
use iced::advanced::renderer::{Headless, Style};
use iced::advanced::subscription::into_recipes;
use iced::advanced::widget::Operation;
use iced::advanced::widget::operation::{Outcome, black_box};
use iced::advanced::{clipboard, mouse as pointer};
use iced::mouse::{Button, Event as Mouse};
use iced::{Color, Event, Pixels, Point, Rectangle, Renderer, Size, Task, Theme, window};
use iced_test::runtime::user_interface::{Cache, UserInterface};
use iced_test::runtime::{Action, task};
use iced_tiny_skia::Layer;
use tereze::app::input::Input;
use tereze::app::launch::{Launch, Start, WindowMode};
use tereze::app::session::IdleRule;
use tereze::app::{self, App, Message};
use tereze::cli::kiosk::practice_world;
use tereze::cli::lessons::worlds;
use tereze::clock::Clock;
use tereze::files::Sticks;
use tereze::practice::clerk::Pace;
use tereze::screen::world::Things;
use tereze::sound::Sound;
use tereze::ui::semantic::{Gather, Node, Tree};
use tereze::ui::{focus, fonts};
use tiny_skia::{Mask, PixmapMut};

use super::screen::{HEIGHT, WIDTH};

type Runtime =
    iced_test::futures::Runtime<iced::executor::Default, UnboundedSender<Action<Message>>, Action<Message>>;

const SIZE: Size = Size::new(WIDTH as f32, HEIGHT as f32);
/// For anything to happen that something else waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a frame took, from the event to the last pixel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    /// The widgets' and the application's answer to the event.
    pub update: Duration,
    /// The new view, and where everything stands in it.
    pub layout: Duration,
    /// What is to be painted, and painting it.
    pub paint: Duration,
}

impl Frame {
    pub fn whole(&self) -> Duration {
        self.update + self.layout + self.paint
    }
}

/// The window's pixels, blue first, as a display's memory holds them; painted by damage against the frame before.
struct Canvas {
    pixels: Vec<u8>,
    mask: Mask,
    last: Option<Vec<Layer>>,
}

pub struct Window {
    app: App,
    renderer: Renderer,
    cache: Option<Cache>,
    canvas: Canvas,
    cursor: pointer::Cursor,
    runtime: Runtime,
    inbox: UnboundedReceiver<Action<Message>>,
}

fn practice() -> Launch {
    let none = Sticks::under(Vec::<std::path::PathBuf>::new(), "/proc/self/mountinfo");
    let things = Things { printer: None, sticks: none, sound: Sound::default() };
    Launch {
        window: WindowMode::Windowed { width: SIZE.width, height: SIZE.height },
        practice: true,
        idle: IdleRule::default(),
        start: Start::Boot(practice_world(Clock::system(), things)),
        lessons: worlds(Clock::system(), Pace::default(), Sound::default()),
        desk: tereze::practice::desk(Clock::system()),
    }
}

impl Window {
    /// The kiosk in practice mode, its world made.
    pub fn open() -> Result<Self, String> {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(fonts::load_alone);
        let (sender, inbox) = unbounded();
        let executor = iced::executor::Default::new().map_err(|e| e.to_string())?;
        let runtime = Runtime::new(executor, sender);
        let (app, task) = runtime.enter(|| App::new(practice()));
        let renderer = <Renderer as Headless>::new(fonts::REGULAR, Pixels(24.0), Some("tiny-skia"));
        let renderer = iced_test::futures::futures::executor::block_on(renderer).ok_or("no renderer")?;
        let mask = Mask::new(WIDTH as u32, HEIGHT as u32).ok_or("no mask")?;
        let canvas = Canvas { pixels: vec![0; WIDTH * HEIGHT * 4], mask, last: None };
        let cursor = pointer::Cursor::Unavailable;
        let mut window = Self { app, renderer, cache: None, canvas, cursor, runtime, inbox };
        window.run(task);
        window.say(Message::Input(Input::Resized(SIZE)));
        window.frame(&[]);
        window.say(Message::FirstFrame);
        window.until("the practice world", |w| w.app.world().is_some())?;
        window.settle();
        Ok(window)
    }

    fn say(&mut self, message: Message) {
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

    /// The view as it stands, with what was remembered of it.
    fn with<T>(
        &mut self,
        then: impl FnOnce(&mut UserInterface<'_, Message, Theme, Renderer>, &mut Renderer, pointer::Cursor) -> T,
    ) -> T {
        let cache = self.cache.take().unwrap_or_default();
        let mut ui = UserInterface::build(app::view(&self.app), SIZE, cache, &mut self.renderer);
        let out = then(&mut ui, &mut self.renderer, self.cursor);
        self.cache = Some(ui.into_cache());
        out
    }

    fn operate(&mut self, operation: Box<dyn Operation>) {
        self.with(|ui, renderer, _| {
            let mut next = Some(operation);
            while let Some(mut operation) = next.take() {
                ui.operate(renderer, operation.as_mut());
                if let Outcome::Chain(then) = operation.finish() {
                    next = Some(then);
                }
            }
        });
    }

    /// Lets what is under way go on; `false`: nothing happened in this time.
    fn breathe(&mut self, at_most: Duration) -> bool {
        let inbox = &mut self.inbox;
        let next = async { tokio::time::timeout(at_most, inbox.next()).await.ok().flatten() };
        match self.runtime.block_on(next) {
            Some(Action::Output(message)) => self.say(message),
            Some(Action::Widget(operation)) => self.operate(operation),
            Some(_) => {}
            None => return false,
        }
        true
    }

    pub fn settle(&mut self) {
        while self.breathe(Duration::ZERO) {}
        self.frame(&[]);
    }

    pub fn until(&mut self, what: &str, good: impl Fn(&mut Self) -> bool) -> Result<(), String> {
        let end = Instant::now() + PATIENCE;
        while !good(self) {
            self.breathe(Duration::from_millis(50));
            if Instant::now() > end {
                return Err(format!("waited in vain for {what}"));
            }
        }
        Ok(())
    }

    /// An event, and the frame that follows it.
    pub fn frame(&mut self, events: &[Event]) -> Frame {
        // The event loop keeps the view between events: building it again is not part of the frame.
        let (update, begun) = self.with_kept(events);
        let update = update + begun.elapsed();

        let begun = Instant::now();
        let cache = self.cache.take().unwrap_or_default();
        let mut ui = UserInterface::build(app::view(&self.app), SIZE, cache, &mut self.renderer);
        let mut said = Vec::new();
        let redraw = Event::Window(window::Event::RedrawRequested(Instant::now()));
        let _ = ui.update(&[redraw], self.cursor, &mut self.renderer, &mut clipboard::Null, &mut said);
        let layout = begun.elapsed();

        let begun = Instant::now();
        ui.draw(&mut self.renderer, &Theme::Light, &Style { text_color: Color::BLACK }, self.cursor);
        self.cache = Some(ui.into_cache());
        self.canvas.present(&mut self.renderer);
        let paint = begun.elapsed();
        for message in said {
            self.say(message);
        }
        Frame { update, layout, paint }
    }

    /// Hands events to the view that stood there, and its messages to the application. The clock starts when the view
    /// stands as the last frame left it; the second part of the answer is when the messages began to be heard.
    fn with_kept(&mut self, events: &[Event]) -> (Duration, Instant) {
        let mut said = Vec::new();
        let took = self.with(|ui, renderer, cursor| {
            let begun = Instant::now();
            let _ = ui.update(events, cursor, renderer, &mut clipboard::Null, &mut said);
            begun.elapsed()
        });
        let begun = Instant::now();
        for message in said {
            self.say(message);
        }
        (took, begun)
    }

    pub fn tree(&mut self) -> Tree {
        self.with(|ui, renderer, _| {
            let mut gather = Gather::default();
            ui.operate(renderer, &mut black_box(&mut gather));
            gather.tree().clone()
        })
    }

    pub fn find(&mut self, id: &str) -> Option<Node> {
        self.tree().find(id).cloned()
    }

    /// Where the control with this id is touched, scrolled into view.
    pub fn place(&mut self, id: &str) -> Result<Point, String> {
        let missing = || format!("{id} is not on the screen");
        let mut node = self.find(id).ok_or_else(missing)?;
        if node.state.disabled {
            return Err(format!("{id} is disabled"));
        }
        if node.visible.is_none_or(|v| v.height < node.bounds.height.min(40.0)) {
            self.run(focus::to(node.widget_id()));
            while self.breathe(Duration::from_millis(20)) {}
            node = self.find(id).ok_or_else(missing)?;
        }
        Ok(node.visible.ok_or_else(missing)?.center())
    }

    /// The frame of the finger that goes down.
    pub fn press(&mut self, at: Point) -> Frame {
        self.cursor = pointer::Cursor::Available(at);
        self.say(Message::Input(Input::Touched));
        self.frame(&[
            Event::Mouse(Mouse::CursorMoved { position: at }),
            Event::Mouse(Mouse::ButtonPressed(Button::Left)),
        ])
    }

    /// The frame of the finger that goes up: what the tap was for.
    pub fn release(&mut self) -> Frame {
        let frame = self.frame(&[Event::Mouse(Mouse::ButtonReleased(Button::Left))]);
        self.settle();
        frame
    }

    pub fn tap(&mut self, id: &str) -> Result<Frame, String> {
        let at = self.place(id)?;
        self.press(at);
        Ok(self.release())
    }

    /// Row by row, blue, green, red and a byte for nothing.
    pub fn pixels(&self) -> &[u8] {
        &self.canvas.pixels
    }
}

impl Canvas {
    /// As iced_tiny_skia's compositor presents to a buffer that holds the frame before.
    fn present(&mut self, renderer: &mut Renderer) {
        let whole = Rectangle::with_size(SIZE);
        let layers = renderer.layers();
        let changed = match &self.last {
            Some(last) => damage::diff(last, layers, |layer| vec![layer.bounds], Layer::damage),
            None => vec![whole],
        };
        self.last = Some(layers.to_vec());
        let changed = damage::group(changed, whole);
        let (width, height) = (WIDTH as u32, HEIGHT as u32);
        let Some(mut pixels) = PixmapMut::from_bytes(&mut self.pixels, width, height) else { return };
        let viewport = Viewport::with_physical_size(Size::new(width, height), 1.0);
        renderer.draw(&mut pixels, &mut self.mask, &viewport, &changed, Color::WHITE);
    }
}

//! What the kiosk is started with. The app knows neither practice nor portal: the command line
//! hands it a way to make the world, which runs behind the first frame.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::session::IdleRule;
use crate::desk::Settings;
use crate::domain::lesson::Lesson;
use crate::fault::Code;
use crate::i18n::Lang;
use crate::screen::world::World;

/// How a window is opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WindowMode {
    Fullscreen,
    /// Logical pixels, on a desk.
    Windowed {
        width: f32,
        height: f32,
    },
}

/// Makes a practice world for one lesson, with the letter that it begins with.
pub type Lessons = Arc<dyn Fn(Arc<Lesson>, Lang) -> BoxFuture<'static, Result<World, Code>> + Send + Sync>;

pub type Boot = Arc<dyn Fn() -> BoxFuture<'static, Result<World, Code>> + Send + Sync>;

#[derive(Clone)]
pub enum Start {
    /// No portal is named and practice was not asked for.
    NotSetUp,
    /// Runs on a thread of the runtime, never on the one that draws.
    Boot(Boot),
}

#[derive(Clone)]
pub struct Launch {
    pub window: WindowMode,
    /// Known before the world is: practice is marked from the first frame on.
    pub practice: bool,
    pub idle: IdleRule,
    pub start: Start,
    /// A lesson plays in a practice world of its own, wherever the kiosk itself stands.
    pub lessons: Lessons,
    /// What staff may do here, and look at.
    pub desk: Settings,
}

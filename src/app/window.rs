//! The one window.

use iced::{Size, window};

use super::launch::{Launch, WindowMode};
use super::{App, subscription, view};
use crate::i18n::{Msg, tr};
use crate::ui::fonts;

/// Opens the window and runs until it is closed.
pub fn run(launch: Launch) -> iced::Result {
    fonts::load();
    let window = window::Settings {
        exit_on_close_request: false,
        ..match launch.window {
            WindowMode::Fullscreen => {
                window::Settings { fullscreen: true, decorations: false, ..Default::default() }
            }
            WindowMode::Windowed { width, height } => {
                window::Settings { size: Size::new(width, height), ..Default::default() }
            }
        }
    };
    let settings = iced::Settings { default_font: fonts::REGULAR, antialiasing: true, ..Default::default() };
    iced::application(move || App::new(launch.clone()), App::update, view)
        .title(|app: &App| tr(app.look.lang, Msg::AppName))
        .subscription(subscription)
        .theme(iced::Theme::Light)
        .settings(settings)
        .window(window)
        .run()
}

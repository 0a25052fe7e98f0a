//! `tereze gallery DIR`: every screen in every language, the smallest and the largest text, three
//! viewports; dark and high contrast sampled.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::{Exit, World, terminal, words};
use crate::app::{self, presets};
use crate::clock::Clock;
use crate::i18n::{Lang, Msg, Text};
use crate::practice::boot;
use crate::screen::world::World as ScreenWorld;
use crate::sound::Sound;
use crate::ui::headless::Stage;
use crate::ui::semantic::Tree;
use crate::ui::{Look, Scheme, Size, Step, samples};

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Draws only what has this in its name.
    #[arg(long, value_name = "NAME", default_value = "")]
    only: String,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    match draw(&arguments.dir, &arguments.only) {
        Ok(count) => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            terminal::say(&Text::new(Msg::CliGalleryDone).with("count", count).say(world.lang));
            Exit::Ok
        }
        Err(error) => {
            let text = Text::new(Msg::CliUnwritable)
                .with("file", arguments.dir.display().to_string())
                .with("why", words::io(world.lang, &error));
            world.refuse(text, Exit::CannotWrite)
        }
    }
}

/// The windows the kiosk is drawn for.
pub const VIEWPORTS: [Size; 3] =
    [Size::new(1920.0, 1080.0), Size::new(1366.0, 768.0), Size::new(1080.0, 1920.0)];

/// The looks a screen is drawn in; the schemes besides light where the language is Kazakh and the
/// size usual or largest on the first viewport.
pub fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for viewport in VIEWPORTS {
        for lang in Lang::ALL {
            for step in [Step::Usual, Step::Largest] {
                looks.push(Look { viewport, lang, step, ..Look::default() });
            }
        }
    }
    let dark = Look { scheme: Scheme::Dark, ..Look::default() };
    let contrast = Look { scheme: Scheme::Contrast, step: Step::Largest, ..Look::default() };
    looks.extend([dark, contrast]);
    looks
}

/// `name-kk-1-1920x1080-light`.
pub fn file_name(name: &str, look: &Look) -> String {
    let scheme = match look.scheme {
        Scheme::Light => "light",
        Scheme::Dark => "dark",
        Scheme::Contrast => "contrast",
    };
    let (w, h) = (look.viewport.width, look.viewport.height);
    format!("{name}-{}-{}-{w}x{h}-{scheme}.png", look.lang.tag(), look.step as u8 + 1)
}

/// One state of one screen, or one sample of the kit.
#[derive(Clone, Copy)]
pub enum Scene {
    Sample(&'static str, samples::View),
    Screen(presets::Preset),
}

impl Scene {
    pub fn name(&self) -> &'static str {
        match self {
            Scene::Sample(name, _) => name,
            Scene::Screen(preset) => preset.name,
        }
    }

    /// Paints it: RGBA, row by row, as large as the look's viewport.
    pub fn picture(&self, stage: &mut Stage, look: &Look, world: &ScreenWorld) -> Vec<u8> {
        stage.resize(look.viewport);
        match self {
            Scene::Sample(_, view) => stage.picture(view(look)),
            Scene::Screen(preset) => stage.picture(app::view(&preset.app(look, world))),
        }
    }

    /// Its semantic tree as laid out in the look's viewport.
    pub fn tree(&self, stage: &mut Stage, look: &Look, world: &ScreenWorld) -> Tree {
        stage.resize(look.viewport);
        match self {
            Scene::Sample(_, view) => stage.tree(view(look)),
            Scene::Screen(preset) => stage.tree(app::view(&preset.app(look, world))),
        }
    }
}

/// All there is to draw and to measure.
pub fn scenes() -> Vec<Scene> {
    let kit = samples::ALL.iter().map(|(name, view)| Scene::Sample(name, *view));
    kit.chain(presets::all().map(Scene::Screen)).collect()
}

/// The practice world that the screens are drawn in; it lives as long as the runtime.
pub fn world() -> io::Result<(tokio::runtime::Runtime, ScreenWorld)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let env = runtime.block_on(boot::boot(Clock::fixed(presets::NOW))).map_err(io::Error::other)?;
    let (_, sticks) = tokio::sync::watch::channel(Vec::new());
    let world =
        ScreenWorld { env, operator: boot::operator(), printer: None, sticks, sound: Sound::default() };
    Ok((runtime, world))
}

/// Draws everything whose name contains `only` into `dir` on two threads; how many pictures it made.
pub fn draw(dir: &Path, only: &str) -> io::Result<usize> {
    fs::create_dir_all(dir)?;
    let (_runtime, world) = world()?;
    let looks = looks();
    let scenes: Vec<_> = scenes().into_iter().filter(|scene| scene.name().contains(only)).collect();
    let jobs: Vec<_> = looks.iter().flat_map(|look| scenes.iter().map(move |scene| (look, scene))).collect();
    let next = AtomicUsize::new(0);
    let work = || -> io::Result<usize> {
        let mut made = 0;
        let mut stage = Stage::new(VIEWPORTS[0]).ok_or_else(|| io::Error::other("no headless renderer"))?;
        while let Some((look, scene)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let rgba = scene.picture(&mut stage, look, &world);
            write(&dir.join(file_name(scene.name(), look)), look.viewport, &rgba)?;
            made += 1;
        }
        Ok(made)
    };
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        let mut made = 0;
        for thread in threads {
            made += thread.join().map_err(|_| io::Error::other("drawing failed"))??;
        }
        Ok(made)
    })
}

fn write(path: &Path, size: Size, rgba: &[u8]) -> io::Result<()> {
    let file = io::BufWriter::new(fs::File::create(path)?);
    PngEncoder::new_with_quality(file, CompressionType::Fast, FilterType::Up)
        .write_image(rgba, size.width as u32, size.height as u32, ExtendedColorType::Rgba8)
        .map_err(io::Error::other)
}

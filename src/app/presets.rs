//! Every state of every screen, by name, with a clock that stands still and people who do not
//! exist: what the gallery draws and measures. A state is reached as a visitor reaches it, by the
//! messages of her touches ([`walk`]); each room of the kiosk has its table in a file of its own.

mod assist;
mod attachments;
mod check;
mod desk;
mod first;
mod heard;
mod keyfile;
mod later;
mod lessons;
mod letter;
mod mycard;
mod own_phone;
mod pen;
mod people;
mod phone;
mod received;
mod save;
mod sending;
mod sign;
mod signed;
mod take;
mod tell;
mod track;
mod walk;

use super::App;
use crate::clock::Moment;
use crate::screen::world::World;
use crate::ui::theme::Look;

/// Monday, 23 November 2026, 09:05 in UTC+5: the time that the world of the pictures stands at.
pub const NOW: Moment = Moment(1_795_406_700);

/// A screen's state with a name that files and tests use.
#[derive(Clone, Copy)]
pub struct Preset {
    pub name: &'static str,
    make: fn(&Look, &World) -> App,
}

impl Preset {
    /// A state by its name; `make` is handed the look and the practice world.
    const fn new(name: &'static str, make: fn(&Look, &World) -> App) -> Self {
        Self { name, make }
    }

    /// The whole application in this state; draw it with [`super::view`].
    pub fn app(&self, look: &Look, world: &World) -> App {
        (self.make)(look, world)
    }
}

const TABLES: &[&[Preset]] = &[
    first::TABLE,
    desk::TABLE,
    assist::TABLE,
    letter::TABLE,
    attachments::TABLE,
    sign::TABLE,
    mycard::TABLE,
    keyfile::TABLE,
    phone::TABLE,
    own_phone::TABLE,
    sending::TABLE,
    received::TABLE,
    save::TABLE,
    pen::TABLE,
    track::TABLE,
    signed::TABLE,
    check::TABLE,
    take::TABLE,
    tell::TABLE,
    later::TABLE,
    lessons::TABLE,
];

/// All states, room by room.
pub fn all() -> impl Iterator<Item = Preset> {
    TABLES.iter().flat_map(|table| table.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_plain() {
        let names: Vec<_> = all().map(|preset| preset.name).collect();
        for (i, name) in names.iter().enumerate() {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            assert!(!names[..i].contains(name), "{name} twice");
        }
    }
}

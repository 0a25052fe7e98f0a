//! Files that go with the letter: no stick, a stick's list, what was picked, what cannot be.

use zeroize::Zeroizing;

use super::walk::Walk;
use super::{Preset, letter};
use crate::app::Message as AppMessage;
use crate::domain::Digest;
use crate::files::{Entry, FilesError, Kind, Listing, Picked, Preview, Stick};
use crate::i18n::{Msg, tr};
use crate::screen::letter::Message as LetterMessage;
use crate::screen::letter::pages::attachments::Message;
use crate::screen::once::Once;
use crate::ui::theme::Look;

pub(super) const TABLE: &[Preset] = &[
    Preset::new("files-none", |l, w| letter::files(l, w).done()),
    Preset::new("files-busy", |l, w| letter::files(l, w).stick().done()),
    Preset::new("files-stick", |l, w| letter::files(l, w).stick().listed(entries()).done()),
    Preset::new("files-stick-empty", |l, w| letter::files(l, w).stick().listed(Vec::new()).done()),
    Preset::new("files-stick-fault", |l, w| {
        let gone = Once::new(Err(FilesError::StickGone));
        letter::files(l, w).stick().file(Message::Listed(gone)).done()
    }),
    Preset::new("files-chosen", |l, w| chosen(letter::files(l, w), l).done()),
    Preset::new("files-too-big", |l, w| {
        let big = Once::new(Err(FilesError::TooBig(8_300_000)));
        letter::files(l, w).stick().listed(entries()).file(Message::Picked(big)).done()
    }),
    Preset::new("files-check", |l, w| letter::checked(chosen(letter::files(l, w), l)).done()),
];

impl Walk {
    fn file(self, message: Message) -> Self {
        self.say(LetterMessage::Files(message))
    }

    /// A stick is put in.
    fn stick(mut self) -> Self {
        drop(self.app.update(AppMessage::Sticks(vec![Stick::pictured("KINGSTON")])));
        self
    }

    fn listed(self, entries: Vec<Entry>) -> Self {
        self.file(Message::Listed(Once::new(Ok(Listing { entries, more: false }))))
    }

    fn picked(self, name: &str, kind: Kind, size: usize, preview: Preview) -> Self {
        let bytes = Zeroizing::new(vec![b' '; size]);
        let digest = Digest::of(&bytes);
        self.file(Message::Picked(Once::new(Ok((
            Picked { name: name.into(), kind, bytes, digest },
            preview,
        )))))
    }
}

fn entries() -> Vec<Entry> {
    vec![
        Entry::pictured("kosheh-01.jpg", "", 1_840_000),
        Entry::pictured("Абай көшесі, түнгі сурет, қараша айы, үшінші рет түсірілгені.jpg", "", 2_310_000),
        Entry::pictured("otinish.pdf", "Құжаттар", 96_000),
        Entry::pictured("zhauap.txt", "Құжаттар / 2026", 1_200),
    ]
}

/// A picture, a text and a document are attached.
fn chosen(walk: Walk, look: &Look) -> Walk {
    let words = Zeroizing::new(letter::half(look).to_owned());
    walk.stick()
        .listed(entries())
        .picked("kosheh-01.jpg", Kind::Jpeg, 1_840_000, evening())
        .picked("zhauap.txt", Kind::Text, 1_200, Preview::Text(words))
        .picked(
            &format!("{}.pdf", tr(look.lang, Msg::LetterFilesStick)),
            Kind::Pdf,
            96_000,
            Preview::NotShown,
        )
}

/// An evening sky over a dark street, 160 by 107.
fn evening() -> Preview {
    let (width, height) = (160u32, 107u32);
    let dot = |i: u32| {
        let (x, y) = (i % width, i / width);
        let ground = y > 74 + (x * x / 900) % 9;
        let lamp = x.abs_diff(48) < 2 && y > 30;
        let shade = (150 - y).min(255) as u8;
        if ground || lamp { [28, 30, 34, 255] } else { [shade / 2, shade / 2 + 10, shade, 255] }
    };
    Preview::Picture { width, height, rgba: Zeroizing::new((0..width * height).flat_map(dot).collect()) }
}

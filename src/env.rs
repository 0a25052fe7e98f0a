//! Everything of the world that a visitor's session is handed. Practice has its own, in memory.

pub mod real;
mod start;

pub use start::StartError;

use std::any::Any;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::card::service::Cards;
use crate::clock::Clock;
use crate::content::Snapshot;
use crate::desk::Parts;
use crate::fault::Code;
use crate::outbox::Outbox;
use crate::portal::Portal;
use crate::portal::held::Held;
use crate::sign::trust::Trust;

/// Practice can't be mistaken: this is asked wherever something is shown, signed or printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Practice,
    Real,
}

/// A key file that is offered as if it lay on a stick.
#[derive(Clone)]
pub struct OwnKeyFile {
    pub name: String,
    pub bytes: Arc<Vec<u8>>,
}

/// A phone that is offered in place of the visitor's own.
pub trait OwnPhone: Send + Sync {
    /// Scans `code`, the text of the code on the screen, and sends the portal what it signed.
    fn sign(&self, code: String) -> BoxFuture<'static, Result<(), Code>>;
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Env {
    pub mode: Mode,
    pub clock: Clock,
    pub cards: Cards,
    pub portal: Arc<dyn Portal>,
    pub outbox: Outbox,
    /// The deployment that this kiosk belongs to: root, keyset, operator's name.
    pub held: Held,
    /// Whose signatures are believed: citizens' authorities, and those of answers.
    pub trust: Trust,
    pub content: &'static Snapshot,
    /// Practice's own key file. Practice never asks for a real one, and looks on no stick for it; the
    /// real world has none of its own.
    pub key_file: Option<OwnKeyFile>,
    /// Practice's own phone; the real world has none of its own.
    pub phone: Option<Arc<dyn OwnPhone>>,
    /// What must live as long as this world: practice's own portal, a data folder's lock.
    pub keep: Option<Arc<dyn Any + Send + Sync>>,
}

impl Env {
    /// What staff look at.
    pub fn parts(&self) -> Parts {
        Parts {
            portal: Some((self.portal.clone(), self.held.clone())),
            outbox: Some(self.outbox.clone()),
            cards: Some(self.cards.status.clone()),
            trouble: None,
        }
    }
}

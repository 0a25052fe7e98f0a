//! What the portal registers by: forms, bodies, terms.

use crate::clock::Moment;
use crate::domain::deadline::{DeadlineError, Due};
use crate::domain::form::Meaning;
use crate::domain::statement::Catalogue;
use crate::domain::statement::Statement;
use crate::portal::wire;

pub trait Rulebook: Send + Sync + 'static {
    fn catalogue(&self) -> &dyn Catalogue;

    /// When the answer to a letter of this legal kind is due that arrives now.
    fn due(&self, kind: &str, at: Moment) -> Result<Due, DeadlineError>;

    /// Which directory of bodies this is.
    fn bodies(&self) -> wire::Bodies;

    /// The legal kind: what the chosen option of the form means.
    fn kind(&self, statement: &Statement) -> Option<String> {
        let form = self.catalogue().form(&statement.form.id, statement.form.version)?;
        statement.fields.iter().find_map(|field| {
            let chosen = form.field(&field.id)?.option(field.choice.as_deref()?)?;
            match &chosen.means {
                Some(Meaning::Kind(kind)) => Some(kind.clone()),
                _ => None,
            }
        })
    }
}

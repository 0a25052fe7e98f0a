//! `tereze faults`: the table of faults as Markdown, for `make faults`.

use super::{Exit, terminal};
use crate::fault::doc;

#[derive(clap::Args)]
pub struct Arguments {}

pub fn run(_: Arguments) -> Exit {
    terminal::say(doc::markdown().trim_end());
    Exit::Ok
}

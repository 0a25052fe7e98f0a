//! `tereze enrol`: makes this machine a kiosk of the portal in the settings, by the one-time code
//! that `tereze portal --enrol` printed. The code is read like a PIN: never from the arguments.

use zeroize::Zeroizing;

use super::{Exit, World, joined, owner, terminal, words};
use crate::env::{StartError, real};
use crate::i18n::{Msg, Text, tr};
use crate::portal::PortalError;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long, value_name = "NAME")]
    name: String,
}

pub fn run(arguments: Arguments, world: &World) -> Exit {
    let portal = match joined::portalled(world) {
        Ok(portal) => portal,
        Err(code) => {
            terminal::problem(&words::fault(world.lang, code));
            return Exit::Config;
        }
    };
    if let Err(error) = owner::become_owner(&portal.data) {
        return world.refuse_io(&error, Exit::CannotWrite);
    }
    let code = match terminal::pin(&tr(world.lang, Msg::CliEnrolCode)) {
        Ok(Some(code)) => code,
        _ => return world.refuse(Msg::CliEnrolNoCode, Exit::NoPermission),
    };
    let Ok(code) = std::str::from_utf8(code.bytes()).map(|c| Zeroizing::new(c.trim().to_owned())) else {
        return world.refuse(Msg::CliEnrolNoCode, Exit::NoPermission);
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Exit::Software;
    };
    match runtime.block_on(real::enrol(&portal, code, arguments.name, world.clock.clone())) {
        Ok(kiosk) => {
            let done = Text::new(Msg::CliEnrolDone).with("kiosk", kiosk.to_string());
            terminal::say(&done.say(world.lang));
            Exit::Ok
        }
        Err(error) => {
            let exit = match &error {
                StartError::Portal(PortalError::Problem { .. }) => Exit::NoPermission,
                StartError::Portal(_) => Exit::Unavailable,
                StartError::Store(_) => Exit::CannotWrite,
                _ => Exit::Config,
            };
            world.fault(&error, exit)
        }
    }
}

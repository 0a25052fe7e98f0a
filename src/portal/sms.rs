//! How the portal's short texts leave it: the interface of a gateway. What a text says names no letter, no body and
//! no person.

use futures::future::BoxFuture;

use crate::domain::phone::Phone;
use crate::fault::{Code, Coded};

/// One text. No `Debug`: it has a person's number.
#[derive(Clone)]
pub struct Sms {
    /// Hex of 16 random bytes. A gateway that was given the same before sends nothing again.
    pub id: String,
    pub to: Phone,
    pub text: String,
}

/// Why a text was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    #[error("the gateway's address, secret or authorities do not fit")]
    Settings,
    /// No line, no answer in time, or a fault of the gateway's own. It may have taken the text.
    #[error("the gateway does not answer")]
    Unreachable,
    #[error("the gateway asks to wait {seconds} s")]
    Busy { seconds: u32 },
    /// Its keeper has to be asked: the secret, the address or the account.
    #[error("the gateway does not let this portal in")]
    Denied,
    /// This text will never be taken; others may.
    #[error("the gateway refused the text")]
    Refused,
}

impl Coded for SmsError {
    fn code(&self) -> Code {
        Code(match self {
            SmsError::Settings => "sms.settings",
            SmsError::Unreachable | SmsError::Busy { .. } => "sms.unreachable",
            SmsError::Denied => "sms.denied",
            SmsError::Refused => "sms.refused",
        })
    }
}

/// Takes texts to phones.
pub trait Gateway: Send + Sync + 'static {
    /// Returns once the gateway has taken it. Repeating with the same id is harmless.
    fn send(&self, sms: Sms) -> BoxFuture<'_, Result<(), SmsError>>;
}

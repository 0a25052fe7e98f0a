//! What screens and commands ask of the cards.

use tokio::sync::oneshot;

use super::{By, ByReader, Cards, Command, ToSign};
use crate::card::pinpad::Asking;
use crate::card::{CardError, CardInfo, Pin};
use crate::private::Secret;

impl Cards {
    /// A signature over `what` by the card that was shown. See [`Command::Sign`].
    pub async fn sign(
        &self,
        card: CardInfo,
        pin: Secret,
        what: ToSign,
        last_try: bool,
    ) -> Result<Vec<u8>, CardError> {
        self.sign_by(card, Pin::Typed(pin), what, last_try).await
    }

    /// The same, with the PIN wherever it comes from. Where it is typed on the reader and its
    /// [`crate::card::pinpad::Hold`] is dropped, [`CardError::PinCancelled`].
    pub async fn sign_by(
        &self,
        card: CardInfo,
        pin: Pin,
        what: ToSign,
        last_try: bool,
    ) -> Result<Vec<u8>, CardError> {
        let (done, answer) = oneshot::channel();
        let sign = Command::Sign { card: Box::new(card), pin, what, last_try, done };
        self.commands.send(sign).map_err(|_| CardError::NoService)?;
        answer.await.unwrap_or(Err(CardError::NoService))
    }

    /// A new PIN. See [`Command::NewPin`].
    pub async fn new_pin(
        &self,
        card: CardInfo,
        by: By,
        new: Secret,
        last_try: bool,
    ) -> Result<(), CardError> {
        let (done, answer) = oneshot::channel();
        let change = Command::NewPin { card: Box::new(card), by, new, last_try, done };
        self.commands.send(change).map_err(|_| CardError::NoService)?;
        answer.await.unwrap_or(Err(CardError::NoService))
    }

    /// A new PIN, typed on the reader. See [`Command::ChangeOnReader`].
    pub async fn change_on_reader(
        &self,
        card: CardInfo,
        by: ByReader,
        asking: Asking,
        last_try: bool,
    ) -> Result<(), CardError> {
        let (done, answer) = oneshot::channel();
        let change = Command::ChangeOnReader { card: Box::new(card), by, asking, last_try, done };
        self.commands.send(change).map_err(|_| CardError::NoService)?;
        answer.await.unwrap_or(Err(CardError::NoService))
    }
}

//! What the kiosk listens to: inputs, quiet time, cards, the letter that is on its way.

use std::hash::{Hash, Hasher};

use futures::stream::{self, BoxStream, StreamExt as _};
use iced::{Subscription, event, window};
use tokio::sync::watch::Receiver;

use super::{App, COUNT_DOWN, Message, Stand, WATCH, input};

/// A `watch` channel as a subscription: `name` is its identity, so a channel of another letter has
/// another.
struct Watched<T> {
    name: String,
    receiver: Receiver<T>,
}

impl<T> Hash for Watched<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// The value now, and each that follows.
fn values<T: Clone + Send + Sync + 'static>(watched: &Watched<T>) -> BoxStream<'static, T> {
    stream::unfold((watched.receiver.clone(), true), |(mut receiver, first)| async move {
        if !first && receiver.changed().await.is_err() {
            return None;
        }
        let value = receiver.borrow_and_update().clone();
        Some((value, (receiver, false)))
    })
    .boxed()
}

fn watch<T: Clone + Send + Sync + 'static>(
    name: impl Into<String>,
    receiver: Receiver<T>,
) -> Subscription<T> {
    Subscription::run_with(Watched { name: name.into(), receiver }, values)
}

pub fn subscription(app: &App) -> Subscription<Message> {
    let mut all = vec![event::listen_with(input::input).map(Message::Input)];
    if !app.booted {
        all.push(window::frames().map(|_| Message::FirstFrame));
    }
    if app.staff.is_some() {
        all.push(iced::time::every(WATCH).map(Message::Tick));
    }
    let (Stand::Ready(stand), Some(world)) = (&app.stand, app.world()) else {
        return Subscription::batch(all);
    };
    let number = app.world_number();
    let cards = watch(format!("cards.{number}"), world.env.cards.status.clone());
    all.push(cards.with(number).map(|(number, status)| Message::Card(number, status)));
    all.push(watch("sticks", stand.sticks.clone()).map(Message::Sticks));
    if let Some(visit) = &app.visit {
        let counts = visit.warning.is_some() || app.lesson.as_ref().is_some_and(|lesson| lesson.waits());
        let every = if counts { COUNT_DOWN } else { WATCH };
        all.push(iced::time::every(every).map(Message::Tick));
        let session = visit.session.id();
        if let Some(id) = visit.screen.watches()
            && let Some(receiver) = world.env.outbox.watch(id)
        {
            let life = watch(id.to_string(), receiver).with(session);
            all.push(life.map(|(session, status)| Message::Outbox(session, status)));
        }
    }
    Subscription::batch(all)
}

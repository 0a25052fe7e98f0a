//! The program shows how: it works a control as a finger would.

use iced::advanced::widget::Tree;
use iced::advanced::{Clipboard, Layout, Shell, mouse};
use iced::{Event, Rectangle, Renderer};

use super::spots::State;
use super::{Coached, HEAD, PAGE};
use crate::ui::semantic::{Node, Tree as Seen, names};

impl<M> Coached<'_, M> {
    /// Works what the lesson asks to be shown, if that is in sight: each number once.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn act(
        &mut self,
        tree: &mut Tree,
        [head, page]: [Layout<'_>; 2],
        seen: &Seen,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        let Some(coach) = &self.coach else { return };
        let trees = &mut tree.children;
        let state = tree.state.downcast_mut::<State>();
        let spots = &state.spots;
        let Some((serial, id)) = coach.acts.clone().filter(|(serial, _)| *serial != state.acted) else {
            return;
        };
        let wanted = |node: &&Node| names(&id, &node.id) && !node.state.disabled;
        let place = match id.is_empty() {
            true => spots.iter().find(|s| s.pointed).and_then(|s| s.seen),
            false => seen.nodes.iter().find(wanted).and_then(|node| node.visible),
        };
        let Some(place) = place.filter(|p| p.height > 0.0) else { return };
        state.acted = serial;
        let part = if head.bounds().contains(place.center()) { HEAD } else { PAGE };
        let finger = mouse::Cursor::Available(place.center());
        let press = [
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)),
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)),
        ];
        let mut said = Vec::new();
        for event in &press {
            // A shell of its own: what the program works is no touch of hers.
            let mut own = Shell::new(&mut said);
            let widget = self.parts[part].as_widget_mut();
            let place = if part == HEAD { head } else { page };
            widget.update(&mut trees[part], event, place, finger, renderer, clipboard, &mut own, viewport);
            if own.is_layout_invalid() {
                shell.invalidate_layout();
            }
        }
        said.into_iter().for_each(|message| shell.publish(message));
        let pointed = id.is_empty() || state.spots.iter().any(|s| s.pointed && names(&id, &s.id));
        if let Some(coach) = &self.coach {
            if pointed {
                shell.publish((coach.tapped)());
            }
            shell.publish((coach.acted)());
        }
        shell.request_redraw();
    }
}

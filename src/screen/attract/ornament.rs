//! Koshkar-muiz (ram's horns), a thin line drawn by the program: pairs of horns that roll outwards
//! from a stem, side by side on a line.

use iced::widget::canvas::{Frame, Geometry, Path, Program, Stroke, path};
use iced::{Color, Element, Length, Point, Rectangle, Renderer, Theme, mouse};

use crate::ui::theme::Look;

/// Width of one pair of horns to its height.
const RATIO: f32 = 2.0;

struct Band {
    ink: Color,
}

/// A band of horns as wide as there is room.
pub fn ornament<'a, M: 'a>(look: &Look, height: f32) -> Element<'a, M> {
    let band = Band { ink: look.palette().accent };
    iced::widget::canvas(band).width(Length::Fill).height(height).into()
}

impl<M> Program<M> for Band {
    type State = ();

    fn draw(
        &self,
        _state: &(),
        renderer: &Renderer,
        _theme: &Theme,
        bounds: Rectangle,
        _cursor: mouse::Cursor,
    ) -> Vec<Geometry> {
        let mut frame = Frame::new(renderer, bounds.size());
        let (width, base) = (bounds.width, bounds.height - 2.0);
        let height = bounds.height - 6.0;
        let count = (width / (height * RATIO)).floor().max(1.0);
        let unit = width / count;
        let path = Path::new(|p| {
            p.move_to(Point::new(0.0, base));
            p.line_to(Point::new(width, base));
            for n in 0..count as usize {
                horns(p, unit * (n as f32 + 0.5), base, unit / RATIO, height);
            }
        });
        frame.stroke(&path, Stroke::default().with_width(2.0).with_color(self.ink));
        vec![frame.into_geometry()]
    }
}

/// One pair: both horns rise from the stem, go over and roll in. `s` is half a pair's width.
fn horns(p: &mut path::Builder, middle: f32, base: f32, s: f32, height: f32) {
    for side in [-1.0, 1.0] {
        let at = |x: f32, y: f32| Point::new(middle + side * x * s, base - y * height);
        p.move_to(at(0.0, 0.0));
        p.bezier_curve_to(at(0.02, 0.55), at(0.18, 1.0), at(0.5, 1.0));
        p.bezier_curve_to(at(0.78, 1.0), at(0.88, 0.72), at(0.84, 0.5));
        p.bezier_curve_to(at(0.8, 0.26), at(0.48, 0.26), at(0.46, 0.5));
        p.bezier_curve_to(at(0.45, 0.68), at(0.66, 0.7), at(0.66, 0.54));
    }
}

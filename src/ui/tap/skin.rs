//! The box of a control: ground, outline, and what is laid over it while a finger is down.

use iced::advanced::{Renderer as _, renderer};
use iced::{Border, Color, Rectangle, Renderer};

/// How a tap widget is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skin {
    pub fill: Color,
    pub edge: Color,
    pub edge_width: f32,
    pub radius: f32,
    /// Laid over `fill` while a finger is down.
    pub pressed: Color,
    pub focus: Color,
}

impl Skin {
    /// The outline is what a box in its colour leaves to be seen around a smaller one: tiny-skia strokes a thin line
    /// pixel by pixel, and the outlines of a keyboard took a third of a frame.
    pub(super) fn draw(&self, renderer: &mut Renderer, bounds: Rectangle, pressed: bool) {
        let stroked = self.edge_width > 0.0 && self.edge != self.fill;
        let (within, outline) = if stroked && self.fill.a < 1.0 {
            (bounds, Border { color: self.edge, width: self.edge_width, radius: self.radius.into() })
        } else if stroked {
            let border = Border { radius: self.radius.into(), ..Border::default() };
            renderer.fill_quad(renderer::Quad { bounds, border, ..Default::default() }, self.edge);
            let radius = (self.radius - self.edge_width).max(0.0).into();
            (bounds.shrink(self.edge_width), Border { radius, ..Border::default() })
        } else {
            (bounds, Border { radius: self.radius.into(), ..Border::default() })
        };
        let quad = renderer::Quad { bounds: within, border: outline, ..Default::default() };
        renderer.fill_quad(quad, self.fill);
        if pressed {
            renderer.fill_quad(quad, self.pressed);
        }
    }
}

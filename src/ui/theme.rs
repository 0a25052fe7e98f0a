//! The look's tokens: colours, the type scale, measures. No colour, size or font stands anywhere
//! else (UX.md, "The look"). Everything hangs on one [`Look`], which every view helper takes.

use iced::{Color, Size, color};

use crate::i18n::Lang;

/// Light by default; dark and high contrast at a touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Scheme {
    #[default]
    Light,
    Dark,
    Contrast,
}

impl Scheme {
    pub const ALL: [Scheme; 3] = [Scheme::Light, Scheme::Dark, Scheme::Contrast];

    /// The one the theme button goes to.
    pub const fn next(self) -> Self {
        match self {
            Scheme::Light => Scheme::Dark,
            Scheme::Dark => Scheme::Contrast,
            Scheme::Contrast => Scheme::Light,
        }
    }

    pub const fn palette(self) -> &'static Palette {
        match self {
            Scheme::Light => &LIGHT,
            Scheme::Dark => &DARK,
            Scheme::Contrast => &CONTRAST,
        }
    }
}

/// The four steps of text size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Step {
    #[default]
    Usual,
    Large,
    Larger,
    Largest,
}

impl Step {
    pub const ALL: [Step; 4] = [Step::Usual, Step::Large, Step::Larger, Step::Largest];

    /// Body sizes of EN 301 549's reading distances at 0.248 mm a pixel: capitals of 4.3 … 7.3 mm.
    pub const fn body(self) -> f32 {
        match self {
            Step::Usual => 24.0,
            Step::Large => 29.0,
            Step::Larger => 35.0,
            Step::Largest => 41.0,
        }
    }

    pub fn smaller(self) -> Self {
        Step::ALL[(self as usize).saturating_sub(1)]
    }

    pub fn larger(self) -> Self {
        Step::ALL[(self as usize + 1).min(3)]
    }
}

/// Colours by what they are for. `edge` is a control's outline (3:1), `line` a decorative hairline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    pub paper: Color,
    pub card: Color,
    pub ink: Color,
    pub soft: Color,
    pub accent: Color,
    pub on_accent: Color,
    pub tint: Color,
    pub gold: Color,
    pub on_gold: Color,
    pub gold_soft: Color,
    pub gold_line: Color,
    pub danger: Color,
    pub danger_soft: Color,
    pub good: Color,
    pub edge: Color,
    pub line: Color,
    pub board: Color,
    pub key: Color,
    pub focus: Color,
    /// What lies over a page beneath a dialog.
    pub veil: Color,
}

const LIGHT: Palette = Palette {
    paper: color!(0xFAF8F3),
    card: color!(0xFFFFFF),
    ink: color!(0x1B2327),
    soft: color!(0x444E54),
    accent: color!(0x004A5C),
    on_accent: color!(0xFFFFFF),
    tint: color!(0xD9EEF2),
    gold: color!(0xFEC50C),
    on_gold: color!(0x1B2327),
    gold_soft: color!(0xFFF1C9),
    gold_line: color!(0xEBD38A),
    danger: color!(0x8A1414),
    danger_soft: color!(0xFBE9E6),
    good: color!(0x0F5127),
    edge: color!(0x857F70),
    line: color!(0xDDD8CC),
    board: color!(0xEFEAE0),
    key: color!(0xF6F3EA),
    focus: color!(0x1B2327),
    veil: color!(0x12181B, 0.62),
};

const DARK: Palette = Palette {
    paper: color!(0x12181B),
    card: color!(0x1A2328),
    ink: color!(0xF3F0E9),
    soft: color!(0xC3CACB),
    accent: color!(0x8ED4E4),
    on_accent: color!(0x06242C),
    tint: color!(0x0F333C),
    gold: color!(0xFEC50C),
    on_gold: color!(0x1B2327),
    gold_soft: color!(0x3B3108),
    gold_line: color!(0x6B5A17),
    danger: color!(0xFFB3A7),
    danger_soft: color!(0x43201B),
    good: color!(0x93DBA8),
    edge: color!(0x8A979C),
    line: color!(0x2F3B41),
    board: color!(0x0C1113),
    key: color!(0x232E34),
    focus: color!(0xFEC50C),
    veil: color!(0x000000, 0.7),
};

const CONTRAST: Palette = Palette {
    paper: color!(0x000000),
    card: color!(0x000000),
    ink: color!(0xFFFFFF),
    soft: color!(0xFFFFFF),
    accent: color!(0xFFE600),
    on_accent: color!(0x000000),
    tint: color!(0x000000),
    gold: color!(0xFFE600),
    on_gold: color!(0x000000),
    gold_soft: color!(0x000000),
    gold_line: color!(0xFFE600),
    danger: color!(0xFF9C8F),
    danger_soft: color!(0x000000),
    good: color!(0x8CFFB0),
    edge: color!(0xFFFFFF),
    line: color!(0xFFFFFF),
    board: color!(0x000000),
    key: color!(0x000000),
    focus: color!(0x5CF2FF),
    veil: color!(0x000000, 0.8),
};

/// The type scale; which size each has depends on the step and the room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// What people came for: days left, a number (72).
    Figure,
    /// A screen's heading (48).
    Heading,
    /// A card's or section's heading (32).
    Title,
    /// 28: names on tiles and buttons.
    Label,
    Body,
    Small,
    /// The top bar and the keyboard's captions: grow less, so that they keep their place.
    Bar,
}

/// The house's name in the bar, its size and line: it stands beside a drawing that does not grow.
pub const LOGO: (f32, f32) = (28.0, 36.0);

/// A touch target's least edge, in logical pixels.
pub const TARGET: f32 = 60.0;
/// The least gap between two targets.
pub const GAP: f32 = 8.0;
pub const RADIUS: f32 = 16.0;
/// The focus ring: its width, and how far outside a control it lies.
pub const RING: f32 = 3.0;
pub const RING_GAP: f32 = 1.0;
/// The coach mark's ring: its width, how far outside a control the clear ground reaches, its corners.
pub const MARK: f32 = 5.0;
pub const MARK_GAP: f32 = 7.0;
pub const MARK_RADIUS: f32 = 14.0;
/// A drag of more than this is not a tap.
pub const SLOP: f32 = 12.0;

/// All that a view depends on besides its state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    pub scheme: Scheme,
    pub step: Step,
    /// The window's size in logical pixels.
    pub viewport: Size,
    pub lang: Lang,
    /// Hold time before a key repeats, in milliseconds (up to 2000).
    pub repeat_after: u16,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            scheme: Scheme::default(),
            step: Step::default(),
            viewport: Size::new(1920.0, 1080.0),
            lang: Lang::default(),
            repeat_after: 500,
        }
    }
}

impl Look {
    pub fn palette(&self) -> &'static Palette {
        self.scheme.palette()
    }

    /// A screen of fewer than 900 px in height: five keyboard rows, tighter margins.
    pub fn is_low(&self) -> bool {
        self.viewport.height < 900.0
    }

    pub fn is_portrait(&self) -> bool {
        self.viewport.height > self.viewport.width
    }

    /// Is there room for a panel beside the page's body?
    pub fn has_side(&self) -> bool {
        let least = 1200.0 + (self.step.body() - 24.0) * 22.0;
        !self.is_portrait() && self.viewport.width >= least
    }

    /// A page's left and right margin.
    pub fn margin(&self) -> f32 {
        if self.viewport.width >= 1600.0 {
            96.0
        } else if self.is_portrait() {
            48.0
        } else {
            40.0
        }
    }

    /// A count of 8-px grid units, halved on low screens where more than one.
    pub fn space(&self, units: f32) -> f32 {
        if self.is_low() && units > 1.0 { (units * 8.0 * 0.625).round() } else { units * 8.0 }
    }

    /// Text size in pixels. Headings grow less than body text, and less again where the screen is
    /// small, so that one always fits above the keyboard; they are never below the body.
    pub fn size(&self, kind: Type) -> f32 {
        let i = self.step as usize;
        let small = self.is_low() || self.is_portrait();
        let low = self.is_low();
        let sizes = match kind {
            Type::Figure if low => [60.0, 64.0, 68.0, 72.0],
            Type::Figure => [80.0, 88.0, 96.0, 104.0],
            Type::Heading if low => [40.0, 42.0, 45.0, 48.0],
            Type::Heading => [48.0, 52.0, 56.0, 60.0],
            Type::Title if small => [30.0, 34.0, 39.0, 45.0],
            Type::Title => [32.0, 37.0, 43.0, 48.0],
            Type::Label => [26.0, 31.0, 36.0, 42.0],
            Type::Body => Step::ALL.map(Step::body),
            Type::Small => [20.0, 24.0, 29.0, 34.0],
            Type::Bar => [20.0, 22.0, 24.0, 26.0],
        };
        sizes[i]
    }

    /// Line height of a size, in pixels.
    pub fn line(&self, kind: Type) -> f32 {
        let tight = matches!(kind, Type::Figure | Type::Heading | Type::Title);
        (self.size(kind) * if tight { 1.2 } else { 1.35 }).round()
    }

    /// Seventy-five characters of body text (mean advance 0.54 em).
    pub fn measure(&self) -> f32 {
        self.step.body() * 0.54 * 75.0
    }

    /// The line around a control.
    pub fn edge_width(&self) -> f32 {
        if self.scheme == Scheme::Contrast { 2.0 } else { 1.0 }
    }

    /// A button's height.
    pub fn button_height(&self) -> f32 {
        (self.line(Type::Label) + self.space(4.0)).max(TARGET + 4.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(c: Color) -> f32 {
        c.relative_luminance()
    }

    fn contrast(a: Color, b: Color) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn the_measure_of_contrast_is_wcag_s() {
        assert!((contrast(Color::WHITE, Color::BLACK) - 21.0).abs() < 0.01);
        assert!((contrast(color!(0x777777), Color::WHITE) - 4.48).abs() < 0.02);
    }

    #[test]
    fn text_is_seven_to_one_in_every_scheme() {
        for scheme in Scheme::ALL {
            let p = scheme.palette();
            for ground in [p.paper, p.card, p.tint, p.gold_soft, p.danger_soft, p.board, p.key] {
                for (name, text) in [
                    ("ink", p.ink),
                    ("soft", p.soft),
                    ("accent", p.accent),
                    ("danger", p.danger),
                    ("good", p.good),
                ] {
                    let c = contrast(text, ground);
                    assert!(c >= 7.0, "{scheme:?} {name} on {ground:?}: {c:.2}");
                }
            }
            for (text, ground) in [(p.on_accent, p.accent), (p.on_gold, p.gold), (p.on_accent, p.danger)] {
                assert!(contrast(text, ground) >= 7.0, "{scheme:?} {ground:?}");
            }
        }
    }

    #[test]
    fn edges_and_focus_are_three_to_one_in_every_scheme() {
        for scheme in Scheme::ALL {
            let p = scheme.palette();
            for ground in [p.paper, p.card, p.tint, p.gold_soft, p.board, p.key] {
                for (name, line) in [("edge", p.edge), ("focus", p.focus), ("accent", p.accent)] {
                    let c = contrast(line, ground);
                    assert!(c >= 3.0, "{scheme:?} {name} on {ground:?}: {c:.2}");
                }
            }
        }
    }

    #[test]
    fn sizes_grow_with_the_step_and_headings_never_fall_below_the_body() {
        for viewport in [Size::new(1920.0, 1080.0), Size::new(1366.0, 768.0), Size::new(1080.0, 1920.0)] {
            let at = |step| Look { step, viewport, ..Look::default() };
            for kind in
                [Type::Figure, Type::Heading, Type::Title, Type::Label, Type::Body, Type::Small, Type::Bar]
            {
                let sizes = Step::ALL.map(|s| at(s).size(kind));
                assert!(sizes.windows(2).all(|w| w[0] < w[1]), "{kind:?} {sizes:?}");
            }
            for step in Step::ALL {
                let look = at(step);
                assert!(look.size(Type::Heading) >= look.size(Type::Title));
                assert!(look.size(Type::Title) >= look.size(Type::Body));
            }
        }
        let usual = Look::default();
        assert_eq!(
            [Type::Heading, Type::Title, Type::Body, Type::Small].map(|k| usual.size(k)),
            [48.0, 32.0, 24.0, 20.0]
        );
    }

    #[test]
    fn the_largest_capitals_are_seven_point_three_millimetres() {
        // Inter's capitals are 0.727 em.
        assert!(Step::Largest.body() * 0.727 * 0.248 >= 7.3);
    }
}

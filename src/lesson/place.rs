//! Where the bubble stands: beside what it speaks of, on nothing that must be seen.

/// A rectangle in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Between the bubble and what must stay clear.
pub const GAP: f32 = 20.0;

impl Area {
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Has it a size at all?
    pub fn is_some(&self) -> bool {
        self.width > 0.0 && self.height > 0.0
    }

    /// The least that holds both.
    pub fn with(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self {
            x,
            y,
            width: self.right().max(other.right()) - x,
            height: self.bottom().max(other.bottom()) - y,
        }
    }

    /// How much of `other` it covers, in square pixels.
    pub fn covers(&self, other: &Self) -> f32 {
        let width = self.right().min(other.right()) - self.x.max(other.x);
        let height = self.bottom().min(other.bottom()) - self.y.max(other.y);
        width.max(0.0) * height.max(0.0)
    }

    /// The empty space between the two: 0 where they touch.
    fn away(&self, other: &Self) -> f32 {
        let x = (other.x - self.right()).max(self.x - other.right()).max(0.0);
        let y = (other.y - self.bottom()).max(self.y - other.bottom()).max(0.0);
        x.hypot(y)
    }

    fn middle(&self) -> (f32, f32) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

/// What a square pixel of dimmed text weighs that the bubble covers, against a pixel farther away.
const COVERED: f32 = 0.02;

/// What the bubble stands among.
#[derive(Clone, Copy, Debug, Default)]
pub struct Among<'a> {
    pub target: Option<&'a Area>,
    /// Never covered.
    pub clear: &'a [Area],
    /// Better not covered.
    pub text: &'a [Area],
}

/// Where a bubble of this size stands within `room`: clear of all that must be, near its target, on as
/// little text as can be; in the middle where nothing is pointed at. `None`: it covers something
/// wherever it stands.
pub fn place(room: &Area, (width, height): (f32, f32), among: Among<'_>) -> Option<Area> {
    let Among { target, clear, text } = among;
    if width > room.width || height > room.height {
        return None;
    }
    let middle = room.middle();
    let (to_x, to_y) = target.map_or(middle, Area::middle);
    let mut xs = vec![middle.0 - width / 2.0, to_x - width / 2.0];
    let mut ys = vec![middle.1 - height / 2.0, to_y - height / 2.0];
    for part in 0..=6u8 {
        let part = f32::from(part) / 6.0;
        xs.push(room.x + (room.width - width) * part);
        ys.push(room.y + (room.height - height) * part);
    }
    for area in clear {
        xs.extend([area.x, area.right() - width, area.right() + GAP, area.x - width - GAP]);
        ys.extend([area.y, area.bottom() - height, area.bottom() + GAP, area.y - height - GAP]);
    }
    let fits = |x: &f32, least: f32, most: f32| *x >= least - 0.5 && *x <= most + 0.5;
    xs.retain(|x| fits(x, room.x, room.right() - width));
    ys.retain(|y| fits(y, room.y, room.bottom() - height));
    let mut best: Option<(f32, Area)> = None;
    for x in &xs {
        for y in &ys {
            let here = Area::new(x.round(), y.round(), width, height);
            // The gold ring stands around what is pointed at.
            let wide = Area::new(here.x - GAP / 2.0, here.y - GAP / 2.0, width + GAP, height + GAP);
            if clear.iter().any(|area| wide.covers(area) > 0.0) {
                continue;
            }
            let (mid_x, mid_y) = here.middle();
            let apart = target.map_or(0.0, |t| here.away(t));
            // Beside it is near enough, wherever along its edge.
            let (beside_x, beside_y) = ((mid_x - to_x).abs(), (mid_y - to_y).abs());
            let along = (beside_x - width * 0.4).max(0.0) + (beside_y - height * 0.4).max(0.0);
            let edge = target.map_or(beside_x + beside_y, |t| (here.x - t.x).abs());
            let on_text: f32 = text.iter().map(|area| here.covers(area)).sum();
            let cost = apart * 4.0 + along + edge * 0.1 + on_text * COVERED;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, here));
            }
        }
    }
    best.map(|(_, here)| here)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Area = Area::new(0.0, 140.0, 1920.0, 940.0);
    const SIZE: (f32, f32) = (700.0, 300.0);

    fn free(target: &Area, clear: &[Area]) -> Area {
        let among = Among { target: Some(target), clear, text: &[] };
        let here = place(&ROOM, SIZE, among).expect("there is room");
        assert!(clear.iter().all(|area| here.covers(area) == 0.0), "{here:?}");
        assert!(here.x >= ROOM.x && here.right() <= ROOM.right(), "{here:?}");
        assert!(here.y >= ROOM.y && here.bottom() <= ROOM.bottom(), "{here:?}");
        here
    }

    #[test]
    fn at_every_edge_it_stands_beside_and_inside() {
        for (x, y) in [(0.0, 140.0), (1820.0, 140.0), (0.0, 1000.0), (1820.0, 1000.0), (900.0, 600.0)] {
            let target = Area::new(x, y, 100.0, 80.0);
            let here = free(&target, &[target]);
            assert!(here.away(&target) <= 2.0 * GAP, "{target:?} {here:?}");
        }
    }

    #[test]
    fn what_must_stay_clear_is_not_covered_although_it_is_near() {
        let keyboard = Area::new(100.0, 600.0, 1700.0, 380.0);
        let field = Area::new(100.0, 300.0, 900.0, 100.0);
        free(&keyboard, &[keyboard, field]);
    }

    #[test]
    fn without_a_target_it_stands_in_the_middle() {
        let here = place(&ROOM, SIZE, Among::default()).unwrap();
        assert_eq!(here.middle(), ROOM.middle());
        // And moves aside from what is written there.
        let text = [Area::new(500.0, 500.0, 900.0, 200.0)];
        let here = place(&ROOM, SIZE, Among { text: &text, ..Among::default() }).unwrap();
        assert_eq!(here.covers(&text[0]), 0.0);
    }

    #[test]
    fn where_there_is_no_room_it_says_so() {
        let all = Area::new(0.0, 200.0, 1920.0, 800.0);
        assert_eq!(place(&ROOM, SIZE, Among { target: Some(&all), clear: &[all], text: &[] }), None);
        assert_eq!(place(&ROOM, (2000.0, 10.0), Among::default()), None);
    }
}

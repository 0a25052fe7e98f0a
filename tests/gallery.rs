//! Every screen, in every language, at the smallest and the largest text, in three windows: measured
//! from the semantic tree and the layout, not from pixels. And the pictures themselves: painted by
//! damage as the window is, they are those painted whole.

use iced::{Rectangle, Size};
use tereze::cli::gallery::{looks, scenes, world};
use tereze::ui::headless::Stage;
use tereze::ui::semantic::{Node, Role, Tree};
use tereze::ui::theme::{GAP, Look, TARGET};

/// Scenes that cover the whole window on purpose.
const WITHOUT_BAR: [&str; 4] = ["called", "hidden", "starting", "kit-dialog"];

/// Layout rounds to whole pixels here and there.
const ROUNDING: f32 = 0.5;

fn right(r: &Rectangle) -> f32 {
    r.x + r.width
}

fn bottom(r: &Rectangle) -> f32 {
    r.y + r.height
}

/// The gap between two rectangles: negative where they overlap.
fn gap(a: &Rectangle, b: &Rectangle) -> f32 {
    let x = (b.x - right(a)).max(a.x - right(b));
    let y = (b.y - bottom(a)).max(a.y - bottom(b));
    x.max(y)
}

fn within(inner: &Rectangle, width: f32, height: f32) -> bool {
    inner.x >= -ROUNDING
        && inner.y >= -ROUNDING
        && right(inner) <= width + ROUNDING
        && bottom(inner) <= height + ROUNDING
}

/// What is wrong with a view, in words.
fn faults(tree: &Tree, look: &Look) -> Vec<String> {
    let mut faults = Vec::new();
    let Size { width, height } = look.viewport;
    for orphan in &tree.orphans {
        faults.push(format!("focusable, but not in the tree: {orphan}"));
    }
    let controls: Vec<&Node> = tree.controls().collect();
    for (i, node) in controls.iter().enumerate() {
        let name = &node.id;
        if node.id.is_empty() || node.label.trim().is_empty() {
            faults.push(format!("nameless: {node:?}"));
        }
        if node.bounds.width + ROUNDING < TARGET || node.bounds.height + ROUNDING < TARGET {
            faults.push(format!("small: {name} {:?}", node.bounds.size()));
        }
        // What scrolls may stand below its window, but never beside it.
        let tall = if node.scrolls { f32::INFINITY } else { height };
        let placed = Rectangle { y: if node.scrolls { 0.0 } else { node.bounds.y }, ..node.bounds };
        if !within(&placed, width, tall) {
            faults.push(format!("outside: {name} {:?}", node.bounds));
        }
        for other in &controls[i + 1..] {
            if other.id == node.id {
                faults.push(format!("twice: {name}"));
            }
            let apart = if node.scrolls == other.scrolls {
                gap(&node.bounds, &other.bounds)
            } else {
                match (&node.visible, &other.visible) {
                    (Some(a), Some(b)) => gap(a, b),
                    _ => continue,
                }
            };
            if apart + ROUNDING < GAP {
                faults.push(format!(
                    "close ({apart}): {name} {:?} and {} {:?}",
                    node.bounds, other.id, other.bounds
                ));
            }
        }
    }
    for text in &tree.texts {
        if text.is_cut() {
            faults.push(format!("cut off: {text:?}"));
        }
        let tall = if text.scrolls { f32::INFINITY } else { height };
        let placed = Rectangle { y: if text.scrolls { 0.0 } else { text.bounds.y }, ..text.bounds };
        if !within(&placed, width, tall) {
            faults.push(format!("outside: {text:?}"));
        }
    }
    // The first screen asks one question in three languages: its starts are one.
    let primary = |n: &&&Node| n.role == Role::DefaultButton && !n.id.starts_with("attract.start.");
    if controls.iter().filter(primary).count() > 1 {
        faults.push("more than one primary".into());
    }
    let keys: Vec<&&Node> = controls.iter().filter(|n| n.id.starts_with("key.")).collect();
    if let (Some(top), Some(foot)) = (
        keys.iter().map(|k| k.bounds.y).min_by(f32::total_cmp),
        keys.iter().map(|k| bottom(&k.bounds)).max_by(f32::total_cmp),
    ) {
        if foot - top > height * 0.45 {
            faults.push(format!("the keyboard takes {} of {height}", foot - top));
        }
        let mut rows: Vec<i32> = keys.iter().map(|k| k.bounds.y.round() as i32).collect();
        rows.sort_unstable();
        rows.dedup();
        if height < 900.0 && rows.len() > 5 {
            faults.push(format!("{} rows of keys on a low screen", rows.len()));
        }
    }
    // The field that is typed into is seen whole, or as much of it as its place allows.
    for node in controls.iter().filter(|n| n.state.focused) {
        let seen = node.visible.map_or(0.0, |v| v.height);
        if seen + ROUNDING < node.bounds.height.min(TARGET) {
            faults.push(format!(
                "in focus but out of sight: {} {:?} of {:?}",
                node.id, node.visible, node.bounds
            ));
        }
    }
    faults
}

#[test]
fn every_screen_holds_in_every_language_size_and_window() {
    let mut all = Vec::new();
    let mut views = 0;
    let mut stage = Stage::new(Size::new(1920.0, 1080.0)).expect("a headless renderer");
    let (_runtime, world) = world().expect("the practice world");
    for look in looks() {
        // Back and the primary stand where they always stand.
        let mut back: Option<(String, f32, f32)> = None;
        let mut next: Option<(String, f32, f32)> = None;
        for scene in scenes() {
            let tree = scene.tree(&mut stage, &look, &world);
            views += 1;
            let name = format!(
                "{} {} step {} {:?}",
                scene.name(),
                look.lang.tag(),
                look.step as u8 + 1,
                look.viewport
            );
            let mut found = faults(&tree, &look);
            for (id, held) in [("page.back", &mut back), ("page.next", &mut next)] {
                let Some(node) = tree.find(id) else { continue };
                let edge = if id == "page.back" { node.bounds.x } else { right(&node.bounds) };
                let at = (edge, bottom(&node.bounds));
                match held {
                    None => *held = Some((scene.name().to_owned(), at.0, at.1)),
                    Some((other, x, y)) => {
                        if (at.0 - *x).abs() > ROUNDING || (at.1 - *y).abs() > ROUNDING {
                            found.push(format!("{id} at {at:?}, but on {other} at {:?}", (x, y)));
                        }
                    }
                }
            }
            if !WITHOUT_BAR.contains(&scene.name()) {
                for id in [
                    "bar.lang.kk",
                    "bar.lang.ru",
                    "bar.lang.en",
                    "bar.theme",
                    "bar.help",
                    "bar.call",
                    "bar.hide",
                ] {
                    if tree.find(id).is_none() {
                        found.push(format!("no {id}"));
                    }
                }
            }
            all.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    println!("{views} views measured");
    assert!(
        all.is_empty(),
        "{} faults\n{}",
        all.len(),
        all.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn the_measure_finds_what_it_is_for() {
    let look = Look::default();
    let node = |id: &'static str, x: f32, width: f32| {
        let mut node = Node::new(id, Role::Button, "a");
        node.bounds = Rectangle { x, y: 100.0, width, height: 64.0 };
        node.visible = Some(node.bounds);
        node
    };
    let tree = |nodes: Vec<Node>| Tree { nodes, ..Tree::default() };
    assert_eq!(faults(&tree(vec![node("a", 0.0, 64.0), node("b", 72.0, 64.0)]), &look), Vec::<String>::new());
    for (nodes, word) in [
        (vec![node("a", 0.0, 50.0)], "small"),
        (vec![node("a", 0.0, 64.0), node("b", 70.0, 64.0)], "close"),
        (vec![node("a", 0.0, 64.0), node("b", 40.0, 64.0)], "close"),
        (vec![node("a", 1900.0, 64.0)], "outside"),
        (vec![node("a", 0.0, 64.0), node("a", 100.0, 64.0)], "twice"),
    ] {
        let found = faults(&tree(nodes), &look);
        assert!(found.iter().any(|f| f.starts_with(word)), "{word}: {found:?}");
    }
    let primaries = ["a", "b"]
        .map(|id| Node { role: Role::DefaultButton, ..node(id, if id == "a" { 0.0 } else { 99.0 }, 64.0) });
    assert!(faults(&tree(primaries.into()), &look).iter().any(|f| f.contains("primary")));
}

/// iced_tiny_skia's own damage tracking, as its window compositor runs it, on a canvas of our own.
mod damage {
    use iced::advanced::graphics::{Viewport, damage};
    use iced::widget::column;
    use iced::{Color, Element, Point, Rectangle, Size};
    use iced_tiny_skia::Layer;
    use tereze::ui::headless::Stage;
    use tereze::ui::theme::{Look, Scheme};
    use tereze::ui::{canvas, words};
    use tiny_skia::{Mask, PixmapMut};

    const SIZE: Size = Size::new(600.0, 300.0);
    const GROUND: Color = Color::WHITE;

    struct Screen {
        pixels: Vec<u8>,
        last: Option<Vec<Layer>>,
    }

    impl Screen {
        fn present(&mut self, stage: &mut Stage) {
            let layers = stage.renderer.layers().to_vec();
            let whole = Rectangle::with_size(SIZE);
            let damage = match &self.last {
                Some(last) => damage::diff(last, &layers, |layer| vec![layer.bounds], Layer::damage),
                None => vec![whole],
            };
            self.last = Some(layers);
            let damage = damage::group(damage, whole);
            let (w, h) = (SIZE.width as u32, SIZE.height as u32);
            let mut pixels = PixmapMut::from_bytes(&mut self.pixels, w, h).expect("a pixmap");
            let mut mask = Mask::new(w, h).expect("a mask");
            let viewport = Viewport::with_physical_size(Size::new(w, h), 1.0);
            stage.renderer.draw(&mut pixels, &mut mask, &viewport, &damage, GROUND);
        }
    }

    /// Paints two views one after the other by damage; does the second look as if painted whole?
    fn same(first: Element<'_, ()>, second: [Element<'_, ()>; 2]) -> bool {
        let mut stage = Stage::new(SIZE).expect("a headless renderer");
        let mut screen = Screen { pixels: vec![0; (SIZE.width * SIZE.height) as usize * 4], last: None };
        stage.draw(first);
        screen.present(&mut stage);
        let [again, whole] = second;
        stage.draw(again);
        screen.present(&mut stage);
        stage.draw(whole);
        let mut fresh = Screen { pixels: vec![0; screen.pixels.len()], last: None };
        fresh.present(&mut stage);
        screen.pixels == fresh.pixels
    }

    fn bare<'a>(look: &Look, top: f32, says: &'static str) -> Element<'a, ()> {
        let text = words::text(look, says);
        let moved =
            iced::widget::container(text).padding(iced::Padding { top, left: 20.0, ..Default::default() });
        column![moved, words::text(look, "Терезе")].into()
    }

    #[test]
    fn what_is_painted_by_damage_is_what_is_painted_whole() {
        for scheme in Scheme::ALL {
            let look = Look { viewport: SIZE, scheme, ..Look::default() };
            let view = |top, says| canvas::canvas(&look, bare(&look, top, says));
            for (top, says) in [(0.0, "Хат"), (40.0, "Хат"), (7.5, "Хаттың нөмірі"), (0.0, "")]
            {
                assert!(
                    same(view(0.0, "Хат жазу"), [view(top, says), view(top, says)]),
                    "{scheme:?} {top} {says}"
                );
            }
        }
    }

    /// Should iced be mended, this still holds; should the canvas lose its nudge, it fails.
    #[test]
    fn every_draw_damages_the_whole_window() {
        let look = Look { viewport: SIZE, ..Look::default() };
        let mut stage = Stage::new(SIZE).expect("a headless renderer");
        let mut layers: Vec<Vec<Layer>> = Vec::new();
        for _ in 0..300 {
            stage.draw(canvas::canvas::<()>(&look, bare(&look, 0.0, "Хат")));
            layers.push(stage.renderer.layers().to_vec());
        }
        let whole = Rectangle::new(Point::ORIGIN, SIZE);
        // The compositor compares with buffers one, two or three frames old.
        for age in 1..=3 {
            for pair in layers.windows(age + 1) {
                let damage = damage::diff(&pair[0], &pair[age], |layer| vec![layer.bounds], Layer::damage);
                assert!(damage.iter().any(|d| d.union(&whole) == *d || *d == whole), "age {age}: {damage:?}");
                assert_eq!(damage::group(damage, whole), [whole], "age {age}: painted more than once");
            }
        }
    }
}

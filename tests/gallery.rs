//! Every screen, in every language, at the smallest and the largest text, in three windows: measured
//! from the semantic tree and the layout, and from the pixels where only they can tell. And the
//! pictures themselves: painted by damage as the window is, they are those painted whole.

use std::collections::BTreeMap;

use iced::{Rectangle, Size};
use tereze::cli::gallery::{looks, scenes, world};
use tereze::ui::headless::Stage;
use tereze::ui::semantic::{Node, Role, Tree};
use tereze::ui::theme::{Look, Scheme};

#[path = "support/gallery/damage.rs"]
mod damage;
#[path = "support/gallery/measure.rs"]
mod measure;
#[path = "support/gallery/painted.rs"]
mod painted;

use measure::{ROUNDING, bottom, faults, right};

/// Scenes that cover the whole window on purpose.
const WITHOUT_BAR: [&str; 4] = ["called", "hidden", "starting", "kit-dialog"];
const BAR: [&str; 7] =
    ["bar.lang.kk", "bar.lang.ru", "bar.lang.en", "bar.theme", "bar.help", "bar.call", "bar.hide"];

fn stage() -> Stage {
    Stage::new(Size::new(1920.0, 1080.0)).expect("a headless renderer")
}

#[track_caller]
fn none(faults: &[String]) {
    let first = faults.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(faults.is_empty(), "{} faults\n{first}", faults.len());
}

#[test]
fn every_screen_holds_in_every_language_size_and_window() {
    let mut all = Vec::new();
    let mut views = 0;
    let mut stage = stage();
    let (_runtime, world) = world().expect("the practice world");
    for look in looks() {
        // Back and the primary stand where they always stand.
        let mut back: Option<(String, f32, f32)> = None;
        let mut next: Option<(String, f32, f32)> = None;
        for scene in scenes() {
            let tree = scene.tree(&mut stage, &look, &world);
            views += 1;
            let step = look.step as u8 + 1;
            let name = format!("{} {} step {step} {:?}", scene.name(), look.lang.tag(), look.viewport);
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
                found.extend(BAR.iter().filter(|id| tree.find(id).is_none()).map(|id| format!("no {id}")));
            }
            all.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    println!("{views} views measured");
    none(&all);
}

/// States of different ways that show the same on purpose.
const TWINS: [&str; 2] = ["called-answer", "later-saved-pulled"];

/// A way that stops half-way shows the screen of another preset.
#[test]
fn no_two_presets_show_the_same() {
    let look = Look::default();
    let (_runtime, world) = world().expect("the practice world");
    let mut stage = stage();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut twins = Vec::new();
    for scene in scenes().into_iter().filter(|scene| !TWINS.contains(&scene.name())) {
        let tree = scene.tree(&mut stage, &look, &world);
        let said = |n: &Node| format!("{} {} {:?} {:?} {:?}\n", n.id, n.label, n.value, n.help, n.state);
        let all: String = tree.nodes.iter().map(said).collect();
        if let Some(other) = seen.insert(all, scene.name()) {
            twins.push(format!("{} and {other}", scene.name()));
        }
    }
    none(&twins);
}

/// Pixels are dear: one language and window, every scheme.
#[test]
fn words_and_edges_are_seen_in_every_scheme() {
    let work = |scheme| {
        let (_runtime, world) = world().expect("the practice world");
        let mut stage = stage();
        let look = Look { scheme, ..Look::default() };
        let (width, height) = (look.viewport.width as usize, look.viewport.height as usize);
        let mut faults = Vec::new();
        for scene in scenes() {
            let tree = scene.tree(&mut stage, &look, &world);
            let rgba = scene.picture(&mut stage, &look, &world);
            let found = painted::faint(&painted::Picture { rgba: &rgba, width, height }, &tree);
            faults.extend(found.into_iter().map(|fault| format!("{} {scheme:?}: {fault}", scene.name())));
        }
        faults
    };
    let faults: Vec<String> = std::thread::scope(|scope| {
        let threads = Scheme::ALL.map(|scheme| scope.spawn(move || work(scheme)));
        threads.into_iter().flat_map(|t| t.join().expect("measured")).collect()
    });
    none(&faults);
}

fn node(id: &'static str, x: f32, width: f32) -> Node {
    let mut node = Node::new(id, Role::Button, "a");
    node.bounds = Rectangle { x, y: 100.0, width, height: 64.0 };
    node.visible = Some(node.bounds);
    node
}

fn tree(nodes: Vec<Node>) -> Tree {
    Tree { nodes, ..Tree::default() }
}

#[test]
fn the_measure_finds_what_it_is_for() {
    let look = Look::default();
    assert_eq!(faults(&tree(vec![node("a", 0.0, 64.0), node("b", 72.0, 64.0)]), &look), Vec::<String>::new());
    let scrolled = || Node { scrolls: true, visible: None, ..node("a", 0.0, 64.0) };
    let heading = Node { role: Role::Heading, scrolls: true, ..node("h", 0.0, 64.0) };
    for (nodes, word) in [
        (vec![node("a", 0.0, 50.0)], "small"),
        (vec![node("a", 0.0, 64.0), node("b", 70.0, 64.0)], "close"),
        (vec![node("a", 0.0, 64.0), node("b", 40.0, 64.0)], "close"),
        (vec![node("a", 1900.0, 64.0)], "outside"),
        (vec![node("a", 0.0, 64.0), node("a", 100.0, 64.0)], "twice"),
        (vec![scrolled()], "goes on"),
        (vec![heading], "scrolls away"),
    ] {
        let found = faults(&tree(nodes), &look);
        assert!(found.iter().any(|f| f.starts_with(word)), "{word}: {found:?}");
    }
    let turned = faults(&tree(vec![scrolled(), node("page.more", 200.0, 64.0)]), &look);
    assert!(turned.is_empty(), "{turned:?}");
    let primaries = ["a", "b"]
        .map(|id| Node { role: Role::DefaultButton, ..node(id, if id == "a" { 0.0 } else { 99.0 }, 64.0) });
    assert!(faults(&tree(primaries.into()), &look).iter().any(|f| f.contains("primary")));
}

/// A box whose edge is too faint, and one whose edge is not.
#[test]
fn the_measure_of_pixels_finds_what_it_is_for() {
    let paint = |edge: u8| {
        let (width, height) = (300, 300);
        let mut rgba = vec![255u8; width * height * 4];
        for y in 100..164 {
            for x in 50..52 {
                rgba[(y * width + x) * 4..][..3].fill(edge);
            }
        }
        let found = painted::faint(
            &painted::Picture { rgba: &rgba, width, height },
            &tree(vec![node("a", 50.0, 64.0)]),
        );
        found.len()
    };
    assert_eq!((paint(0x80), paint(0xb0)), (0, 1));
    assert!((painted::contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
}

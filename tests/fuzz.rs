//! Strangers' files, changed with their structure in mind, into everything that reads them: nothing panics, nothing
//! takes more memory than its cap. `make test` runs a fixed row of changes; `TEREZE_FUZZ_SECONDS=600` runs each target
//! for so long with new ones, `TEREZE_FUZZ_TARGET=CRL` one of them, and prints the figures of docs/trust.md.

#[path = "support/der.rs"]
mod der;
#[path = "support/fuzz/documents.rs"]
mod documents;
#[path = "support/fuzz/mutate.rs"]
mod mutate;
#[path = "support/fuzz/targets.rs"]
mod targets;

use std::time::{Duration, Instant};

use mutate::{Change, changed};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use targets::{ALL, Bench, Target, fixture};

/// The address space that one input may take beyond the process's own: more aborts the test.
const ROOM: u64 = 512 << 20;

/// Changes tried on each target by `make test`.
const FEW: u32 = 150;

/// A figure of this process in bytes: what it holds, and the most it held since [`forget`].
fn memory(key: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

fn forget() {
    // Where the system does not let it be forgotten, the figure is of the whole run: no less.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[derive(Default)]
struct Figures {
    runs: u64,
    taken: u64,
    longest: Duration,
    most: usize,
    input: usize,
}

/// One target for `seconds`, or for a fixed row of changes.
fn run(bench: &Bench, target: &Target, seconds: Option<u64>) -> Figures {
    let seeds: Vec<Vec<u8>> = target.seeds.iter().map(|name| seed(target, name)).collect();
    let figures = std::cell::RefCell::new(Figures::default());
    let until = seconds.map(|s| Instant::now() + Duration::from_secs(s));
    loop {
        let config =
            Config { cases: FEW, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
        let mut runner = match until {
            None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
            Some(_) => TestRunner::new(config),
        };
        let changes = (any::<u16>(), vec(any::<Change>(), 1..7));
        let outcome = runner.run(&changes, |(which, changes)| {
            let (one, other) = (usize::from(which) % seeds.len(), usize::from(which / 7) % seeds.len());
            let input = changed(&seeds[one], &seeds[other], &changes);
            forget();
            let (before, start) = (memory("VmRSS"), Instant::now());
            let taken = (target.act)(bench, &input);
            let held = memory("VmHWM").saturating_sub(before);
            let mut figures = figures.borrow_mut();
            figures.runs += 1;
            figures.taken += u64::from(taken);
            figures.longest = figures.longest.max(start.elapsed());
            if held > figures.most {
                (figures.most, figures.input) = (held, input.len());
            }
            if held > target.memory + 64 * input.len() {
                return Err(TestCaseError::fail(format!("{held} bytes for {}", input.len())));
            }
            Ok(())
        });
        if let Err(TestError::Fail(why, (which, changes))) = &outcome {
            let input = changed(
                &seeds[usize::from(*which) % seeds.len()],
                &seeds[usize::from(which / 7) % seeds.len()],
                changes,
            );
            panic!("{}: {why}: {changes:?} makes {}", target.name, hex::encode(input));
        }
        outcome.unwrap();
        if until.is_none_or(|until| Instant::now() > until) {
            return figures.into_inner();
        }
    }
}

/// What is signed anew is the payload alone.
fn seed(target: &Target, name: &str) -> Vec<u8> {
    use coset::TaggedCborSerializable as _;
    let bytes = fixture(name);
    match target.name {
        "COSE, signed" => coset::CoseSign1::from_tagged_slice(&bytes).unwrap().payload.unwrap(),
        _ => bytes,
    }
}

#[test]
fn nothing_a_stranger_brings_breaks_what_reads_it() {
    let variable = |name: &str| std::env::var(name).ok();
    let seconds = variable("TEREZE_FUZZ_SECONDS").map(|s| s.parse().expect("seconds"));
    let only = variable("TEREZE_FUZZ_TARGET");
    let bench = Bench::new();
    let (_, most) = getrlimit(Resource::RLIMIT_AS).unwrap();
    setrlimit(Resource::RLIMIT_AS, memory("VmSize") as u64 + ROOM, most).unwrap();
    println!(
        "| target | runs | taken for good | longest | most memory | its input |\n|---|---|---|---|---|---|"
    );
    for target in ALL.iter().filter(|t| only.as_deref().is_none_or(|only| only == t.name)) {
        // What is changed would be taken as it stands, but for seeds that only lend their parts.
        let taken = target.seeds.iter().any(|name| (target.act)(&bench, &seed(target, name)));
        assert!(taken, "{}: no seed is taken for good", target.name);
        let f = run(&bench, target, seconds);
        let (kib, ms) = (f.most / 1024, f.longest.as_millis());
        println!("| {} | {} | {} | {ms} ms | {kib} KiB | {} bytes |", target.name, f.runs, f.taken, f.input);
    }
}

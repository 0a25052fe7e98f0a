use super::*;
use crate::store::disk::DataDir;
use crate::store::memory::MemoryShelf;

fn facts(size: usize) -> Facts {
    Facts {
        submission: SubmissionId([7; 16]),
        statement: Digest::of(b"statement"),
        size: size as u64,
        stored: Moment(1_800_000_000),
        attempts: 0,
        mark: Some(Digest([9; 32])),
        fault: None,
        again: None,
        former: None,
    }
}

/// What both shelves owe; `reopen` gives the shelf as the next start finds it.
fn contract(shelf: &dyn Shelf, reopen: &dyn Fn() -> Box<dyn Shelf>) {
    let envelope = vec![42u8; 100_000];
    let id = Digest::of(&envelope);
    let held = shelf.reserve(envelope.len() as u64).unwrap();
    shelf.put(id, &facts(envelope.len()), &envelope, Some(held)).unwrap();
    // A repeat changes nothing.
    shelf.put(id, &Facts { attempts: 9, ..facts(envelope.len()) }, &envelope, None).unwrap();
    assert_eq!(shelf.envelope(id).unwrap(), envelope);

    let noted = Facts { attempts: 3, fault: Some("portal.cut".into()), ..facts(envelope.len()) };
    shelf.note(id, &noted).unwrap();
    shelf.shift(id, Place::Stuck).unwrap();
    let found = reopen().load().unwrap();
    assert_eq!(found, [Kept { id, place: Place::Stuck, facts: noted.clone(), outcome: None, sealed: true }]);
    shelf.shift(id, Place::Waiting).unwrap();
    assert_eq!(reopen().load().unwrap()[0].place, Place::Waiting);

    shelf.settle(id, Place::Registered, b"receipt").unwrap();
    let found = reopen().load().unwrap();
    assert_eq!(found[0].outcome.as_deref(), Some(&b"receipt"[..]));
    assert_eq!(found[0].place, Place::Registered);
    // What is settled stays settled; its envelope stays for a portal that may lose it.
    assert!(found[0].sealed && shelf.envelope(id).unwrap() == envelope);
    assert_eq!(shelf.shift(id, Place::Waiting), Err(StoreError::Damaged));
    assert_eq!(shelf.settle(id, Place::Refused, b"notice"), Err(StoreError::Damaged));

    shelf.shift(id, Place::Returning).unwrap();
    let found = reopen().load().unwrap();
    assert_eq!((found[0].place, found[0].outcome.as_deref()), (Place::Returning, Some(&b"receipt"[..])));
    // On its way back it is neither released nor forgotten.
    assert_eq!(shelf.release(id), Err(StoreError::Damaged));
    assert_eq!(shelf.forget(Moment(2_000_000_000)).unwrap(), 0);
    let again = Facts { again: Some(Moment(1_800_000_500)), former: Some("7".into()), ..noted };
    shelf.note(id, &again).unwrap();
    shelf.settle(id, Place::Registered, b"receipt 2").unwrap();
    let found = reopen().load().unwrap();
    assert_eq!((found[0].outcome.as_deref(), &found[0].facts), (Some(&b"receipt 2"[..]), &again));

    shelf.release(id).unwrap();
    shelf.release(id).unwrap();
    assert_eq!(shelf.envelope(id), Err(StoreError::Damaged));
    assert_eq!(shelf.shift(id, Place::Returning), Err(StoreError::Damaged));
    assert!(!reopen().load().unwrap()[0].sealed);
    assert_eq!(shelf.forget(Moment(1_800_000_000)).unwrap(), 0);
    assert_eq!(shelf.forget(Moment(1_800_000_001)).unwrap(), 1);
    assert!(reopen().load().unwrap().is_empty());

    // Wishes come and go by themselves; the last one said is the one.
    assert!(shelf.wishes().unwrap().is_empty());
    shelf.wish(id, b"first").unwrap();
    shelf.wish(id, b"second").unwrap();
    shelf.wish(Digest::of(b"another"), b"third").unwrap();
    let found = reopen().wishes().unwrap();
    assert!(found.len() == 2 && found.contains(&(id, b"second".to_vec())), "{found:?}");
    shelf.drop_wish(id).unwrap();
    shelf.drop_wish(id).unwrap();
    assert_eq!(reopen().wishes().unwrap(), [(Digest::of(b"another"), b"third".to_vec())]);
}

#[test]
fn both_shelves_keep_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let (data, _) = DataDir::open(dir.path(), "kiosk", 1).unwrap();
    let shelf = DiskShelf::open(&data).unwrap();
    contract(&shelf, &|| Box::new(DiskShelf::open(&data).unwrap()));

    let memory = std::sync::Arc::new(MemoryShelf::default());
    struct Same(std::sync::Arc<MemoryShelf>);
    impl Wishes for Same {
        fn wish(&self, i: Digest, s: &[u8]) -> Result<(), StoreError> {
            self.0.wish(i, s)
        }
        fn wishes(&self) -> Result<Vec<(Digest, Vec<u8>)>, StoreError> {
            self.0.wishes()
        }
        fn drop_wish(&self, i: Digest) -> Result<(), StoreError> {
            self.0.drop_wish(i)
        }
    }
    impl Shelf for Same {
        fn reserve(&self, b: u64) -> Result<Reservation, StoreError> {
            self.0.reserve(b)
        }
        fn put(&self, i: Digest, f: &Facts, e: &[u8], r: Option<Reservation>) -> Result<(), StoreError> {
            self.0.put(i, f, e, r)
        }
        fn load(&self) -> Result<Vec<Kept>, StoreError> {
            self.0.load()
        }
        fn damaged(&self) -> Result<Vec<Digest>, StoreError> {
            self.0.damaged()
        }
        fn envelope(&self, i: Digest) -> Result<Vec<u8>, StoreError> {
            self.0.envelope(i)
        }
        fn note(&self, i: Digest, f: &Facts) -> Result<(), StoreError> {
            self.0.note(i, f)
        }
        fn shift(&self, i: Digest, to: Place) -> Result<(), StoreError> {
            self.0.shift(i, to)
        }
        fn settle(&self, i: Digest, to: Place, o: &[u8]) -> Result<(), StoreError> {
            self.0.settle(i, to, o)
        }
        fn release(&self, i: Digest) -> Result<(), StoreError> {
            self.0.release(i)
        }
        fn forget(&self, m: Moment) -> Result<usize, StoreError> {
            self.0.forget(m)
        }
    }
    contract(&*memory, &|| Box::new(Same(memory.clone())));
}

#[test]
fn what_was_only_being_written_is_cleared_and_damage_is_kept_aside() {
    let dir = tempfile::tempdir().unwrap();
    let (data, _) = DataDir::open(dir.path(), "kiosk", 1).unwrap();
    let shelf = DiskShelf::open(&data).unwrap();
    let half = dir.path().join("outbox/preparing").join(Digest::of(b"half").to_string());
    fs::create_dir(&half).unwrap();
    fs::write(half.join("envelope"), b"ha").unwrap();
    fs::write(dir.path().join("outbox/reserved/old"), b"0000").unwrap();

    let id = Digest::of(b"whole");
    shelf.put(id, &facts(5), b"whole", None).unwrap();
    fs::write(dir.path().join("outbox/waiting").join(id.to_string()).join("envelope"), b"who").unwrap();

    let shelf = DiskShelf::open(&data).unwrap();
    assert!(shelf.load().unwrap().is_empty());
    assert!(!half.exists());
    assert!(!dir.path().join("outbox/reserved/old").exists());
    assert!(dir.path().join("outbox/damaged").join(id.to_string()).join("facts.json").exists());
}

#[test]
fn a_reservation_holds_real_blocks_until_dropped() {
    use std::os::unix::fs::MetadataExt as _;
    let dir = tempfile::tempdir().unwrap();
    let (data, _) = DataDir::open(dir.path(), "kiosk", 1).unwrap();
    let shelf = DiskShelf::open(&data).unwrap();
    let held = shelf.reserve(300_000).unwrap();
    let file = fs::read_dir(dir.path().join("outbox/reserved")).unwrap().next().unwrap().unwrap();
    assert!(file.metadata().unwrap().blocks() * 512 >= 300_000);
    drop(held);
    assert_eq!(fs::read_dir(dir.path().join("outbox/reserved")).unwrap().count(), 0);
}

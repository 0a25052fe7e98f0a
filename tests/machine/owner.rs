//! What an administrator types as root concerns the service's data, and is done as the service.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;

use tereze::clock::Clock;
use tereze::desk::StaffPin;
use tereze::private::Secret;

use crate::deployment::{Deployment, PIN, given, tereze, text, well};

/// Who runs the service in this test: no user of this number need exist.
const SERVICE: u32 = 64_999;

fn all_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(all_below(&path)),
            false => found.push(path),
        }
    }
    found
}

#[track_caller]
fn belongs_to_the_service(data: &Path, least: &[&str]) {
    let all = all_below(data);
    for path in &all {
        let about = std::fs::symlink_metadata(path).unwrap();
        assert_eq!((about.uid(), about.gid()), (SERVICE, SERVICE), "{}", path.display());
        assert_eq!(about.mode() & 0o077, 0, "{} is nobody else's to read", path.display());
    }
    for name in least {
        assert!(all.iter().any(|p| p.starts_with(data.join(name))), "{name} is not among {all:?}");
    }
}

#[test]
fn what_root_types_is_done_as_the_service() {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        println!("this test is for root alone, and was left out");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open(folder.path(), 0o755);
    // Where everybody may run it.
    let program = folder.path().join("tereze");
    std::fs::copy(tereze(), &program).unwrap();
    let machine = Deployment::new(folder.path(), program);
    let data = machine.data();
    std::fs::create_dir(&data).unwrap();
    chown(&data, Some(SERVICE), Some(SERVICE)).unwrap();
    open(&data, 0o700);
    // An authority's file that root alone may read.
    open(&folder.path().join("ca.pem"), 0o600);

    machine.set_up(&["--language", "kk"]);
    belongs_to_the_service(&data, &["staff.pin", "staff.tries"]);
    let settings = std::fs::metadata(machine.settings()).unwrap();
    assert_eq!((settings.uid(), settings.mode() & 0o777), (0, 0o644), "root's, for all to read");
    let pin = StaffPin::in_folder(&data, Clock::system());
    assert_eq!(pin.check(&Secret::from_vec(PIN.into())), Ok(()));

    machine.trust_and_enrol();
    // The PIN was tried by this test, which is root.
    chown(data.join("staff.tries"), Some(SERVICE), Some(SERVICE)).unwrap();
    belongs_to_the_service(&data, &["citizens", "keyset.cose", "kiosk.credential", "FORMAT", "LOCK"]);
    let again = given(machine.command(&["setup", "--pin-only"]), "824651\n");
    well(&again);
    assert_eq!(pin.check(&Secret::from_vec(b"824651".into())), Ok(()));
    chown(data.join("staff.tries"), Some(SERVICE), Some(SERVICE)).unwrap();

    // A look leaves nothing behind either, and sees what the service sees: not root's files.
    let looked = machine.command(&["--lang", "en", "doctor"]).output().unwrap();
    assert!(text(&looked.stdout).contains('✓'), "{}", text(&looked.stderr));
    belongs_to_the_service(&data, &[]);
    open(&machine.settings(), 0o600);
    let hidden = machine.command(&["--lang", "en", "doctor"]).output().unwrap();
    assert_eq!(hidden.status.code(), Some(78), "{}", text(&hidden.stdout));

    // A link that the service's user laid leads root nowhere.
    open(&machine.settings(), 0o644);
    let target = folder.path().join("roots-own");
    std::fs::write(&target, "untouched").unwrap();
    std::os::unix::fs::symlink(&target, data.join("staff.pin.new")).unwrap();
    let laid = given(machine.command(&["setup", "--pin-only"]), "615243\n");
    assert!(!laid.status.success());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "untouched");
}

#[test]
fn the_package_and_the_program_know_the_same_format_of_data() {
    let script = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/debian/preinst"));
    let script = script.unwrap();
    let known = script.lines().find_map(|l| l.strip_prefix("known=")).unwrap();
    assert_eq!(known.parse(), Ok(tereze::env::real::FORMAT));
}

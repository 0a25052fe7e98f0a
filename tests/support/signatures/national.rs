//! The national CA's public test signatures (GOST): this version says that it cannot check them.
//! The data is not part of the project: where it is absent the tests say so and pass.

use std::path::{Path, PathBuf};

use tereze::sign::certificate::Certificate;
use tereze::sign::trust::{CITIZEN, Trust, TrustError};
use tereze::sign::verdict::{Outcome, Reason};
use tereze::sign::verify;

use crate::now;

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kz-pki");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is absent", folder.display());
    None
}

#[test]
fn a_gost_signature_could_not_be_checked() {
    let Some(folder) = folder() else { return };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let mut trust = Trust::new();
    for authority in ["ca/root_test_gost_2022.cer", "ca/nca_gost2022_test.cer"] {
        assert_eq!(trust.load(CITIZEN, &read(authority)), Ok::<_, TrustError>(1));
    }
    let document = read("cms/individual_document.txt");
    for (file, content) in
        [("cms/individual_attached.der", None), ("cms/individual_detached.der", Some(document.as_slice()))]
    {
        let verdict = verify(&read(file), content, &trust, now());
        assert_eq!(verdict.outcome(), Outcome::CouldNotCheck, "{:?}", verdict.all_reasons());
        assert_eq!(verdict.all_reasons(), [Reason::Algorithm]);
        let signer = verdict.signer().unwrap();
        assert_eq!(signer.owner.expose().iin, "123456789011");
        assert!(signer.claimed_time.is_some() && !signer.practice);
    }
    let certificates = Certificate::from_file(&read("cms/individual_signer.cer")).unwrap();
    let certificate = certificates.first().unwrap();
    assert_eq!(certificate.owner().iin, "123456789011");
    assert!(certificate.key_kind().is_none());
}

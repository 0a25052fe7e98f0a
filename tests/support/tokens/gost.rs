//! Tokens that sign GOST R 34.10-2012 by mechanisms of the makers' own range. Debian's SoftHSM has none of them, so the
//! mechanism is played over it, by OpenSSL's engine (`bad.c`); the same engine judges the CMS.

use super::{Bench, P256, PIN, SIGNS, SUBJECT, said};

#[test]
fn gost_keys_sign_in_whichever_order_the_module_writes() {
    let bench = Bench::new();
    if !bench.run("openssl engine -t gost", &[], "").status.success() {
        println!("skipped: OpenSSL has no gost engine here (packaging/setup.sh test)");
        return;
    }
    let module = bench.bad_module();
    let module = module.to_str().unwrap();
    for (kind, set) in [("gost2012_256", "TCA"), ("gost2012_512", "A")] {
        bench.token(kind);
        // The private key's place on the token; its number is in the file.
        bench.key(kind, "02", P256, "keyUsage=critical,keyAgreement");
        let make =
            format!("openssl genpkey -engine gost -algorithm {kind} -pkeyopt paramset:{set} -out gost.pem");
        bench.must(&make, &[]);
        let request = "openssl req -engine gost -new -utf8 -key gost.pem -out request.pem -subj";
        bench.must(request, &[SUBJECT]);
        std::fs::write(bench.path().join("uses"), SIGNS).unwrap();
        bench.must(
            "openssl x509 -engine gost -req -in request.pem -CA ca.pem -CAkey ca.key -days 30 -extfile uses \
             -outform DER -out certificate.der",
            &[],
        );
        let write = "pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --login --write-object certificate.der \
                     --type cert --id 02 --label gost --pin";
        bench.must(write, &[PIN, "--token-label", kind]);
        for (n, order) in ["gost", "gost-turned"].into_iter().enumerate() {
            bench.bad(order);
            let file = format!("{kind}-{n}.p7s");
            let out = bench.sign(&file, &["--module", module, "--token", kind], PIN);
            assert!(out.status.success(), "{kind} {order}: {}", said(&out));
            let check = format!(
                "openssl cms -engine gost -verify -binary -inform DER -in {file} -content letter.txt -CAfile ca.pem \
                 -purpose any -out verified"
            );
            bench.must(&check, &[]);
        }
        // A module without the mechanism, as SoftHSM by itself.
        bench.bad("");
        let out = bench.sign("x.p7s", &["--module", module, "--token", kind], PIN);
        assert!(!out.status.success() && said(&out).contains("cannot sign with this card"), "{}", said(&out));
    }
}

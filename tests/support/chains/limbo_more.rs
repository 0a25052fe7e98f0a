//! What else the suite's sections *rfc5280*, *pathlen*, *pathological*, *cve* and *invalid* hold.

use super::*;

const END: (Judge, &str) = (Webpki, "it takes no authority as an end");
const ROOT: (Judge, &str) = (OpenSsl, "it wants an anchor that signed itself");
const MAIL: (Judge, &str) = (Webpki, "it does not compare mailboxes");
const NAME: (Judge, &str) = (Webpki, "it does not compare directory names");
const LAST: (Judge, &str) = (OpenSsl, "it leaves out the last second of a term");
const DEPTH: (Judge, &str) = (Webpki, "it is not asked for a depth here");

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    bad("rfc5280::ee-empty-issuer, below a root that has a name", "sign.untrusted", &[("root", "", "ca"), ("nameless", "", "ca subj:/ key:root hidden"), ("leaf", "nameless", "")]),
    bad("rfc5280::aki::cross-signed-root-missing-aki", P, &[("top", "", "ca hidden"), ("root", "top", "ca len:0 noaki"), ("leaf", "root", "")]).but(&[ANCHOR]),
    good("rfc5280::ca-as-leaf", &[("root", "", "ca"), ("leaf", "root", "ca san:DNS:ca.example.com")]).but(&[END]),
    good("rfc5280::root-and-intermediate-swapped", &[("top", "", "ca"), ("root", "top", "ca"), ("leaf", "root", "")]).but(&[ROOT]),
    good("rfc5280::unknown-critical-extension-unrelated-root", &[("root", "", "ca"), ("odd", "", "ca anchor raw:1.3.6.1.4.1.55738.666.1=critical,ASN1:NULL"), ("leaf", "root", "")]),
    good("rfc5280::unknown-critical-extension-unrelated-intermediate", &[("root", "", "ca"), ("sub", "root", "ca"), ("odd", "root", "ca raw:1.3.6.1.4.1.55738.666.1=critical,ASN1:NULL"), ("leaf", "sub", "")]),
    bad("rfc5280::san::underscore-dns", P, &[("root", "", "ca"), ("leaf", "root", "san:DNS:under_score.example.com")]).but(&[LOOSE, PROFILE]),
    bad("a host's name that begins with a hyphen", P, &[("root", "", "ca"), ("leaf", "root", "san:DNS:-a.example.com")]).but(&[LOOSE, PROFILE]),
    // the ends of a term
    good("rfc5280::validity::notbefore-exact", MARCH).with(&["@2024-03-01T00:00:01Z"]),
    bad("rfc5280::validity::notbefore-fractional", "sign.not-yet-valid sign.authority-expired", MARCH).with(&["@2024-03-01T00:00:00.999Z"]),
    good("rfc5280::validity::notafter-exact", MARCH).with(&["@2024-04-01T00:00:00Z"]).but(&[LAST]),
    good("rfc5280::validity::notafter-fractional", MARCH).with(&["@2024-04-01T00:00:00.005Z"]).but(&[LAST]),
    bad("a second after the term", "sign.expired sign.authority-expired", MARCH).with(&["@2024-04-01T00:00:01Z"]),
    good("a term of nine hundred years", &[("root", "", "ca days:340000"), ("leaf", "root", "days:339000")]).with(&["@2900-01-01T00:00:00Z"]),
    // path lengths
    good("pathlen::ee-with-intermediate-pathlen-1", &[("root", "", "ca"), ("sub", "root", "ca len:1"), ("leaf", "sub", "")]),
    good("pathlen::ee-with-intermediate-pathlen-2", &[("root", "", "ca"), ("sub", "root", "ca len:2"), ("leaf", "sub", "")]),
    good("pathlen::max-chain-depth-0", &[("root", "", "ca"), ("leaf", "root", "")]).with(&["--max-depth", "0"]),
    bad("pathlen::max-chain-depth-0-exhausted", "sign.chain-too-long", &[("root", "", "ca"), ("sub", "root", "ca"), ("leaf", "sub", "")]).with(&["--max-depth", "0"]).but(&[DEPTH, ASKED]),
    good("pathlen::max-chain-depth-1", &[("root", "", "ca"), ("sub", "root", "ca"), ("leaf", "sub", "")]).with(&["--max-depth", "1"]),
    bad("pathlen::max-chain-depth-1-exhausted", "sign.chain-too-long", &[("root", "", "ca"), ("sub", "root", "ca"), ("s2", "sub", "ca"), ("leaf", "s2", "")]).with(&["--max-depth", "1"]).but(&[DEPTH, ASKED]),
    good("pathlen::max-chain-depth-1-self-issued", &[("root", "", "ca"), ("sub", "root", "ca subj:/CN=Sub"), ("s2", "sub", "ca subj:/CN=Sub"), ("leaf", "s2", "")]).with(&["--max-depth", "1"]),
    // name constraints
    good("rfc5280::nc::permitted-ipv4-match", &[("root", "", "ca nc:permitted;IP:192.0.2.0/255.255.255.0"), ("leaf", "root", "san:IP:192.0.2.1")]),
    bad("rfc5280::nc::permitted-dn-match-subject-san-mismatch", N, &[("root", "", "ca dir:permitted:CN=foo"), ("leaf", "root", "subj:/CN=not-foo raw:2.5.29.17=DER:3012a410300e310c300a06035504030c03666f6f")]),
    bad("rfc5280::nc::excluded-dn-match-sub-mismatch", N, &[("root", "", "ca dir:excluded:CN=foo"), ("leaf", "root", "subj:/CN=foo raw:2.5.29.17=DER:3012a410300e310c300a06035504030c03626172")]),
    good("rfc5280::nc::permitted-dn-match, both names", &[("root", "", "ca dir:permitted:CN=foo"), ("leaf", "root", "subj:/CN=foo raw:2.5.29.17=DER:3012a410300e310c300a06035504030c03666f6f")]).but(&[NAME]),
    good("rfc5280::nc::excluded-different-constraint-type", &[("root", "", "ca nc:excluded;IP:192.0.2.0/255.255.255.0"), ("leaf", "root", "san:DNS:example.com")]),
    bad("rfc5280::nc::invalid-ipv4-address", X, &[("root", "", "ca raw:2.5.29.30=critical,DER:300aa008300687047f000001"), ("leaf", "root", "san:IP:127.0.0.1")]),
    bad("rfc5280::nc::invalid-ipv6-address", X, &[("root", "", "ca raw:2.5.29.30=critical,DER:3016a0143012871000000000000000000000000000000001"), ("leaf", "root", "san:IP:::1")]),
    bad("rfc5280::nc::intermediate-with-san-rejected-by-intermediate-nc", N, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:permitted.example.com,excluded;DNS:forbidden.example.com"), ("s2", "sub", "ca san:DNS:forbidden.example.com"), ("leaf", "s2", "san:DNS:permitted.example.com")]),
    bad("rfc5280::nc::nc-permits-invalid-ip-san", "sign.name-constraint sign.profile", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;IP:192.0.2.0/255.255.255.0"), ("leaf", "sub", "raw:2.5.29.17=DER:30108708c0000200ffffff008704c0000201")]),
    good("rfc5280::nc::nc-permits-email-domain", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:example.com"), ("leaf", "sub", "san:email:foo@example.com")]).but(&[MAIL]),
    good("rfc5280::nc::nc-permits-email-literal-asterisk-exact-match", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:*@example.com"), ("leaf", "sub", "san:email:*@example.com")]).but(&[MAIL]),
    good("rfc5280::nc::nc-permits-email-literal-mid-asterisk", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:a*b@example.com"), ("leaf", "sub", "san:email:a*b@example.com")]).but(&[MAIL]),
    good("rfc5280::nc::nc-permits-email-literal-double-asterisk", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:**@example.com"), ("leaf", "sub", "san:email:**@example.com")]).but(&[MAIL]),
    bad("rfc5280::nc::nc-permits-email-literal-double-asterisk-rejects-single", N, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;email:**@example.com"), ("leaf", "sub", "san:email:*@example.com")]),
    bad("rfc5280::nc::nc-forbids-othername", X, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:example.com,excluded;otherName:1.3.6.1.4.1.55738.666.3;NULL"), ("leaf", "sub", "san:DNS:example.com,otherName:1.3.6.1.4.1.55738.666.3;NULL")]),
    good("rfc5280::nc::nc-forbids-othername-noop", &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:example.com,excluded;otherName:1.3.6.1.4.1.55738.666.3;NULL"), ("leaf", "sub", "san:DNS:example.com")]),
    bad("rfc5280::nc::nc-forbids-dnsname-wildcard-san", N, &[("root", "", "ca nc:excluded;DNS:bar.example.com"), ("leaf", "root", "san:DNS:*.example.com")]).but(&[(OpenSsl, "it compares the letters")]),
    bad("cve::cve-2025-61727-nc-permits-variant", N, &[("root", "", "ca"), ("sub", "root", "ca nc:permitted;DNS:foo.example.com"), ("leaf", "sub", "san:DNS:*.example.com")]),
    // graphs
    bad("pathological::intermediate-cycle-distinct-cas", "sign.untrusted", CIRCLE),
    bad("pathological::intermediate-cycle-distinct-cas-max-depth", "sign.untrusted", CIRCLE).with(&["--max-depth", "255"]),
    bad("pathological::intermediate-cycle-same-logical-ca", "sign.forged", &[("root", "", "ca"), ("a0", "", "ca ku:none subj:/CN=A hidden"), ("b0", "", "ca ku:none subj:/CN=A hidden"), ("a", "b0", "ca ku:none subj:/CN=A key:a0"), ("b", "a0", "ca ku:none subj:/CN=A key:b0"), ("leaf", "a0", "")]),
    good("cve::cve-2024-0567", &[
        ("root", "", "ca subj:/CN=A"), ("b0", "", "ca subj:/CN=B hidden"), ("c0", "", "ca subj:/CN=C hidden"),
        ("a1", "root", "ca"), ("ab", "b0", "ca subj:/CN=A key:root"), ("ac", "c0", "ca subj:/CN=A key:root"),
        ("b1", "b0", "ca"), ("ba", "root", "ca subj:/CN=B key:b0"), ("bc", "c0", "ca subj:/CN=B key:b0"),
        ("c1", "c0", "ca"), ("ca", "root", "ca subj:/CN=C key:c0"), ("cb", "b0", "ca subj:/CN=C key:c0"),
        ("leaf", "a1", "subj:/ san:critical,DNS:cve-2024-0567.example.com"),
    ]),
    bad("invalid::invalid-issuer-key", "sign.forged", &[("root", "", "ca"), ("two", "", "ca hidden subj:/C=KZ/CN=root"), ("sound", "two", "ca hidden subj:/CN=S"), ("sub", "two", "ca subj:/CN=S key:sound patch:03420004=03420000"), ("leaf", "sound", "")]),
    good("the same root twice, the leaf's authority twice", &[("root", "", "ca"), ("again", "", "ca key:root subj:/C=KZ/CN=root anchor"), ("sub", "root", "ca"), ("s2", "root", "ca key:sub subj:/C=KZ/CN=sub"), ("leaf", "sub", "")]),
    good("cross-signed: the way to the trusted one of two", &[("root", "", "ca"), ("new", "", "ca subj:/CN=New hidden"), ("bridge", "root", "ca subj:/CN=New key:new"), ("sub", "new", "ca"), ("leaf", "sub", "")]),
    // keys
    good("P-521, P-384, P-256", &[("root", "", "ca ec:P-521 md:sha512"), ("sub", "root", "ca ec:P-384 md:sha512"), ("leaf", "sub", "md:sha384")]).but(&[(Webpki, "its provider has no P-521")]),
    good("RSA-4096, RSA-3072", &[("root", "", "ca rsa:4096 md:sha512"), ("sub", "root", "ca rsa:3072 md:sha384"), ("leaf", "sub", "")]),
    good("RSA PSS", &[("root", "", "ca rsa:2048 pss"), ("sub", "root", "ca rsa:2048 pss md:sha384"), ("leaf", "sub", "pss md:sha512")]),
    good("Ed25519", &[("root", "", "ca ed25519 md:none"), ("sub", "root", "ca ed25519 md:none"), ("leaf", "sub", "md:none")]),
    bad("a curve that is not checked, in the authority", "sign.algorithm", &[("root", "", "ca ec:secp256k1"), ("leaf", "root", "")]).but(&[LOOSE]),
];

const ASKED: (Judge, &str) = (OpenSsl, "it is not asked for a depth here");

const MARCH: Made = &[
    ("root", "", "ca term:240301000001Z-240401000000Z"),
    ("sub", "root", "ca term:240301000001Z-240401000000Z"),
    ("leaf", "sub", "term:240301000001Z-240401000000Z"),
];

const CIRCLE: Made = &[
    ("root", "", "ca"),
    ("a0", "", "ca subj:/CN=A hidden"),
    ("b0", "", "ca subj:/CN=B hidden"),
    ("a", "b0", "ca subj:/CN=A key:a0"),
    ("b", "a0", "ca subj:/CN=B key:b0"),
    ("leaf", "a0", ""),
];

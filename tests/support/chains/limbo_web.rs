//! The suite's sections *webpki* and *smime*: profiles of the CA/Browser Forum for servers and mail, stricter than RFC 5280.
//! What RFC 5280 asks too is held; the rest is for those who make such certificates. Cases that only ask whether the
//! certificate is *this* server's or mailbox's (`mismatch-…`) have no counterpart: nobody is named here.

use super::*;

const SERVERS: &str = "a rule of the CA/Browser Forum for servers, not of RFC 5280";
const MAIL: &str = "a rule of the CA/Browser Forum for mail, not of RFC 5280";

/// Where the suite's profile forbids what RFC 5280 allows.
const fn allowed(name: &'static str, certificates: Made, differs: &'static [(Judge, &'static str)]) -> Case {
    Case { name, certificates, flags: &[], valid: false, reasons: "", differs }
}

const S: &[(Judge, &str)] = &[(Suite, SERVERS)];
const M: &[(Judge, &str)] = &[(Suite, MAIL)];
const USE: (Judge, &str) = (Webpki, "it is asked for clients here");
const WEAK: (Judge, &str) = (Webpki, "it does not judge the key of an end");

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    // key identifiers of the root
    bad("webpki::aki::root-with-aki-missing-keyidentifier", P, &[("root", "", "ca raw:2.5.29.99=DER:3000 patch:0603551d63=0603551d23"), ("leaf", "root", "")]).but(&[LOOSE, ANCHOR]),
    bad("webpki::aki::root-with-aki-authoritycertissuer", P, &[("root", "", "ca noaki ski:0102030405060708090a0b0c0d0e0f1011121314 raw:2.5.29.35=DER:302b80140102030405060708090a0b0c0d0e0f1011121314a113a411300f310d300b06035504030c046d79434e"), ("leaf", "root", "")]).but(&[ANCHOR]),
    bad("webpki::aki::root-with-aki-authoritycertserialnumber", P, &[("root", "", "ca noaki ski:0102030405060708090a0b0c0d0e0f1011121314 raw:2.5.29.35=DER:301a80140102030405060708090a0b0c0d0e0f1011121314820204d2"), ("leaf", "root", "")]).but(&[ANCHOR]),
    allowed("webpki::aki::root-with-aki-all-fields", &[("root", "", "ca aki:keyid:always,issuer:always"), ("leaf", "root", "")], S),
    bad("webpki::aki::root-with-aki-ski-mismatch", P, &[("root", "", "ca noaki raw:2.5.29.35=DER:301680140102030405060708090a0b0c0d0e0f1011121314"), ("leaf", "root", "")]).but(&[ANCHOR]),
    // alternative names
    good("webpki::san::exact-dns-san", &[("root", "", "ca"), ("leaf", "root", "san:DNS:example.com")]),
    good("webpki::san::exact-localhost-ip-san", &[("root", "", "ca"), ("leaf", "root", "san:IP:127.0.0.1")]),
    good("webpki::san::leftmost-wildcard-san", &[("root", "", "ca"), ("leaf", "root", "san:DNS:*.example.com")]),
    bad("webpki::san::wildcard-embedded-leftmost-san", P, &[("root", "", "ca"), ("leaf", "root", "san:DNS:ba*.example.com")]).but(&[LOOSE, PROFILE]),
    bad("webpki::san::wildcard-not-in-leftmost-san", P, &[("root", "", "ca"), ("leaf", "root", "san:DNS:foo.*.example.com")]).but(&[LOOSE, PROFILE]),
    bad("webpki::san::wildcard-embedded-ulabel-san", P, &[("root", "", "ca"), ("leaf", "root", "san:DNS:xn--*-1b3c148a.example.com")]).but(&[LOOSE, PROFILE]),
    bad("webpki::san::unicode-emoji-san", P, &[("root", "", "ca"), ("leaf", "root", "raw:2.5.29.17=DER:30128210f09f989c2e6578616d706c652e636f6d")]).but(&[LOOSE, PROFILE]),
    allowed("webpki::san::no-san", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=example.com")], S),
    allowed("webpki::san::san-critical-with-nonempty-subject", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=something-else san:critical,DNS:example.com")], S),
    allowed("webpki::san::public-suffix-wildcard-san", &[("root", "", "ca"), ("leaf", "root", "san:DNS:*.com")], S),
    // keys
    bad("webpki::forbidden-p192-leaf", "sign.algorithm", &[("root", "", "ca"), ("leaf", "root", "ec:prime192v1")]).but(&[LOOSE, WEAK]),
    bad("webpki::forbidden-p192-root", "sign.algorithm", &[("root", "", "ca ec:prime192v1"), ("leaf", "root", "")]).but(&[LOOSE]),
    bad("webpki::forbidden-dsa-leaf", "sign.algorithm", &[("root", "", "ca"), ("leaf", "root", "dsa")]).but(&[LOOSE, WEAK]),
    bad("webpki::forbidden-dsa-root", "sign.algorithm", &[("root", "", "ca dsa"), ("leaf", "root", "")]).but(&[LOOSE]),
    bad("webpki::forbidden-weak-rsa-key-in-root", "sign.algorithm", &[("root", "", "ca rsa:1024"), ("leaf", "root", "")]).but(&[LOOSE]),
    allowed("webpki::forbidden-rsa-not-divisible-by-8-in-root", &[("root", "", "ca rsa:2052"), ("leaf", "root", "")], S),
    allowed("webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf", &[("root", "", "ca"), ("leaf", "root", "rsa:2052")], S),
    // form
    bad("webpki::malformed-aia", P, &[("root", "", "ca"), ("leaf", "root", "raw:1.3.6.1.5.5.7.1.1=DER:6d616c666f726d6564")]).but(&[LOOSE, PROFILE]),
    bad("an empty list of places", P, &[("root", "", "ca"), ("leaf", "root", "raw:1.3.6.1.5.5.7.1.1=DER:3000")]).but(&[LOOSE, PROFILE]),
    bad("malformed distribution points", P, &[("root", "", "ca"), ("leaf", "root", "raw:2.5.29.31=DER:6d616c666f726d6564")]),
    allowed("webpki::ca-as-leaf", &[("root", "", "ca"), ("leaf", "root", "ca san:DNS:ca.example.com")], &[(Suite, SERVERS), (Webpki, "it takes no authority as an end")]),
    bad("webpki::ee-basicconstraints-ca", P, &[("root", "", "ca"), ("leaf", "root", "bc:critical,CA:TRUE ku:digitalSignature")]).but(&[LOOSE]),
    bad("webpki::ku::ee-rsa-without-any-usages", P, &[("root", "", "ca"), ("leaf", "root", "rsa:2048 ku:none raw:2.5.29.15=critical,DER:030100")]).but(&[PROFILE]),
    bad("the same, with bits that are not set", P, &[("root", "", "ca"), ("leaf", "root", "rsa:2048 ku:none raw:2.5.29.15=critical,DER:03020700")]).but(&[PROFILE]),
    Case { valid: true, ..bad("webpki::nc::permitted-dns-match-noncritical", P, &[("root", "", "ca raw:nameConstraints=permitted;DNS:example.com"), ("leaf", "root", "san:DNS:example.com")]) }.but(&[(Suite, "the same case must fail in its section rfc5280"), LOOSE, PROFILE]),
    bad("webpki::nc::intermediate-permitted-excluded-subtrees-both-null", P, &[("root", "", "ca"), ("sub", "root", "ca raw:2.5.29.30=critical,DER:3000"), ("leaf", "sub", "")]).but(&[LOOSE, PROFILE]),
    bad("webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences", P, &[("root", "", "ca"), ("sub", "root", "ca raw:2.5.29.30=critical,DER:3004a000a100"), ("leaf", "sub", "")]).but(&[LOOSE, PROFILE]),
    // purposes: whatever they are, where none is asked for
    allowed("webpki::eku::ee-anyeku", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=serverAuth,anyExtendedKeyUsage")], &[(Suite, SERVERS), USE]),
    allowed("webpki::eku::ee-critical-eku", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=critical,serverAuth")], &[(Suite, SERVERS), USE]),
    allowed("webpki::eku::ee-without-eku", &[("root", "", "ca"), ("leaf", "root", "")], S),
    allowed("webpki::eku::root-has-eku", &[("root", "", "ca raw:extendedKeyUsage=serverAuth"), ("leaf", "root", "raw:extendedKeyUsage=serverAuth")], &[(Suite, SERVERS), USE]),
    allowed("webpki::eku::ee-clientauth-only", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=clientAuth")], S),
    allowed("webpki::eku::ee-precertificate-only", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=1.3.6.1.4.1.11129.2.4.4")], &[(Suite, SERVERS), USE]),
    allowed("webpki::eku::ee-precertificate-with-serverauth", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=serverAuth,1.3.6.1.4.1.11129.2.4.4")], &[(Suite, SERVERS), USE]),
    good("webpki::eku::ee-serverauth-with-additional", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=serverAuth,clientAuth")]),
    allowed("webpki::eku::ee-codesigning-with-serverauth, and the three like it", &[("root", "", "ca"), ("leaf", "root", "raw:extendedKeyUsage=serverAuth,codeSigning,emailProtection,timeStamping,OCSPSigning")], &[(Suite, SERVERS), USE]),
    // a common name, which is a person's here
    allowed("webpki::cn::ipv4-hex-mismatch", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=0xC0A80101 san:IP:192.168.1.1")], S),
    allowed("webpki::cn::punycode-not-in-san", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=xn--nxasmq6b.com san:DNS:xn--n3h.com")], S),
    allowed("webpki::cn::not-in-san, and the six like it", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=notinsan.example.com san:DNS:valid.example.com,DNS:another.example.com")], S),
    allowed("webpki::cn::case-mismatch", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=Example.COM san:DNS:example.com")], S),
    // mail
    good("smime::valid-smime-chain", &[("root", "", "ca"), ("leaf", "root", "san:email:user@example.com raw:extendedKeyUsage=emailProtection")]).with(&["--purpose", "sign"]).but(&[USE]),
    good("smime::valid-smime-chain-with-intermediate", &[("root", "", "ca"), ("sub", "root", "ca len:0 raw:extendedKeyUsage=emailProtection"), ("leaf", "sub", "san:email:user@example.com raw:extendedKeyUsage=emailProtection")]).with(&["--purpose", "sign"]).but(&[USE]),
    bad("smime::eku::ee-missing-email-protection", "sign.not-for-signing", &[("root", "", "ca"), ("leaf", "root", "san:email:user@example.com raw:extendedKeyUsage=clientAuth")]).with(&["--purpose", "sign"]).but(&[(OpenSsl, "it is not asked for a purpose here"), (Webpki, "it is asked for clients here")]),
    bad("smime::eku::intermediate-missing-email-protection", "sign.not-for-signing", &[("root", "", "ca"), ("sub", "root", "ca len:0 raw:extendedKeyUsage=serverAuth"), ("leaf", "sub", "san:email:user@example.com raw:extendedKeyUsage=emailProtection")]).with(&["--purpose", "sign"]).but(&[(OpenSsl, "it is not asked for a purpose here")]),
    allowed("smime::eku::ee-has-server-auth, and the nine like it", &[("root", "", "ca"), ("leaf", "root", "san:email:user@example.com raw:extendedKeyUsage=emailProtection,serverAuth")], &[(Suite, MAIL), USE]).with(&["--purpose", "sign"]),
    bad("smime::ee-basicconstraints-pathlen-present", P, &[("root", "", "ca"), ("leaf", "root", "bc:critical,CA:TRUE,pathlen:0 ku:digitalSignature san:email:user@example.com")]),
    good("smime::ku::signing-only-rsa-with-nonrepudiation", &[("root", "", "ca"), ("leaf", "root", "rsa:2048 ku:digitalSignature,nonRepudiation san:email:user@example.com")]).with(&["--purpose", "sign"]),
    good("smime::ku::key-management-only-rsa", &[("root", "", "ca"), ("leaf", "root", "rsa:2048 ku:keyEncipherment san:email:user@example.com")]),
    bad("the same, to sign with", "sign.not-for-signing", &[("root", "", "ca"), ("leaf", "root", "rsa:2048 ku:keyEncipherment san:email:user@example.com")]).with(&["--purpose", "sign"]).but(&[(OpenSsl, "it is not asked for a purpose here"), (Webpki, "it does not look at key usage")]),
    good("smime::ku::key-management-only-ec", &[("root", "", "ca"), ("leaf", "root", "ku:keyAgreement san:email:user@example.com")]),
    bad("smime::ku::ee-key-cert-sign", P, &[("root", "", "ca"), ("leaf", "root", "ku:digitalSignature,keyCertSign san:email:user@example.com")]).but(&[PROFILE]),
    allowed("smime::ku::ee-missing-key-usage", &[("root", "", "ca"), ("leaf", "root", "ku:none san:email:user@example.com")], M),
    allowed("smime::ku::ee-key-usage-not-critical", &[("root", "", "ca"), ("leaf", "root", "ku:none raw:keyUsage=digitalSignature san:email:user@example.com")], M),
    bad("smime::ku::intermediate-missing-key-cert-sign", "sign.not-an-authority", &[("root", "", "ca"), ("sub", "root", "ca len:0 ku:cRLSign"), ("leaf", "sub", "")]).but(&[(Webpki, "it does not look at key usage")]),
    allowed("smime::ku::intermediate-missing-crl-sign", &[("root", "", "ca"), ("sub", "root", "ca len:0 ku:keyCertSign"), ("leaf", "sub", "")], M),
    allowed("smime::san::no-san, and the two like it", &[("root", "", "ca"), ("leaf", "root", "subj:/CN=user")], M),
    good("smime::san::san-critical-with-empty-subject", &[("root", "", "ca"), ("leaf", "root", "subj:/ san:critical,email:user@example.com")]),
];

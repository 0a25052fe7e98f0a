//! CMS/CAdES build and verify, certificate chains, three-valued verdicts.
//!
//! - [`cades`] makes a CAdES-BES signature (ETSI EN 319 122-1, level B-B attributes) in two steps,
//!   so that the private key stays on the card: signed attributes out, signature in.
//! - [`verify`] judges one: structure, digest, signature, the certificate's binding, the chain to a
//!   CA in [`trust::Trust`] (RFC 5280 §6.1). The verdict says *valid*, *not valid* or *could not
//!   check*, and why. It never panics, whatever the bytes are.
//! - [`file`] judges a file by what it holds; [`xml`] an XML document's signatures.
//! - [`answer`] judges a body's answer: who signed it, for which body, to which letter.
//! - [`keyfile`] opens a PKCS#12 key file; [`key`] is the private key from it, for one signature.
//! - [`certificate`] reads what a certificate says of its owner; [`issue`] makes certificates for
//!   practice, tests and a deployment's own services.

pub mod algorithm;
pub mod answer;
mod attributes;
pub mod ber;
pub mod cades;
pub mod certificate;
pub mod chain;
mod constraints;
pub mod crl;
pub mod egov;
pub mod extend;
pub mod file;
mod gost;
pub mod issue;
pub mod key;
pub mod keyfile;
pub mod material;
mod names;
pub mod ocsp;
pub mod online;
pub mod path;
pub mod pdf;
pub mod pem;
pub mod policy;
mod profile;
mod reason;
pub mod revocation;
mod signer;
pub mod smime;
mod stored;
pub mod subject;
pub mod timestamp;
pub mod trust;
pub mod tsp;
pub mod verdict;
mod verify;
mod wire;
pub mod xml;

pub use cades::BuildError;
pub use verify::{MAX_CMS, Question, judge, verify, verify_by, verify_certificate};

/// Object identifiers that this room compares.
pub mod oid {
    use der::asn1::ObjectIdentifier;

    const fn oid(text: &str) -> ObjectIdentifier {
        ObjectIdentifier::new_unwrap(text)
    }

    // RFC 5652
    pub const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
    pub const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
    pub const ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.3");
    pub const SIGNED_AND_ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.4");
    pub const COMPRESSED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.9");
    pub const AUTH_ENVELOPED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.23");
    pub const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
    pub const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
    pub const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
    pub const COUNTERSIGNATURE: ObjectIdentifier = oid("1.2.840.113549.1.9.6");
    // RFC 3161, ETSI EN 319 122-1
    pub const TIMESTAMP_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
    pub const TIMESTAMP_TOKEN: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
    pub const CERTIFICATE_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.23");
    pub const REVOCATION_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.24");
    /// RFC 5940
    pub const STORED_OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");
    // RFC 5035
    pub const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
    pub const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
    // RFC 5754, RFC 8017
    pub const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
    pub const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
    pub const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
    pub const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
    pub const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
    pub const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
    pub const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
    pub const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
    pub const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
    // RFC 7292 (PKCS#12), RFC 2985
    pub const PBE_SHA1_3DES: ObjectIdentifier = oid("1.2.840.113549.1.12.1.3");
    pub const PBE_SHA1_2DES: ObjectIdentifier = oid("1.2.840.113549.1.12.1.4");
    pub const PBE_SHA1_RC2_128: ObjectIdentifier = oid("1.2.840.113549.1.12.1.5");
    pub const PBE_SHA1_RC2_40: ObjectIdentifier = oid("1.2.840.113549.1.12.1.6");
    pub const KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.1");
    pub const SHROUDED_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.2");
    pub const CERTIFICATE_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.3");
    pub const SAFE_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.6");
    pub const X509_IN_BAG: ObjectIdentifier = oid("1.2.840.113549.1.9.22.1");
    pub const FRIENDLY_NAME: ObjectIdentifier = oid("1.2.840.113549.1.9.20");
    pub const ENCRYPTED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.6");
    // RFC 8018 (PKCS#5), RFC 9579, RFC 3565
    pub const PBKDF2: ObjectIdentifier = oid("1.2.840.113549.1.5.12");
    pub const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");
    pub const PBMAC1: ObjectIdentifier = oid("1.2.840.113549.1.5.14");
    pub const HMAC_SHA1: ObjectIdentifier = oid("1.2.840.113549.2.7");
    pub const HMAC_SHA256: ObjectIdentifier = oid("1.2.840.113549.2.9");
    pub const HMAC_SHA384: ObjectIdentifier = oid("1.2.840.113549.2.10");
    pub const HMAC_SHA512: ObjectIdentifier = oid("1.2.840.113549.2.11");
    pub const DES3_CBC: ObjectIdentifier = oid("1.2.840.113549.3.7");
    pub const AES128_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.2");
    pub const AES192_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.22");
    pub const AES256_CBC: ObjectIdentifier = oid("2.16.840.1.101.3.4.1.42");
    // RFC 5480, RFC 5758
    pub const EC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
    pub const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
    pub const P384: ObjectIdentifier = oid("1.3.132.0.34");
    pub const P521: ObjectIdentifier = oid("1.3.132.0.35");
    pub const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
    pub const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
    pub const ECDSA_SHA512: ObjectIdentifier = oid("1.2.840.10045.4.3.4");
    pub const ED25519: ObjectIdentifier = oid("1.3.101.112");
    // RFC 9215, RFC 4357, RFC 4491
    pub const GOST_2001: ObjectIdentifier = oid("1.2.643.2.2.19");
    pub const GOST_2001_SIGNATURE: ObjectIdentifier = oid("1.2.643.2.2.3");
    pub const GOST94: ObjectIdentifier = oid("1.2.643.2.2.9");
    pub const GOST_SET_CP_A: ObjectIdentifier = oid("1.2.643.2.2.35.1");
    pub const GOST_SET_CP_B: ObjectIdentifier = oid("1.2.643.2.2.35.2");
    pub const GOST_SET_CP_C: ObjectIdentifier = oid("1.2.643.2.2.35.3");
    pub const GOST_SET_XA: ObjectIdentifier = oid("1.2.643.2.2.36.0");
    pub const GOST_SET_XB: ObjectIdentifier = oid("1.2.643.2.2.36.1");
    pub const GOST_256: ObjectIdentifier = oid("1.2.643.7.1.1.1.1");
    pub const GOST_512: ObjectIdentifier = oid("1.2.643.7.1.1.1.2");
    pub const STREEBOG_256: ObjectIdentifier = oid("1.2.643.7.1.1.2.2");
    pub const STREEBOG_512: ObjectIdentifier = oid("1.2.643.7.1.1.2.3");
    pub const GOST_256_SIGNATURE: ObjectIdentifier = oid("1.2.643.7.1.1.3.2");
    pub const GOST_512_SIGNATURE: ObjectIdentifier = oid("1.2.643.7.1.1.3.3");
    pub const GOST_SET_256_A: ObjectIdentifier = oid("1.2.643.7.1.2.1.1.1");
    pub const GOST_SET_256_B: ObjectIdentifier = oid("1.2.643.7.1.2.1.1.2");
    pub const GOST_SET_256_C: ObjectIdentifier = oid("1.2.643.7.1.2.1.1.3");
    pub const GOST_SET_256_D: ObjectIdentifier = oid("1.2.643.7.1.2.1.1.4");
    pub const GOST_SET_512_A: ObjectIdentifier = oid("1.2.643.7.1.2.1.2.1");
    pub const GOST_SET_512_B: ObjectIdentifier = oid("1.2.643.7.1.2.1.2.2");
    pub const GOST_SET_512_C: ObjectIdentifier = oid("1.2.643.7.1.2.1.2.3");
    // X.520, RFC 5280 §4.1.2.6
    pub const EMAIL: ObjectIdentifier = oid("1.2.840.113549.1.9.1");
    pub const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
    pub const SURNAME: ObjectIdentifier = oid("2.5.4.4");
    pub const SERIAL_NUMBER: ObjectIdentifier = oid("2.5.4.5");
    pub const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
    pub const ORGANISATION: ObjectIdentifier = oid("2.5.4.10");
    pub const UNIT: ObjectIdentifier = oid("2.5.4.11");
    pub const TITLE: ObjectIdentifier = oid("2.5.4.12");
    pub const GIVEN_NAME: ObjectIdentifier = oid("2.5.4.42");
    // RFC 5280 §4.2.1
    pub const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
    pub const SUBJECT_KEY_ID: ObjectIdentifier = oid("2.5.29.14");
    pub const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
    pub const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
    pub const ISSUER_ALT_NAME: ObjectIdentifier = oid("2.5.29.18");
    pub const NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
    pub const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
    pub const ANY_POLICY: ObjectIdentifier = oid("2.5.29.32.0");
    pub const POLICY_MAPPINGS: ObjectIdentifier = oid("2.5.29.33");
    pub const AUTHORITY_KEY_ID: ObjectIdentifier = oid("2.5.29.35");
    pub const POLICY_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.36");
    pub const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
    pub const FRESHEST_CRL: ObjectIdentifier = oid("2.5.29.46");
    pub const INHIBIT_ANY_POLICY: ObjectIdentifier = oid("2.5.29.54");
    pub const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
    pub const EKU_SERVER: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.1");
    pub const EKU_CLIENT: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.2");
    pub const EKU_ANY: ObjectIdentifier = oid("2.5.29.37.0");
    pub const EKU_TIMESTAMP: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
    pub const EKU_OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.9");
    /// RFC 9336
    pub const EKU_DOCUMENT: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.36");
    pub const EKU_DOCUMENT_MS: ObjectIdentifier = oid("1.3.6.1.4.1.311.10.3.12");
    pub const EKU_PDF: ObjectIdentifier = oid("1.2.840.113583.1.1.5");
    pub const EKU_SIGN: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
    // RFC 5280 §5
    pub const CRL_NUMBER: ObjectIdentifier = oid("2.5.29.20");
    pub const CRL_REASON: ObjectIdentifier = oid("2.5.29.21");
    pub const DELTA_CRL: ObjectIdentifier = oid("2.5.29.27");
    pub const CERTIFICATE_ISSUER: ObjectIdentifier = oid("2.5.29.29");
    pub const ISSUING_POINT: ObjectIdentifier = oid("2.5.29.28");
    // RFC 6960
    pub const OCSP_BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
    pub const OCSP_NO_CHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");
    pub const OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
    pub const AUTHORITY_INFO: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
    pub const OCSP_NONCE: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.2");
    pub const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
    // The national PKI's certificate profile
    pub const KZ_GOST_OLD: ObjectIdentifier = oid("1.2.398.3.10.1.1.1.1");
    pub const KZ_GOST_SET_OLD: ObjectIdentifier = oid("1.2.398.3.10.1.1.1.1.1");
    pub const KZ_GOST_OLD_SIGNATURE: ObjectIdentifier = oid("1.2.398.3.10.1.1.1.2");
    pub const KZ_GOST_256: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.1");
    pub const KZ_GOST_SET_256: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.1.1");
    pub const KZ_GOST_512: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.2");
    pub const KZ_GOST_SET_512: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.2.1");
    pub const KZ_GOST_256_SIGNATURE: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.3.1");
    pub const KZ_GOST_512_SIGNATURE: ObjectIdentifier = oid("1.2.398.3.10.1.1.2.3.2");
    pub const KZ_GOST94: ObjectIdentifier = oid("1.2.398.3.10.1.3.1");
    pub const KZ_STREEBOG_256: ObjectIdentifier = oid("1.2.398.3.10.1.3.2");
    pub const KZ_STREEBOG_512: ObjectIdentifier = oid("1.2.398.3.10.1.3.3");
    pub const KZ_INDIVIDUAL: ObjectIdentifier = oid("1.2.398.3.3.4.1.1");
    pub const KZ_LEGAL_ENTITY: ObjectIdentifier = oid("1.2.398.3.3.4.1.2");
    pub const KZ_LEGAL_HEAD: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.1");
    pub const KZ_LEGAL_SIGNER: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.2");
    pub const KZ_LEGAL_EMPLOYEE: ObjectIdentifier = oid("1.2.398.3.3.4.1.2.5");
    pub const KZ_POLICY: ObjectIdentifier = oid("1.2.398.3.3.2");
}

#[cfg(test)]
mod tests;

//! The addresses by which XML signatures name algorithms (XMLDSig 1.1 §6, RFC 9231, and the
//! national ones).

use super::super::algorithm::{Hash, Scheme};
use super::super::gost::Order;

const W3: &str = "http://www.w3.org/";
const NATIONAL: &str = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:";
const TC26: &str = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:";

pub fn digest(uri: &str) -> Option<Hash> {
    if let Some(name) = uri.strip_prefix(NATIONAL) {
        return match name {
            "gostr34112015-512" => Some(Hash::Streebog512),
            "gostr34112015-256" => Some(Hash::Streebog256),
            "gostr34311" | "gost34311" => Some(Hash::Gost94Test),
            _ => None,
        };
    }
    if let Some(name) = uri.strip_prefix(TC26) {
        return match name {
            "gostr34112012-512" => Some(Hash::Streebog512),
            "gostr34112012-256" => Some(Hash::Streebog256),
            _ => None,
        };
    }
    match uri.strip_prefix(W3)? {
        "2001/04/xmlenc#sha256" => Some(Hash::Sha256),
        "2001/04/xmldsig-more#sha384" => Some(Hash::Sha384),
        "2001/04/xmlenc#sha512" => Some(Hash::Sha512),
        "2001/04/xmldsig-more#gost34311" => Some(Hash::Gost94Test),
        _ => None,
    }
}

pub fn signature(uri: &str) -> Option<Scheme> {
    let national = |hash| Some(Scheme::Gost(hash, Order::National));
    if let Some(name) = uri.strip_prefix(NATIONAL) {
        return match name {
            "gostr34102015-gostr34112015-512" => national(Hash::Streebog512),
            "gostr34102015-gostr34112015-256" => national(Hash::Streebog256),
            "gostr34310-gostr34311" | "gost34310-gost34311" => national(Hash::Gost94Test),
            _ => None,
        };
    }
    if let Some(name) = uri.strip_prefix(TC26) {
        return match name {
            "gostr34102012-gostr34112012-512" => Some(Scheme::Gost(Hash::Streebog512, Order::International)),
            "gostr34102012-gostr34112012-256" => Some(Scheme::Gost(Hash::Streebog256, Order::International)),
            _ => None,
        };
    }
    match uri.strip_prefix(W3)? {
        "2001/04/xmldsig-more#rsa-sha256" => Some(Scheme::Pkcs1(Hash::Sha256)),
        "2001/04/xmldsig-more#rsa-sha384" => Some(Scheme::Pkcs1(Hash::Sha384)),
        "2001/04/xmldsig-more#rsa-sha512" => Some(Scheme::Pkcs1(Hash::Sha512)),
        // The salt is as long as the hash (RFC 9231 §2.3.10).
        "2007/05/xmldsig-more#sha256-rsa-MGF1" => Some(Scheme::Pss(32, Hash::Sha256)),
        "2007/05/xmldsig-more#sha384-rsa-MGF1" => Some(Scheme::Pss(48, Hash::Sha384)),
        "2007/05/xmldsig-more#sha512-rsa-MGF1" => Some(Scheme::Pss(64, Hash::Sha512)),
        "2001/04/xmldsig-more#ecdsa-sha256" => Some(Scheme::EcdsaPlain(Hash::Sha256)),
        "2001/04/xmldsig-more#ecdsa-sha384" => Some(Scheme::EcdsaPlain(Hash::Sha384)),
        "2001/04/xmldsig-more#ecdsa-sha512" => Some(Scheme::EcdsaPlain(Hash::Sha512)),
        "2001/04/xmldsig-more#gost34310-gost34311" => national(Hash::Gost94Test),
        _ => None,
    }
}

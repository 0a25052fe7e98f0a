//! Adds an unsigned attribute to a signature that is made already: a timestamp, a counter-signature,
//! stored revocation values (RFC 5652 §5.3). What was signed stays as it was, byte for byte.

use der::asn1::ObjectIdentifier;
use der::{AnyRef, Decode, Encode};

use super::wire::{ContentInfo, SetRef, SignerInfo, set_of, tlv};

/// The CMS file (DER) with `value` (DER) as an attribute of its signer number `index`; `None`
/// where the file is no such thing, or has no such signer.
pub fn with_unsigned(cms: &[u8], index: usize, kind: ObjectIdentifier, value: &[u8]) -> Option<Vec<u8>> {
    const MOST: usize = 64;
    let info = ContentInfo::from_der(cms).ok()?;
    let mut signers: Vec<Vec<u8>> =
        info.content.signer_infos.elements(MOST).ok()?.into_iter().map(<[u8]>::to_vec).collect();
    let signer = signers.get_mut(index)?;
    *signer = signed_further(signer, &tlv(0x30, &[&kind.to_der().ok()?, &tlv(0x31, &[value])]))?;
    // ContentInfo { OID, [0] SignedData { …, signerInfos } }: all but the last stay as they are.
    let outer = AnyRef::from_der(cms).ok()?;
    let [kind, content] = *SetRef(outer.value()).elements(2).ok()?.as_slice() else { return None };
    let signed = AnyRef::from_der(AnyRef::from_der(content).ok()?.value()).ok()?;
    let mut fields = SetRef(signed.value()).elements(8).ok()?;
    fields.pop()?;
    let signers = tlv(0x31, &signers.iter().map(Vec::as_slice).collect::<Vec<_>>());
    fields.push(&signers);
    Some(tlv(0x30, &[kind, &tlv(0xa0, &[&tlv(0x30, &fields)])]))
}

fn signed_further(signer: &[u8], attribute: &[u8]) -> Option<Vec<u8>> {
    let held = SignerInfo::from_der(signer).ok()?.unsigned_attributes;
    let mut attributes = vec![attribute.to_vec()];
    let mut fields = SetRef(AnyRef::from_der(signer).ok()?.value()).elements(8).ok()?;
    if let Some(held) = held {
        attributes.extend(held.elements(64).ok()?.into_iter().map(<[u8]>::to_vec));
        fields.pop()?;
    }
    // [1] IMPLICIT in place of SET.
    let mut set = set_of(attributes);
    *set.first_mut()? = 0xa1;
    fields.push(&set);
    Some(tlv(0x30, &fields))
}

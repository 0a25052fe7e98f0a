//! Who signs, and with what kind of key: as a certificate says it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Bits of the modulus.
    Rsa(u16),
    P256,
    P384,
    /// GOST R 34.10-2012; bits.
    Gost(u16),
}

/// Read from the certificate's subject; never from its CN alone.
#[derive(Clone, Default, PartialEq, Eq, zeroize::Zeroize)]
pub struct Owner {
    pub name: String,
    /// Twelve digits from `serialNumber=IIN…`; empty where the certificate names none.
    pub iin: String,
    /// From `OU=BIN…`.
    pub bin: Option<String>,
    pub organisation: Option<String>,
}

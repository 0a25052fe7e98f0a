//! Values that must not travel: *private* ones (a visitor's words, name, IIN) and *secret* ones
//! (PIN, password, keys, the visitor's tracking secret).
//!
//! Neither has a telling `Debug`, neither is `Serialize`: writing one down is a decision that is
//! spelled out at the place where it is made (`expose`, `bytes`).

use std::alloc::System;

use zeroize::{Zeroize, Zeroizing};
use zeroizing_alloc::ZeroAlloc;

/// What any part of the program lets go of is wiped, also where a crate knows nothing of privacy:
/// shaped text, buffers of a line, parsed answers.
#[global_allocator]
static WIPED_WHEN_FREED: ZeroAlloc<System> = ZeroAlloc(System);

/// A visitor's own words or data. Wiped when dropped, `Debug` prints a dot pattern of fixed length.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Private<T: Zeroize>(T);

impl<T: Zeroize> Private<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the screen, the statement and the sealed envelope only.
    pub fn expose(&self) -> &T {
        &self.0
    }

    pub fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> Drop for Private<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> std::fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

impl From<&str> for Private<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

/// Secret bytes of a fixed capacity, so that growing never leaves a copy behind.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Capacity in bytes; [`Secret::push`] refuses to go past it.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// Takes the bytes over; the vector is not copied.
    pub fn from_vec(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// `false` where the capacity is used up: nothing was written.
    pub fn push(&mut self, byte: u8) -> bool {
        if self.0.len() == self.0.capacity() {
            return false;
        }
        self.0.push(byte);
        true
    }

    pub fn pop(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.zeroize();
        }
        self.0.pop();
    }

    pub fn clear(&mut self) {
        let capacity = self.0.capacity();
        self.0.zeroize();
        if self.0.capacity() < capacity {
            self.0.reserve_exact(capacity);
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether both hold the same, in a time that tells nothing of where they differ.
    pub fn same(&self, other: &Secret) -> bool {
        let differ = self.0.iter().zip(other.0.iter()).fold(0, |seen, (a, b)| seen | (a ^ b));
        self.len() == other.len() && std::hint::black_box(differ) == 0
    }

    /// Hands the bytes over and leaves this one empty with the same capacity.
    pub fn take(&mut self) -> Secret {
        let fresh = Secret::with_capacity(self.0.capacity());
        std::mem::replace(self, fresh)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_nothing() {
        let name: Private<String> = "ТЕСТОВ".into();
        assert_eq!(format!("{name:?}"), "•••");
        assert!(!format!("{:?}", Secret::from_vec(vec![49, 50])).contains('1'));
    }

    #[test]
    fn secrets_are_compared_whole() {
        let secret = |text: &str| Secret::from_vec(text.into());
        assert!(secret("123456").same(&secret("123456")) && secret("").same(&secret("")));
        for other in ["123457", "023456", "12345", "1234567", ""] {
            assert!(!secret("123456").same(&secret(other)));
        }
    }

    #[test]
    fn a_secret_never_grows() {
        let mut pin = Secret::with_capacity(2);
        assert!(pin.push(b'1') && pin.push(b'2') && !pin.push(b'3'));
        let taken = pin.take();
        assert_eq!(taken.bytes(), b"12");
        assert!(pin.is_empty() && pin.push(b'9'));
    }
}

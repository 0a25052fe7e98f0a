//! Signing with GOST R 34.10-2012 (RFC 7091 §6.1).
//!
//! What depends on a secret takes the same steps and touches the same memory whatever the secret
//! is: Montgomery arithmetic of `crypto-bigint`, an addition of points that has no special cases
//! (J. Renes, C. Costello, L. Batina, "Complete addition formulas for prime order elliptic curves",
//! algorithm 1), a window of fixed width whose table is read whole at each step. The formulas fail
//! only where two points differ by one of order two, and all points here lie in the subgroup of the
//! odd prime order q.
//!
//! The nonce comes from HMAC-DRBG as in RFC 6979 §3.2, with fresh randomness mixed in (§3.6): a bad
//! random source cannot repeat a nonce, and a fault cannot be provoked by signing twice. Its hash is
//! SHA-512 and not Streebog, whose tables would let the cache tell of the key.

use crypto_bigint::modular::runtime_mod::{DynResidue, DynResidueParams};
use crypto_bigint::subtle::{ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use crypto_bigint::{U256, U512, Uint, Word, Zero};
use der::asn1::ObjectIdentifier;
use ring::hmac;
use zeroize::Zeroizing;

use super::Order;
use super::curve::{self, Numbers};

/// Bits looked up at a time.
const WINDOW: usize = 4;

/// The scalar of a key, and its curve.
pub struct SecretKey {
    numbers: Numbers,
    /// Bytes of a coordinate: 32 or 64.
    size: usize,
    /// Little-endian, `size` bytes.
    d: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// `d`: little-endian, as long as a coordinate; `None` where it is not between 0 and q, or the
    /// parameter set is unknown.
    pub fn new(set: ObjectIdentifier, d: &[u8]) -> Option<Self> {
        let numbers = curve::numbers(set)?;
        let size = numbers[2].len() / 2;
        if d.len() != size {
            return None;
        }
        let key = Self { numbers, size, d: Zeroizing::new(d.to_vec()) };
        let fits = if size == 32 { key.fits::<{ U256::LIMBS }>() } else { key.fits::<{ U512::LIMBS }>() };
        fits.then_some(key)
    }

    /// Bytes of a digest that this key signs.
    pub fn size(&self) -> usize {
        self.size
    }

    /// x, then y, each little-endian.
    pub fn public(&self) -> Vec<u8> {
        if self.size == 32 {
            self.public_of::<{ U256::LIMBS }>()
        } else {
            self.public_of::<{ U512::LIMBS }>()
        }
    }

    /// Signs `digest`, the hash's bytes as they come; `None` where its length is not the key's, or no
    /// randomness is to be had.
    pub fn sign(&self, order: Order, digest: &[u8]) -> Option<Vec<u8>> {
        if digest.len() != self.size {
            return None;
        }
        let mut fresh = Zeroizing::new([0u8; 32]);
        getrandom::fill(fresh.as_mut()).ok()?;
        let mut nonces = Nonces::new(&self.d, digest, fresh.as_ref());
        loop {
            let signed = match self.size {
                32 => self.signature::<{ U256::LIMBS }>(digest, &mut nonces),
                _ => self.signature::<{ U512::LIMBS }>(digest, &mut nonces),
            };
            // r or s of zero is as likely as guessing the key; the standard says: once more.
            let Some((r, s)) = signed else { continue };
            let mut out = [r, s].concat();
            if order == Order::International {
                out.reverse();
            }
            return Some(out);
        }
    }

    fn fits<const L: usize>(&self) -> bool {
        let d = Zeroizing::new(little::<L>(&self.d));
        let q = number::<L>(self.numbers[3]);
        bool::from(d.ct_lt(&q) & !d.ct_eq(&Uint::ZERO))
    }

    fn public_of<const L: usize>(&self) -> Vec<u8> {
        let d = Zeroizing::new(little::<L>(&self.d));
        let curve = Curve::<L>::new(&self.numbers);
        let (x, y) = curve.affine(&curve.times_base(&d));
        [bytes(&x), bytes(&y)].concat()
    }

    fn signature<const L: usize>(&self, digest: &[u8], nonces: &mut Nonces) -> Option<(Vec<u8>, Vec<u8>)> {
        let curve = Curve::<L>::new(&self.numbers);
        let k = Zeroizing::new(nonces.below(&curve.order));
        let modulus = DynResidueParams::new(&curve.order);
        let residue = |n: &Uint<L>| DynResidue::new(n, modulus);
        let mut e = residue(&little(digest));
        if e.retrieve() == Uint::ZERO {
            e = residue(&Uint::ONE);
        }
        let (x, _) = curve.affine(&curve.times_base(&k));
        let r = residue(&x);
        let secrets = Zeroizing::new([residue(&Zeroizing::new(little::<L>(&self.d))), residue(&k)]);
        let s = r * secrets[0] + secrets[1] * e;
        let (r, s) = (r.retrieve(), s.retrieve());
        let zero = bool::from(r.is_zero() | s.is_zero());
        (!zero).then(|| (bytes(&r), bytes(&s)))
    }
}

/// HMAC-DRBG with SHA-512 (RFC 6979 §3.2 b–h).
struct Nonces {
    key: hmac::Key,
    value: Zeroizing<Vec<u8>>,
}

impl Nonces {
    fn new(key: &[u8], digest: &[u8], fresh: &[u8]) -> Self {
        let mut own =
            Self { key: hmac::Key::new(hmac::HMAC_SHA512, &[0; 64]), value: Zeroizing::new(vec![1; 64]) };
        own.stir(0, &[key, digest, fresh]);
        own.stir(1, &[key, digest, fresh]);
        own
    }

    fn stir(&mut self, round: u8, seed: &[&[u8]]) {
        let mut mac = hmac::Context::with_key(&self.key);
        mac.update(&self.value);
        mac.update(&[round]);
        seed.iter().for_each(|part| mac.update(part));
        self.key = hmac::Key::new(hmac::HMAC_SHA512, mac.sign().as_ref());
        self.step();
    }

    fn step(&mut self) {
        let next = hmac::sign(&self.key, &self.value);
        self.value.copy_from_slice(next.as_ref());
    }

    /// Between 0 and `most`, neither included. A number that is thrown away tells nothing of the next.
    fn below<const L: usize>(&mut self, most: &Uint<L>) -> Uint<L> {
        loop {
            self.step();
            let spare = Uint::<L>::BITS - most.bits_vartime();
            let drawn = little::<L>(&self.value[..Uint::<L>::BYTES]).shr_vartime(spare);
            if bool::from(drawn.ct_lt(most) & !drawn.is_zero()) {
                return drawn;
            }
            self.stir(0, &[]);
        }
    }
}

/// Projective: x = X/Z, y = Y/Z.
#[derive(Clone, Copy)]
struct Point<const L: usize>([Uint<L>; 3]);

struct Curve<const L: usize> {
    field: DynResidueParams<L>,
    a: DynResidue<L>,
    /// 3b
    b3: DynResidue<L>,
    order: Uint<L>,
    base: Point<L>,
}

impl<const L: usize> Curve<L> {
    fn new(numbers: &Numbers) -> Self {
        let [a, b, p, q, x, y] = numbers.map(number::<L>);
        let field = DynResidueParams::new(&p);
        let residue = |n: &Uint<L>| DynResidue::new(n, field);
        let b = residue(&b);
        let one = DynResidue::one(field).to_montgomery();
        let base = Point([residue(&x).to_montgomery(), residue(&y).to_montgomery(), one]);
        Self { field, a: residue(&a), b3: b + b + b, order: q, base }
    }

    fn infinity(&self) -> Point<L> {
        let one = DynResidue::one(self.field).to_montgomery();
        Point([Uint::ZERO, one, Uint::ZERO])
    }

    fn times_base(&self, k: &Uint<L>) -> Point<L> {
        let mut table = [self.infinity(); 1 << WINDOW];
        for i in 1..table.len() {
            table[i] = self.add(&table[i - 1], &self.base);
        }
        let words = k.as_words();
        let mut sum = self.infinity();
        for window in (0..Uint::<L>::BITS / WINDOW).rev() {
            for _ in 0..WINDOW {
                sum = self.add(&sum, &sum);
            }
            let at = window * WINDOW;
            let digit = words[at / Word::BITS as usize] >> (at % Word::BITS as usize) & 0xf;
            // The whole table is read: which entry is meant must not show in the cache.
            let mut picked = table[0];
            for (i, entry) in table.iter().enumerate() {
                let meant = (i as Word).ct_eq(&digit);
                for (to, from) in picked.0.iter_mut().zip(&entry.0) {
                    to.conditional_assign(from, meant);
                }
            }
            sum = self.add(&sum, &picked);
        }
        sum
    }

    fn affine(&self, point: &Point<L>) -> (Uint<L>, Uint<L>) {
        let [x, y, z] = point.0.map(|n| DynResidue::from_montgomery(n, self.field));
        // p is prime: the inverse by Fermat.
        let inverse = z.pow(&self.field.modulus().wrapping_sub(&Uint::from(2u8)));
        ((x * inverse).retrieve(), (y * inverse).retrieve())
    }

    /// Algorithm 1 of the paper named above, step by step in its own names.
    fn add(&self, one: &Point<L>, other: &Point<L>) -> Point<L> {
        let [x1, y1, z1] = one.0.map(|n| DynResidue::from_montgomery(n, self.field));
        let [x2, y2, z2] = other.0.map(|n| DynResidue::from_montgomery(n, self.field));
        let (a, b3) = (self.a, self.b3);
        let (t0, t1, t2) = (x1 * x2, y1 * y2, z1 * z2);
        let t3 = (x1 + y1) * (x2 + y2) - (t0 + t1);
        let t4 = (x1 + z1) * (x2 + z2) - (t0 + t2);
        let t5 = (y1 + z1) * (y2 + z2) - (t1 + t2);
        let z3 = b3 * t2 + a * t4;
        let (x3, z3) = (t1 - z3, t1 + z3);
        let y3 = x3 * z3;
        let at2 = a * t2;
        let t1 = t0 + t0 + t0 + at2;
        let t4 = b3 * t4 + a * (t0 - at2);
        let y3 = y3 + t1 * t4;
        let x3 = t3 * x3 - t5 * t4;
        let z3 = t5 * z3 + t3 * t1;
        Point([x3, y3, z3].map(|n| n.to_montgomery()))
    }
}

/// Of the curve's own numbers.
fn number<const L: usize>(hex: &str) -> Uint<L> {
    let mut bytes = vec![0u8; Uint::<L>::BYTES];
    for (i, digit) in hex.bytes().rev().enumerate() {
        let digit = (digit as char).to_digit(16).unwrap_or_default() as u8;
        bytes[i / 2] |= digit << (4 * (i % 2));
    }
    little(&bytes)
}

fn little<const L: usize>(bytes: &[u8]) -> Uint<L> {
    Uint::from_le_slice(bytes)
}

/// Little-endian.
fn bytes<const L: usize>(number: &Uint<L>) -> Vec<u8> {
    number.as_words().iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::oid;
    use super::*;

    #[test]
    fn what_is_signed_holds_on_every_curve_and_no_nonce_returns() {
        use oid::*;
        let sets = [GOST_SET_CP_A, GOST_SET_CP_B, GOST_SET_CP_C, GOST_SET_256_A];
        for set in sets.into_iter().chain([GOST_SET_512_A, GOST_SET_512_B, GOST_SET_512_C]) {
            let curve = curve::Curve::named(set).unwrap();
            for seed in [1u8, 7, 0x3f] {
                let mut d = vec![seed; curve.size];
                d[curve.size - 1] = seed & 0x1f;
                let key = SecretKey::new(set, &d).unwrap();
                let public = key.public();
                let (x, y) = public.split_at(curve.size);
                let digest = vec![seed ^ 0x55; curve.size];
                let good = |signature: &[u8], digest: &[u8]| {
                    let (r, s) = signature.split_at(curve.size);
                    curve.holds([x, y], digest, r, s)
                };
                let signature = key.sign(Order::National, &digest).unwrap();
                assert!(good(&signature, &digest), "{set} {seed}");
                let mut other = digest.clone();
                other[0] ^= 1;
                assert!(!good(&signature, &other));
                let again = key.sign(Order::National, &digest).unwrap();
                assert_ne!(signature[..curve.size], again[..curve.size], "r shows the nonce");
                let mut turned = key.sign(Order::International, &digest).unwrap();
                turned.reverse();
                assert!(good(&turned, &digest));
                assert!(key.sign(Order::National, &digest[1..]).is_none());
            }
        }
    }

    #[test]
    fn a_scalar_outside_the_group_is_no_key() {
        let set = oid::GOST_SET_512_A;
        let mut order = hex::decode(curve::numbers(set).unwrap()[3]).unwrap();
        order.reverse();
        assert!(SecretKey::new(set, &order).is_none());
        assert!(SecretKey::new(set, &[0; 64]).is_none());
        assert!(SecretKey::new(set, &[1; 63]).is_none());
        assert!(SecretKey::new(oid::P256, &[1; 32]).is_none());
        order[0] -= 1;
        assert!(SecretKey::new(set, &order).is_some());
    }

    /// RFC 6979 §3.2 has no hash but the message's: what is tried is that the same input without
    /// randomness gives the same nonce, and any other input another.
    #[test]
    fn a_nonce_depends_on_all_that_it_is_made_of() {
        let most = number::<{ U512::LIMBS }>(curve::numbers(oid::GOST_SET_512_A).unwrap()[3]);
        let draw = |key: &[u8], digest: &[u8], fresh: &[u8]| Nonces::new(key, digest, fresh).below(&most);
        let first = draw(b"key", b"digest", b"");
        assert_eq!(first, draw(b"key", b"digest", b""));
        for other in
            [draw(b"kez", b"digest", b""), draw(b"key", b"digesu", b""), draw(b"key", b"digest", b"1")]
        {
            assert_ne!(first, other);
        }
    }
}

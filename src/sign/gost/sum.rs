//! m·P + n·Q, as a verification needs it, with public numbers alone: nothing here is constant-time.
//!
//! Montgomery arithmetic of `crypto-bigint`; Jacobian coordinates, x = X/Z², y = Y/Z³ (D. J.
//! Bernstein, T. Lange, explicit-formulas database: dbl-2007-bl, add-2007-bl); both numbers written
//! with signed odd digits of [`WIDTH`] bits, so that one row of doublings serves both and an addition
//! is needed at every sixth step (H. Cohen, A. Miyaji, T. Ono, 1998).

use crypto_bigint::modular::runtime_mod::{DynResidue, DynResidueParams};
use crypto_bigint::{Uint, Zero};
use rsa::BigUint;

/// Bits of a digit.
const WIDTH: u32 = 5;
/// Odd multiples in a table: 1, 3, … 15.
const ODD: usize = 1 << (WIDTH - 2);

type Field<const L: usize> = DynResidue<L>;

#[derive(Clone, Copy)]
struct Point<const L: usize> {
    x: Field<L>,
    y: Field<L>,
    z: Field<L>,
}

struct Curve<const L: usize> {
    field: DynResidueParams<L>,
    a: Field<L>,
}

/// x of m·(px, py) + n·(qx, qy) on y² = x³ + ax + b over `p`, where both points lie; `None` at
/// infinity. All numbers are below 2^(64·L).
pub fn x_of_sum<const L: usize>(
    (a, p): (&BigUint, &BigUint),
    (m, px, py): (&BigUint, &BigUint, &BigUint),
    (n, qx, qy): (&BigUint, &BigUint, &BigUint),
) -> Option<BigUint> {
    let field = DynResidueParams::new(&uint::<L>(p)?);
    let residue = |n: &BigUint| Some(DynResidue::new(&uint(n)?, field));
    let curve = Curve { field, a: residue(a)? };
    let one = DynResidue::one(field);
    let first = curve.odd_multiples(Point { x: residue(px)?, y: residue(py)?, z: one });
    let second = curve.odd_multiples(Point { x: residue(qx)?, y: residue(qy)?, z: one });
    let (m, n) = (digits(m), digits(n));
    let mut sum: Option<Point<L>> = None;
    for at in (0..m.len().max(n.len())).rev() {
        sum = sum.map(|s| curve.double(&s)).filter(|s| !is_zero(&s.z));
        for (digits, table) in [(&m, &first), (&n, &second)] {
            let digit = digits.get(at).copied().unwrap_or(0);
            let Some(multiple) = table.get(usize::from(digit.unsigned_abs()) / 2).filter(|_| digit != 0)
            else {
                continue;
            };
            let term = if digit < 0 { Point { y: -multiple.y, ..*multiple } } else { *multiple };
            sum = match sum {
                Some(sum) => curve.add(&sum, &term),
                None => Some(term),
            };
        }
    }
    let sum = sum?;
    // p is prime: the inverse by Fermat.
    let inverse = sum.z.pow(&field.modulus().wrapping_sub(&Uint::from(2u8)));
    let words = (sum.x * inverse.square()).retrieve().to_words();
    Some(BigUint::from_bytes_le(&words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<_>>()))
}

fn is_zero<const L: usize>(number: &Field<L>) -> bool {
    number.as_montgomery().is_zero().into()
}

fn uint<const L: usize>(number: &BigUint) -> Option<Uint<L>> {
    let mut bytes = number.to_bytes_le();
    if bytes.len() > Uint::<L>::BYTES {
        return None;
    }
    bytes.resize(Uint::<L>::BYTES, 0);
    Some(Uint::from_le_slice(&bytes))
}

/// The number as Σ dᵢ·2ⁱ, each dᵢ zero or odd and between −2^([`WIDTH`]−1) and 2^([`WIDTH`]−1).
fn digits(number: &BigUint) -> Vec<i8> {
    const SPAN: i8 = 1 << WIDTH;
    let mut bits: Vec<bool> =
        number.to_bytes_le().iter().flat_map(|b| (0..8).map(move |i| b >> i & 1 == 1)).collect();
    bits.extend([false; WIDTH as usize + 1]);
    let mut out = vec![0i8; bits.len()];
    let mut at = 0;
    while at + (WIDTH as usize) < bits.len() {
        if !bits[at] {
            at += 1;
            continue;
        }
        let value = (0..WIDTH as usize).fold(0i8, |n, i| n | i8::from(bits[at + i]) << i);
        out[at] = value;
        at += WIDTH as usize;
        if value >= SPAN / 2 {
            out[at - WIDTH as usize] = value - SPAN;
            // One more of what comes above: carried through the bits that are set.
            let mut up = at;
            while bits.get(up) == Some(&true) {
                bits[up] = false;
                up += 1;
            }
            if let Some(bit) = bits.get_mut(up) {
                *bit = true;
            }
        }
    }
    out
}

impl<const L: usize> Curve<L> {
    /// P, 3P, … of a point that is not of order two.
    fn odd_multiples(&self, point: Point<L>) -> [Point<L>; ODD] {
        let twice = self.double(&point);
        let mut table = [point; ODD];
        for i in 1..ODD {
            // The order is a large prime: none of these is at infinity.
            table[i] = self.add(&table[i - 1], &twice).unwrap_or(point);
        }
        table
    }

    fn double(&self, point: &Point<L>) -> Point<L> {
        let Point { x, y, z } = *point;
        let (xx, yy, zz) = (x.square(), y.square(), z.square());
        let yyyy = yy.square();
        let s = (x + yy).square() - xx - yyyy;
        let s = s + s;
        let m = xx + xx + xx + self.a * zz.square();
        let x3 = m.square() - s - s;
        let eight = yyyy + yyyy;
        let eight = eight + eight;
        let eight = eight + eight;
        Point { x: x3, y: m * (s - x3) - eight, z: (y + z).square() - yy - zz }
    }

    /// `None` at infinity; neither of the two is.
    fn add(&self, one: &Point<L>, other: &Point<L>) -> Option<Point<L>> {
        let (zz1, zz2) = (one.z.square(), other.z.square());
        let (u1, u2) = (one.x * zz2, other.x * zz1);
        let (s1, s2) = (one.y * other.z * zz2, other.y * one.z * zz1);
        let (h, r) = (u2 - u1, s2 - s1);
        if is_zero(&h) {
            return is_zero(&r).then(|| self.double(one)).filter(|d| !is_zero(&d.z));
        }
        let i = (h + h).square();
        let (j, r, v) = (h * i, r + r, u1 * i);
        let x = r.square() - j - v - v;
        let sj = s1 * j;
        let y = r * (v - x) - sj - sj;
        let z = ((one.z + other.z).square() - zz1 - zz2) * h;
        debug_assert_eq!(self.field.modulus(), x.params().modulus());
        Some(Point { x, y, z })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_odd_and_sum_up() {
        for text in
            ["1", "2", "31", "255", "4294967295", "340282366920938463463374607431768211455", "12345678901"]
        {
            let number = BigUint::parse_bytes(text.as_bytes(), 10).unwrap();
            let (mut plus, mut minus) = (BigUint::from(0u8), BigUint::from(0u8));
            for (i, digit) in digits(&number).into_iter().enumerate().filter(|(_, d)| *d != 0) {
                assert!(digit % 2 != 0 && digit.unsigned_abs() < 16, "{digit}");
                let term = BigUint::from(digit.unsigned_abs()) << i;
                if digit < 0 { minus += term } else { plus += term }
            }
            assert_eq!(plus - minus, number, "{text}");
        }
    }
}

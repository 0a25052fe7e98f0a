//! m·P + n·Q on a curve, as a verification needs it, with public numbers alone: nothing here is constant-time.
//!
//! Jacobian coordinates, x = X/Z², y = Y/Z³ (D. J. Bernstein, T. Lange, explicit-formulas database: dbl-2007-bl,
//! dbl-2001-b where a is −3, add-2007-bl, madd-2007-bl); both numbers written with signed odd digits, so that one row of
//! doublings serves both (H. Cohen, A. Miyaji, T. Ono, 1998). The base point is the same in every verification: its
//! multiples are made once, so many that its digits may be long.

use super::field::{Field, Number, add, less};

/// Bits of a digit: of the number of the base point, and of the other's.
const BASE_WIDTH: u32 = 8;
const WIDTH: u32 = 5;

#[derive(Clone, Copy, Debug)]
struct Point<const L: usize> {
    x: Number<L>,
    y: Number<L>,
    /// Zero at infinity.
    z: Number<L>,
}

/// The group of a curve y² = x³ + ax + b: with the prime order q of its base point.
#[derive(Debug)]
pub struct Group<const L: usize> {
    p: Field<L>,
    q: Field<L>,
    a: Number<L>,
    b: Number<L>,
    /// a = −3
    three: bool,
    /// P, 3P, 5P, … of the base point P, each with Z = 1.
    base: Vec<[Number<L>; 2]>,
}

impl<const L: usize> Group<L> {
    /// a, b, p, q, and the base point's x and y.
    pub fn new([a, b, p, q, x, y]: [Number<L>; 6]) -> Self {
        let p = Field::new(p);
        let (a, b, one) = (p.enter(&a), p.enter(&b), p.one());
        let three = p.add(&a, &p.add(&p.double(&one), &one)) == [0; L];
        let base = Point { x: p.enter(&x), y: p.enter(&y), z: one };
        let mut group = Self { p, q: Field::new(q), a, b, three, base: Vec::new() };
        let multiples = group.odd_multiples(base, 1 << (BASE_WIDTH - 2));
        group.base = group.affine(&multiples);
        group
    }

    /// RFC 7091 §6.3. `key`: x and y; `digest`, `r` and `s` as numbers.
    pub fn holds(&self, key: [Number<L>; 2], digest: &Number<L>, r: &Number<L>, s: &Number<L>) -> bool {
        let (zero, q) = ([0; L], &self.q);
        let inside = |n: &Number<L>| *n != zero && less(n, &q.p);
        let Some(key) = self.point(key) else { return false };
        if !inside(r) || !inside(s) {
            return false;
        }
        let mut e = q.enter(&q.reduced(digest));
        if e == zero {
            e = q.one();
        }
        let v = q.inverse(&e);
        let z1 = q.leave(&q.mul(&q.enter(s), &v));
        let z2 = q.leave(&q.negative(&q.mul(&q.enter(r), &v)));
        let sum = self.sum(&z1, &z2, key);
        if sum.z == zero {
            return false;
        }
        // x mod q = r: x is r, or r and some q more, below p. Compared as X = x·Z², without a division.
        let (zz, mut x) = (self.p.square(&sum.z), *r);
        loop {
            if self.p.mul(&self.p.enter(&x), &zz) == sum.x {
                return true;
            }
            if add(&mut x, &q.p) || !less(&x, &self.p.p) {
                return false;
            }
        }
    }

    /// The point, where it lies on the curve.
    fn point(&self, [x, y]: [Number<L>; 2]) -> Option<Point<L>> {
        let p = &self.p;
        if !less(&x, &p.p) || !less(&y, &p.p) {
            return None;
        }
        let (x, y) = (p.enter(&x), p.enter(&y));
        let right = p.add(&p.mul(&p.add(&p.square(&x), &self.a), &x), &self.b);
        (p.square(&y) == right).then(|| Point { x, y, z: p.one() })
    }

    fn infinity(&self) -> Point<L> {
        Point { x: self.p.one(), y: self.p.one(), z: [0; L] }
    }

    /// m times the base point, and n times `key`.
    fn sum(&self, m: &Number<L>, n: &Number<L>, key: Point<L>) -> Point<L> {
        let table = self.odd_multiples(key, 1 << (WIDTH - 2));
        let (m, n) = (digits(m, BASE_WIDTH), digits(n, WIDTH));
        let mut sum = self.infinity();
        for at in (0..m.len()).rev() {
            sum = self.double(&sum);
            if let Some((multiple, negative)) = entry(&table, n[at]) {
                let y = if negative { self.p.negative(&multiple.y) } else { multiple.y };
                sum = self.add(&sum, &Point { y, ..*multiple });
            }
            if let Some(([x, y], negative)) = entry(&self.base, m[at]) {
                let y = if negative { self.p.negative(y) } else { *y };
                sum = self.add_affine(&sum, x, &y);
            }
        }
        sum
    }

    /// P, 3P, … of a point of the group.
    fn odd_multiples(&self, point: Point<L>, count: usize) -> Vec<Point<L>> {
        let twice = self.double(&point);
        std::iter::successors(Some(point), |last| Some(self.add(last, &twice))).take(count).collect()
    }

    /// Points with Z = 1, none at infinity. One division serves all (P. Montgomery's trick).
    fn affine(&self, points: &[Point<L>]) -> Vec<[Number<L>; 2]> {
        let p = &self.p;
        let mut products = Vec::with_capacity(points.len());
        let mut product = p.one();
        for point in points {
            products.push(product);
            product = p.mul(&product, &point.z);
        }
        let mut rest = p.inverse(&product);
        let mut out: Vec<_> = std::iter::zip(points, products)
            .rev()
            .map(|(point, before)| {
                let inverse = p.mul(&rest, &before);
                rest = p.mul(&rest, &point.z);
                let square = p.square(&inverse);
                [p.mul(&point.x, &square), p.mul(&point.y, &p.mul(&square, &inverse))]
            })
            .collect();
        out.reverse();
        out
    }

    fn double(&self, point: &Point<L>) -> Point<L> {
        let (p, Point { x, y, z }) = (&self.p, point);
        let (yy, zz) = (p.square(y), p.square(z));
        let m = if self.three {
            let m = p.mul(&p.sub(x, &zz), &p.add(x, &zz));
            p.add(&p.double(&m), &m)
        } else {
            let xx = p.square(x);
            p.add(&p.add(&p.double(&xx), &xx), &p.mul(&self.a, &p.square(&zz)))
        };
        let s = p.double(&p.double(&p.mul(x, &yy)));
        let x3 = p.sub(&p.square(&m), &p.double(&s));
        let eight = p.double(&p.double(&p.double(&p.square(&yy))));
        let y3 = p.sub(&p.mul(&m, &p.sub(&s, &x3)), &eight);
        let z3 = p.double(&p.mul(y, z));
        Point { x: x3, y: y3, z: z3 }
    }

    fn add(&self, one: &Point<L>, other: &Point<L>) -> Point<L> {
        let (p, zero) = (&self.p, [0; L]);
        if one.z == zero {
            return *other;
        }
        if other.z == zero {
            return *one;
        }
        let (zz1, zz2) = (p.square(&one.z), p.square(&other.z));
        let (u1, s1) = (p.mul(&one.x, &zz2), p.mul(&p.mul(&one.y, &other.z), &zz2));
        let (u2, s2) = (p.mul(&other.x, &zz1), p.mul(&p.mul(&other.y, &one.z), &zz1));
        let (h, r) = (p.sub(&u2, &u1), p.sub(&s2, &s1));
        if h == zero {
            return if r == zero { self.double(one) } else { self.infinity() };
        }
        let z = p.mul(&p.mul(&one.z, &other.z), &h);
        self.joined([h, r, u1, s1], z)
    }

    /// The other with Z = 1.
    fn add_affine(&self, one: &Point<L>, x: &Number<L>, y: &Number<L>) -> Point<L> {
        let (p, zero) = (&self.p, [0; L]);
        if one.z == zero {
            return Point { x: *x, y: *y, z: p.one() };
        }
        let zz = p.square(&one.z);
        let (u2, s2) = (p.mul(x, &zz), p.mul(&p.mul(y, &one.z), &zz));
        let (h, r) = (p.sub(&u2, &one.x), p.sub(&s2, &one.y));
        if h == zero {
            return if r == zero { self.double(one) } else { self.infinity() };
        }
        self.joined([h, r, one.x, one.y], p.mul(&one.z, &h))
    }

    /// What both additions end with: H, r, U₁ and S₁.
    fn joined(&self, [h, r, u, s]: [Number<L>; 4], z: Number<L>) -> Point<L> {
        let p = &self.p;
        let hh = p.square(&h);
        let (hhh, v) = (p.mul(&h, &hh), p.mul(&u, &hh));
        let x = p.sub(&p.sub(&p.square(&r), &hhh), &p.double(&v));
        let y = p.sub(&p.mul(&r, &p.sub(&v, &x)), &p.mul(&s, &hhh));
        Point { x, y, z }
    }
}

/// The multiple that an odd digit means, and whether it is taken away.
fn entry<T>(table: &[T], digit: i16) -> Option<(&T, bool)> {
    (digit != 0).then(|| table.get(usize::from(digit.unsigned_abs()) / 2)).flatten().map(|t| (t, digit < 0))
}

/// The number as Σ dᵢ·2ⁱ, each dᵢ zero or odd and between −2^(width−1) and 2^(width−1); a digit more than its bits.
fn digits<const L: usize>(number: &Number<L>, width: u32) -> Vec<i16> {
    let mut bits: Vec<bool> = number.iter().flat_map(|w| (0..64).map(move |i| w >> i & 1 == 1)).collect();
    bits.extend([false; 9]);
    let mut out = vec![0i16; bits.len()];
    let (mut at, length) = (0, width as usize);
    while at + length <= bits.len() {
        if !bits[at] {
            at += 1;
            continue;
        }
        let value = (0..length).fold(0i16, |n, i| n | i16::from(bits[at + i]) << i);
        let over = value >> (width - 1) == 1;
        out[at] = if over { value - (1 << width) } else { value };
        at += length;
        if over {
            // One more of what comes above: carried through the bits that are set.
            let clear = bits.iter().skip(at).position(|bit| !bit).map_or(bits.len(), |n| at + n);
            bits[at..clear].fill(false);
            if let Some(bit) = bits.get_mut(clear) {
                *bit = true;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::BigUint;

    #[test]
    fn digits_are_odd_and_sum_up() {
        let numbers: [Number<4>; 6] = [
            [1, 0, 0, 0],
            [255, 0, 0, 0],
            [u64::MAX; 4],
            [0x1234_5678_9abc_def0, 7, 0, 1 << 63],
            [0xaaaa_aaaa_aaaa_aaaa; 4],
            [u64::MAX, 0, u64::MAX, 0x7fff_ffff_ffff_ffff],
        ];
        for (number, width) in numbers.iter().flat_map(|n| [(n, WIDTH), (n, BASE_WIDTH)]) {
            let whole: Vec<u8> = number.iter().flat_map(|w| w.to_le_bytes()).collect();
            let (mut plus, mut minus) = (BigUint::from(0u8), BigUint::from(0u8));
            for (i, digit) in digits(number, width).into_iter().enumerate().filter(|(_, d)| *d != 0) {
                assert!(digit % 2 != 0 && digit.unsigned_abs() < 1 << (width - 1), "{digit}");
                let term = BigUint::from(digit.unsigned_abs()) << i;
                if digit < 0 { minus += term } else { plus += term }
            }
            assert_eq!(plus - minus, BigUint::from_bytes_le(&whole), "{number:x?}");
        }
    }

    #[test]
    fn every_base_point_lies_on_its_curve_and_has_its_order() {
        fn checked<const L: usize>(group: &Group<L>) {
            let p = &group.p;
            let [x, y] = group.base[0];
            let base = group.point([p.leave(&x), p.leave(&y)]).expect("it is on the curve");
            let (mut one, mut two, mut less) = ([0; L], [0; L], group.q.p);
            (one[0], two[0]) = (1, 2);
            less[0] -= 1;
            // (q − 1)·P + 1·P is the point at infinity, (q − 1)·P + 2·P is P; and the same the other way round.
            for (m, n, sum) in
                [(&less, &one, None), (&one, &less, None), (&less, &two, Some(x)), (&two, &less, Some(x))]
            {
                let found = group.sum(m, n, base);
                assert_eq!((found.z != [0; L]).then(|| group.affine(&[found])[0][0]), sum);
            }
        }
        use super::super::curve::{Curve, SETS, Size};
        for set in SETS {
            match &Curve::named(set).unwrap().group {
                Size::Short(group) => checked(group),
                Size::Long(group) => checked(group),
            }
        }
    }
}

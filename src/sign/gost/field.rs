//! Numbers modulo a prime of 256 or 512 bits, for verification: nothing is secret, so nothing is constant-time.
//!
//! A prime just below 2^(64·L), as most of the standard's are, is folded: what stands above is multiplied by the small
//! difference and added below. For every other the numbers are kept in Montgomery's form. Words are multiplied four at a
//! time by hand: the shipped program is built for size, and its compiler unrolls nothing.

/// Words of 64 bits, the lowest first.
pub type Number<const L: usize> = [u64; L];

/// Twice the words of the longest number.
const WIDE: usize = 16;

#[derive(Debug)]
pub struct Field<const L: usize> {
    /// At least 2^(64·L − 2): a number of L words holds few of it.
    pub p: Number<L>,
    form: Form<L>,
}

#[derive(Debug)]
enum Form<const L: usize> {
    /// 2^(64·L) − p
    Folded(u64),
    /// −1/p modulo 2^64, and 2^(128·L) modulo p.
    Montgomery(u64, Number<L>),
}

impl<const L: usize> Field<L> {
    /// L is 4 or 8.
    pub fn new(p: Number<L>) -> Self {
        if p[1..].iter().all(|word| *word == u64::MAX) {
            return Self { p, form: Form::Folded(p[0].wrapping_neg()) };
        }
        // Newton: each step doubles the bits that are right.
        let inverse = (0..6).fold(1u64, |x, _| x.wrapping_mul(2u64.wrapping_sub(p[0].wrapping_mul(x))));
        let mut field = Self { p, form: Form::Montgomery(inverse.wrapping_neg(), [0; L]) };
        let mut square = field.reduced(&one());
        for _ in 0..128 * L {
            square = field.add(&square, &square);
        }
        field.form = Form::Montgomery(inverse.wrapping_neg(), square);
        field
    }

    /// Any number of L words, below p.
    pub fn reduced(&self, number: &Number<L>) -> Number<L> {
        let mut out = *number;
        while !less(&out, &self.p) {
            subtract(&mut out, &self.p);
        }
        out
    }

    /// A number below p in the form that the others take.
    pub fn enter(&self, number: &Number<L>) -> Number<L> {
        match &self.form {
            Form::Folded(_) => *number,
            Form::Montgomery(_, square) => self.mul(number, square),
        }
    }

    pub fn leave(&self, number: &Number<L>) -> Number<L> {
        match self.form {
            Form::Folded(_) => *number,
            Form::Montgomery(..) => self.mul(number, &one()),
        }
    }

    pub fn one(&self) -> Number<L> {
        self.enter(&one())
    }

    pub fn add(&self, a: &Number<L>, b: &Number<L>) -> Number<L> {
        let mut out = *a;
        if add(&mut out, b) || !less(&out, &self.p) {
            subtract(&mut out, &self.p);
        }
        out
    }

    pub fn double(&self, a: &Number<L>) -> Number<L> {
        self.add(a, a)
    }

    pub fn sub(&self, a: &Number<L>, b: &Number<L>) -> Number<L> {
        let mut out = *a;
        if subtract(&mut out, b) {
            add(&mut out, &self.p);
        }
        out
    }

    pub fn negative(&self, a: &Number<L>) -> Number<L> {
        self.sub(&[0; L], a)
    }

    pub fn square(&self, a: &Number<L>) -> Number<L> {
        self.mul(a, a)
    }

    pub fn mul(&self, a: &Number<L>, b: &Number<L>) -> Number<L> {
        let mut wide = [0u64; WIDE];
        for (i, word) in a.iter().enumerate() {
            wide[i + L] = row(&mut wide[i..i + L], b, *word);
        }
        let (low, high) = wide.split_at_mut(L);
        let mut out = [0; L];
        let over = match self.form {
            Form::Folded(small) => {
                let above = row(low, &high[..L], small);
                out.copy_from_slice(low);
                // What still stands above is at most the small difference itself.
                let more = u128::from(above) * u128::from(small);
                let mut rest = [0; L];
                (rest[0], rest[1]) = (more as u64, (more >> 64) as u64);
                add(&mut out, &rest)
            }
            Form::Montgomery(inverse, _) => {
                let mut carried = false;
                for i in 0..L {
                    let factor = wide[i].wrapping_mul(inverse);
                    let above = row(&mut wide[i..i + L], &self.p, factor);
                    let (sum, first) = wide[i + L].overflowing_add(above);
                    let (sum, second) = sum.overflowing_add(u64::from(carried));
                    (wide[i + L], carried) = (sum, first || second);
                }
                out.copy_from_slice(&wide[L..2 * L]);
                carried
            }
        };
        if over || !less(&out, &self.p) {
            subtract(&mut out, &self.p);
        }
        out
    }

    /// 1/a: p is prime, so by Fermat.
    pub fn inverse(&self, a: &Number<L>) -> Number<L> {
        let mut exponent = self.p;
        let mut two = [0; L];
        two[0] = 2;
        subtract(&mut exponent, &two);
        let mut out = self.one();
        for word in exponent.iter().rev() {
            for bit in (0..64).rev() {
                out = self.square(&out);
                if word >> bit & 1 == 1 {
                    out = self.mul(&out, a);
                }
            }
        }
        out
    }
}

/// Adds `factor` times `by` to `to`, of as many words; returns what stands above.
fn row(to: &mut [u64], by: &[u64], factor: u64) -> u64 {
    let mut carry = 0u64;
    let mut step = |to: &mut u64, by: u64| {
        let sum = u128::from(factor) * u128::from(by) + u128::from(*to) + u128::from(carry);
        *to = sum as u64;
        carry = (sum >> 64) as u64;
    };
    for ([a, b, c, d], [e, f, g, h]) in to.as_chunks_mut::<4>().0.iter_mut().zip(by.as_chunks::<4>().0) {
        step(a, *e);
        step(b, *f);
        step(c, *g);
        step(d, *h);
    }
    carry
}

fn one<const L: usize>() -> Number<L> {
    let mut out = [0; L];
    out[0] = 1;
    out
}

pub fn less<const L: usize>(a: &Number<L>, b: &Number<L>) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Whether it came to more than L words.
pub fn add<const L: usize>(to: &mut Number<L>, by: &Number<L>) -> bool {
    let mut carried = false;
    for (to, by) in to.iter_mut().zip(by) {
        let (sum, first) = to.overflowing_add(*by);
        let (sum, second) = sum.overflowing_add(u64::from(carried));
        (*to, carried) = (sum, first || second);
    }
    carried
}

/// Whether it came to less than nothing.
fn subtract<const L: usize>(from: &mut Number<L>, by: &Number<L>) -> bool {
    let mut borrowed = false;
    for (from, by) in from.iter_mut().zip(by) {
        let (rest, first) = from.overflowing_sub(*by);
        let (rest, second) = rest.overflowing_sub(u64::from(borrowed));
        (*from, borrowed) = (rest, first || second);
    }
    borrowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsa::BigUint;

    fn big<const L: usize>(number: &Number<L>) -> BigUint {
        BigUint::from_bytes_le(&number.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<_>>())
    }

    /// Numbers at the edges, and ones that look like chance.
    fn some<const L: usize>(field: &Field<L>) -> Vec<Number<L>> {
        let mut out = vec![[0; L], one(), field.negative(&one()), field.reduced(&[u64::MAX; L])];
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..12 {
            let mut next = [0; L];
            for word in &mut next {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *word = state;
            }
            out.push(field.reduced(&next));
        }
        out
    }

    fn agrees<const L: usize>(p: Number<L>) {
        let (field, modulus) = (Field::new(p), big(&p));
        let all = some(&field);
        for a in &all {
            let inside = field.enter(a);
            assert_eq!(field.leave(&inside), *a);
            for b in &all {
                let (x, y) = (big(a), big(b));
                let product = field.leave(&field.mul(&inside, &field.enter(b)));
                assert_eq!(big(&product), &x * &y % &modulus);
                assert_eq!(big(&field.add(a, b)), (&x + &y) % &modulus);
                assert_eq!(big(&field.sub(a, b)), (&x + &modulus - &y) % &modulus);
            }
            if *a != [0; L] {
                assert_eq!(field.leave(&field.mul(&inside, &field.inverse(&inside))), one());
            }
        }
    }

    #[test]
    fn sums_products_and_inverses_are_those_of_another_arithmetic() {
        let mut folded = [u64::MAX; 8];
        folded[0] = 0xffff_ffff_ffff_fdc7;
        agrees(folded);
        let mut half = [0u64; 8];
        (half[0], half[7]) = (0x6f, 1 << 63);
        agrees(half);
        agrees([0xffff_ffff_ffff_fd97, u64::MAX, u64::MAX, u64::MAX]);
        // The order of the curve of id-tc26-gost-3410-2012-256-paramSetA: a quarter of its field.
        agrees([0xc115_af55_6c36_0c67, 0x0fd8_cddf_c87b_6635, 0, 0x4000_0000_0000_0000]);
    }
}

//! The curves y² = x³ + ax + b over p with a point of order q (RFC 7836 §5.1, RFC 4357 §11.4), and
//! the sum that a verification needs, in Jacobian coordinates.

use der::asn1::ObjectIdentifier;
use rsa::BigUint;

use super::oid;

pub struct Curve {
    /// Bytes of a number below q.
    pub size: usize,
    pub q: BigUint,
    p: BigUint,
    a: BigUint,
    b: BigUint,
    base: Point,
}

/// Jacobian: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
#[derive(Clone)]
pub struct Point {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

/// a, b, p, q, x, y in hex.
pub type Numbers = [&'static str; 6];

const P_256: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD97";
const P_512: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC7";

/// id-GostR3410-2001-CryptoPro-A, id-tc26-gost-3410-2012-256-paramSetB
const CRYPTO_PRO_A: Numbers = [
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFD94",
    "A6",
    P_256,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
    "1",
    "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
];

/// id-GostR3410-2001-CryptoPro-B, id-tc26-gost-3410-2012-256-paramSetC
const CRYPTO_PRO_B: Numbers = [
    "8000000000000000000000000000000000000000000000000000000000000C96",
    "3E1AF419A269A5F866A7D3C25C3DF80AE979259373FF2B182F49D4CE7E1BBC8B",
    "8000000000000000000000000000000000000000000000000000000000000C99",
    "800000000000000000000000000000015F700CFFF1A624E5E497161BCC8A198F",
    "1",
    "3FA8124359F96680B83D1C3EB2C070E5C545C9858D03ECFB744BF8D717717EFC",
];

/// id-GostR3410-2001-CryptoPro-C, id-tc26-gost-3410-2012-256-paramSetD
const CRYPTO_PRO_C: Numbers = [
    "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D7598",
    "805A",
    "9B9F605F5A858107AB1EC85E6B41C8AACF846E86789051D37998F7B9022D759B",
    "9B9F605F5A858107AB1EC85E6B41C8AA582CA3511EDDFB74F02F3A6598980BB9",
    "0",
    "41ECE55743711A8C3CBF3783CD08C0EE4D4DC440D4641A8F366E550DFDB3BB67",
];

/// id-tc26-gost-3410-2012-256-paramSetA
const TC26_256_A: Numbers = [
    "C2173F1513981673AF4892C23035A27CE25E2013BF95AA33B22C656F277E7335",
    "295F9BAE7428ED9CCC20E7C359A9D41A22FCCD9108E17BF7BA9337A6F8AE9513",
    P_256,
    "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67",
    "91E38443A5E82C0D880923425712B2BB658B9196932E02C78B2582FE742DAA28",
    "32879423AB1A0375895786C4BB46E9565FDE0B5344766740AF268ADB32322E5C",
];

/// id-tc26-gost-3410-2012-512-paramSetA
const TC26_512_A: Numbers = [
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFDC4",
    "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
    P_512,
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    "3",
    "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
];

/// id-tc26-gost-3410-2012-512-paramSetB
const TC26_512_B: Numbers = [
    "8000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006C",
    "687D1B459DC841457E3E06CF6F5E2517B97C7D614AF138BCBF85DC806C4B289F3E965D2DB1416D217F8B276FAD1AB69C50F78BEE1FA3106EFB8CCBC7C5140116",
    "8000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006F",
    "800000000000000000000000000000000000000000000000000000000000000149A1EC142565A545ACFDB77BD9D40CFA8B996712101BEA0EC6346C54374F25BD",
    "2",
    "1A8F7EDA389B094C2C071E3647A8940F3C123B697578C213BE6DD9E6C8EC7335DCB228FD1EDF4A39152CBCAAF8C0398828041055F94CEEEC7E21340780FE41BD",
];

/// id-tc26-gost-3410-2012-512-paramSetC
const TC26_512_C: Numbers = [
    "DC9203E514A721875485A529D2C722FB187BC8980EB866644DE41C68E143064546E861C0E2C9EDD92ADE71F46FCF50FF2AD97F951FDA9F2A2EB6546F39689BD3",
    "B4C4EE28CEBC6C2C8AC12952CF37F16AC7EFB6A9F69F4B57FFDA2E4F0DE5ADE038CBC2FFF719D2C18DE0284B8BFEF3B52B8CC7A5F5BF0A3C8D2319A5312557E1",
    P_512,
    "3FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC98CDBA46506AB004C33A9FF5147502CC8EDA9E7A769A12694623CEF47F023ED",
    "E2E31EDFC23DE7BDEBE241CE593EF5DE2295B7A9CBAEF021D385F7074CEA043AA27272A7AE602BF2A7B9033DB9ED3610C6FB85487EAE97AAC5BC7928C1950148",
    "F5CE40D95B5EB899ABBCCFF5911CB8577939804D6527378B8C108C3D2090FF9BE18E2D33E3021ED2EF32D85822423B6304F726AA854BAE07D0396E9A9ADDC40F",
];

/// By the identifier of a parameter set; the national ones are the TC 26 ones.
pub fn numbers(id: ObjectIdentifier) -> Option<Numbers> {
    Some(match id {
        oid::GOST_SET_CP_A | oid::GOST_SET_XA | oid::GOST_SET_256_B | oid::KZ_GOST_SET_OLD => CRYPTO_PRO_A,
        oid::GOST_SET_CP_B | oid::GOST_SET_256_C => CRYPTO_PRO_B,
        oid::GOST_SET_CP_C | oid::GOST_SET_XB | oid::GOST_SET_256_D => CRYPTO_PRO_C,
        oid::GOST_SET_256_A | oid::KZ_GOST_SET_256 => TC26_256_A,
        oid::GOST_SET_512_A | oid::KZ_GOST_SET_512 => TC26_512_A,
        oid::GOST_SET_512_B => TC26_512_B,
        oid::GOST_SET_512_C => TC26_512_C,
        _ => return None,
    })
}

impl Curve {
    /// By the identifier of a parameter set.
    pub fn named(id: ObjectIdentifier) -> Option<Self> {
        let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16);
        let [a, b, p, q, x, y] = numbers(id)?.map(number);
        let base = Point { x: x?, y: y?, z: BigUint::from(1u8) };
        let p = p?;
        Some(Self { size: p.bits().div_ceil(8), q: q?, p, a: a?, b: b?, base })
    }

    /// The point, where it lies on the curve.
    pub fn point(&self, x: BigUint, y: BigUint) -> Option<Point> {
        if x >= self.p || y >= self.p {
            return None;
        }
        let right = (&x * &x % &self.p * &x + &self.a * &x + &self.b) % &self.p;
        (&y * &y % &self.p == right).then(|| Point { x, y, z: BigUint::from(1u8) })
    }

    /// x of `m` times the base point plus `n` times `key`; `None` at infinity.
    pub fn sum(&self, m: &BigUint, n: &BigUint, key: &Point) -> Option<BigUint> {
        let both = self.add(&self.base, key);
        let zero = || BigUint::from(0u8);
        let mut sum = Point { x: BigUint::from(1u8), y: BigUint::from(1u8), z: zero() };
        let (m, n) = (m.to_bytes_be(), n.to_bytes_be());
        let length = m.len().max(n.len()) * 8;
        let bit = |bytes: &[u8], at: usize| {
            // `at` counts from the most significant of `length` bits.
            let from_end = length - 1 - at;
            let index = bytes.len().checked_sub(from_end / 8 + 1);
            index.is_some_and(|i| bytes[i] >> (from_end % 8) & 1 == 1)
        };
        for at in 0..length {
            sum = self.double(&sum);
            sum = match (bit(&m, at), bit(&n, at)) {
                (true, true) => self.add(&sum, &both),
                (true, false) => self.add(&sum, &self.base),
                (false, true) => self.add(&sum, key),
                (false, false) => sum,
            };
        }
        if sum.z == zero() {
            return None;
        }
        // p is prime: the inverse by Fermat.
        let inverse = sum.z.modpow(&(&self.p - BigUint::from(2u8)), &self.p);
        Some(sum.x * (&inverse * &inverse % &self.p) % &self.p)
    }

    fn times(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.p
    }

    fn minus(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b) % &self.p
    }

    fn double(&self, point: &Point) -> Point {
        let t = |a: &BigUint, b: &BigUint| self.times(a, b);
        let small = |n: u8, a: &BigUint| BigUint::from(n) * a % &self.p;
        let yy = t(&point.y, &point.y);
        let s = small(4, &t(&point.x, &yy));
        let zz = t(&point.z, &point.z);
        let m = (small(3, &t(&point.x, &point.x)) + t(&self.a, &t(&zz, &zz))) % &self.p;
        let x = self.minus(&t(&m, &m), &small(2, &s));
        let y = self.minus(&t(&m, &self.minus(&s, &x)), &small(8, &t(&yy, &yy)));
        let z = small(2, &t(&point.y, &point.z));
        Point { x, y, z }
    }

    fn add(&self, one: &Point, other: &Point) -> Point {
        let zero = BigUint::from(0u8);
        if one.z == zero {
            return other.clone();
        }
        if other.z == zero {
            return one.clone();
        }
        let t = |a: &BigUint, b: &BigUint| self.times(a, b);
        let (zz1, zz2) = (t(&one.z, &one.z), t(&other.z, &other.z));
        let (u1, u2) = (t(&one.x, &zz2), t(&other.x, &zz1));
        let s1 = t(&one.y, &t(&zz2, &other.z));
        let s2 = t(&other.y, &t(&zz1, &one.z));
        let (h, r) = (self.minus(&u2, &u1), self.minus(&s2, &s1));
        if h == zero {
            let infinity = Point { x: BigUint::from(1u8), y: BigUint::from(1u8), z: zero.clone() };
            return if r == zero { self.double(one) } else { infinity };
        }
        let hh = t(&h, &h);
        let (hhh, v) = (t(&hh, &h), t(&u1, &hh));
        let x = self.minus(&self.minus(&t(&r, &r), &hhh), &(BigUint::from(2u8) * &v % &self.p));
        let y = self.minus(&t(&r, &self.minus(&v, &x)), &t(&s1, &hhh));
        let z = t(&h, &t(&one.z, &other.z));
        Point { x, y, z }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_point_lies_on_its_curve_and_has_its_order() {
        use oid::*;
        for id in [
            GOST_SET_CP_A,
            GOST_SET_CP_B,
            GOST_SET_CP_C,
            GOST_SET_256_A,
            GOST_SET_512_A,
            GOST_SET_512_B,
            GOST_SET_512_C,
        ] {
            let curve = Curve::named(id).unwrap();
            let base = curve.point(curve.base.x.clone(), curve.base.y.clone()).expect("it is on the curve");
            // (q - 1)·P + 1·P is the point at infinity, (q - 1)·P + 2·P is P.
            let less = &curve.q - BigUint::from(1u8);
            assert!(curve.sum(&less, &BigUint::from(1u8), &base).is_none(), "{id}");
            assert_eq!(curve.sum(&less, &BigUint::from(2u8), &base), Some(base.x), "{id}");
        }
    }
}

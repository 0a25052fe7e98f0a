//! PINs of tokens as people have them: four digits, and letters of two alphabets.

use std::sync::Arc;

use tereze::card::module::{Module, Tokens};
use tereze::card::service::{By, Options, start_all};
use tereze::card::{CardError, CardStatus, Stack};
use tereze::clock::Clock;
use tereze::private::Secret;

use super::bad::{sign, token, until};
use super::{Bench, MODULE, P256, PIN, SIGNS, said};

const LETTERS: &str = "Пин-Kod12";
const FOUR: &str = "1234";

#[test]
fn pins_of_four_digits_and_with_letters_sign_and_openssl_judges() {
    let bench = Bench::new();
    for (n, pin) in [FOUR, LETTERS].into_iter().enumerate() {
        let (label, file) = (format!("Token {n}"), format!("{n}.p7s"));
        bench.token_with(&label, pin);
        bench.key_with(&label, "01", P256, SIGNS, pin);
        let here = ["--module", MODULE, "--token", &label];
        // A letter's case counts, and so does each sign.
        for wrong in ["4321", "пин-kod12", "Пин-Kod1"] {
            let out = bench.sign("x.p7s", &here, wrong);
            assert!(!out.status.success() && said(&out).contains("The PIN is not right"), "{}", said(&out));
        }
        let out = bench.sign(&file, &here, pin);
        assert!(out.status.success(), "{pin}: {}", said(&out));
        let check = format!(
            "openssl cms -verify -cades -binary -inform DER -in {file} -content letter.txt -CAfile ca.pem \
             -purpose any -out verified"
        );
        bench.must(&check, &[]);
    }
}

#[tokio::test]
async fn the_service_tells_what_pins_a_token_has_and_changes_them() {
    let bench = Bench::new();
    bench.token("One");
    bench.key("One", "01", P256, SIGNS);
    let module = Arc::new(Module::new(MODULE.as_ref(), None).run_by(&bench.program()));
    let stacks: Vec<Arc<dyn Stack>> = vec![Arc::new(Tokens(module))];
    let cards = start_all(stacks, Clock::system(), Options { fresh_only: false, ..Options::default() });
    let info = token(&until(&cards, |s| token(s).is_some()).await).unwrap();
    // What SoftHSM says of itself.
    assert_eq!((info.pin.least, info.pin.most), (4, 255));
    assert!(info.pin.letters && info.pin.unblocking.is_none());
    let secret = |pin: &str| Secret::from_vec(pin.into());
    let change = async |old: &str, new: &str| {
        cards.new_pin(info.clone(), By::Old(secret(old)), secret(new), false).await
    };
    assert!(matches!(change("999999", LETTERS).await, Err(CardError::WrongPin { .. })));
    assert_eq!(change(PIN, "123").await, Err(CardError::NewPinRefused));
    sign(&cards, &info, PIN).await.unwrap();
    assert_eq!(change(PIN, LETTERS).await, Ok(()));
    assert!(matches!(sign(&cards, &info, PIN).await, Err(CardError::WrongPin { .. })));
    sign(&cards, &info, LETTERS).await.unwrap();
    assert_eq!(change(LETTERS, FOUR).await, Ok(()));
    sign(&cards, &info, FOUR).await.unwrap();
    let unblock = By::Puk { code: secret("12345678"), known: None };
    let refused = cards.new_pin(info.clone(), unblock, secret(PIN), false).await;
    assert_eq!(refused, Err(CardError::CannotUnblock));
    assert!(matches!(&*cards.status.borrow(), CardStatus::Ready(_)));
}

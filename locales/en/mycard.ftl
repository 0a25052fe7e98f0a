# My card
mycard-crumb = My card
mycard-title = Your card
mycard-open = My card: PIN and PUK
mycard-change = Change the PIN
mycard-change-note = You know the PIN and want another.
mycard-unblock = Unblock with the PUK
mycard-unblock-note = The PIN is forgotten or blocked. The PUK is in the letter that came with the card.
mycard-cannot = This card cannot be unblocked here
mycard-cannot-text = Go to the office that gave you the card.
mycard-tries = { $n ->
    [0] The PIN cannot be tried any more
   *[other] Tries of the PIN left: { $n }
 }
mycard-puk-tries = { $n ->
    [0] The PUK cannot be tried any more
   *[other] Tries of the PUK left: { $n }
 }
mycard-puk-unknown = The card tells the tries of the PUK only after a mistake. There are few.
mycard-puk-none = This card has no PUK.
mycard-puk-text = The PUK is in the letter that came with the card. Tell it to nobody.
mycard-old-title = Enter the PIN you have now
mycard-puk-title = Enter the PUK
mycard-new-title = Choose a new PIN
mycard-again-title = Enter the new PIN again
mycard-rule = The new PIN: { $least } to { $most } digits
mycard-new-text = Do not take a birthday or digits in a row.
mycard-again-text = Both times must be the same.
mycard-differ = The two new PINs were not the same. Choose again.
mycard-short = Enter at least { $n } digits.
mycard-set = Set the new PIN
mycard-working-title = The card is changing its PIN
mycard-changed = The PIN is changed
mycard-unblocked = The card is unblocked
mycard-done-text = From now on the new PIN counts. Remember it and tell it to nobody.
mycard-to-letter = Back to the letter
mycard-to-home = Done
mycard-last-pin = One more mistake and the card is blocked.
mycard-last-puk = One more mistake and the card can never be unblocked.
mycard-last-puk-sure = I am sure of the PUK
mycard-reader-title = Change your PIN on the reader
mycard-reader-text = The reader asks for the PIN until now. Then it asks twice for the new one.
mycard-practice-codes = The practice card's PIN: 123456. Its PUK: 12345678
mycard-practice-own = The practice card's PIN: the new one you chose. Its PUK: 12345678
mycard-admin = Unblock with the admin PIN
mycard-admin-note = The PIN is forgotten or blocked. Whoever set the card up knows its admin PIN.
mycard-admin-tries = Tries of the admin PIN left: { $n }
mycard-admin-title = Enter the admin PIN
mycard-admin-text = It is not the PIN that you sign with. Tell it to nobody.
mycard-admin-wrong = The admin PIN is not right
mycard-admin-again = Look first how many tries are left. Then enter it again.
mycard-admin-blocked = The admin PIN of this card is blocked
mycard-last-admin-sure = I am sure of the admin PIN
mycard-reader-puk = The PUK is entered on the reader itself
mycard-reader-puk-before = First touch the button below. The reader then asks for the PUK.
mycard-reader-unblock = Unblock the card on the reader
mycard-reader-unblock-text = The reader asks for the PUK. Then it asks twice for the new PIN.
mycard-type-here = Enter this on the screen. The reader's own keys cannot do it.
mycard-rule-signs = The new PIN: { $least } to { $most } signs
mycard-short-signs = Enter at least { $n } signs.

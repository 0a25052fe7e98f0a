# Words on paper, and printing
print-practice-mark = PRACTICE SAMPLE. NO LEGAL FORCE
print-page = Page { $page } / { $pages }
print-portal = The portal is run by: { $name }
print-unprintable = { $sign } – this sign could not be printed. Count: { $count }

print-receipt-document = Receipt { $number }
print-receipt-title = Receipt: your letter is registered
print-receipt-number = Number of the letter
print-receipt-when = Registered
print-receipt-body = Sent to
print-receipt-by = Accepted and registered by
print-receipt-due = Last day for the answer
print-receipt-rule = How the date was counted: { $rule }
print-receipt-article = Law: { $article }
print-next-title = What happens next
print-next-read = The staff will read your letter and prepare an answer.
print-next-moved = If the letter goes to another body, you will be told.
print-next-answer = You can read the answer at any window. Bring this sheet with you.
print-next-late = If the date passes, you can write a complaint.
print-proof-title = Proof
print-proof-words = Proves that the letter is registered. You may show it to anybody.
print-proof-alt = QR code: proof of registration. You may show it to anybody.
print-proof-check = Any window can check it: “Check a document”.
print-own-title = Yours alone
print-own-words = This QR code opens your letter and its answer. Do not give it away.
print-own-alt = QR code: yours alone. It opens your letter and its answer.
print-own-code = Short code
print-own-code-words = The number and the short code show only the status and the dates.

print-stored-title = Your letter is stored in the kiosk
print-stored-words = This is not a receipt: the letter is not registered yet.
print-stored-when = Signed
print-stored-body = To
print-stored-goes = When the line is back, the kiosk sends the letter by itself.
print-stored-ask = Any window tells you about your letter. Show this QR code to the scanner.
print-stored-receipt = Once it is registered you see its number and when the answer is due.
print-stored-due = The days for the answer are counted from the day after registration.

print-letter-document = Letter to sign with a pen: { $kind }
print-letter-title = Letter
print-letter-to = To
print-letter-from = From
print-letter-attachments = Attachments
print-letter-date = Date
print-letter-signature = Signature
print-letter-name = Name
print-letter-where = Where to take this letter
print-letter-address = Address
print-letter-hours = Opening hours
print-letter-two-copies = Take two copies. Ask for a stamp of receipt on one of them.

print-signed-document = Copy of a signed letter: { $body }
print-signed-title = Copy of the signed letter
print-signed-foot = This is a copy for reading. The original is electronic.
print-signed-by = Electronic digital signature
print-signed-name = Signed by
print-signed-iin = IIN
print-signed-bin = BIN
print-signed-time = Signed at
print-signed-digest = SHA-256 fingerprint of the letter

print-draft-title = Continue the letter later
print-draft-words = These QR codes hold your letter, locked with a code. Bring all the sheets to the window. The code itself is not on these sheets. Keep the code apart.
print-draft-part = Part { $part } / { $parts }
print-draft-foot = Without the code nobody can read these sheets.
print-code-title = The code that opens your letter
print-code-words = Keep this code apart from the sheets or the stick. Without the code the letter cannot be opened.

print-progress-sending = Sending to the printer…
print-progress-waiting = Waiting for the printer…
print-progress-printing = Printing…
print-progress-done = Ready. Take your paper.
print-progress-cancelled = Printing was stopped.
print-stop = Stop printing

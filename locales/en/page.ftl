# Words about an answer: they say what to do
page-missing = Please answer this question.
page-not-yet = This way is not there yet. Choose another.
page-too-long = The text is too long. Characters too many: { $n }
page-character = Delete this character, it cannot be printed: { $character }
page-number-digits = The number has 12 digits. Entered so far: { $n }
page-number-check = Compare the digits with the document: one has to be another.
page-iin-date = The first six digits tell the day of birth. Look at the document again.
page-bin-kind = This is not an organisation's number. Look for the BIN in the document.
page-phone = Write the whole phone number. For example: +7 701 123 45 67
page-email = Write the whole e-mail. For example: name@example.kz
page-name = Write the whole name, in letters.
page-files-too-many = There are too many files. At most: { $n }
page-files-too-large = The files are too large. All together at most: { $size }

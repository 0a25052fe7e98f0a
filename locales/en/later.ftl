# Continue later
later-title = Continue later
later-text = We encrypt the letter and give it to you. Nothing stays here.
later-usb = Save to a USB stick
later-usb-text = Put the stick in and touch this button.
later-qr = Print a QR sheet
later-qr-text = The QR code on the sheet opens the letter later.
later-code = Opening code
later-code-text = Write this code down. The letter cannot be opened without it.
later-saved = Saved
later-finish = I wrote it down, leave
resume-title = Continue a letter
resume-text = Put in the stick or show the QR sheet to the scanner.
resume-code = Opening code
resume-open = Open the letter

# The scanner
scan-own-title = This QR code opens the answer to your letter
scan-own-text = This kiosk cannot show answers yet. Please keep your sheet.
scan-draft-title = This sheet holds a saved letter
scan-draft-text = Finish this letter first. Then touch “Continue a letter” on the home screen.

# A letter to sign with a pen
pen-title = Print the letter and sign it
pen-text = Sign it, then take it to this address or post it.
pen-address = Address
pen-hours = Opening hours
pen-phone = Telephone
pen-not-sent = This letter has not been sent.
pen-print = Print the letter
pen-save = Save to a USB stick
pen-files = Take the attached files along with the paper.
pen-file = Letter to sign

# Home
home-title = Welcome! What would you like to do?
home-letter = Write a letter
home-letter-note = To an akim or a ministry
home-resume = Continue a letter
home-resume-note = From a USB stick or a QR sheet
home-signature = Electronic signature
home-signature-note = What is it? Where do I get one?
home-about = What is Tereze?
home-about-note = What you can do here
home-bodies = Where do I go?
home-bodies-note = Addresses and telephones

# Take your things
take-title = Take with you
take-card = Card
take-card-in = The card is still in the reader. Take it out.
take-card-out = The reader is empty
take-stick = USB stick
take-stick-in = The stick is still in. Take it out.
take-stick-out = No stick is in
take-paper = Paper
take-paper-text = Leave no sheet in the printer
take-done = Done
take-erased = What you wrote is erased from this kiosk.

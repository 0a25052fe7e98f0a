# Sending
sending-crumb = Letter · sending
sending-title = The letter is being sent
sending-step-signed = Signed
sending-step-stored = Kept in this kiosk
sending-step-sent = Goes to the portal
sending-step-registered = The portal registers it
sending-progress = Sent: { $sent } of { $total }
sending-wait = You may take your card.
sending-offline-title = The letter is kept in this kiosk
sending-offline-text = There is no connection to the portal now. The letter goes by itself when there is. It is not registered yet.
sending-offline-paper = Print the sheet. With it you can ask about your letter later.
sending-refused-title = The portal did not accept the letter
sending-stuck-title = The letter has not been sent yet
sending-keep-waiting = Wait
sending-leave = Finish
sending-to-letter = Back to the letter

# The portal and its command line
portal-practice-operator = Tereze practice portal
cli-portal = Run as a portal
cli-portal-listen = The address and port to listen on
cli-portal-practice = A practice portal: nothing has legal force
cli-portal-name = The portal’s name on the network
cli-portal-operator = Who runs the portal
cli-portal-citizen-ca = The folder of citizens’ certification authorities
cli-portal-ocsp = Where kiosks’ questions about certificates go (OCSP)
cli-portal-enrol = Give a one-time code for the next kiosk
cli-portal-openapi = Print the contract as OpenAPI
portal-listening = The portal is running: { $address }
portal-root = The root key for kiosks: { $root }
portal-kiosk-file = Sample settings for a kiosk: { $file }
portal-is-practice = This is a practice portal. Nothing registered here has legal force.
portal-enrol-code = One-time code: { $code }
portal-enrol-lives = The code works once, for 24 hours.
cli-portal-restored = The portal was restored from an older copy: leave numbers out
portal-given-again = The portal was restored from a copy. Your letter is entered again with its date.
portal-renumbered = The portal was restored from a copy. The letter’s former number: { $before }. Its new number: { $now }.
cli-portal-sms = The gateway that takes texts to phones (https://…)
cli-portal-sms-secret = The file with the gateway’s secret
cli-portal-sms-ca = The authorities for the gateway’s certificate
# One part of a text: at most 70 characters, no number, no name
alert-text = Your letter is answered. Read the answer at any Tereze kiosk.
alert-text-practice = PRACTICE. Your letter is answered. Read it at any Tereze kiosk.

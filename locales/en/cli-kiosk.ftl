# tereze kiosk: the command line
cli-kiosk = Open the kiosk
cli-kiosk-practice = Practice mode: a portal of its own and a practice card
cli-kiosk-windowed = The window’s width and height in pixels; else the whole screen
cli-kiosk-no-window = The kiosk’s window did not open: { $why }

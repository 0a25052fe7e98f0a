# tereze kiosk: the command line
cli-kiosk = Open the kiosk
cli-kiosk-practice = Practice mode: a portal of its own and a practice card
cli-kiosk-windowed = The window’s size, such as 1366x768; else the whole screen
cli-kiosk-no-window = The kiosk’s window did not open: { $why }

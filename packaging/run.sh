#!/bin/sh
# Starts the kiosk in practice mode on the screen that is there. Arguments go to `tereze kiosk`.
# A window takes the whole screen only where a compositor or a window manager grants it; without one (a bare Xvfb)
# the window is asked for at the screen's size.
set -eu
program=$1
shift

if [ -z "${WAYLAND_DISPLAY:-}" ] && [ -z "${DISPLAY:-}" ]; then
    echo 'run: there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set.' >&2
    echo '     Start it from a desktop, or on a drawn screen: xvfb-run -s "-screen 0 1920x1080x24" make run' >&2
    exit 1
fi

case " $* " in
*' --windowed'*) ;;
*)
    if [ -z "${WAYLAND_DISPLAY:-}" ] && command -v xprop >/dev/null; then
        if ! xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id'; then
            size=$(xwininfo -root 2>/dev/null | sed -n 's/^ *-geometry \([0-9]*x[0-9]*\).*/\1/p')
            set -- --windowed "${size:-1366x768}" "$@"
        fi
    fi
    ;;
esac
exec "$program" kiosk --practice "$@"

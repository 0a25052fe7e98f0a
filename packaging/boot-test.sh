#!/bin/sh
# Boots a Debian in which the package is installed and enabled, as a container with its own systemd, and looks at the
# kiosk on a drawn screen: the very unit, with its user, compositor and walls. Pictures go to target/package.
# Usage: packaging/boot-test.sh ROOT
set -eu
root=$1
here=$(dirname "$(realpath "$0")")
pictures=${TEREZE_PICTURES:-$here/../target/package}
work=$(mktemp -d)
outer='' screen=''

left_out() {
    echo "left out: $1"
    exit 0
}
for program in systemd-nspawn Xvfb xdotool import nsenter; do
    command -v "$program" >/dev/null || left_out "no session is tried on a screen: $program is not installed"
done

# Ends what this script started, by its number.
finish() {
    if [ -n "$outer" ]; then kill "$outer" 2>/dev/null || :; wait "$outer" 2>/dev/null || :; fi
    if [ -n "$screen" ]; then kill "$screen" 2>/dev/null || :; fi
    rm -rf "$root/etc/systemd/system/tereze.service.d" "$work"
}
trap finish EXIT INT TERM

ran=0
ok() {
    ran=$((ran + 1))
    echo "ok   $1"
}
fail() {
    echo "FAIL $1" >&2
    inside journalctl --no-pager -n 40 -u tereze >&2 || :
    exit 1
}
inside() { nsenter -t "$leader" -m -p -n -u -i -- env LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
# Tries for a minute; the last words are the command.
until_true() {
    what=$1
    shift
    tries=0
    until "$@" >"$work/said" 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 120 ] || { cat "$work/said" >&2; fail "$what"; }
        sleep 0.5
    done
    ok "$what"
}
# The number of the service's process of this name, as the container counts.
process() {
    inside sh -c 'for p in /proc/[0-9]*; do
        [ "$(cat $p/comm 2>/dev/null)" = "$0" ] && grep -q tereze.service $p/cgroup && echo "${p#/proc/}"; done | head -n 1' "$1"
}
runs() { [ -n "$(process "$1")" ]; }
runs_anew() { now=$(process "$1") && [ -n "$now" ] && [ "$now" != "$2" ]; }
window() { DISPLAY=$display xdotool search --name '.*' 2>/dev/null | tail -n 1; }
picture() { import -display "$display" -window root -crop "$2+0+0" +repage "$pictures/$1.png"; }
# The screen shows something in every quarter.
painted() {
    picture "$1" "$2"
    colours=$(identify -format %k "$pictures/$1.png")
    dark=$(convert "$pictures/$1.png" -gravity SouthEast -crop 40x40+0+0 +repage -format '%[fx:mean]' info:)
    [ "$colours" -gt 16 ] && [ "${dark%%.*}${dark#*.}" -gt 5 ] 2>/dev/null
}
# Cage's window is its screen: as large as the machine's would be.
sized() {
    w=$(window) && [ -n "$w" ] && DISPLAY=$display xdotool windowsize "$w" "${1%x*}" "${1#*x}" windowmove "$w" 0 0
}

echo '::: on a screen'
mkdir -p "$pictures"
Xvfb -displayfd 3 -screen 0 1920x1920x24 -noreset -ac -nolisten tcp 3>"$work/display" >/dev/null 2>&1 &
screen=$!
tries=0
until [ -s "$work/display" ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || left_out 'Xvfb draws no screen here'
    sleep 0.1
done
display=:$(cat "$work/display")
mkdir -p "$root/etc/systemd/system/tereze.service.d"
printf '[Service]\nEnvironment=WLR_BACKENDS=x11 DISPLAY=%s\nBindPaths=/tmp/.X11-unix\n' "$display" \
    >"$root/etc/systemd/system/tereze.service.d/drawn.conf"
set -- --quiet --boot --directory="$root" --register=no --keep-unit --machine=tereze-test --bind=/tmp/.X11-unix
systemd-nspawn "$@" </dev/null >"$work/boot" 2>&1 &
outer=$!
tries=0 leader=''
until [ -n "$leader" ] && inside systemctl is-active graphical.target >/dev/null 2>&1; do
    tries=$((tries + 1))
    kill -0 "$outer" 2>/dev/null && [ $tries -lt 120 ] || { tail -n 5 "$work/boot"; left_out 'no container boots here'; }
    sleep 0.5
    leader=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null | cut -d' ' -f1)
done

until_true 'the kiosk runs, begun by systemd' runs tereze
until_true 'its compositor has a screen' sized 1920x1080
until_true 'it says that it is not set up, on the whole screen' painted not-set-up 1920x1080
users=$(inside sh -c 'for p in $(cat /sys/fs/cgroup/systemd/system.slice/tereze.service/cgroup.procs /sys/fs/cgroup/system.slice/tereze.service/cgroup.procs 2>/dev/null); do
    stat -c %U /proc/$p; done | sort -u')
[ "$users" = tereze ] || fail "all of it is the user tereze's, not: $users"
ok "all of it is the user tereze's"
kiosk=$(process tereze)
[ "$(inside sed -n 's/^Max core file size *\([0-9a-z]*\) *\([0-9a-z]*\).*/\1 \2/p' "/proc/$kiosk/limits")" = '0 0' ] || fail 'no core dumps'
[ "$(inside systemctl show tereze --value -p MemorySwapMax)" = 0 ] || fail 'no swap'
ok 'no core dump is made of it, and nothing of it is swapped'

sized 1080x1920
until_true 'a screen that stands upright is filled, too' painted upright 1080x1920
sized 1920x1080

# Keys that lead out of other programs.
for keys in ctrl+alt+F2 ctrl+alt+F1 alt+F4 alt+Tab ctrl+alt+BackSpace ctrl+alt+Delete super ctrl+q ctrl+w ctrl+shift+t F11 alt+Escape alt+space Print; do
    DISPLAY=$display xdotool key "$keys"
done
sleep 1
[ "$(process tereze)" = "$kiosk" ] || fail 'no key ends it'
others=$(inside sh -c 'for p in /proc/[0-9]*; do grep -qs tereze.service $p/cgroup && cat $p/comm; done' | sort -u | grep -vxE 'cage|session|sleep|tereze|Xwayland' || :)
[ -z "$others" ] || fail "no other program is begun by a key: $others"
ok 'no key ends it or begins another program'

inside sh -c "kill -9 $kiosk"
until_true 'killed, it is begun again' runs_anew tereze "$kiosk"
until_true 'and is on the screen again' painted again 1920x1080
for signal in KILL ABRT; do
    cage=$(process cage)
    inside sh -c "kill -$signal $cage"
    until_true "its compositor ended by $signal, it is begun again" runs_anew cage "$cage"
    until_true 'with the kiosk' runs tereze
done

# No udev runs in a container, and its kernel may know no FAT: memory stands in for a stick.
inside sh -c 'mkdir -p /run/media/system/STICK && mount -t tmpfs -o rw,nosuid,nodev,noexec,uid=tereze,mode=700 stick /run/media/system/STICK' ||
    fail 'a stick is mounted'
seen() { inside grep ' /run/media/system/STICK ' "/proc/$(process tereze)/mountinfo"; }
until_true 'the kiosk sees a stick that is put in while it runs' seen
case $(seen) in
*' rw,'*nosuid,nodev,noexec*) ok 'which it may write' ;;
*) fail "how it is mounted: $(seen)" ;;
esac
inside umount /run/media/system/STICK
gone() { ! seen; }
until_true 'and sees it go' gone

inside tereze setup --mode practice >/dev/null || fail 'sets up practice'
inside systemctl restart tereze
until_true 'set up for practice and begun again, it opens' runs tereze
until_true 'its compositor has a screen again' sized 1920x1080
sleep 3
until_true 'and shows its first screen' painted first 1920x1080

# Staff end it at its own page: the link beneath, practice's PIN 246813 on the pad, "end", "yes".
for at in '1750 1046' '1518 305' '1325 433' '1698 433' '1518 561' '1325 305' '1698 305' '1745 1030'; do
    DISPLAY=$display xdotool mousemove $at click 1
    sleep 1
done
sleep 3
picture desk 1920x1080
for at in '1540 540' '725 662'; do
    DISPLAY=$display xdotool mousemove $at click 1
    sleep 1
done
ended() { ! inside systemctl is-active tereze; }
until_true 'staff end it at its own page' ended
sleep 5
runs tereze && fail 'ended by staff, it is not begun again'
[ "$(inside systemctl show tereze --value -p Result)" = success ] || fail 'ended by staff, it has not failed'
ok 'and it is not begun again'
inside systemctl start tereze
until_true 'until it is told to' runs tereze
inside systemctl stop tereze
[ "$(inside systemctl show tereze --value -p Result)" = success ] || fail 'it stops when it is told to'
ok 'it stops when it is told to'
rm -rf "$root/etc/tereze"
echo "$ran on a screen; pictures in $(realpath "$pictures")"

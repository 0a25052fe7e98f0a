#!/bin/sh
# Installs, enables, upgrades, removes and purges the package in a fresh Debian of this machine's release, and looks at
# what each step left. Usage: packaging/package-test.sh FIRST.deb SECOND.deb (the same package, a later revision)
# Needs root (a chroot); TEREZE_MIRROR names another mirror than Debian's.
set -eu
first=$(realpath "$1") second=$(realpath "$2")
[ "$(id -u)" = 0 ] || { echo 'package-test: a chroot needs root: sudo make package-test' >&2; exit 1; }
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=${TEREZE_MIRROR:-http://deb.debian.org/debian}
root=$(mktemp -d)
chmod 755 "$root"

cleanup() {
    for at in proc dev; do umount -l "$root/$at" 2>/dev/null || :; done
    rm -rf "$root"
}
trap cleanup EXIT INT TERM

ran=0
check() { # words, then a command that must succeed in the chroot
    what=$1
    shift
    if chroot "$root" env LC_ALL=C.UTF-8 "$@" >"$root.log" 2>&1; then
        ran=$((ran + 1))
        echo "ok   $what"
    else
        echo "FAIL $what" >&2
        cat "$root.log" >&2
        exit 1
    fi
}
shell() {
    what=$1
    shift
    check "$what" sh -euc "$*"
}

echo "::: a fresh $suite"
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 1; }
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
# Nothing is started in a chroot.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$first" "$root/first.deb"
cp "$second" "$root/second.deb"

echo '::: install'
check 'the package lists' apt-get update -q
check 'installs with all it depends on' env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /first.deb
check 'the program runs' tereze --version
shell 'a user of its own, without a shell to log in' 'getent passwd tereze | grep -q "/nologin$"'
shell 'may draw' 'id -nG tereze | grep -qw video'
shell 'its data is its own' '[ "$(stat -c %U:%G:%a /var/lib/tereze)" = tereze:tereze:700 ]'
shell 'the unit is understood' '! systemd-analyze verify /usr/lib/systemd/system/tereze.service 2>&1 | grep -i "tereze.service"'
shell 'is not enabled by itself' '! systemctl is-enabled tereze'
shell 'is not set up, and says what to do' 'code=0; runuser -u tereze -- tereze --lang en doctor >/tmp/said || code=$?
    [ $code = 1 ]; grep -q "not set up yet" /tmp/said; grep -q "tereze setup" /tmp/said'

echo '::: enable, set up'
check 'enables' systemctl enable tereze
shell 'is enabled' 'systemctl is-enabled tereze && [ -L /etc/systemd/system/graphical.target.wants/tereze.service ]'
shell 'a PIN that anybody would guess is refused' 'code=0; echo 123456 | tereze setup --pin-only || code=$?; [ $code = 77 ]'
shell 'an administrator sets up' 'echo 739182 | tereze setup --mode portal --url https://portal.example --root '"$(printf 'a%.0s' $(seq 64))"
shell 'the service reads what she wrote' 'runuser -u tereze -- test -r /etc/tereze/tereze.toml && runuser -u tereze -- cat /var/lib/tereze/staff.pin >/dev/null'
shell 'and it counts' 'runuser -u tereze -- tereze --lang en doctor | grep -q "✓ Staff PIN"'

echo '::: upgrade'
mkdir -p "$root/var/lib/tereze/outbox/waiting/letter"
check 'upgrades' env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /second.deb
shell 'the new revision is there' 'dpkg-query -W -f "\${Version}" tereze | grep -q -- "-2\$"'
shell 'still enabled, settings and PIN kept' 'systemctl is-enabled tereze && grep -q portal.example /etc/tereze/tereze.toml && [ -s /var/lib/tereze/staff.pin ]'

echo '::: remove, purge'
check 'removes' env DEBIAN_FRONTEND=noninteractive apt-get remove -q -y tereze
shell 'the program is gone, settings and letters are kept' '[ ! -e /usr/bin/tereze ] && [ -e /etc/tereze/tereze.toml ] && [ -d /var/lib/tereze/outbox/waiting/letter ]'
check 'purges' dpkg --purge tereze
shell 'letters that were not sent outlive even that' '[ -d /var/lib/tereze/outbox/waiting/letter ] && [ ! -e /etc/tereze ]'
check 'comes back' env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /second.deb
rmdir "$root/var/lib/tereze/outbox/waiting/letter"
check 'purges with nothing unsent' dpkg --purge tereze
shell 'and leaves nothing' '[ ! -e /var/lib/tereze ] && [ ! -e /etc/tereze ] && [ -z "$(find /usr /etc /var/lib/systemd -name "*tereze*")" ]'
echo "$ran passed, 0 failed"

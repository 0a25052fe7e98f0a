#!/bin/sh
# Installs, enables, boots, upgrades, removes and purges the package in a fresh Debian (this machine's release, or
# TEREZE_SUITE), and looks at what each step left. Usage: packaging/package-test.sh FIRST.deb SECOND.deb (the same
# package, a later revision). Needs root (a chroot); TEREZE_MIRROR names another mirror than Debian's.
set -eu
here=$(dirname "$(realpath "$0")")
first=$(realpath "$1") second=$(realpath "$2")
[ "$(id -u)" = 0 ] || { echo 'package-test: a chroot needs root: sudo make package-test' >&2; exit 1; }
suite=${TEREZE_SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mirror=${TEREZE_MIRROR:-http://deb.debian.org/debian}
root=$(mktemp -d)
chmod 755 "$root"
loop=''

cleanup() {
    [ -z "$loop" ] || losetup -d "$loop" 2>/dev/null || :
    for at in sys proc dev; do umount -l "$root/$at" 2>/dev/null || :; done
    rm -rf "$root" "$root.log"
}
trap cleanup EXIT INT TERM

ran=0
passed() {
    ran=$((ran + 1))
    echo "ok   $1"
}
failed() { # words, and the file of what was said
    echo "FAIL $1" >&2
    cat "$2" >&2
    exit 1
}
check() { # words, then a command that must succeed in the chroot
    what=$1
    shift
    if chroot "$root" env LC_ALL=C.UTF-8 "$@" >"$root.log" 2>&1; then passed "$what"; else failed "$what" "$root.log"; fi
}
shell() {
    what=$1
    shift
    check "$what" sh -euc "$*"
}
install() { check "$1" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$2"; }
refuses() { # the same, which must not succeed
    what=$1
    shift
    if chroot "$root" env LC_ALL=C.UTF-8 "$@" >"$root.log" 2>&1; then failed "$what" "$root.log"; else passed "$what"; fi
}

echo '::: the package'
if command -v lintian >/dev/null; then
    lintian --profile debian --fail-on error,warning "$first" >"$root.log" 2>&1 || failed 'lintian has nothing to say' "$root.log"
    passed 'lintian has nothing to say but what the overrides explain'
else
    echo 'left out: lintian is not installed'
fi

echo "::: a fresh $suite"
debootstrap --variant=minbase --include=systemd-sysv,dbus "$suite" "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" >&2; exit 1; }
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
install 'installs with all it depends on' /first.deb
check 'the program runs' tereze --version
shell 'a user of its own, without a shell to log in' 'getent passwd tereze | grep -q "/nologin$"'
shell 'may draw and be heard' 'id -nG tereze | grep -w video | grep -qw audio'
shell 'its data is its own' '[ "$(stat -c %U:%G:%a /var/lib/tereze)" = tereze:tereze:700 ]'
shell 'the unit is understood' '! systemd-analyze verify /usr/lib/systemd/system/tereze.service 2>&1 | grep -i "tereze.service"'
# docs/machine.md says what stays open, and why.
shell 'the unit is hardened' 'systemd-analyze security --offline=true --threshold=17 tereze.service'
tail -n 1 "$root.log"
shell 'is not enabled by itself' '! systemctl is-enabled tereze'
shell 'is not set up, and says what to do' 'code=0; tereze --lang en doctor >/tmp/said || code=$?
    [ $code = 1 ]; grep -q "not set up yet" /tmp/said; grep -q "tereze setup" /tmp/said'

echo '::: a stick'
install 'something to make a stick with' dosfstools
truncate -s 8M "$root/stick.img"
if chroot "$root" mkfs.vfat -n STICK /stick.img >"$root.log" 2>&1 &&
    loop=$(losetup --find --show "$root/stick.img" 2>"$root.log"); then
    mount --bind /sys "$root/sys"
    mkdir -p "$root/run/udev/rules.d"
    echo 'KERNEL=="loop*", ENV{ID_BUS}="usb"' >"$root/run/udev/rules.d/00-test.rules"
    check 'udev reads the rule' udevadm test --action=add "/sys/block/${loop#/dev/}"
    grep -q "90-tereze-sticks.rules.*\(rror\|nvalid\|gnoring\)" "$root.log" && failed 'the rule has no mistakes' "$root.log"
    # systemd 252 and 257 print it in other frames.
    mounting=$(grep -o "/usr/bin/systemd-mount .*$loop" "$root.log" | head -n 1)
    [ -n "$mounting" ] || failed 'the rule mounts a stick' "$root.log"
    passed 'the rule mounts a stick, and says how'
    rm -r "$root/run/udev"
    umount "$root/sys"
    options=$(echo "$mounting" | sed -n 's/.*--options=\([^ ]*\).*/\1/p')
    if modprobe vfat 2>/dev/null || grep -qw vfat /proc/filesystems; then
        shell 'what is on it is the kiosk'\''s to read and write, and cannot be run' "mount -o $options,uid=tereze,gid=tereze $loop /mnt
            runuser -u tereze -- sh -c 'cp /bin/true /mnt/Хат.sh && ! /mnt/Хат.sh' && [ -e /mnt/Хат.sh ]
            ! runuser -u nobody -- ls /mnt; umount /mnt"
    else
        echo 'left out: this kernel knows no FAT, so that the stick itself is not mounted'
    fi
else
    echo "left out: no loop device here: $(cat "$root.log")"
fi

echo '::: enable, set up'
check 'enables' systemctl enable tereze
shell 'is enabled' 'systemctl is-enabled tereze && [ -L /etc/systemd/system/graphical.target.wants/tereze.service ]'
umount -l "$root/proc" "$root/dev"
"$here/boot-test.sh" "$root"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
shell 'a PIN that anybody would guess is refused' 'code=0; echo 123456 | tereze setup --mode portal --url https://portal.example --root '"$(printf 'a%.0s' $(seq 64))"' || code=$?
    [ $code = 77 ] && [ ! -e /etc/tereze/tereze.toml ]'
shell 'an administrator sets up' 'echo 739182 | tereze setup --mode portal --url https://portal.example --root '"$(printf 'a%.0s' $(seq 64))"
shell 'what she wrote is the service'\''s to read, and none of it root'\''s' 'runuser -u tereze -- test -r /etc/tereze/tereze.toml
    runuser -u tereze -- cat /var/lib/tereze/staff.pin >/dev/null; [ -z "$(find /var/lib/tereze ! -user tereze)" ]'
shell 'and it counts' 'tereze --lang en doctor | grep -q "✓ Staff PIN"'

echo '::: upgrade'
shell 'data of this format, with a letter that waits' 'echo "tereze kiosk 1" >/var/lib/tereze/FORMAT
    mkdir -p /var/lib/tereze/outbox/waiting/letter; chown -R tereze: /var/lib/tereze; find /var/lib/tereze -type f -exec sha256sum {} + | sort >/tmp/before'
install 'upgrades' /second.deb
shell 'the new revision is there' 'dpkg-query -W -f "\${Version}" tereze | grep -q -- "-2\$"'
shell 'still enabled, settings and data kept to the byte' 'systemctl is-enabled tereze && grep -q portal.example /etc/tereze/tereze.toml
    find /var/lib/tereze -type f -exec sha256sum {} + | sort | cmp - /tmp/before; [ -d /var/lib/tereze/outbox/waiting/letter ]'

echo '::: downgrade'
shell 'data of a newer version' 'echo "tereze kiosk 999" >/var/lib/tereze/FORMAT'
refuses 'an older package refuses to go over them' dpkg --install /first.deb
grep -q 'ештеңе өзгерген жоқ' "$root.log" && grep -q 'ничего не изменилось' "$root.log" && grep -q 'nothing was changed' "$root.log" ||
    failed 'and says why' "$root.log"
shell 'and changed nothing' 'dpkg-query -W -f "\${db:Status-Status} \${Version}" tereze | grep -q "^installed .*-2\$"; tereze --version'
shell 'nor does the program touch them' 'code=0; echo x | tereze --lang en enrol --name x >/tmp/said 2>&1 || code=$?
    [ $code != 0 ] && grep -q 999 /var/lib/tereze/FORMAT'
shell 'data of this version again' 'echo "tereze kiosk 1" >/var/lib/tereze/FORMAT'
check 'and the older package goes over them' dpkg --install /first.deb
install 'and the newer again' /second.deb

echo '::: remove, purge'
check 'removes' env DEBIAN_FRONTEND=noninteractive apt-get remove -q -y tereze
shell 'the program is gone, settings and letters are kept' '[ ! -e /usr/bin/tereze ] && [ -e /etc/tereze/tereze.toml ] && [ -d /var/lib/tereze/outbox/waiting/letter ]'
check 'purges' dpkg --purge tereze
shell 'letters that were not sent outlive even that' '[ -d /var/lib/tereze/outbox/waiting/letter ] && [ ! -e /etc/tereze ] && getent passwd tereze'
install 'comes back' /second.deb
rmdir "$root/var/lib/tereze/outbox/waiting/letter"
check 'purges with nothing unsent' dpkg --purge tereze
shell 'and leaves nothing' '[ ! -e /var/lib/tereze ] && [ ! -e /etc/tereze ] && ! getent passwd tereze && ! getent group tereze
    [ -z "$(find /usr /etc /run /tmp /var -name "*tereze*" ! -path "/var/lib/apt/*" ! -path "/var/cache/*" ! -path "/var/log/*")" ]'
echo "$ran passed, 0 failed"

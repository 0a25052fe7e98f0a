#!/bin/sh
# Installs the Debian packages that `make run`, `make test`, `make gallery` and `make bench` need, where they are
# missing. Debian 12 and 13, Ubuntu 24.04. Usage: packaging/setup.sh run|gallery|test|bench|package|package-test
#
# In the lists: `a|b` is the first of them that exists here; `a?` is left out, with a word, where no such package exists.
set -eu
cd "$(dirname "$0")/.."

build='gcc libc6-dev make pkg-config libpcsclite-dev'
window='libxkbcommon0 libwayland-client0 libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0'
test="$build $window git util-linux iproute2 strace faketime nginx-light|nginx xvfb x11-utils xdotool imagemagick
    pcscd vsmartcard-vpcd opensc softhsm2 pcsc-tools openssl libengine-gost-openssl?
    zbar-tools qpdf poppler-utils xmlsec1 libxml2-utils cups-ipp-utils cups-daemon cups-client dbus-daemon
    python3-cryptography-vectors?
    hunspell hunspell-ru hunspell-en-us hunspell-kk?"

case ${1:-} in
run) wanted="$build $window x11-utils" ;;
gallery) wanted="$build $window" ;;
test) wanted=$test clang=yes ;;
package) wanted="$build dpkg-dev" deb=yes ;;
package-test) wanted="debootstrap lintian systemd-container? xvfb xdotool imagemagick" ;;
bench) wanted="$test libssl-dev ausweisapp|ausweisapp2? chromium?" clang=yes ;;
*)
    echo 'usage: packaging/setup.sh run|gallery|test|bench|package|package-test' >&2
    exit 2
    ;;
esac

die() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

# --- Rust ---------------------------------------------------------------------------------------------------------
need=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
command -v cargo >/dev/null || die "cargo is not found. Tereze needs Rust $need or newer: https://rustup.rs"
have=$(cargo --version | cut -d' ' -f2)
oldest=$(printf '%s\n%s\n' "$need" "$have" | sort -V | head -n1)
[ "$oldest" = "$need" ] || die "cargo is $have, Tereze needs Rust $need or newer. With rustup: rustup update stable"

if [ -n "${deb:-}" ] && ! cargo deb --version >/dev/null 2>&1; then
    cargo install --locked cargo-deb --version '^3'
fi

# --- packages -----------------------------------------------------------------------------------------------------
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die 'this is not Debian or Ubuntu: install what these packages hold, then call cargo yourself:' "  $wanted"
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
has() { printf '%s\n' "$installed" | grep -qxF "$1"; }
exists() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -qvF '(none)'; }

# Which of the wanted packages are missing; the names with `?` and `|` stay as they are.
find_missing() {
    missing=''
    for want in $wanted; do
        found=''
        for one in $(printf %s "${want%\?}" | tr '|' ' '); do
            if has "$one"; then found=yes; fi
        done
        [ -n "$found" ] || missing="$missing $want"
    done
    # libclang for bindgen: any version will do, and the library alone is a tenth of libclang-dev.
    if [ -n "${clang:-}" ] && ! printf '%s\n' "$installed" | grep -q '^libclang1-[0-9]'; then
        missing="$missing libclang"
    fi
}

find_missing
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    root=''
elif command -v sudo >/dev/null; then
    root=sudo
else
    die 'these packages are missing, and neither root nor sudo is here to install them:' \
        "  $(echo "$missing" | tr -d '?')" 'install them as root, then try again.'
fi

echo "setup: installing$(printf %s "$missing" | tr -d "?")"
# shellcheck disable=SC2086 # an empty $root is no word
$root apt-get update -q >/tmp/tereze-setup.$$ 2>&1 ||
    { cat /tmp/tereze-setup.$$; echo 'setup: the package lists could not be renewed; the old ones are used' >&2; }
rm -f /tmp/tereze-setup.$$

names=''
for want in $missing; do
    chosen=''
    if [ "$want" = libclang ]; then
        version=$(apt-cache depends libclang-dev 2>/dev/null | sed -n 's/.*Depends: libclang-\([0-9]*\)-dev.*/\1/p' | head -n1)
        [ -z "$version" ] || chosen=$(apt-cache pkgnames "libclang1-$version" | grep -xE "libclang1-$version(t64)?" | head -n1)
        [ -z "$chosen" ] || chosen="$chosen libclang-common-$version-dev"
    else
        for one in $(printf %s "${want%\?}" | tr '|' ' '); do
            if [ -z "$chosen" ] && exists "$one"; then chosen=$one; fi
        done
    fi
    if [ -n "$chosen" ]; then
        names="$names $chosen"
    elif [ "${want%\?}" != "$want" ]; then
        echo "setup: this distribution has no ${want%\?}; going on without it"
    else
        die "this distribution has no package $want, and Tereze needs it." \
            'Debian 12, Debian 13 and Ubuntu 24.04 (with "universe") are known to have it.'
    fi
done
[ -n "$names" ] || exit 0

# shellcheck disable=SC2086 # a list of names
$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $names ||
    die 'apt-get could not install:' " $names" 'see its words above; nothing else was changed.'

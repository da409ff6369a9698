#!/bin/bash
# Installs the wheel and the sdist in bare Debian systems, and runs them there without a network and without write access to
# what was installed. As root, with debootstrap and unshare:
#
#     tests/bare_debian.sh [bookworm] [trixie]
#
# Prints one line a system: Python, how long each step took, and the verdicts of a run.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
mirror=${MIRROR:-http://deb.debian.org/debian}
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(bookworm trixie)

build() { # the wheel is made from the sdist, so both are whole
    python3 -m venv "$work/build"
    "$work/build/bin/pip" install -q build
    "$work/build/bin/python" -m build -q --outdir "$work/dist" "$here"
}

prepare() { # $1: suite, $2: its root
    debootstrap --variant=minbase --include=python3,python3-venv,gcc,libc6-dev,ca-certificates "$1" "$2" "$mirror" >"$work/$1.log" 2>&1 ||
        { tail -5 "$work/$1.log"; return 1; }
    cp /etc/resolv.conf "$2/etc/"
    # The packages' own certificates and indexes, where this machine has some.
    cp -L /etc/ssl/certs/ca-certificates.crt "$2/etc/ssl/certs/"
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$2/etc/"
    mkdir -p "$2/dist"
    cp "$work"/dist/* "$2/dist/"
    useradd --root "$2" --create-home user
}

inside() { chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"; }

install() { # $1: root, $2: folder of the installation, $3: what to install
    inside "$1" python3 -m venv "$2"
    inside "$1" sh -c "$2/bin/pip install -q --no-warn-script-location $3"
    chmod -R a-w "$1$2"
}

alone() { # no network, an ordinary user, a home of its own
    unshare --net -- chroot --userspec=user "$1" /usr/bin/env -i HOME=/home/user LANG=C.UTF-8 PATH=/usr/bin:/bin \
        sh -c "cd /home/user && $2"
}

try() { # $1: suite
    local root=$work/$1 began=$SECONDS
    prepare "$1" "$root"
    local prepared=$SECONDS
    install "$root" /opt/wheel '/dist/*.whl'
    local installed=$SECONDS
    alone "$root" '/opt/wheel/bin/hil --version && /opt/wheel/bin/hil new mysat >new.txt'
    local began_run=$SECONDS
    alone "$root" 'cd mysat && /opt/wheel/bin/hil run rigs/mysat.toml --obc library'
    local ran=$SECONDS
    alone "$root" 'cd mysat && /opt/wheel/bin/hil run rigs/mysat.toml --obc library >/dev/null 2>&1'
    local again=$SECONDS
    install "$root" /opt/sdist '/dist/*.tar.gz'
    alone "$root" 'cd mysat && /opt/sdist/bin/hil check rigs/mysat.toml'
    echo "$1: $(inside "$root" python3 --version), system $((prepared - began)) s, wheel $((installed - prepared)) s," \
        "first run $((ran - began_run)) s, second $((again - ran)) s, wheel and sdist work without a network"
}

build
for suite in "${suites[@]}"; do
    try "$suite"
done

#!/bin/sh
# Tries what the README says on a bare Debian 13: git, make, python3, python3-venv and nothing else, an ordinary
# user, no browser, no shared memory. In a chroot: needs root and mmdebstrap (apt install mmdebstrap).
#   tools/bare_debian.sh FOLDER [demo|test]     FOLDER is made, or used as it is
set -eu
root=${1:?a folder for the chroot}
what=${2:-demo test}
project=$(cd "$(dirname "$0")/.." && pwd)
[ "$(id -u)" -eq 0 ] || { echo 'As root: a chroot is made.' >&2; exit 1; }

if [ ! -e "$root/etc/debian_version" ]; then
    echo "Making a bare Debian 13 in $root ..."
    mmdebstrap --quiet --variant=minbase --include=git,make,python3,python3-venv,ca-certificates trixie "$root"
fi
chroot "$root" id stranger >/dev/null 2>&1 || chroot "$root" useradd -m -d /srv/stranger stranger

# How this machine reaches the package registry, for pip in there.
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
cp /etc/resolv.conf /etc/hosts "$root/etc/"

clone="$root/srv/stranger/the association"
rm -rf "$clone"
git clone -q "$project" "$clone"
chroot "$root" chown -R stranger: /srv/stranger

mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT

# Only what pip needs of this machine's surroundings goes in.
surroundings=$(env | grep -E '^(PIP_|https?_proxy=|no_proxy=|HTTPS?_PROXY=|NO_PROXY=)' || true)
as_stranger() {
    # shellcheck disable=SC2086 # one word each: addresses and paths
    env -i HOME=/srv/stranger LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/bin $surroundings \
        chroot --userspec=stranger:stranger "$root" sh -c "cd '/srv/stranger/the association' || exit 1; $1"
}

for one in $what; do
    case $one in
        demo)
            echo 'make demo ...'
            as_stranger 'make demo PORT=8099 >demo.log 2>&1 & echo $! >demo.pid
                for second in $(seq 600); do
                    if python3 -c "import urllib.request as r; r.urlopen(\"http://127.0.0.1:8099/\")" 2>/dev/null; then
                        echo "It serves after $second s."; break
                    fi
                    sleep 1
                done
                kill -INT "$(cat demo.pid)"; wait "$(cat demo.pid)" || true
                tail -n 3 demo.log; [ "$second" -lt 600 ]'
            ;;
        test)
            echo 'make test ...'
            as_stranger "make test ARGS='${ARGS:--q}'"
            ;;
        *) echo "demo or test, not: $one" >&2; exit 1 ;;
    esac
done

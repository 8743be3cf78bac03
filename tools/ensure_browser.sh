#!/bin/sh
# Makes sure of a browser for the tests, which pip cannot bring: the one that is there, else
# Debian's where it can be installed without asking (as root), else a loud line and no failure.
# REQUIRE_BROWSER=1 makes its absence a failure.
set -eu
found() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! found >/dev/null && [ "$(id -u)" -eq 0 ] && grep -qs '^ID=debian' /etc/os-release; then
    echo 'Installing a browser for the tests (Debian: chromium) ...'
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
        >"$log" 2>&1; then
        tail -n 5 "$log" >&2
    fi
    rm -f "$log"
fi
if ! found >/dev/null; then
    echo '*** No browser (chromium) on this machine: THE BROWSER TESTS DO NOT RUN. ***' >&2
    echo '*** On Debian: apt install chromium. On Ubuntu: snap install chromium.   ***' >&2
    [ -z "${REQUIRE_BROWSER:-}" ] || exit 1
fi

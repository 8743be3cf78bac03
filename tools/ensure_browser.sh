#!/bin/sh
# Makes sure of a browser for the tests, which pip cannot bring: the one that is there, else
# Debian's where it can be installed without asking (as root), else a loud line and no failure.
# Chromium without windows is the same engine, and walks a journey in three quarters of the time.
# REQUIRE_BROWSER=1 makes the absence of any a failure, and lets the quick one be installed beside another.
set -eu
found() {
    command -v chromium-headless-shell || command -v chromium || command -v chromium-browser ||
        command -v google-chrome
}
wanted() { ! found >/dev/null || { [ -n "${REQUIRE_BROWSER:-}" ] && ! command -v chromium-headless-shell >/dev/null; }; }
if wanted && [ "$(id -u)" -eq 0 ] && grep -qs '^ID=debian' /etc/os-release; then
    echo 'Installing a browser for the tests (Debian: chromium-headless-shell) ...'
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    install() { apt-get install -y -qq --no-install-recommends "$1"; }
    # Older releases of Debian have only the one with windows.
    if ! { apt-get update -qq && { install chromium-headless-shell || found || install chromium; }; } \
        >"$log" 2>&1; then
        tail -n 5 "$log" >&2
    fi
    rm -f "$log"
fi
if found >/dev/null; then
    echo "Browser of the journeys: $(found)"
else
    echo '*** No browser (chromium) on this machine: THE BROWSER TESTS DO NOT RUN. ***' >&2
    echo '*** On Debian: apt install chromium-headless-shell. On Ubuntu: snap install chromium. ***' >&2
    [ -z "${REQUIRE_BROWSER:-}" ] || exit 1
fi

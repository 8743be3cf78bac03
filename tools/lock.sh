#!/bin/sh
# Writes requirements/*.txt from requirements/*.in: exact versions with hashes, for Python 3.11
# and newer, with no index address inside. `make lock ARGS=--upgrade` looks for newer versions.
set -eu
command -v uv >/dev/null || { echo "uv is needed to lock: .venv/bin/python -m pip install uv" >&2; exit 1; }
# The order matters: each file is held to the versions of those before it.
for name in base embedded test check bench; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        "$@" --output-file "requirements/$name.txt" "requirements/$name.in"
    echo "requirements/$name.txt"
done

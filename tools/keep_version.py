"""Keep a demonstration of this version for the tests of later ones: its database, keys and files.

    CONFIDENTIAL_VAR=FOLDER make demo        (stop it when it serves)
    .venv/bin/python tools/keep_version.py FOLDER

writes ``tests/upgrade/VERSION/``. Everybody in it is invented, and its keys open nothing else.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))
os.environ["CONFIDENTIAL_DEMO"] = "true"

from confidential.embedded import Embedded, binary  # noqa: E402 - the folder is named above
from confidential.environment import DATABASE  # noqa: E402

# Beside the database. Marks of processes and the server's own files are made anew.
KEPT = ("keys", "files", "log", "demonstration", "demonstration.loaded")


def keep(var: Path) -> Path:
    """Write the folder of this version and give its path."""
    version = tomllib.loads((BASE / "pyproject.toml").read_text())["project"]["version"]
    folder = BASE / "tests" / "upgrade" / version
    folder.mkdir(exist_ok=True)
    server = Embedded(var)
    began = server.start()
    try:
        command = [binary("pg_dump"), "-d", server.conninfo(dbname=DATABASE)]
        dump = subprocess.run(command, check=True, capture_output=True).stdout
    finally:
        if began:
            server.stop()
    (folder / "database.sql.xz").write_bytes(lzma.compress(dump, preset=9 | lzma.PRESET_EXTREME))
    with tarfile.open(folder / "var.tar.xz", "w:xz") as tar:
        for name in KEPT:
            tar.add(var / name, name, filter=_nobodys)
    return folder


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the name and number of whoever made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    sys.stdout.write(f"{keep(Path(sys.argv[1]))}\n")

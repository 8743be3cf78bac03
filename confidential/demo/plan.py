"""Which tables a demonstration was made with, so that one made by another version is told apart."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from confidential.environment import BASE

OTHER = (
    "This demonstration was made by another version of the program, whose tables were different.\n"
    "Everybody in it is invented: remove the folder {folder} and run `make demo` again."
)


def files() -> dict[str, str]:
    """Each migration and the SQL it runs, by its path in the project, with its SHA-256."""
    found = [*BASE.glob("*/migrations/0*.py"), *BASE.glob("*/sql/*.sql")]
    return {
        path.relative_to(BASE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(found)
    }


def keep(path: Path) -> None:
    """Write down what the tables are made with now."""
    path.write_text(json.dumps(files()), "utf-8")


def check(path: Path) -> None:
    """Raises RuntimeError where a file that made these tables has changed since; new ones may come."""
    made = json.loads(path.read_text("utf-8")) if path.exists() else {"": ""}
    now = files()
    if any(now.get(name) != digest for name, digest in made.items()):
        raise RuntimeError(OTHER.format(folder=path.parent))

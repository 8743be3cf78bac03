"""Folders that are nobody else's from their first moment."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def make_folder(path: Path) -> Path:
    """Make a folder and those above it that are missing, each with mode 0700; returns it.

    ``mkdir(parents=True, mode=...)`` gives the mode to the last one only.
    """
    for folder in [*reversed(path.parents), path]:
        if not folder.exists():
            with suppress(FileExistsError):  # another process was quicker
                folder.mkdir(mode=0o700)
    return path

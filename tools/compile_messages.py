"""Compile .po files into the .mo files that Django reads, without GNU gettext.

Files named on the command line, or all of locale/. The .mo files are not committed.
"""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_catalogue(source: Path) -> Path:
    """Write the .mo beside a .po file, whole or not at all; its path."""
    target = source.with_suffix(".mo")
    partial = target.with_suffix(".mo.new")
    polib.pofile(str(source)).save_as_mofile(str(partial))
    return partial.replace(target)


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compile every catalogue that is newer than its .mo file; what was written."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            written.append(compile_catalogue(source))
    return written


if __name__ == "__main__":
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            compile_catalogue(Path(name))
    else:
        compile_all()

"""Cuts the fonts to the letters of French and English: ``static/fonts/``, from the files of
``static/vendor/``.

Needs fonttools and brotli, which nothing else here does. In an environment that is thrown away afterwards:

    python3 -m venv fonts && fonts/bin/pip install fonttools==4.68.0 brotli==1.2.1
    fonts/bin/python tools/subset_fonts.py

Hinting, kerning and all other features stay. A letter of another language (a name with an ñ, a č) still
comes from the whole file: ``css/theme.css`` says for each file which letters it is asked for, and a browser
fetches no file whose letters a page has not. ``tests/components/test_fonts.py`` holds these lists, and the
texts of the pages, together.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
WHOLE = STATIC / "vendor" / "atkinson-hyperlegible-5.3.0"
CUT = STATIC / "fonts"
FACES = ("400-normal", "700-normal", "400-italic")
# Both alphabets, what French and English print between words, the euro and the minus.
LETTERS = (
    "U+0020-007E, U+00A0, U+00AB, U+00B0, U+00B7, U+00BB, U+00C0, U+00C2, U+00C6-00CB, U+00CE-00CF,"
    " U+00D4, U+00D7, U+00D9, U+00DB-00DC, U+00E0, U+00E2, U+00E6-00EB, U+00EE-00EF, U+00F4, U+00F9,"
    " U+00FB-00FC, U+00FF, U+0152-0153, U+2009, U+2011, U+2013-2014, U+2018-2019, U+201C-201D, U+2022,"
    " U+2026, U+202F, U+20AC, U+2212"
)


def main() -> None:
    """Write one file a face. Raises CalledProcessError where fonttools is not there."""
    CUT.mkdir(exist_ok=True)
    for face in FACES:
        command = [
            *(sys.executable, "-m", "fontTools.subset"),
            str(WHOLE / f"atkinson-hyperlegible-latin-{face}.woff2"),
            f"--unicodes={LETTERS.replace(' ', '')}",
            "--layout-features=*",
            "--flavor=woff2",
            f"--output-file={CUT / f'atkinson-hyperlegible-{face}.woff2'}",
        ]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

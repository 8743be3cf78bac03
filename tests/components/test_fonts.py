"""The fonts that pages load first hold the letters of both languages; others come from the whole files."""

from __future__ import annotations

import re
from pathlib import Path

import polib

from tools import subset_fonts

BASE = subset_fonts.STATIC.parent
THEME = (subset_fonts.STATIC / "css" / "theme.css").read_text("utf-8")
FACE = re.compile(r"@font-face \{(.*?)\}")
# The arrow from who asks to who answers: in none of the font's own files, so it comes from the system, as before.
FROM_THE_SYSTEM = {"→"}


def letters(ranges: str) -> set[str]:
    """What ``U+0020-007E, U+00A0`` stands for."""
    found: set[str] = set()
    for part in ranges.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        found |= {chr(code) for code in range(int(first, 16), int(last or first, 16) + 1)}
    return found


def test_the_style_sheet_asks_for_the_letters_that_the_files_were_cut_to() -> None:
    """And last, so that the whole files are asked for what is left."""
    faces = FACE.findall(THEME)
    cut = [face for face in faces if "../fonts/" in face]
    assert faces[-len(subset_fonts.FACES) :] == cut
    for face, name in zip(cut, subset_fonts.FACES, strict=True):
        assert f"unicode-range: {subset_fonts.LETTERS};" in face
        assert f"-{name}.woff2" in face
        weight, style = name.split("-")
        assert f"font-weight: {weight};" in face and ("italic" in face) == (style == "italic")


def test_every_face_lets_the_page_be_read_before_it_comes() -> None:
    faces = FACE.findall(THEME)
    assert len(faces) == 9 and all("font-display: swap;" in face for face in faces)


def test_the_texts_of_both_languages_need_no_other_file() -> None:
    words = "".join(
        entry.msgid + entry.msgstr + "".join(entry.msgstr_plural.values())
        for entry in polib.pofile(str(BASE / "locale" / "fr" / "LC_MESSAGES" / "django.po"))
    )
    words += "".join(path.read_text("utf-8") for path in (BASE / "templates").rglob("*.html"))
    # Ÿ is in the extended file alone: no French word needs it, a few names of places do.
    words += "ÀÂÇÉÈÊËÎÏÔÙÛÜŒÆàâçéèêëîïôùûüÿœæ«»’“”–—…€ "
    needed = {letter for letter in words if letter.isprintable() or letter.isspace()} - {"\n"}
    assert needed - letters(subset_fonts.LETTERS) - FROM_THE_SYSTEM == set()


def test_the_files_are_smaller_and_licensed() -> None:
    for name in subset_fonts.FACES:
        cut = subset_fonts.CUT / f"atkinson-hyperlegible-{name}.woff2"
        whole = subset_fonts.WHOLE / f"atkinson-hyperlegible-latin-{name}.woff2"
        assert cut.read_bytes()[:4] == b"wOF2"
        assert cut.stat().st_size < 0.8 * whole.stat().st_size
    assert "SIL OPEN FONT LICENSE" in Path(subset_fonts.CUT / "LICENSE").read_text("utf-8")

"""From a template's name and plain data to a tagged PDF (PDF/UA-1 and PDF/A-2a), in bundled fonts.
typst keeps recent layouts in memory, so personal data is better rendered in the worker."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from documents.cleaning import clean
from documents.coverage import FONT_FOLDER

TEMPLATE_FOLDER = Path(__file__).parent / "templates"
LANGUAGES = ("en", "fr")
STANDARDS: list[Any] = ["ua-1", "a-2a"]


class RenderError(Exception):
    """The document could not be made: unknown template or language, or data of another shape."""


@cache
def template_names() -> tuple[str, ...]:
    """Names that `render` knows; files beginning with an underscore are parts of templates."""
    return tuple(
        sorted(p.stem for p in TEMPLATE_FOLDER.glob("*.typ") if not p.stem.startswith("_"))
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)]
    )


def render(template: str, data: dict[str, Any], *, language: str) -> bytes:
    """PDF bytes of `documents/templates/<template>.typ` filled with `data`.

    `data` has the shape in the template's head comment: texts, numbers, lists, dictionaries, and
    dates as `date`, `datetime` or ISO text. `language` is "en" or "fr". Raises `RenderError`;
    its message names the template and what typst missed, and no value from `data`.
    """
    if template not in template_names():
        raise RenderError(f"unknown template: {template!r}")
    if language not in LANGUAGES:
        raise RenderError(f"unknown language: {language!r}")
    inputs = {"data": json.dumps(clean(data), ensure_ascii=False), "language": language}
    try:
        result = typst.compile(
            str(TEMPLATE_FOLDER / f"{template}.typ"),
            root=str(TEMPLATE_FOLDER),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=datetime.now(UTC).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise RenderError(f"template {template}: {_harmless(error.message)}") from None
    return bytes(result)


def _harmless(message: str) -> str:
    """The complaint without what it may quote from the data (typst quotes keys, and types, in
    `"..."` and backticks; a key is ours, a long quotation is not)."""
    first = message.splitlines()[0] if message else "could not be rendered"
    known = ("dictionary does not contain key", "expected ", "cannot ", "type ", "panicked")
    return first if first.startswith(known) and len(first) < 120 else "could not be rendered"

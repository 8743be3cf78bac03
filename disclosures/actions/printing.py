"""Renders a package in a process of its own: typst keeps recent layouts, personal data included.

Run as ``python -m disclosures.actions.printing``: data comes in and the PDF goes out through pipes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SECONDS = 20


class PrintingFailed(RuntimeError):
    """The document could not be made. Says nothing of what was to be in it."""


def printed(data: dict[str, Any], language: str, template: str = "disclosure_package") -> bytes:
    """The PDF of a package, or of a letter to its recipient. Raises PrintingFailed."""
    asked = {"template": template, "data": data, "language": language}
    sent = json.dumps(asked, default=_plain).encode()
    command = [sys.executable, "-m", "disclosures.actions.printing"]
    try:
        done = subprocess.run(command, input=sent, capture_output=True, cwd=ROOT, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrintingFailed("The document took too long.") from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise PrintingFailed("The document could not be made.")
    return done.stdout


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return str(value)


def main() -> None:
    """Read data from standard input, write the PDF to standard output."""
    from documents import render

    asked = json.load(sys.stdin)
    pdf = render(asked["template"], asked["data"], language=asked["language"])
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()

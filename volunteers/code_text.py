"""From the plain text of the code to blocks that a page can show.

The format is that of the printed documents: ``# ``, ``## ``, ``- `` and empty lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import ndiff
from pathlib import Path

DEFAULTS = Path(__file__).parent / "policy"


@dataclass
class Block:
    """A heading, a paragraph, or a list of items."""

    kind: str
    text: str = ""
    items: list[str] = field(default_factory=list)


@dataclass
class CodeText:
    """A text of the code: its title and what follows."""

    title: str = ""
    blocks: list[Block] = field(default_factory=list)


def read(text: str) -> CodeText:
    """Split a text into its title (the first ``# `` line) and blocks. Never fails."""
    code = CodeText()
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("# ") and not code.title:
            code.title = line[2:].strip()
        elif line:
            _add(code.blocks, line)
        else:
            code.blocks.append(Block("gap"))
    code.blocks = [block for block in code.blocks if block.kind != "gap"]
    return code


def _add(blocks: list[Block], line: str) -> None:
    last = blocks[-1] if blocks else Block("gap")
    if line.startswith(("# ", "## ")):
        blocks.append(Block("heading", line.lstrip("# ")))
    elif line.startswith("- "):
        if last.kind != "list":
            blocks.append(Block("list"))
        blocks[-1].items.append(line[2:].strip())
    elif last.kind == "list":
        last.items[-1] += " " + line
    elif last.kind == "paragraph":
        last.text += " " + line
    else:
        blocks.append(Block("paragraph", line))


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """What was struck out ("del") and put in ("ins") between two texts, line by line."""
    kinds = {"- ": "del", "+ ": "ins"}
    lines = ndiff(before.splitlines(), after.splitlines())
    return [(kinds[line[:2]], line[2:]) for line in lines if line[:2] in kinds and line[2:].strip()]


def default_text(language: str) -> str:
    """Our own wording, for an association that has none yet."""
    return (DEFAULTS / f"code.{language}.txt").read_text(encoding="utf-8")

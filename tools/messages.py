"""The texts that the program shows: found in templates and Python without GNU gettext.

A fresh machine lacks gettext, and a missing translation must be noticed there too.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".venv", "var", "tests", "benchmarks", "tools", "static", "node_modules", ".git"}

# For each function: which arguments are context, text and plural.
FUNCTIONS = {
    "_": "t",
    "gettext": "t",
    "gettext_lazy": "t",
    "gettext_noop": "t",
    "ngettext": "tp",
    "ngettext_lazy": "tp",
    "pgettext": "ct",
    "pgettext_lazy": "ct",
    "npgettext": "ctp",
    "npgettext_lazy": "ctp",
}


class Message(NamedTuple):
    """One text as gettext knows it; no context is None, no plural is ''."""

    context: str | None
    text: str
    plural: str


def make_message(function: str, strings: list[str]) -> Message | None:
    """Sort a call's leading strings into their parts; None when one is missing."""
    roles = FUNCTIONS[function]
    if len(strings) < len(roles):
        return None
    parts = dict(zip(roles, strings, strict=False))
    return Message(parts.get("c"), parts["t"], parts.get("p", ""))


def in_python(source: str, name: str) -> Iterator[Message]:
    """Every marked text in Python source; a marked expression that is no literal is an error."""
    for node in ast.walk(ast.parse(source, name)):
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if function not in FUNCTIONS:
            continue
        wanted = node.args[: len(FUNCTIONS[function])]
        strings = [
            arg.value
            for arg in wanted
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        message = make_message(function, strings)
        if message:
            yield message
        elif any(isinstance(arg, ast.JoinedStr | ast.BinOp) for arg in wanted):
            raise SystemExit(
                f"{name}:{node.lineno}: a text to translate must be one plain string, "
                "with named placeholders filled in afterwards"
            )


def in_template(source: str, name: str) -> Iterator[Message]:
    """Every marked text in a template, found by Jinja's own reader."""
    tree = Environment(autoescape=True).parse(source, name)
    for call in tree.find_all(nodes.Call):
        function = getattr(call.node, "name", None)
        if function not in FUNCTIONS:
            continue
        wanted = call.args[: len(FUNCTIONS[function])]
        strings = [
            arg.value
            for arg in wanted
            if isinstance(arg, nodes.Const) and isinstance(arg.value, str)
        ]
        message = make_message(function, strings)
        if message is None:
            raise SystemExit(f"{name}:{call.lineno}: a text to translate must be one plain string")
        yield message


def extract(root: Path = ROOT) -> dict[Message, set[str]]:
    """Every text of the program, with the files (relative paths) that show it."""
    found: dict[Message, set[str]] = defaultdict(set)
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if relative.parts[0] in SKIPPED or "migrations" in relative.parts:
            continue
        if path.suffix == ".py":
            reader = in_python
        elif path.suffix == ".html" and "templates" in relative.parts:
            reader = in_template
        else:
            continue
        for message in reader(path.read_text(encoding="utf-8"), str(relative)):
            if message.text:
                found[message].add(relative.as_posix())
    return found


def catalogues(root: Path = ROOT) -> list[Path]:
    """The .po files to keep complete: every language that is not the source's own."""
    return sorted(
        path
        for path in root.glob("locale/*/LC_MESSAGES/django.po")
        if path.relative_to(root).parts[1] != "en"
    )

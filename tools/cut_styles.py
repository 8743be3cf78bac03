"""Writes static/css/bootstrap-used.css: of Bootstrap only the rules that a page of ours can meet. ``make
styles``.

A rule stays if each class of its selector is used: a word of a template, of a script or of a widget's class
in Python, wherever it stands in quotes, but not in a text for people; ``btn-{{ kind }}`` uses every class
that is ``btn-`` and such a word. Order and content of what stays are Bootstrap's own, so nothing that is
used looks otherwise. Of its names of colours and sizes those stay that something refers to.
``tests/components/test_styles.py`` compares, and finds a class without a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
WHOLE = BASE / "static" / "vendor" / "bootstrap-5.3.9" / "bootstrap.min.css"
OURS = BASE / "static" / "css" / "theme.css"
CUT = BASE / "static" / "css" / "bootstrap-used.css"
SCRIPTS = sorted((BASE / "static" / "js").glob("*.js"))

COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/", re.S)
# A text for people is no name of a class: _("…"), ngettext("…", "…"), and the like.
TEXT = re.compile(r"""\b(?:_|n?p?gettext(?:_lazy)?)\((?:\s*(?:"[^"]*"|'[^']*')\s*,?)+""")
QUOTED = re.compile(r""""((?:[^"{\n]|\{\{.*?\}\}|\{%.*?%\}|\{)*)"|'([^'\n]*)'""")
WORD = re.compile(r"-?[A-Za-z_][\w-]*")
OPEN_END = re.compile(r"(-?[A-Za-z_][\w-]*-)\{[{%]")  # btn-{{ kind }}
CSS_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
PYTHON_CLASS = re.compile(r"""(?:"class": f?|class=|css=)["']([^"'{]*)["'{]""")
DEFINED = re.compile(r"(--[\w-]+):((?:\"[^\"]*\"|'[^']*'|\([^)]*\)|[^;{}(\"'])*);?")
DEFINITION = re.compile(r"(--[\w-]+):")
REFERRED = re.compile(r"var\((--[\w-]+)")
HOLDS_RULES = ("@media", "@supports", "@container", "@layer")


def used() -> set[str]:
    """Names that may be classes of a page of ours."""
    words: set[str] = set()
    begun: set[str] = set()
    for path in [*sorted((BASE / "templates").rglob("*.html")), *SCRIPTS]:
        text = TEXT.sub(" ", COMMENT.sub(" ", path.read_text(encoding="utf-8")))
        begun |= set(OPEN_END.findall(text))
        for found in QUOTED.finditer(text):
            words |= set(WORD.findall(found[0]))
    for path in python_files():
        for found in PYTHON_CLASS.findall(path.read_text(encoding="utf-8")):
            words |= set(WORD.findall(found))
    return words | {start + word for start in begun for word in words}


def python_files() -> Iterator[Path]:
    """Our own modules that draw something."""
    for path in sorted(BASE.glob("*/**/*.py")):
        if path.relative_to(BASE).parts[0] not in {"tests", "tools", "benchmarks", ".venv"}:
            yield path


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each rule of a minified sheet: its selector or its ``@`` line, and what stands in its braces."""
    at = 0
    while (opens := css.find("{", at)) >= 0:
        depth, closes = 1, opens
        while depth:
            closes += 1
            depth += {"{": 1, "}": -1}.get(css[closes], 0)
        yield css[at:opens].strip(), css[opens + 1 : closes]
        at = closes + 1


def selectors(head: str) -> list[str]:
    """The parts of ``a,b:not(.c,.d)`` at the commas that stand in no brackets."""
    return re.findall(r"(?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]|[^,])+", head)


def met(selector: str, names: set[str]) -> bool:
    """Whether an element of ours can be what this selector means."""
    # What must not be there need not be used: :not(.btn-check).
    asked = re.sub(r":not\((?:[^()]|\([^()]*\))*\)", "", selector)
    return set(CSS_CLASS.findall(asked)) <= names and "[data-bs-" not in asked


def cut(css: str, names: set[str]) -> str:
    """The rules that can be met."""
    kept = []
    for head, body in blocks(css):
        if head.startswith(HOLDS_RULES):
            body = cut(body, names)
        elif not head.startswith("@"):
            head = ",".join(one for one in selectors(head) if met(one, names))
        if head and body:
            kept.append(f"{head}{{{body}}}")
    return "".join(kept)


def without_unused_names(css: str, beside: str) -> str:
    """The same without ``--bs-…`` that nothing refers to, here or in the style sheet ``beside`` it."""
    while True:
        fewer = without(css, set(DEFINITION.findall(css)) - set(REFERRED.findall(css + beside)))
        if fewer == css:
            return css
        css = fewer


def without(css: str, names: set[str]) -> str:
    """The same without the definitions of these names, and without rules that are empty then."""
    fewer = DEFINED.sub(lambda one: "" if one[1] in names else one[0], css)
    return re.sub(r"[^{}]+\{\}", "", fewer)


def without_unused_turns(css: str) -> str:
    """The same without movements that no rule names."""
    named = {head.split()[-1] for head, _ in blocks(css) if head.startswith("@keyframes")}
    idle = {name for name in named if not re.search(rf"animation(?:-name)?:[^;}}]*\b{name}\b", css)}
    return "".join(
        f"{head}{{{body}}}"
        for head, body in blocks(css)
        if not (head.startswith("@keyframes") and head.split()[-1] in idle)
    )


def sheet() -> str:
    """What the file holds: Bootstrap's own head with its licence, then one rule a line."""
    charset, comment, rules = re.match(  # type: ignore[union-attr]
        r'(@charset "UTF-8";)(/\*!.*?\*/)(.*)', WHOLE.read_text(encoding="utf-8"), re.S
    ).groups()
    ours = OURS.read_text(encoding="utf-8")
    kept = without_unused_names(without_unused_turns(cut(rules, used())), ours)
    lines = "\n".join(f"{head}{{{body}}}" for head, body in blocks(kept))
    return f"{charset}\n{comment}\n/* Cut to what is used by tools/cut_styles.py. */\n{lines}\n"


if __name__ == "__main__":
    CUT.write_text(sheet(), encoding="utf-8")

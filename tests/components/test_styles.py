"""The cut of Bootstrap has every rule that a page of ours can meet, and is what the tool makes of it now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import cut_styles

BASE = Path(cut_styles.BASE)
ATTRIBUTE = re.compile(r"""(?:\bclass="|\bcss=")((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)""")
IN_PYTHON = re.compile(r"""["']class["']: f?["']([^"']+)|class=\\?["']([\w -]+)""")
SHEET = """:root{--bs-a:1;--bs-b:var(--bs-c);--bs-c:2;--bs-d:3}.one,.two{color:var(--bs-b)}.two:not(.three){top:0}
.one.three{left:0}@media print{.three{right:0}.one{right:1px}}@keyframes turn{to{rotate:1turn}}a:hover{top:1px}"""


def rules_for(sheet: str) -> set[str]:
    """Classes that a selector of this sheet names."""
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", sheet)))


def named_in_templates() -> dict[str, str]:
    """Whole names in class attributes, read otherwise than the tool reads them: name and file."""
    found = {}
    for path in sorted((BASE / "templates").rglob("*.html")):
        for value in ATTRIBUTE.findall(path.read_text(encoding="utf-8")):
            for name in re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*|\{%.*?%\}", " ", value).split():
                found[name] = str(path.relative_to(BASE))
    return found


def named_in_python() -> set[str]:
    """The same in the widgets of forms."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in cut_styles.python_files())
    return {name for pair in IN_PYTHON.findall(text) for value in pair for name in value.split()}


def test_the_sheet_is_what_the_tool_makes() -> None:
    assert cut_styles.CUT.read_text(encoding="utf-8") == cut_styles.sheet(), "Run `make styles`."


def test_no_class_of_a_page_lost_its_rule() -> None:
    whole, kept = (
        rules_for(path.read_text("utf-8")) for path in (cut_styles.WHOLE, cut_styles.CUT)
    )
    templates = named_in_templates()
    assert {"visually-hidden", "btn", "mb-3"} <= templates.keys()
    assert {n: where for n, where in templates.items() if n in whole - kept} == {}
    assert named_in_python() & (whole - kept) == set()


@pytest.mark.parametrize("kind", ["primary", "secondary", "danger"])
def test_a_class_that_is_put_together_keeps_its_rule(kind: str) -> None:
    assert f"btn-{kind}" in rules_for(cut_styles.CUT.read_text("utf-8"))


def test_a_rule_stays_only_if_all_its_classes_are_used() -> None:
    kept = cut_styles.cut(SHEET, {"one", "two"})
    assert kept.endswith("a:hover{top:1px}")
    assert (
        ".one,.two{color:var(--bs-b)}.two:not(.three){top:0}@media print{.one{right:1px}}" in kept
    )
    fewer = cut_styles.cut(SHEET, {"one"})
    assert ".one{color:var(--bs-b)}@media" in fewer and ".two" not in fewer


def test_names_and_movements_that_nothing_refers_to_go() -> None:
    kept = cut_styles.without_unused_names(cut_styles.cut(SHEET, {"one"}), "a{left:var(--bs-d)}")
    assert ":root{--bs-b:var(--bs-c);--bs-c:2;--bs-d:3}" in kept
    assert "turn" not in cut_styles.without_unused_turns(kept)
    assert "turn" in cut_styles.without_unused_turns(kept + ".one{animation:1s turn}")

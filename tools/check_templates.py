"""Whether the templates call what is there, with what it needs, and are laid out alike.

Run as `make check ARGS=templates`. Nothing is drawn.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, TemplateSyntaxError, nodes
from messages import FUNCTIONS, ROOT

TEMPLATES = ROOT / "templates"
READER = Environment(autoescape=True)
FROM_THE_PAGE = {"csrf_input", "request"}  # a component takes these by itself
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
LAYOUT = {
    r"[ \t]+$": "blanks at the end of a line",
    r"\t": "a tabulator",
    r"\{\{-?[^\s-]|[^\s-]-?\}\}": "no blank inside {{ }}",
    r"\{%-?[^\s-]|[^\s-]-?%\}": "no blank inside {% %}",
    r"\{\{-? {2,}|\{%-? {2,}| {2,}-?%\}": "several blanks inside a tag",
}


@cache
def tree(name: str) -> nodes.Template:
    """A template as Jinja reads it."""
    return READER.parse((TEMPLATES / name).read_text(encoding="utf-8"), name)


@cache
def macro(name: str, wanted: str) -> nodes.Macro | None:
    """A macro of a template."""
    if not (TEMPLATES / name).exists():
        return None
    return next((one for one in tree(name).find_all(nodes.Macro) if one.name == wanted), None)


def wrong_in(name: str) -> Iterator[str]:
    """Everything that is wrong in one template."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    for pattern, said in LAYOUT.items():
        for found in re.finditer(pattern, text, re.M):
            yield f"{text.count(chr(10), 0, found.start()) + 1}: {said}"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield f"{text.count(chr(10)) + 1}: it ends with one line break"
    yield from wrong_names(name)
    imported: dict[str, str] = {}
    for one in tree(name).find_all(nodes.FromImport):
        source = getattr(one.template, "value", "")
        for macro_name in one.names:
            imported[str(macro_name)] = source
            if macro(source, str(macro_name)) is None:
                yield f"{one.lineno}: {source} has no macro {macro_name}"
    for call in tree(name).find_all(nodes.Call):
        yield from (f"{call.lineno}: {said}" for said in wrong_call(call, imported))
    called = {getattr(call.node, "name", None) for call in tree(name).find_all(nodes.Call)}
    for unused in sorted(imported.keys() - called):
        yield f"1: {unused} is imported and not used"


def wrong_names(name: str) -> Iterator[str]:
    """Templates that are named and not there; Django brings the widgets of forms."""
    for one in tree(name).find_all((nodes.Extends, nodes.Include)):
        for constant in [one.template, *one.template.find_all(nodes.Const)]:
            value = getattr(constant, "value", None)
            if isinstance(value, str) and not (
                (TEMPLATES / value).exists() or value.startswith("django/forms/widgets/")
            ):
                yield f"{one.lineno}: there is no {value}"


def wrong_call(call: nodes.Call, imported: dict[str, str]) -> Iterator[str]:
    """What is wrong with the call of a component, a macro or a text."""
    node = call.node
    if isinstance(node, nodes.Getattr) and getattr(node.node, "name", None) == "ui":
        found = macro(f"components/{node.attr}.html", node.attr)
        if found is None:
            yield f"there is no component {node.attr}"
        else:
            yield from wrong_arguments(call, found)
    elif isinstance(node, nodes.Name) and node.name in imported:
        if found := macro(imported[node.name], node.name):
            yield from wrong_arguments(call, found)
    elif isinstance(node, nodes.Name) and node.name in FUNCTIONS:
        yield from wrong_text(call, FUNCTIONS[node.name])


def wrong_arguments(call: nodes.Call, found: nodes.Macro) -> Iterator[str]:
    """What a macro does not know, or needs and is not given."""
    names = [arg.name for arg in found.args]
    needed = names[: len(names) - len(found.defaults)]
    names = [name for name in names if name not in FROM_THE_PAGE]
    given = names[: len(call.args)] + [one.key for one in call.kwargs]
    for name in given:
        if name not in names:
            yield f"{found.name} knows no {name}"
        if given.count(name) > 1:
            yield f"{found.name} is given {name} twice"
    for name in needed:
        if name not in given and name not in FROM_THE_PAGE:
            yield f"{found.name} needs {name}"


def wrong_text(call: nodes.Call, roles: str) -> Iterator[str]:
    """A text is filled in with exactly what it names."""
    texts = call.args[: roles.count("c") + roles.count("t") + roles.count("p")]
    if not all(isinstance(text, nodes.Const) for text in texts):
        yield "a text is one plain string: anything else would be shown as markup"
        return
    named = {name for text in texts for name in PLACEHOLDER.findall(str(text.value))}  # type: ignore[attr-defined]
    given = {one.key for one in call.kwargs}
    for name in sorted(named ^ given):
        yield f"the text names {name} or is given it, and not both"


def main() -> None:
    wrong = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        try:
            wrong += [f"templates/{name}:{said}" for said in wrong_in(name)]
        except TemplateSyntaxError as error:
            wrong.append(f"templates/{name}:{error.lineno}: {error.message}")
    print("\n".join(wrong) or "all templates are well")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

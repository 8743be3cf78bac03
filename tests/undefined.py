"""A template that names what is not there fails the test that renders it; Django shows nothing, and goes on.

Looked at are the names in all tags and filters of our own templates, in ``{% if %}`` and ``{% for %}`` too, and
what ``{% blocktranslate %}`` fills in. A name may be absent where a comment of its template calls it optional. A
condition or a loop may also ask for a key of a dict, a field of a form, or anything of what is empty.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from django.template import Engine, Template, VariableDoesNotExist, base
from django.template.base import FilterExpression, Origin, Parser, TokenType
from django.template.context import BaseContext
from django.templatetags.i18n import BlockTranslateNode

from confidential.environment import BASE

TEMPLATES = BASE / "templates"
COMMENT = re.compile(r"{%\s*comment.*?%}(.*?){%\s*endcomment\s*%}", re.S)
OPTIONAL = re.compile(r"\b[Oo]ptional(?:ly)?\b([^.]*)")


class Nothing(str):
    """What Django shows for a function that cannot be called from a template, or a row that is not there."""

    __slots__ = ()


NOTHING = Nothing()
_found: dict[str, None] = {}  # in the order in which they were met
_may_be_absent: dict[str, set[str]] = {}


def is_a_failure(patch: pytest.MonkeyPatch) -> None:
    """From now on; templates that were compiled before are not looked at."""
    compile_nodelist, translate = Template.compile_nodelist, BlockTranslateNode.render

    def compile_and_read(self: Template) -> Any:
        if is_ours(self.origin):
            _may_be_absent[self.origin.name] = declared(str(self.source))
        return compile_nodelist(self)

    def look_and_translate(self: Any, context: Any, nested: bool = False) -> str:
        given = {*self.extra_context, self.countervar}
        for token in [*self.singular, *(self.plural or [])]:
            name = token.contents
            if token.token_type == TokenType.VAR and name not in given and name not in context:
                judge(self.origin, name, name, context, asked=False)
        return translate(self, context, nested)

    patch.setattr(Template, "compile_nodelist", compile_and_read)
    patch.setattr(BlockTranslateNode, "render", look_and_translate)
    patch.setattr(base, "FilterExpression", Watched)
    patch.setattr(Engine.get_default(), "string_if_invalid", NOTHING)


def and_nothing_absent(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let a test run, which fails afterwards if a template named what is not there, whatever else it says.

    It is not stopped there: a page answers as it would, and each thread of a test counts.
    """
    try:
        result = yield
    except BaseException:
        item.add_report_section("call", "names that are not there", "\n".join(taken()))
        raise
    if absent := taken():
        pytest.fail("Templates name what is not there:\n" + "\n".join(absent), pytrace=False)
    return result


def taken() -> list[str]:
    """What was found since this was last asked."""
    found = list(_found)
    _found.clear()
    return found


def is_ours(origin: Origin) -> bool:
    """Django's own templates, and those of other packages, count on names that are not there."""
    return bool(origin.name) and Path(origin.name).is_relative_to(TEMPLATES)


def declared(source: str) -> set[str]:
    """The names that the comments of a template call optional."""
    comments = [re.sub(r"\([^)]*\)", "", comment) for comment in COMMENT.findall(source)]
    return {
        name
        for comment in comments
        for part in OPTIONAL.findall(comment)
        for name in re.findall(r"\w+", part)
    }


def judge(origin: Origin, name: str, bit: str, where: Any, *, asked: bool) -> None:
    """Whether this name, or this part of it, may be absent there; ``asked`` in a condition or a loop."""
    if not is_ours(origin):
        return
    if isinstance(where, BaseContext):
        fine = bit in _may_be_absent.get(origin.name, ())
    else:
        fine = asked and (not where or hasattr(type(where), "__getitem__"))
    if not fine:
        what = "" if isinstance(where, BaseContext) else f" ({type(where).__name__} has no {bit})"
        _found[f"{origin.template_name}: {name}{what}"] = None


class Watched(FilterExpression):
    """An expression that knows its template, and says what it does not find."""

    __slots__ = ("origin",)

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        self.origin = parser.origin

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        """As Django does, whose way of finding nothing is kept."""
        if not self.is_var:
            return super().resolve(context, ignore_failures)
        found = object.__new__(FilterExpression)
        found.token, found.filters, found.is_var = self.token, self.filters, False
        try:
            found.var = self.var.resolve(context)
        except VariableDoesNotExist as absent:
            self.judge(absent, asked=ignore_failures)
            found.var = None if ignore_failures else ""
        else:
            if found.var is NOTHING and not ignore_failures and is_ours(self.origin):
                _found[f"{self.origin.template_name}: {self.var} (gives nothing)"] = None
        try:
            return found.resolve(context)
        except VariableDoesNotExist as absent:  # what a filter takes
            self.judge(absent, asked=False)
            raise

    def judge(self, absent: VariableDoesNotExist, *, asked: bool) -> None:
        bit, where = absent.params
        judge(self.origin, str(self.token), bit, where, asked=asked)

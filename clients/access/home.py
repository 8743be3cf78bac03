"""The home page is made of sections; apps above this one add theirs in ``AppConfig.ready()``.

A section is a function of the request and of what is there, that gives a Section, or None where it has
nothing to say. On most days nearly all have nothing to say. So one statement asks first, for all of them,
whether there is anything: a section that needs rows registers a question with ``ask``, and reads them only
if the answer is yes. See decision 51.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import BooleanField, Exists, Expression, Func, QuerySet, Value

from audit.actor import Actor, Request, known
from volunteers.models import Person


@dataclass(frozen=True)
class Section:
    """One part of the home page. ``template`` is drawn below the title, with the names of ``context``.

    Lower ``order`` comes first: what waits for a decision 10, what is due 20, clients 30, the rest 50.
    """

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50


There = frozenset[str]  # the questions of which the answer was yes
Maker = Callable[[Request, There], Section | None]
_makers: list[Maker] = []


@dataclass(frozen=True)
class Question:
    """Whether there is a row; or an expression that is true or not. ``duties``: of whom alone it is asked."""

    rows: Callable[[UUID], QuerySet[Any, Any] | Expression]
    duties: frozenset[str]


_questions: dict[str, Question] = {}


def register(section: Maker) -> Maker:
    """Add a section to the home page; can be used as a decorator."""
    if section not in _makers:
        _makers.append(section)
    return section


def ask(name: str, rows: Callable[[UUID], QuerySet[Any, Any] | Expression], *duties: str) -> None:
    """Have it asked whether there is any of ``rows``, a function of the id of whoever asks.

    It may say yes where the section has nothing to say, so sections look whether they found something; but
    not no where it has. It is put into SQL once for all requests, so times in it are those of the database
    (``Now``). With ``duties``, it is asked of those only who hold one of them.
    """
    _questions[name] = Question(rows, frozenset(duties))


def truth(sql: str, *values: Any) -> Expression:
    """A question to a function of the database; ``values`` are put where ``%(expressions)s`` stands."""
    return Func(*map(Value, values), template=sql, output_field=BooleanField())


def what_is_there(actor: Actor) -> There:
    """The names of the questions to which the answer is yes for this person. One statement."""
    asked = tuple(
        name
        for name, question in sorted(_questions.items())
        if not question.duties or any(map(actor.holds, question.duties))
    )
    sql, parameters = _statement(asked)
    me = known(actor.person)
    with connection.cursor() as cursor:
        cursor.execute(sql, [me if value == ME else value for value in parameters])
        answers = cursor.fetchone()
    if answers is None:  # their account ended since this request began
        raise PermissionDenied
    return frozenset(name for name, answer in zip(asked, answers, strict=True) if answer)


ME = UUID("00000000-0000-4000-8000-00000000006d")  # stands for whoever asks, in the statement


@cache
def _statement(names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """One statement for these questions, with ME for whoever asks."""
    asked = {name: _questions[name].rows(ME) for name in names}
    columns: dict[str, Any] = {
        f"is_{place}": Exists(rows) if isinstance(rows, QuerySet) else rows
        for place, rows in enumerate(asked.values())
    }
    sql, parameters = Person.objects.filter(pk=ME).values(**columns).query.sql_with_params()
    if any(isinstance(value, date) for value in parameters):
        raise TypeError("A time of this moment would stay in the statement for ever: use Now().")
    return sql, parameters


def registered(request: Request, there: There) -> list[Section]:
    """What the registered sections have to say to whoever asks."""
    made = (maker(request, there) for maker in _makers)
    return [section for section in made if section is not None]

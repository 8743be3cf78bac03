"""Which events the database writes by itself, read from the text of its functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from django.apps import apps

# They take whatever name they are given, and ask the register first whether it may be claimed.
CLAIMED = frozenset({"open", "scan", "record", "deny"})
NAME = re.compile(r"'([a-z_]+\.[a-z_]+)'")
PREFIX = re.compile(r"'([a-z_]+\.)' \|\| new\.([a-z_]+)")


@dataclass(frozen=True)
class Function:
    """A function of the database: its parameters, its text, the tables that it watches over."""

    name: str
    parameters: tuple[str, ...]
    text: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """One place that writes: the names, and the expression that says what it is about."""

    function: str
    names: frozenset[str]
    about: str

    @property
    def about_a_client(self) -> bool:
        """Whether the subject is a client, always or in some cases."""
        return "'client'" in self.about

    @property
    def about_no_client(self) -> bool:
        """Whether it is said that the subject is something else, or that there is none."""
        return not self.about_a_client and re.sub(r"'[a-z]*'", "", self.about).strip() == ""


def functions(connection: psycopg.Connection) -> list[Function]:
    """All functions of the database that are not PostgreSQL's own, without their comments."""
    rows = connection.execute(
        """SELECT p.proname, coalesce(p.proargnames, '{}'), p.prosrc, ARRAY(
            SELECT DISTINCT c.relname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgfoid = p.oid)
        FROM pg_proc p WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"""
    )
    return [
        Function(name, tuple(parameters), re.sub(r"--[^\n]*", "", text), tuple(tables))
        for name, parameters, text, tables in rows
    ]


def written(every: list[Function]) -> list[Written]:
    """Each call of ``sec.log``. Raises ValueError where the name cannot be read."""
    return [
        Written(function.name, names(function, given["act"], every), given.get("about_kind", ""))
        for function in every
        for given in calls(function.text, _named(every, "log"))
        if not (function.name in CLAIMED and given["act"] == "act")
    ]


def names(function: Function, said: str, every: list[Function]) -> frozenset[str]:
    """What an expression can be: a name, one of several, one for each state, what the callers give."""
    if NAME.fullmatch(said):
        return frozenset({said.strip("'")})
    if said.startswith("CASE"):
        return frozenset(re.findall(r"(?:THEN|ELSE) '([a-z_]+\.[a-z_]+)'", said))
    if prefix := PREFIX.fullmatch(said):
        return frozenset(
            f"{prefix[1]}{state}"
            for table in function.tables
            for state in _states(table, prefix[2])
        )
    if said in function.parameters:
        return frozenset().union(
            *(
                names(caller, given[said], every)
                for caller in every
                for given in calls(caller.text, function)
            )
        )
    raise ValueError(f"sec.{function.name} writes an event whose name cannot be read: {said}")


def calls(text: str, function: Function) -> Iterator[dict[str, str]]:
    """What each call of a function gives to its parameters."""
    for begun in re.finditer(rf"\bsec\.{function.name}\(", text):
        given = {}
        for place, part in enumerate(_arguments(text[begun.end() :])):
            word = re.match(r"(\w+)\s*=>\s*", part)
            given[word[1] if word else function.parameters[place]] = part[
                word.end() if word else 0 :
            ]
        yield given


def _named(every: list[Function], name: str) -> Function:
    return next(function for function in every if function.name == name)


def _arguments(text: str) -> list[str]:
    """The arguments of a call, whose first bracket stands before ``text``."""
    found, depth, quoted, start = [], 0, False, 0
    for place, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "([":
            depth += 1
        elif sign in ")]" and depth:
            depth -= 1
        elif (sign == "," and not depth) or sign == ")":
            found.append(" ".join(text[start:place].split()))
            start = place + 1
            if sign == ")":
                break
    return found


def _states(table: str, column: str) -> list[str]:
    """What a column of states can hold."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return [value for value, _ in model._meta.get_field(column).flatchoices]

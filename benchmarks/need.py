"""Need to know by the number of clients: checks, lists, what bars a coordinator, a search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection

from benchmarks import targets, words
from benchmarks.cast import BRANCHES, Someone
from benchmarks.figures import Figure, plain, ratio
from benchmarks.statements import Clear, turns
from clients.access import permissions
from clients.models import Client
from clients.search.search import search

PAGE = 25
PROTECTED = 200  # records of the measured coordinator's branch that are for named people
COLUMNS = "id, reference, last_contact_on"
NEWEST = f"state = 'open' ORDER BY last_contact_on DESC, id LIMIT {PAGE}"
BARE = {
    "my clients": f"SELECT {COLUMNS} FROM bare_client JOIN bare_assignment ON client_id = bare_client.id"
    f" WHERE person_id = %s AND {NEWEST}".replace("id, ref", "bare_client.id, ref").replace(
        ", id L", ", bare_client.id L"
    ),
    "branch's clients": f"SELECT {COLUMNS} FROM bare_client WHERE branch_id = %s AND {NEWEST}",
}


def checks(
    people: dict[str, Someone], superuser: psycopg.Connection, size: int, repeats: int
) -> list[Figure]:
    """At this size: each statement in turns with its bare equivalent, whose cost is the floor."""
    volunteer, coordinator = people["volunteer"], people["coordinator"]
    found = one_record("a record's check", volunteer, first_of(0), size, repeats)
    found += one_record("a record's check, coordinator", coordinator, first_of(995), size, repeats)
    found += first_page("my clients", volunteer, volunteer.id, size, repeats)
    found += first_page("branch's clients", coordinator, BRANCHES[0], size, repeats)
    found += barring(coordinator, superuser, size, repeats)
    if size >= 100_000:
        found += searching(coordinator, size)
    return found


def first_of(number: int) -> Any:
    """A client of the measured branch: each fifth."""
    return words.number_id("client", number)


def one_record(name: str, by: Someone, pk: Any, size: int, repeats: int) -> list[Figure]:
    """The record by its id and whether it may be viewed, against the row by its id."""
    with by.actor().transaction() as actor:

        def checked() -> bool:
            return permissions.can_view(actor, Client.objects.get(pk=pk))

        if not checked():
            raise RuntimeError("The record is not visible to whom it was given.")
        took = turns(
            {"checked": checked, "bare": lambda: Clear.objects.using("bare").only("pk").get(pk=pk)},
            repeats,
        )
    return [
        ratio(name, size, took["checked"] / took["bare"], "the row by its id", better="lower"),
        plain(name, size, took["checked"], "ms", better="lower"),
    ]


def first_page(name: str, by: Someone, key: Any, size: int, repeats: int) -> list[Figure]:
    """The statement of the list's first page, against the same on clear rows without any wall."""
    from django.db import connections

    with by.actor().transaction() as actor:

        def walled() -> list[Any]:
            rows = Client.objects.visible_to(actor).open().recent()
            return list(rows.values_list("id", "reference", "last_contact_on")[:PAGE])

        def bare() -> list[Any]:
            with connections["bare"].cursor() as cursor:
                cursor.execute(BARE[name], [key])
                return cursor.fetchall()

        if len(walled()) != PAGE or len(bare()) != PAGE:
            raise RuntimeError("A page is not full.")
        took = turns({"walled": walled, "bare": bare}, repeats)
    return [
        ratio(
            f"{name}, first page's statement",
            size,
            took["walled"] / took["bare"],
            "no wall",
            better="lower",
        ),
        plain(f"{name}, first page's statement", size, took["walled"], "ms", better="lower"),
    ]


def barring(by: Someone, superuser: psycopg.Connection, size: int, repeats: int) -> list[Figure]:
    """What bars a coordinator, asked once a statement: with nothing to bar, and with protected records."""
    change = """UPDATE clients_client SET protected = %s WHERE id IN (
        SELECT id FROM clients_client WHERE branch_id = %s ORDER BY id LIMIT %s)"""
    took = {}
    for label, protected in (("nothing barred", False), (f"{PROTECTED} protected records", True)):
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(change, [protected, BRANCHES[0], PROTECTED])
        with by.actor().transaction(), connection.cursor() as cursor:
            ask: Callable[[], object] = lambda: cursor.execute("SELECT sec.barred()")  # noqa: E731
            took[label] = turns({"barred": ask}, repeats)["barred"]
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(change, [False, BRANCHES[0], PROTECTED])
    return [
        plain(f"sec.barred, {label}", size, value, "ms", better="lower")
        for label, value in took.items()
    ]


def searching(by: Someone, size: int) -> list[Figure]:
    """A coordinator looks for one name among the twenty thousand of the branch."""
    actor = by.actor()
    name = words.identity(5 * 1_234)["family_name"]

    def once() -> int:
        with actor.transaction():
            return search(by=actor, words=name).total

    if not once():
        raise RuntimeError("The search found nobody.")
    took = turns({"search": once}, 3)["search"]
    return [
        plain(
            "coordinator's search in 20 000",
            size,
            took,
            "ms",
            targets.SEARCH[20_000],
            "lower",
            "visible clients",
        )
    ]

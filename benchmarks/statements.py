"""Single acts in one process, against their bare equivalents: decrypting, logging a view, saving."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connections, models, transaction

from audit import door
from benchmarks import targets, words
from benchmarks.cast import Someone
from benchmarks.figures import Figure, Rounds, plain, ratio
from clients.models import Client, ContactNote, Identity
from vault.sealed import unlock_all

NAMES = ("given_name", "family_name", "known_as", "born_on", "address", "phone")
WARM_UP = 5


class Clear(models.Model):
    """A client of the bare side, read and written over a connection of its own."""

    id = models.UUIDField(primary_key=True)
    given_name = models.TextField()
    family_name = models.TextField()
    known_as = models.TextField()
    born_on = models.TextField()
    address = models.TextField()
    phone = models.TextField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "bare_client"


class ClearNote(models.Model):
    """The words of a contact of the bare side."""

    id = models.UUIDField(primary_key=True)
    text = models.TextField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "bare_contact"


def connect_bare() -> None:
    """Let Django reach the bare side's tables under the alias ``bare``."""
    own = connections["default"].settings_dict
    connections.databases["bare"] = {**own, "NAME": "bare", "USER": "bench"}
    connections.settings["bare"] = connections.databases["bare"]


def turns(acts: dict[str, Callable[[], object]], repeats: int) -> dict[str, Rounds]:
    """Milliseconds of each act, taken in turns."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(repeats + WARM_UP):
        for name, act in acts.items():
            start = time.perf_counter()
            act()
            if turn >= WARM_UP:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: Rounds(tuple(found)) for name, found in times.items()}


def decrypting(volunteer: Someone, repeats: int) -> list[Figure]:
    """25 rows with all six fields, opened, against the same in clear. The keys are at hand."""
    with volunteer.actor().transaction() as actor:
        ids = list(
            Client.objects.visible_to(actor).order_by("id").values_list("pk", flat=True)[:25]
        )
        keys = door.open(actor, ids, "client.list", "support")

        def sealed() -> list[Any]:
            rows = unlock_all(Identity.objects.filter(client_id__in=ids), keys)
            return [[getattr(row, name, "") for name in NAMES] for row in rows]

        def clear() -> list[Any]:
            rows = Clear.objects.using("bare").filter(pk__in=ids)
            return [[getattr(row, name) for name in NAMES] for row in rows]

        if len(sealed()) != len(clear()):
            raise RuntimeError("The sides hold different rows.")
        found = turns({"sealed": sealed, "clear": clear}, repeats)
    compared = "the same columns in clear"
    return [
        ratio(
            "25 rows decrypted",
            25,
            found["sealed"] / found["clear"],
            compared,
            targets.ROWS_DECRYPTED,
            "lower",
        ),
        plain("25 rows decrypted", 25, found["sealed"], "ms", better="lower"),
    ]


def entering(volunteer: Someone, repeats: int) -> list[Figure]:
    """Beginning a transaction as somebody, and what drawing its challenge costs of that."""
    actor = volunteer.actor()

    def entered() -> None:
        with transaction.atomic():
            actor.enter()

    def asked(statement: str) -> Callable[[], None]:
        def ask() -> None:
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute(statement)
                cursor.fetchone()

        return ask

    acts = {
        "entered": entered,
        "drawn": asked("SELECT pg_current_xact_id()::text"),
        "bare": asked("SELECT 1"),
    }
    found = turns(acts, repeats)
    name = "a transaction begun as somebody"
    return [
        plain(name, 1, found["entered"], "ms", better="lower"),
        plain("a bare transaction", 1, found["bare"], "ms", better="lower"),
        plain("a bare transaction that draws a challenge", 1, found["drawn"], "ms", better="lower"),
    ]


def logging_a_view(volunteer: Someone, superuser: psycopg.Connection, repeats: int) -> list[Figure]:
    """Opening one record at the door in a transaction of its own, against one raw committed INSERT."""
    superuser.execute("CREATE TABLE IF NOT EXISTS bench_event (LIKE audit_event INCLUDING ALL)")
    actor = volunteer.actor()
    with actor.transaction():
        client: UUID = Client.objects.visible_to(actor).values_list("pk", flat=True)[0]
    row = (
        "INSERT INTO bench_event (id, at, actor_kind, actor, actor_role, action, outcome, subject, "
        "subject_kind, purpose, basis, object_type, detail) VALUES (%s, now(), 'user', %s, 'volunteer', "
        "'client.view', 'done', %s, 'client', 'support', 'assignment', '', '{}')"
    )

    def raw() -> None:
        superuser.execute(row, [uuid4(), volunteer.id, client])

    def opened() -> None:
        with actor.transaction():
            door.open_one(actor, client, "client.view", "support")

    found = turns({"opened": opened, "raw": raw}, repeats)
    with actor.transaction():
        inside = turns(
            {"in": lambda: door.open_one(actor, client, "client.view", "support")}, repeats
        )
    name = "a view opened and logged"
    return [
        ratio(
            name,
            1,
            found["opened"] / found["raw"],
            "a raw committed INSERT",
            better="lower",
        ),
        plain(f"{name}, whole transaction", 1, found["opened"], "ms", better="lower"),
        plain(f"{name}, in the page's transaction", 1, inside["in"], "ms", better="lower"),
        plain("a raw committed INSERT", 1, found["raw"], "ms", better="lower"),
    ]


def saving(client: Client, keeper: Someone, repeats: int) -> list[Figure]:
    """Changing the note of a contact, its history and log included, against a bare save of the text."""
    actor = keeper.actor()
    with actor.transaction():
        keys = door.open_one(actor, client.pk, "contact.view", "support")
        note = ContactNote.objects.filter(client=client)[0]
        note.unlock(keys)
    bare = ClearNote.objects.using("bare").filter(pk=note.contact_id)[0]

    def sealed() -> None:
        with actor.transaction():
            note.text = words.note(note.revision)
            note.save()

    def clear() -> None:
        bare.text = words.note(note.revision)
        bare.save(force_update=True, using="bare")

    found = turns({"sealed": sealed, "clear": clear}, repeats)
    name = "save of a note, with history and log"
    return [
        ratio(name, 1, found["sealed"] / found["clear"], "a bare save", targets.SAVE, "lower"),
        plain(f"{name}, whole transaction", 1, found["sealed"], "ms", better="lower"),
    ]

"""The sides to compare with: their databases in the same server, the same rows in clear, their processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from copy import copy
from typing import Any

import psycopg
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from benchmarks import words
from benchmarks.cast import BRANCHES, Someone
from benchmarks.crowd import branch_of, fill, reference, volunteer
from benchmarks.place import BASE, Place
from benchmarks.serving import Server
from clients.models import Client
from volunteers.context import FOR_PEOPLE

ROLES = {"volunteer": "Volunteer", "coordinator": "Coordinator", "president": "President"}


def describe(place: Place, people: dict[str, Someone], records: dict[int, Client]) -> None:
    """Write plain.json: addresses, navigation, people and the measured records, in clear."""
    rows: dict[str, list[Any]] = {"Client": [], "Assignment": [], "Contact": [], "Explanation": []}
    with people["keeper"].actor().transaction():  # without a principal there is nothing to read
        for size, client in records.items():
            client.refresh_from_db()
            describe_record(rows, size, client, people["keeper"])
    said = {
        "host": str(settings.DATABASES["default"]["HOST"]),
        "routes": [list(found) for found in routes(get_resolver().url_patterns)],
        "navigation": {
            label: [
                (entry.name, str(entry.label), entry.icon)
                for entry in FOR_PEOPLE
                if duty in entry.duties
            ]
            for duty, label in ROLES.items()
        },
        "branches": [
            {"id": str(branch), "code": f"B{number}", "name": f"Branch {number}"}
            for number, branch in enumerate(BRANCHES)
        ],
        "people": [
            {
                "id": str(p.id),
                "username": p.username,
                "working_name": p.username.title(),
                "role": ROLES[p.duty],
                "branch": str(p.branch),
            }
            for p in people.values()
            if p.branch
        ],
        "rows": rows,
    }
    (place.var / "plain.json").write_text(json.dumps(said, default=str))


def describe_record(rows: dict[str, list[Any]], size: int, client: Client, keeper: Someone) -> None:
    """One measured record."""
    number = 1_000_000_000 + size
    rows["Client"].append(
        {
            "id": client.pk,
            "branch_id": client.branch_id,
            "reference": client.reference,
            "language": client.language,
            "agreed": client.agreed,
            "background": words.note(number),
            "last_contact_on": client.last_contact_on,
            "checked_on": client.safe_contact.checked_on,
            **words.identity(number),
            **words.safe_contact(number),
        }
    )
    rows["Assignment"].append({"client_id": client.pk, "person_id": keeper.id})
    rows["Explanation"].append(
        {
            "client_id": client.pk,
            "given": True,
            "answer": "yes",
            "happened_on": words.TODAY,
            "by_id": keeper.id,
            "words": "That is fine.",
        }
    )
    for contact in client.contacts.order_by("made_at", "-happened_on"):
        at = (words.TODAY - contact.happened_on).days // 3
        rows["Contact"].append(
            {
                "id": contact.pk,
                "client_id": client.pk,
                "by_id": keeper.id,
                "made_at": contact.made_at.isoformat(),
                **words.contact(at),
            }
        )


def routes(patterns: list[Any], prefix: str = "") -> Any:
    """Name and route of every address."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name, route


def environment(side: str, database: str) -> dict[str, str]:
    """What leads a process to this side and database."""
    return {"DJANGO_SETTINGS_MODULE": f"benchmarks.{side}.settings", "BENCH_DATABASE": database}


class Side:
    """One side: ``bare`` or ``usual``; :meth:`drawn_as` gives another that shows the same database."""

    def __init__(self, place: Place, side: str) -> None:
        self.environment = environment(side, side)
        with place.superuser("postgres") as superuser:
            superuser.execute(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bench') "
                "THEN CREATE ROLE bench LOGIN; END IF; END $$"
            )
            superuser.execute(f"CREATE DATABASE {side} OWNER bench")
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{side}.loading"],
            cwd=BASE,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"The side {side} could not be laid:\n{done.stderr}")
        self.cookies: dict[str, str] = json.loads(done.stdout)
        self.size = 0

    def drawn_as(self, side: str) -> Side:
        """The same database and sessions, with the settings of ``side``."""
        other = copy(self)
        other.environment = environment(side, self.environment["BENCH_DATABASE"])
        return other

    def serve(self) -> Server:
        """Start its server."""
        return Server("benchmarks.bare.wsgi", **self.environment)

    def grow(self, superuser: psycopg.Connection, people: dict[str, Someone], size: int) -> None:
        """Add the crowd's clients in clear."""
        numbers = range(self.size, size)
        known = {volunteer(number) for number in range(self.size)}
        new = sorted({volunteer(number) for number in numbers} - known - {None})
        with superuser.transaction(), superuser.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            fill(
                cursor,
                "bare_person",
                "id working_name branch_id",
                ((words.number_id("volunteer", n), f"Crowd {n}", BRANCHES[n % 5]) for n in new),
            )
            self._clients(cursor, numbers)
            fill(
                cursor,
                "bare_assignment",
                "client_id person_id",
                (
                    (
                        words.number_id("client", n),
                        people["volunteer"].id
                        if who is None
                        else words.number_id("volunteer", who),
                    )
                    for n in numbers
                    for who in [volunteer(n)]
                ),
            )
        superuser.execute("ANALYZE")
        self.size = size

    def _clients(self, cursor: psycopg.Cursor, numbers: range) -> None:
        names, card = " ".join(words.identity(0)), " ".join(words.safe_contact(0))
        fill(
            cursor,
            "bare_client",
            "id branch_id reference state language pseudonym protected agreed last_contact_on "
            f"{names} {card} background",
            (
                (
                    words.number_id("client", n),
                    branch_of(n),
                    reference(n),
                    "open",
                    "fr",
                    False,
                    False,
                    "yes",
                    words.last_contact(n),
                    *words.identity(n).values(),
                    *words.safe_contact(n).values(),
                    "",
                )
                for n in numbers
            ),
        )

"""Taking in another program's export with manage.py import_clients: contacts a second, everything on."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from benchmarks import targets, words
from benchmarks.figures import Figure, plain
from benchmarks.place import BASE, Place

MAP = BASE / "docs" / "examples" / "synthea.toml"
SHARED = BASE.parent / "shared" / "data" / "clients-spreadsheet"
PEOPLE, EACH = 100, 50


def generated(folder: Path) -> tuple[Path, Path]:
    """Two files of the same shape, invented."""
    clients, contacts = folder / "patients.csv", folder / "encounters.csv"
    with clients.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Id", "BIRTHDATE", "DEATHDATE", "FIRST", "LAST", "ADDRESS", "CITY", "ZIP"])
        for n in range(PEOPLE):
            who = words.identity(n)
            rows.writerow(
                [
                    words.number_id("patient", n),
                    who["born_on"],
                    "",
                    who["given_name"],
                    who["family_name"],
                    who["address"],
                    "Montcaret",
                    "24230",
                ]
            )
    with contacts.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["Id", "START", "STOP", "PATIENT", "ENCOUNTERCLASS", "DESCRIPTION", "REASONDESCRIPTION"]
        )
        for n in range(PEOPLE * EACH):
            day = words.contact(n % EACH)["happened_on"]
            rows.writerow(
                [
                    words.number_id("encounter", n),
                    f"{day}T09:00:00Z",
                    f"{day}T09:20:00Z",
                    words.number_id("patient", n // EACH),
                    "ambulatory",
                    words.note(n),
                    "",
                ]
            )
    return clients, contacts


def importing(place: Place, superuser: psycopg.Connection) -> list[Figure]:
    """One import into branch B4; nothing when the command is not there."""
    command = BASE / "confidential" / "management" / "commands" / "import_clients.py"
    elsewhere = BASE / "clients" / "management" / "commands" / "import_clients.py"
    if not (command.exists() or elsewhere.exists()) or not MAP.exists():
        print("import: the command or its map file is missing; not measured")
        return []
    if SHARED.exists():
        clients, contacts = SHARED / "patients.csv", SHARED / "encounters.csv"
    else:
        clients, contacts = generated(place.var)
    before = count(superuser)
    start = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            str(BASE / "manage.py"),
            "import_clients",
            str(clients),
            "--contacts",
            str(contacts),
            "--map",
            str(MAP),
            "--branch",
            "B4",
        ],
        env=os.environ,
        cwd=place.var,
        capture_output=True,
        text=True,
    )
    took = time.perf_counter() - start
    if done.returncode:
        print(f"import: failed, not measured\n{done.stdout[-600:]}{done.stderr[-600:]}")
        return []
    added = count(superuser) - before
    return [
        plain(
            "import, everything on",
            added,
            added / took,
            "contacts/s",
            targets.IMPORT,
            against="start of the command included",
        ),
    ]


def count(superuser: psycopg.Connection) -> int:
    """How many contacts there are."""
    return superuser.execute("SELECT count(*) FROM clients_contact").fetchone()[0]

"""The complete copy that a client takes away: how long a worker needs for it, and how much memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from django.utils import timezone

from audit import sealing
from audit.actor import Actor
from benchmarks import targets
from benchmarks.cast import Someone, record_of
from benchmarks.figures import Figure, Rounds, plain
from benchmarks.log import as_role
from benchmarks.place import BASE
from clients.models import Client
from clients.records.actions import portal_access
from rights.export.actions import ask_export
from rights.models import Export, ExportState
from vault.roles import SEALER
from volunteers.actions import signing_in
from volunteers.models import User

CONTACTS = 1_000
OWN = "seven quiet herons at dusk"


def exporting(people: dict[str, Someone], rounds: int) -> list[Figure]:
    """So many copies of the same record, each by a worker that has made none before."""
    client = record_of(CONTACTS, people["keeper"])
    own = space_of(client, people)
    with as_role(
        SEALER
    ):  # a copy has a proof for each line of the log: none where nothing is sealed
        sealing.prepare()
        sealing.seal()
    made = [one_copy(own, client) for _ in range(rounds)]
    name = "a client's complete copy"
    seconds, peak, processor = (
        Rounds(tuple(one[key] for one in made)) for key in ("seconds", "peak_mb", "processor")
    )
    return [
        plain(name, CONTACTS, seconds, "s", targets.EXPORT, "lower"),
        plain(f"{name}, processor", CONTACTS, processor, "s", better="lower"),
        plain(f"{name}, most memory", CONTACTS, peak, "MB", targets.EXPORT_MEMORY, "lower"),
    ]


def space_of(client: Client, people: dict[str, Someone]) -> Actor:
    """The client in their own space: opened by the keeper, confirmed by the coordinator, used."""
    with people["keeper"].actor().transaction() as actor:
        card = portal_access.open_portal(by=actor, client=client)
    user = User.objects.get(username=card.username)
    signing_in.set_password(signing_in.begin(user, card.code), OWN)
    with people["coordinator"].actor().transaction() as actor:
        access = client.portal_accesses.get()
        portal_access.confirm(by=actor, access=access, spoken_on=timezone.localdate(), theirs=True)
    return Actor(signing_in.begin(User.objects.get(pk=user.pk), OWN))


def one_copy(own: Actor, client: Client) -> dict[str, float]:
    """Ask for one and let a new worker make it. Raises RuntimeError where it does not."""
    with own.transaction():
        export = ask_export(by=own, client=client, language="fr")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.export_job", str(export.pk)],
        cwd=BASE,
        env={**os.environ, "CONFIDENTIAL_ROLE": "worker"},
        capture_output=True,
        text=True,
    )
    with own.transaction():
        state = Export.objects.get(pk=export.pk).state
    if done.returncode or state != ExportState.READY:
        raise RuntimeError(f"The copy was not made ({state}):\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)

"""A record is erased: nothing of it is left anywhere, and the log says that it was, and of whom to nobody."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import psycopg
from django.conf import settings

from audit import door
from clients.models import Revision
from tests.making import erasures
from tests.making.erasures import faults, places_of
from tests.making.filling import Filler, tables
from tests.making.people import Cast
from tests.making.spaces import Space


def test_nothing_is_left_of_a_record_with_everything_in_it(
    cast: Cast, space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, own.client.pk, "client.view", "support")
        own.client.refresh_from_db()
    superuser.execute("SET session_replication_role = replica")
    filler = Filler(superuser, cast, own.client, keys)
    for model in tables()[1:]:
        if model is not Revision and "Erasure" not in model.__name__:
            filler.fill(model)
    superuser.execute(
        "UPDATE clients_complaint SET state = 'answered', answered_at = now() WHERE client_id = %s",
        [own.client.pk],
    )
    breach = superuser.execute(
        "INSERT INTO clients_breach (id, reference, emergency_id, branch_id, opened_at, opened_by_id)"
        " SELECT gen_random_uuid(), left(gen_random_uuid()::text, 8), e.id, e.branch_id, now(), e.person_id"
        " FROM clients_emergency e WHERE e.client_id = %s RETURNING id",
        [own.client.pk],
    ).fetchone()[0]
    superuser.execute("RESET session_replication_role")
    files = [
        file
        for (file,) in superuser.execute(
            "SELECT file FROM clients_attachment WHERE client_id = %s", [own.client.pk]
        )
    ]
    assert files and all((settings.FILES_ROOT / f.hex[:2] / f.hex).exists() for f in files)
    rows = {pk for _, _, pk in filler.inserted if isinstance(pk, UUID)}
    names = [str(own.client.pk), own.client.reference, own.username, str(own.user)]
    assert len(places_of(superuser, *names)) > 40

    erasure = erasures.decided(cast, own.client)
    before = faults()
    erasures.carried_out(erasure)

    assert places_of(superuser, *names) == []
    assert places_of(superuser, *map(str, rows)) == []
    # That there was a breach stays, and leads to nobody; so does the erasure itself.
    kept = "SELECT emergency_id, misplaced_id FROM clients_breach WHERE id = %s"
    assert superuser.execute(kept, [breach]).fetchone() == (None, None)
    assert erasures.state(erasure) == "done"
    assert not any((settings.FILES_ROOT / f.hex[:2] / f.hex).exists() for f in files)
    assert faults() - before == set()

"""Sealing anew opens what is sealed in an older form, for that command, and nothing besides."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError

from audit import door
from audit.door import NotPermitted
from tests.making.clients import new_client
from tests.making.people import Cast
from vault.principals import command_transaction
from volunteers.actions.joining import command_actor, end_command

FIRST = UUID(int=0)


@pytest.mark.parametrize("purpose", ["seal_anew", "import"])
def test_nothing_opens_where_nothing_is_in_an_older_form(cast: Cast, purpose: str) -> None:
    client = new_client(cast.volunteer)
    actor = command_actor(uuid4(), purpose, minutes=5)
    with pytest.raises(NotPermitted), actor.transaction():
        door.open_one(actor, client.pk, "row.seal_anew", "upkeep")
    end_command(actor)


def test_without_a_later_form_nothing_is_listed_or_taken(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    actor = command_actor(uuid4(), "seal_anew", minutes=5)
    with command_transaction(actor.token) as cursor:
        cursor.execute("SELECT sec.next_old_seals(%s, 50)", [FIRST])
        assert cursor.fetchone() == ([],)
        cursor.execute("SELECT count(*) FROM sec.old_seals('clients_identity', %s)", [[client.pk]])
        assert cursor.fetchone() == (0,)
    with pytest.raises(ProgrammingError, match="not permitted"):
        with command_transaction(actor.token) as cursor:
            cursor.execute("SELECT sec.seal_anew('clients_identity', %s, 1, '\\x0102')", [uuid4()])
    end_command(actor)


@pytest.mark.parametrize(
    "asked",
    [
        "next_old_seals('00000000-0000-0000-0000-000000000000', 50)",
        "old_seals('clients_identity', '{}')",
    ],
)
def test_other_commands_list_nothing(cast: Cast, asked: str) -> None:
    actor = command_actor(cast.north, "import", minutes=5)
    with pytest.raises(ProgrammingError, match="not permitted"):
        with command_transaction(actor.token) as cursor:
            cursor.execute(f"SELECT sec.{asked}")
    end_command(actor)

"""Founding: the association and its branches, laid once in an empty database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID, uuid4

from django.db import IntegrityError

from vault.principals import command_transaction
from volunteers.actions.joining import command_actor


class AlreadyFounded(Exception):
    """This database serves an association already. Nothing was changed."""


def found(
    *, name: str, portal_names: Mapping[str, str], quick_exit_url: str, branches: Mapping[str, str]
) -> dict[str, UUID]:
    """Lay the association and its ``branches`` (code: name); returns each branch's id by code.

    ``portal_names``: the portal's neutral name by language. What else they say of themselves follows in
    ``speaking``. For commands at the server. Raises AlreadyFounded.
    """
    ids = {code: uuid4() for code in branches}
    rows = [
        {"id": str(ids[code]), "code": code, "name": called} for code, called in branches.items()
    ]
    actor = command_actor(uuid4(), "founding", minutes=5)
    try:
        with command_transaction(actor.token) as cursor:
            cursor.execute(
                "SELECT sec.found_association(%s, %s, %s, %s, %s)",
                [name, portal_names["en"], portal_names["fr"], quick_exit_url, json.dumps(rows)],
            )
    except IntegrityError as error:
        raise AlreadyFounded from error
    return ids

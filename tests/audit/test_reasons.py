"""The reason of what is written is that of what was opened: nobody says another."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from audit import door
from tests.cast import Cast, new_client

REASON = "SELECT purpose FROM audit_event WHERE subject = %s AND action = 'row.change' ORDER BY at DESC LIMIT 1"


@pytest.mark.parametrize("said", ["marcel_duval_has_cancer", "complaint", "complaint|" + 64 * "0"])
def test_setting_is_no_reason(cast: Cast, superuser: psycopg.Connection, said: str) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.visit().transaction() as visit:
        keys = door.open_one(visit, client.pk, "background.edit", "support")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sec.purpose', %s, true)", [said])
        row = client.safe_contact.unlock(keys)
        row.remarks = "Rings in the evening."
        row.save()
    assert superuser.execute(REASON, [client.pk]).fetchone() == ("",)


def test_what_is_written_has_the_reason_of_what_was_opened(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.visit().transaction() as visit:
        row = client.safe_contact.unlock(
            door.open_one(visit, client.pk, "safe_contact.edit", "handover")
        )
        row.remarks = "Rings in the evening."
        row.save()
    assert superuser.execute(REASON, [client.pk]).fetchone() == ("handover",)

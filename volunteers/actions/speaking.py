"""What the association says of itself, and its privacy notice. The database writes the events."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from audit.actor import Actor
from vault.exceptions import Refused
from volunteers import notice, speaking
from volunteers.models import Association


def change_association(*, by: Actor, values: Mapping[str, object]) -> None:
    """Save what the president changed. Raises Refused where the database changed nothing: no office."""
    if not Association.objects.filter(pk=1).update(**values):
        raise Refused("association.change")
    speaking.association()


def publish_notice(*, by: Actor) -> int:
    """Publish the notice as it reads today, in both languages; gives its number.

    Raises ProgrammingError where the database refuses: no office, or no fresh sign-in.
    """
    found = speaking.association()
    texts = [notice.compose(found, language) for language in ("en", "fr")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.publish_notice(%s, %s)", texts)
        return cursor.fetchone()[0]

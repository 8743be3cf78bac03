"""The id of what a form makes, so that a form that is sent twice saves once."""

from __future__ import annotations

import hashlib
from uuid import UUID

from audit.actor import Actor


def form_id(by: Actor, key: UUID) -> UUID:
    """The id of what a form makes: the same each time it is sent, another for everybody else.

    Nobody can aim it at a record that exists.
    """
    said = b"form|" + (by.person.bytes if by.person else b"") + key.bytes
    return UUID(bytes=hashlib.sha256(said).digest()[:16], version=4)

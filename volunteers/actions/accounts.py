"""What somebody changes of their own account: language and private details."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from audit.actor import Actor
from volunteers.models import Person, PersonDetails, User


def set_language(*, by: Actor, user: UUID, language: str) -> None:
    """The language of the pages of this account; that of a person's papers follows."""
    User.objects.filter(pk=user).update(language=language)
    if by.person:
        Person.objects.filter(pk=by.person).update(language=language)


def save_details(*, by: Actor, details: PersonDetails, values: dict[str, Any]) -> None:
    """A person's own details, new or changed. Raises Conflict when they changed meanwhile.

    The row's trigger writes the event.
    """
    if details.person_id != by.person:
        raise PermissionError("Only the person writes their own details.")
    for name, value in values.items():
        setattr(details, name, value)
    details.save()

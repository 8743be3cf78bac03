"""What pages say where two people may be one: that a third has to confirm it, and who can."""

from __future__ import annotations

from uuid import UUID

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from volunteers.models import Person
from volunteers.querysets import circle_of, confirmers_of


def who_can(*people: UUID) -> str:
    """Who can confirm one of these people, in a sentence."""
    can = confirmers_of(people).values()
    found = {person.working_name for some in can for person in some}
    if not found:
        return _(
            "At the moment nobody here can confirm it. Ask the president or the administrator."
        )
    names = get_text_list(sorted(found))
    return _("Ask %(names)s to confirm it, under Colleagues.") % {"names": names}


def tied_sentence(me: UUID | None, other: Person) -> str:
    """Why somebody is no second person for another yet, and who can change that."""
    why = _(
        "It takes a second person here, and nobody has confirmed yet that %(name)s and you are two "
        "different people."
    ) % {"name": other.working_name}
    return f"{why} {who_can(*circle_of(me))}"

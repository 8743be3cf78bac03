"""The rules in words agree with what the database shows: scope by scope, duty by duty."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from clients.access import permissions
from clients.models import Client, Contact, ContactNote, Identity
from tests.making.clients import assign, new_client
from tests.making.people import Cast

RULES = ("view", "see_contacts", "read_notes", "log_contact", "edit", "edit_background", "assign")
EXPECTED = {
    "full": {"view", "see_contacts", "read_notes", "log_contact", "edit", "edit_background"},
    "errand": {"view"},
    "coordinator": {"view", "see_contacts", "log_contact", "edit", "assign"},
    "stranger": set(),
}


@pytest.mark.parametrize("who", EXPECTED)
def test_each_rule_for_each_standing(cast: Cast, who: str) -> None:
    client = new_client(cast.coordinator)
    someone = {"coordinator": cast.coordinator, "stranger": cast.outsider}.get(who, cast.colleague)
    if who in ("full", "errand"):
        assign(cast.coordinator, client, cast.colleague, scope=who)
    with someone.actor().transaction() as actor:
        allowed = {rule for rule in RULES if getattr(permissions, f"can_{rule}")(actor, client)}
        assert allowed == EXPECTED[who]
        for rule in RULES:
            check = getattr(permissions, f"check_{rule}")
            if rule in allowed:
                check(actor, client)
            else:
                with pytest.raises(PermissionDenied):
                    check(actor, client)
        assert Identity.objects.filter(client=client).exists() == ("view" in allowed)
        assert Contact.objects.filter(client=client).exists() == ("see_contacts" in allowed)
        assert ContactNote.objects.filter(client=client).exists() == ("read_notes" in allowed)


def test_taking_in_is_for_those_who_serve_in_a_branch(cast: Cast) -> None:
    for someone, may in (
        (cast.volunteer, True),
        (cast.coordinator, True),
        (cast.president, False),
        (cast.protection, False),
        (cast.administrator, False),
    ):
        with someone.actor().transaction() as actor:
            assert permissions.can_take_in(actor) == may


def test_permissions_are_asked_once_an_instance(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        same = Client.objects.get(pk=client.pk)
        assert permissions.held(actor, same) is permissions.held(actor, same)

"""Wall 1: guardian answers from rows that the database derives; code cannot write them."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError
from guardian.shortcuts import assign_perm

from clients.models import Client, ClientPermission
from tests.making.clients import assign, new_client
from tests.making.people import Cast
from volunteers.models import User


def account(someone: object) -> User:
    return User.objects.get(pk=someone.id)


def test_guardian_agrees_with_the_ledger(cast: Cast) -> None:
    client, hidden = new_client(cast.coordinator), new_client(cast.outsider)
    assign(cast.coordinator, client, cast.colleague, scope="errand")
    user = account(cast.colleague)
    with cast.colleague.actor().transaction():
        assert user.has_perm("clients.view_client", client)
        assert not user.has_perm("clients.view_notes", client)
        assert not user.has_perm("clients.log_contact", client)
        assert not user.has_perm("clients.view_client", hidden)
        assert not user.has_perm("clients.view_client")


def test_guardian_sees_only_the_principals_rows(cast: Cast) -> None:
    """Asking about somebody else from one's own transaction gives nothing."""
    client = new_client(cast.volunteer)
    with cast.coordinator.actor().transaction():
        assert not account(cast.volunteer).has_perm("clients.view_client", client)


def test_superuser_flag_opens_nothing(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    user = account(cast.colleague)
    user.is_superuser = True  # only in memory: the database refuses it
    with cast.colleague.actor().transaction():
        assert not user.has_perm("clients.view_client", client)


def test_assign_perm_is_refused(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        cast.coordinator.actor().transaction(),
    ):
        assign_perm("clients.view_client", account(cast.colleague), client)


def test_scopes_become_permissions(cast: Cast) -> None:
    expected = {
        "full": {"view_client", "view_notes", "log_contact"},
        "errand": {"view_client"},
        "read": {"view_client", "view_notes"},
    }
    for scope, codes in expected.items():
        client = new_client(cast.coordinator)
        assign(cast.coordinator, client, cast.colleague, scope=scope)
        with cast.colleague.actor().transaction():
            rows = ClientPermission.objects.filter(content_object=client)
            assert set(rows.values_list("code", flat=True)) == codes
            assert set(rows.values_list("permission__codename", flat=True)) == codes


def test_two_bases_give_one_client_once(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague)
    assign(cast.coordinator, client, cast.colleague, scope="errand")
    with cast.colleague.actor().transaction():
        assert Client.objects.filter(pk=client.pk).count() == 1

"""What lists of clients share: a page of a list, names by one opening, the day of the last contact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from audit import door
from audit.actor import Actor, Request
from clients.access.opening import purpose
from clients.models import Basis, Client, ClientPermission, Identity

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PAGE = 25


def given_to(actor: Actor, code: str) -> QuerySet[ClientPermission, Any]:
    """The ids of clients for which a live grant gives this person ``code``, as a subquery.

    Without what was opened in an emergency: that is nobody's client by it.
    """
    return given(actor.person, code)


def given(person: UUID | None, code: str) -> QuerySet[ClientPermission, Any]:
    """The same by the person's id."""
    rows = ClientPermission.objects.filter(user_id=person, code=code).exclude(  # type: ignore[misc]
        basis=Basis.EMERGENCY
    )
    return rows.values("content_object_id")


def page_of(request: Request, rows: QuerySet[Any]) -> Page:
    """The page of ``rows`` that the address asks for; the nearest one if there is no such page."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def opened(
    request: Request, clients: Iterable[UUID], action: str, **detail: str | int
) -> dict[UUID, SubjectKeys]:
    """The keys of these clients, by one opening with one event each; nothing for no client."""
    wanted = list(dict.fromkeys(clients))
    if not wanted:
        return {}
    return door.open(request, wanted, action, purpose(request.actor), **detail)


def names(keys: dict[UUID, SubjectKeys]) -> dict[UUID, str]:
    """Who these clients are."""
    rows = Identity.objects.filter(client_id__in=list(keys))
    return {row.client_id: row.unlock(keys[row.client_id]).full_name for row in rows}


def named(clients: Iterable[Client], called: dict[UUID, str]) -> list[Client]:
    """The clients, each with its ``name`` for the template."""
    found = list(clients)
    for client in found:
        client.name = called.get(client.pk, "")  # type: ignore[attr-defined]
    return found


def dated(actor: Actor, clients: Iterable[Client]) -> list[Client]:
    """The clients; without the day of the last contact where this person may not see that contact."""
    found = list(clients)
    branches = actor.duties.get("coordinator", frozenset())
    others = [client.pk for client in found if client.branch_id not in branches]
    rows = ClientPermission.objects.filter(
        user_id=actor.person,  # type: ignore[misc]
        code="view_notes",
        content_object_id__in=others,
    )
    from_day: dict[UUID, list[date]] = {}
    for client_id, since in rows.values_list("content_object_id", "since") if others else ():
        from_day.setdefault(client_id, []).append(since or date.min)
    for client in found:
        last = client.last_contact_on
        if client.branch_id not in branches and last:
            reached = any(day <= last for day in from_day.get(client.pk, []))
            client.last_contact_on = last if reached else None
    return found

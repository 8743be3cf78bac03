"""What the pages of disclosures share: fetching one, its way on, its words for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from audit import door
from audit.actor import Request
from clients.access.opening import purpose
from clients.models import AccessState, PortalAccess
from disclosures import permissions
from disclosures.actions.requests import MEANWHILE
from disclosures.models import Consent, Disclosure, State
from disclosures.workflow import DISCLOSURE, Action
from volunteers.decorators import duty_required

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

TAGS = {
    State.DRAFT: "neutral",
    State.ASKED: "waiting",
    State.APPROVED: "info",
    State.REFUSED: "danger",
    State.RELEASED: "info",
    State.RECEIVED: "success",
    State.CANCELLED: "neutral",
    State.STOPPED: "danger",
    State.RECALLED: "neutral",
}
serving: Callable[[Any], Any] = duty_required("volunteer", "coordinator")


def get(request: Request, disclosure_id: UUID, action: str) -> Disclosure:
    """A disclosure that one may see, with its people; else 404."""
    return door.get(request, Disclosure.objects.with_people(), disclosure_id, action)


def opened(
    request: Request, disclosures: Iterable[Disclosure], action: str
) -> dict[UUID, SubjectKeys]:
    """The keys of their clients, with an event for each that names it: it is told when the disclosure is.

    The purpose is that of all work on the record: one of its own would tell of a disclosure.
    """
    return door.open_about(request, disclosures, action, purpose(request.actor))


def opened_one(request: Request, about: Disclosure | list[Disclosure], action: str) -> SubjectKeys:
    """The keys of one client, of one disclosure or all about them. See :func:`opened`."""
    rows = about if isinstance(about, list) else [about]
    keys = opened(request, rows, action)
    if not keys:
        raise door.DoesNotOpen(action)
    return keys[rows[0].client_id]


def read_online(disclosure: Disclosure) -> bool:
    """Whether the client, who has not agreed, has an open space that somebody else may be reading."""
    used = PortalAccess.objects.open().exclude(state=AccessState.WAITING)
    spaces = used.filter(client=disclosure.client_id, quiet=False)
    return disclosure.consent != Consent.GIVEN and spaces.exists()


def elsewhere(
    request: Request, disclosure: Disclosure, action: Action, step_from: State
) -> HttpResponse | None:
    """None where this step may be taken now. 403 to whoever never may; back to its page when it
    stands elsewhere."""
    step = DISCLOSURE.find(step_from, action)
    if step is None or not permissions.is_who(request.actor, disclosure, step.who):
        raise PermissionDenied
    if DISCLOSURE.find(disclosure.state, action):
        return None
    messages.info(request, MEANWHILE)
    return redirect("disclosure_view", disclosure.pk)


def next_sentence(by: Any, disclosure: Disclosure) -> Any:
    """What happens next, and by whom, to whoever reads it."""
    mine = disclosure.requested_by_id == by.person
    coordinates = by.holds("coordinator", disclosure.branch_id)
    if disclosure.state == State.ASKED and mine:
        return _("Another coordinator of the branch decides. Nobody decides on their own request.")
    if disclosure.state == State.ASKED and coordinates and not permissions.tied(by, disclosure):
        return _("It waits for your decision.")
    if disclosure.state == State.APPROVED and coordinates:
        return _("It can be released to the recipient.")
    return {
        State.DRAFT: _("It is being prepared. Nobody has been asked yet."),
        State.ASKED: _("A coordinator of the branch decides."),
        State.APPROVED: _("A coordinator of the branch releases it to the recipient."),
        State.REFUSED: _("It was refused. Nothing leaves."),
        State.RELEASED: _("It waits for the recipient to open it."),
        State.RECEIVED: _("The recipient has opened it. This is finished."),
        State.CANCELLED: _("It was cancelled. Nothing leaves."),
        State.STOPPED: _(
            "The client took back their yes. Nothing leaves unless somebody decides anew."
        ),
        State.RECALLED: _("It was taken back before anybody opened it. The link leads nowhere."),
    }[State(disclosure.state)]

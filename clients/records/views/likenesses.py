"""Records that look alike, seen by a coordinator."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.models import Likeness
from clients.records.actions.taking_in import looked_alike
from volunteers.decorators import people_only


@people_only
@require_POST
def likeness_looked(request: Request, likeness_id: UUID) -> HttpResponse:
    """A coordinator has looked at two records that share a name or a number."""
    permissions.check_take_in(request.actor)
    if not looked_alike(by=request.actor, likeness=likeness_id):
        door.hidden(request, Likeness, likeness_id, "likeness.look")
    messages.success(request, _("Thank you. It is off the list."))
    return redirect("home")

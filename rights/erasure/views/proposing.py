"""What would go of a record, what stays and why; and proposing that it goes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit.actor import Request
from clients.access.opening import find_client
from disclosures.actions.deletions import untold
from rights.erasure import actions
from rights.erasure.forms import ProposeForm
from rights.erasure.permissions import check_propose
from rights.erasure.reading import STAYS, grounds, preview_of
from rights.models import Erasure
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in


@require_safe
@duty_required("coordinator")
def erasure_preview(request: Request, client_id: UUID) -> HttpResponse:
    """What goes, by kind and number, and what stays, on which ground and how long. Opens nothing."""
    client = find_client(request, client_id, "erasure.view")
    check_propose(request.actor, client)
    standing = Erasure.objects.standing().filter(client=client).first()
    context = {
        "client": client,
        "erasure": standing,
        "preview": preview_of(client),
        "stays": STAYS,
        "grounds": grounds(client),
        "untold": untold(client.pk, standing and standing.proposed_at),
    }
    return render(request, "rights/erasure/preview.html", context)


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
@fresh_sign_in
def erasure_add(request: Request, client_id: UUID) -> HttpResponse:
    """Propose that a record is deleted, for a reason that holds now."""
    client = find_client(request, client_id, "erasure.view")
    check_propose(request.actor, client)
    form = ProposeForm(request.POST or None, grounds=grounds(client))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(
                by=request.actor, client=client, ground=form.cleaned_data["ground"]
            )
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("Proposed. Nothing is deleted before it is decided."))
            return redirect("erasure_view", made)
    context = {
        "client": client,
        "form": form,
        "two": preview_of(client).two,
        "untold": untold(client.pk, None),
    }
    return render(request, "rights/erasure/add.html", context)

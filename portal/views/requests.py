"""What the client asks about their own data: the list with its dates, and a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.actor import Request
from portal.decorators import own_space
from portal.forms import RequestForm
from portal.pages import own_access, own_client, own_keys, portal_page
from rights.models import SubjectRequest
from rights.requests import actions
from rights.requests.deadlines import answer_due


@require_GET
@own_space
def portal_requests(request: Request) -> HttpResponse:
    """My requests, with the date by when an answer is due, and the answers.

    In a quiet or unconfirmed space the database shows those only that were made in it.
    """
    client = own_client(request)
    asked = SubjectRequest.objects.filter(client=client)
    rows = list(asked.select_related("words").order_by("-made_at"))
    if rows:
        keys = own_keys(request, "portal.requests")
        for row in rows:
            row.words.unlock(keys)
    context = {"requests": rows, "branch": client.branch, "access": own_access(request)}
    return portal_page(request, "portal/requests.html", context)


@require_http_methods(["GET", "POST"])
@own_space
def portal_request_add(request: Request) -> HttpResponse:
    """Ask for something in one's own words. It reaches the coordinators of the branch."""
    access = own_access(request)
    form = RequestForm(
        request.POST or None,
        initial={"kind": request.GET.get("kind", "")},
        quiet=request.actor.quiet,
    )
    if request.method == "POST" and form.is_valid():
        made = actions.ask(
            by=request.actor,
            client=own_client(request),
            keys=own_keys(request, "portal.requests"),
            kind=form.cleaned_data["kind"],
            words=form.cleaned_data["words"],
        )
        said = _("Your request is sent. You will have an answer by %(due)s.")
        if not access.confirmed_at:
            said = _(
                "Your request is sent. We answer it once someone else from our team has spoken to you."
            )
        messages.success(request, said % {"due": date_format(made.due_on, "DATE_FORMAT")})
        return redirect("portal_requests")
    context = {"form": form, "due": answer_due(timezone.now()), "access": access}
    return portal_page(request, "portal/request_add.html", context)

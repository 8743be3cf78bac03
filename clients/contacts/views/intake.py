"""Taking in a client: one page, one saving; and the warning that somebody seems to be known."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.actor import Request
from clients.access import permissions
from clients.access.form_ids import form_id
from clients.access.opening import say_tidied
from clients.contacts.actions import intake
from clients.contacts.forms.intake import NAMES, IntakeForm
from clients.contacts.views.enquiries import count_enquiry
from clients.models import Answer, Client
from clients.records.actions.taking_in import seems_known
from clients.records.spoken_cards import spoken_cards
from components.text import tidy
from volunteers.decorators import people_only

COMPARED = ("given_name", "family_name", "phone", "other_phone")


@people_only
def client_add(request: Request) -> HttpResponse:
    """Who called? Client, safe contact, explanation and first contact, saved together."""
    permissions.check_take_in(request.actor)
    form = IntakeForm(
        request.POST or None,
        branches=permissions.serves_in(request.actor),
        initial={"channel": "phone"},
    )
    known: list[Client] | None = None
    if request.method == "POST" and form.is_valid():
        if form.said == Answer.NO_RECORD:
            return _only_count(request, form)
        known = _known(
            request, form.cleaned_data["branch"].pk, form.identity(), form.safe_contact()
        )
        id = form_id(request.actor, form.cleaned_data["key"])
        if known is None or form.cleaned_data["confirmed"] or Client.objects.filter(pk=id).exists():
            return _take_in(request, form, id)
        form.add_error(
            "confirmed", _("Somebody of this name may be known here. Look first, or tick this.")
        )
    context = {"form": form, "cards": spoken_cards(), "known": known, "asked": known is not None}
    return render(request, "clients/records/client_add.html", context)


@people_only
@require_POST
def client_known(request: Request) -> HttpResponse:
    """A fragment: whether the same person seems to be known in the branch. Keeps nothing."""
    permissions.check_take_in(request.actor)
    branches = permissions.serves_in(request.actor)
    typed = {name: tidy(request.POST.get(name, ""))[:80] for name in COMPARED}
    chosen = next((b for b in branches if str(b) == request.POST.get("branch")), None)
    enough = (
        (typed["given_name"] and typed["family_name"]) or typed["phone"] or typed["other_phone"]
    )
    known = _known(request, chosen, typed, typed) if chosen and enough else None
    context = {"known": known, "asked": known is not None}
    return render(request, "clients/records/includes/known.html", context)


def _known(request: Request, branch: Any, identity: Any, safe_contact: Any) -> list[Client] | None:
    """Records of the same person, as far as one may see them; None where nobody seems known."""
    found = seems_known(
        by=request.actor, branch=branch, identity=identity, safe_contact=safe_contact
    )
    if not found:
        return None
    return list(Client.objects.filter(pk__in=[i for i in found if i]).order_by("reference"))


def _take_in(request: Request, form: IntakeForm, id: Any) -> HttpResponse:
    try:
        client = intake.first_contact(
            by=request.actor,
            new=form.new_client(id),
            contact=form.new_contact(),
            explanation=form.new_explanation(),
        )
    except intake.AlreadySaved as saved:
        messages.info(request, _("This was saved already. Nothing was saved twice."))
        return redirect("client_view", saved.id)
    say_tidied(request, form)
    messages.success(request, _saved(form))
    return redirect("client_view", client.pk)


def _saved(form: IntakeForm) -> str:
    """What was kept, and what was not: nobody is told of an explanation that was not given."""
    if not form.cleaned_data["explained"]:
        return _("Saved: the client and this contact. The explanation is still to be given.")
    if form.said == Answer.PSEUDONYM and any(form.cleaned_data[name] for name in NAMES):
        return _("Saved under the pseudonym. The other names that you typed were not kept.")
    return _("Saved: the client, the explanation and this contact.")


def _only_count(request: Request, form: IntakeForm) -> HttpResponse:
    """The client wants no record: what was typed is dropped, the call is counted."""
    said = _("Nothing about this person was kept. The call is counted below, without a name.")
    return count_enquiry(request, form.cleaned_data, said, wanted_no_record=True)

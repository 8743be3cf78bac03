"""The explanation that was missing, and the leaflet that says it again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, open_client, say_tidied
from clients.models import AgreementAnswer
from clients.records.actions.agreements import after_no
from clients.records.actions.changes import take_pseudonym
from clients.records.actions.explanations import explain
from clients.records.forms.explanations import ExplanationForm
from clients.records.spoken_cards import spoken_cards
from documents import render as render_document
from volunteers.decorators import people_only
from volunteers.papers import leaflet_of


@people_only
def explanation_add(request: Request, client_id: UUID) -> HttpResponse:
    """Explain the policy to somebody who has not heard it, or who asks again."""
    client = find_client(request, client_id, "explanation.add", "identity")
    permissions.check_edit(request.actor, client)
    form = ExplanationForm(
        request.POST or None, initial={"channel": "phone", "language": client.language}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        keys = open_client(request, client, "explanation.add")
        new = form.explanation(data["channel"], data["language"], data["happened_on"])
        explain(by=request.actor, client=client, keys=keys, new=new)
        if data["answer"] == AgreementAnswer.PSEUDONYM and not client.pseudonym:
            take_pseudonym(by=request.actor, client=client, keys=keys, known_as=data["known_as"])
        say_tidied(request, form)
        if data["answer"] == AgreementAnswer.NO_RECORD:
            messages.success(request, after_no(client))
        else:
            messages.success(request, _("Saved."))
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "cards": spoken_cards(client.language)}
    return render(request, "clients/records/explanation_add.html", context)


@people_only
def leaflet(request: Request, client_id: UUID) -> HttpResponse:
    """The leaflet in the client's language, as a PDF. Nothing in it is about the client."""
    client = find_client(request, client_id, "leaflet.print")
    permissions.check_view(request.actor, client)
    data = leaflet_of(client.branch, client.language)
    if data is None:
        messages.warning(request, _("There is no leaflet today: no code of confidentiality binds."))
        return redirect("client_view", client.pk)
    door.record(
        request,
        "leaflet.print",
        subject=client.pk,
        about=client,
        purpose="support",
        language=client.language,
    )
    return pdf(render_document("leaflet", data, language=client.language), "leaflet.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF to save or print; its name says nothing about anybody."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""Asking for the agreement, and taking it back in one act (GDPR 7(3))."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.actor import Request
from clients.access import lists, permissions
from clients.access.opening import find_client, open_client, say_tidied
from clients.access.permissions import check
from clients.models import AgreementAnswer, Client
from clients.records import agreement_words
from clients.records.actions.agreements import NewAgreement, after_no, agree, agreements_of
from clients.records.actions.changes import take_pseudonym
from clients.records.forms.agreements import AgreementForm, NoForm
from volunteers.decorators import people_only

MOST = 50  # of each list on a page


@people_only
def agreement_add(request: Request, client_id: UUID) -> HttpResponse:
    """Ask whether we may note information about health, and note the answer."""
    client = find_client(request, client_id, "agreement.write", "identity")
    permissions.check_edit(request.actor, client)
    initial = {"channel": "phone", "language": client.language}
    form = AgreementForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "agreement.write")
        new = form.agreement()
        agree(by=request.actor, client=client, keys=keys, new=new)
        if new.answer == AgreementAnswer.PSEUDONYM and not client.pseudonym:
            known_as = form.cleaned_data["known_as"]
            take_pseudonym(by=request.actor, client=client, keys=keys, known_as=known_as)
        say_tidied(request, form)
        messages.success(request, _("Saved."))
        return redirect("client_view", client.pk)
    keys = open_client(request, client, "agreement.read")
    context = {
        "client": client,
        "form": form,
        "answers": agreements_of(client, keys),
        "asked": [(code, agreement_words.asked(code)) for code in ("fr", "en")],
    }
    return render(request, "clients/records/agreement_add.html", context)


@people_only
@require_safe
def agreement_list(request: Request) -> HttpResponse:
    """Who of the branch is left to be asked, and who to be told again; their names are opened."""
    check(request.actor.holds("coordinator"))
    here = Client.objects.coordinated(request.actor.person)
    found = [
        (_("Never asked whether we may keep a record"), "agreement_add", here.not_asked(Now())),
        (_("Not told of the code as it is now"), "explanation_add", here.not_told()),
    ]
    rows = [list(clients.recent()[: MOST + 1]) for _title, _page, clients in found]
    keys = lists.opened(request, [c.pk for some in rows for c in some[:MOST]], "client.list")
    names = lists.names(keys)
    groups = [
        {
            "title": title,
            "page": page,
            "clients": lists.named(some[:MOST], names),
            "more": len(some) > MOST,
        }
        for (title, page, _clients), some in zip(found, rows, strict=True)
    ]
    return render(request, "clients/records/agreement_list.html", {"groups": groups})


@people_only
def agreement_end(request: Request, client_id: UUID) -> HttpResponse:
    """The client says no, or no longer: said before what then happens, done with one press."""
    client = find_client(request, client_id, "agreement.write", "identity")
    permissions.check_edit(request.actor, client)
    had_agreed = client.agreed in (
        AgreementAnswer.YES,
        AgreementAnswer.NO_HEALTH,
        AgreementAnswer.PSEUDONYM,
    )
    form = NoForm(request.POST or None, initial={"channel": "phone"})
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "agreement.write")
        answer = AgreementAnswer.WITHDRAWN if had_agreed else AgreementAnswer.NO_RECORD
        new = NewAgreement(answer=answer, language=client.language, **form.cleaned_data)
        agree(by=request.actor, client=client, keys=keys, new=new)
        say_tidied(request, form)
        messages.success(request, after_no(client))
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "had_agreed": had_agreed}
    return render(request, "clients/records/agreement_end.html", context)

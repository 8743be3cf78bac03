"""Protected records: a client in hiding, or related to somebody who serves. Named people only."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import people, permissions
from clients.access.opening import find_client
from clients.conflicts import actions
from clients.conflicts.forms import NameForm, ProtectForm
from clients.models import Client
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.models import Person
from volunteers.querysets import circle_of, serving


@people_only
@fresh_sign_in
def client_protect(request: Request, client_id: UUID) -> HttpResponse:
    """Name who keeps seeing this record; everybody else loses sight of it, once that was read."""
    client = find_client(request, client_id, "client.view")
    permissions.check_assign(request.actor, client)
    choices, seeing = who_sees(request, client)
    initial = {"named": list(seeing) if client.protected else []}
    form = ProtectForm(request.POST or None, people=choices, seeing=seeing, initial=initial)
    if request.method == "POST" and form.is_valid():
        named = Person.objects.filter(pk__in=form.cleaned_data["named"])
        try:
            actions.protect(by=request.actor, client=client, named=named)
        except Refused:
            form.add_error(None, _("This is not possible any more. Look again who is named."))
        else:
            messages.success(request, _("This record is protected. It stands in no list."))
            return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "losing": form.losing}
    return render(request, "clients/records/client_protect.html", context)


@people_only
@fresh_sign_in
def client_unprotect(request: Request, client_id: UUID) -> HttpResponse:
    """The coordinators of the branch look after it again, and it stands in their lists."""
    client = find_client(request, client_id, "client.view")
    permissions.check_assign(request.actor, client)
    if request.method == "POST":
        try:
            actions.lift_protection(by=request.actor, client=client)
        except Refused:
            messages.warning(
                request, _("This is not possible: it stays protected while a client serves here.")
            )
        else:
            messages.success(request, _("This record is not protected any more."))
        return redirect("client_view", client.pk)
    return render(request, "clients/records/client_unprotect.html", {"client": client})


@duty_required("president", "protection")
@fresh_sign_in
def protected_name(request: Request, client_id: UUID) -> HttpResponse:
    """An office names a coordinator for a record whose own are gone, and sees its reference only."""
    record = next((each for each in actions.uncoordinated() if each.client == client_id), None)
    if record is None:
        raise Http404
    leading = people.coordinators(record.branch.pk) - set(circle_of(request.actor.person))
    choices = [
        (str(person.pk), person.working_name) for person in serving() if person.pk in leading
    ]
    form = NameForm(request.POST or None, people=choices)
    if request.method == "POST" and form.is_valid():
        person = UUID(form.cleaned_data["person"])
        try:
            actions.name_coordinator(by=request.actor, client=client_id, person=person)
        except Refused:
            form.add_error(None, _("It cannot be given to this person. Choose somebody else."))
        else:
            messages.success(
                request, _("This person looks after it now. Tell them that it is theirs.")
            )
            return redirect("home")
    context = {"record": record, "form": form, "people": choices}
    return render(request, "clients/conflicts/protected_name.html", context)


def who_sees(request: Request, client: Client) -> tuple[people.Choices, frozenset[str]]:
    """Whom one can name: who sees the record, and the branch's coordinators; and who sees it now."""
    leading = people.coordinators(client.branch_id) - people.in_conflict_with(client)
    seeing = set(client.grants.live().values_list("person_id", flat=True))
    if not client.protected:
        seeing |= leading
    seeing.discard(request.actor.person)
    can_be_named = (seeing | leading) - {request.actor.person}
    choices = [
        (str(person.pk), people.titled(person, client.branch_id))
        for person in serving()
        if person.pk in can_be_named
    ]
    return choices, frozenset(map(str, seeing))

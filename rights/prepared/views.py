"""Preparing a copy for a client, releasing it, handing it over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit import door
from audit.actor import Request
from clients.access import permissions as access
from clients.access.opening import find_client
from clients.models import Contact
from rights.export.archive import DAYS_KEPT
from rights.models import CopyState, Export, ExportState, PreparedCopy, SubjectRequest
from rights.prepared import actions
from rights.prepared.forms import StartForm, StrikeForm
from rights.prepared.permissions import (
    can_prepare,
    can_release,
    can_strike,
    check_prepare,
    check_release,
)
from vault import files
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only

PURPOSE = "request"
MOST_TAKEN = 3  # the database says the same


@require_GET
@duty_required("coordinator")
def copy_list(request: Request, client_id: UUID) -> HttpResponse:
    """The copies that were prepared for a client, and the way to a new one. Opens nothing."""
    client = find_client(request, client_id, "copy.list")
    check_prepare(client)
    rows = PreparedCopy.objects.filter(client=client).select_related("prepared_by")
    return render(request, "rights/copies/list.html", {"client": client, "copies": rows})


@duty_required("coordinator")
@fresh_sign_in
def copy_add(request: Request, client_id: UUID) -> HttpResponse:
    """Begin a copy: why, how it reaches the client, in which print."""
    client = find_client(request, client_id, "copy.prepare")
    check_prepare(client)
    asked = SubjectRequest.objects.filter(client=client, kind="access").open()
    initial = {"language": client.language}
    form = StartForm(request.POST or None, asked=asked, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.prepare(by=request.actor, client=client, data=form.cleaned_data)
        return redirect("copy_strike", made)
    return render(request, "rights/copies/add.html", {"client": client, "form": form})


@duty_required("coordinator")
def copy_strike(request: Request, copy_id: UUID) -> HttpResponse:
    """What the copy leaves out: read what will be given, and strike out what is about others."""
    copy = _find(request, copy_id, "copy.form")
    if not can_strike(request.actor, copy):
        return redirect("copy_view", copy.pk)
    client = find_client(request, copy.client_id, "copy.form")
    if not access.can_read_notes(request.actor, client):
        return render(request, "rights/copies/notes_first.html", {"client": client, "copy": copy})
    contacts = list(Contact.objects.filter(client=client).select_related("note"))
    form = StrikeForm(request.POST if request.method == "POST" else None, contacts=contacts)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, client.pk, "copy.write", PURPOSE)
        actions.send(
            by=request.actor,
            copy=copy,
            keys=keys,
            contacts=form.left_out(),
            passages=form.passages(),
        )
        messages.success(request, _("The copy waits for somebody else to release it."))
        return redirect("copy_view", copy.pk)
    keys = door.open_one(request, client.pk, "copy.form", PURPOSE)
    for contact in contacts:
        if hasattr(contact, "note"):
            contact.note.unlock(keys)
    lines = [(contact, form[f"contact-{contact.pk}"]) for contact in contacts]
    context = {"client": client, "copy": copy, "form": form, "lines": lines}
    return render(request, "rights/copies/strike.html", context)


@require_GET
@people_only
def copy_view(request: Request, copy_id: UUID) -> HttpResponse:
    """One copy: why, how, how much it leaves out; release it, or take its file. Opens no record."""
    copy = _find(request, copy_id, "copy.view")
    export = Export.objects.filter(prepared=copy).first()
    mine = copy.prepared_by_id == request.actor.person
    context = {
        "copy": copy,
        "export": export,
        "state": _state(copy, export),
        "days": DAYS_KEPT,
        "most": MOST_TAKEN,
        "strikes": can_strike(request.actor, copy),
        "releases": can_release(copy),
        "gives_up": mine and copy.state in (CopyState.PREPARED, CopyState.SENT),
        "takes": _is_ready(export) and can_prepare(copy.client_id),
    }
    return render(request, "rights/copies/view.html", context)


@require_POST
@people_only
@fresh_sign_in
def copy_release(request: Request, copy_id: UUID) -> HttpResponse:
    """Somebody else says that it may be made and handed over."""
    copy = _find(request, copy_id, "copy.release")
    check_release(copy)
    if copy.state != CopyState.SENT:
        messages.info(request, _("This copy went on meanwhile."))
        return redirect("copy_view", copy.pk)
    try:
        actions.release(by=request.actor, copy=copy)
    except Refused as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("The copy is released. It is being made."))
    return redirect("copy_view", copy.pk)


@require_POST
@people_only
def copy_end(request: Request, copy_id: UUID) -> HttpResponse:
    """Do not release it, or give it up."""
    copy = _find(request, copy_id, "copy.refuse")
    mine = copy.prepared_by_id == request.actor.person
    if not mine:
        check_release(copy)
    waits = copy.state in (CopyState.PREPARED, CopyState.SENT)
    if waits and actions.end(by=request.actor, copy=copy):
        messages.success(request, _("The copy is not given."))
    else:
        messages.info(request, _("This copy went on meanwhile."))
    return redirect("copy_view" if mine else "home", *([copy.pk] if mine else []))


@require_POST
@duty_required("coordinator")
@fresh_sign_in  # type: ignore[arg-type]
def copy_file(request: Request, copy_id: UUID) -> HttpResponseBase:
    """The ZIP, to print and hand over. The event is committed with this answer."""
    copy = _find(request, copy_id, "copy.take")
    if not can_prepare(copy.client_id):
        raise PermissionDenied
    export = Export.objects.filter(prepared=copy).first()
    if not export or not _is_ready(export):
        messages.info(request, _("There is no file to take any more."))
        return redirect("copy_view", copy.pk)
    keys = door.open_one(request, copy.client_id, "copy.take", PURPOSE)
    there = files.path_of(settings.FILES_ROOT, export.file).exists()  # type: ignore[arg-type]
    if not there or not actions.take(by=request.actor, export=export):
        messages.info(request, _("There is no file to take any more."))
        return redirect("copy_view", copy.pk)
    name = f"{copy.ref}-{timezone.localdate(export.ready_at).isoformat()}.zip"
    return StreamingHttpResponse(
        files.read(settings.FILES_ROOT, keys, export.file),  # type: ignore[arg-type]
        content_type="application/zip",
        headers={
            "Content-Length": str(export.size),
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def _find(request: Request, copy_id: UUID, action: str) -> Any:
    rows = PreparedCopy.objects.select_related("prepared_by", "released_by").with_reference()
    return door.get(request, rows, copy_id, action)


def _is_ready(export: Export | None) -> bool:
    return bool(
        export
        and export.state == ExportState.READY
        and export.expires_at
        and export.expires_at > timezone.now()
        and export.taken < MOST_TAKEN
    )


def _state(copy: PreparedCopy, export: Export | None) -> str:
    return export.get_state_display() if export else copy.get_state_display()

"""Preparing a copy for a client, releasing it, handing it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import door
from audit.actor import Request
from clients.access import permissions as access
from clients.access.opening import find_client
from rights.export.archive import DAYS_KEPT
from rights.models import CopyState, Export, ExportState, PreparedCopy, SubjectRequest
from rights.prepared import actions
from rights.prepared.forms import StartForm, StrikeForm, signed
from rights.prepared.permissions import (
    can_end,
    can_hand_over,
    can_release,
    can_strike,
    check_prepare,
    check_release,
)
from rights.prepared.reading import words_of
from vault import files
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PURPOSE = "request"
CSRF = "csrfmiddlewaretoken"
MOST_TAKEN = 3  # the database says the same


@require_GET
@duty_required("coordinator")
def copy_list(request: Request, client_id: UUID) -> HttpResponse:
    """The copies that were prepared for a client, and the way to a new one. Opens nothing."""
    client = find_client(request, client_id, "copy.list")
    check_prepare(request.actor, client)
    rows = PreparedCopy.objects.filter(client=client).select_related("prepared_by")
    return render(request, "rights/copies/list.html", {"client": client, "copies": rows})


@duty_required("coordinator")
@fresh_sign_in
def copy_add(request: Request, client_id: UUID) -> HttpResponse:
    """Begin a copy: why, how it reaches the client, in which print."""
    client = find_client(request, client_id, "copy.prepare")
    check_prepare(request.actor, client)
    asked = SubjectRequest.objects.filter(client=client, kind="access").open()
    initial = {"language": client.language}
    form = StartForm(request.POST or None, asked=asked, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.prepare(by=request.actor, client=client, data=form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error.message))
        else:
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
        # What was typed while the notes were open is kept.
        context = {"client": client, "copy": copy, "posted": _posted(request)}
        return render(request, "rights/copies/notes_first.html", context)
    drawn = signed(actions.begin_to_read(copy))  # before the record is read
    posts = request.method == "POST"
    keys = door.open_one(request, client.pk, "copy.write" if posts else "copy.form", PURPOSE)
    held = words_of(client, keys, by=request.actor, purpose=PURPOSE)
    form = StrikeForm(
        request.POST if posts else None,
        contacts=[contact for contact, _texts in held.contacts],
        texts=held.texts,
        initial={"drawn": drawn},
    )
    if posts and form.is_valid() and _send(request, copy, keys, form):
        return redirect("copy_view", copy.pk)
    lines = [(contact, texts, form[f"contact-{contact.pk}"]) for contact, texts in held.contacts]
    context = {"client": client, "copy": copy, "form": form, "lines": lines, "parts": held.parts}
    return render(request, "rights/copies/strike.html", context)


def _send(request: Request, copy: PreparedCopy, keys: SubjectKeys, form: StrikeForm) -> bool:
    try:
        actions.send(
            by=request.actor,
            copy=copy,
            keys=keys,
            contacts=form.left_out(),
            passages=form.passages(),
            read=form.read,
        )
    except Refused as error:
        form.add_error(None, str(error.message))
        return False
    messages.success(request, _("The copy waits for somebody else to release it."))
    return True


def _posted(request: Request) -> list[tuple[str, str]]:
    fields = ((name, request.POST.getlist(name)) for name in request.POST)
    return [(name, each) for name, all_ in fields if name != CSRF for each in all_]


@require_GET
@people_only
def copy_view(request: Request, copy_id: UUID) -> HttpResponse:
    """One copy: why, how, how much it leaves out; release it, or take its file. Opens no record."""
    copy = _find(request, copy_id, "copy.view")
    export = Export.objects.filter(prepared=copy).first()
    context = {
        "copy": copy,
        "export": export,
        "state": _state(copy, export),
        "days": DAYS_KEPT,
        "most": MOST_TAKEN,
        "mine": copy.prepared_by_id == request.actor.person,
        "strikes": can_strike(request.actor, copy),
        "releases": can_release(copy),
        "gives_up": can_end(copy),
        "takes": _is_ready(export) and can_hand_over(request.actor, copy),
        "forbidden": actions.forbidden(copy),
    }
    return render(request, "rights/copies/view.html", context)


@require_http_methods(["GET", "POST"])
@people_only
@fresh_sign_in
def copy_release(request: Request, copy_id: UUID) -> HttpResponse:
    """Somebody else says that it may be made and handed over."""
    if request.method == "GET":  # back from signing in again
        return redirect("copy_view", copy_id)
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
    mine = can_end(copy)
    if not mine:
        check_release(copy)
    waits = copy.state in (CopyState.PREPARED, CopyState.SENT)
    try:
        if waits and actions.end(by=request.actor, copy=copy):
            messages.success(request, _("The copy is not given."))
        else:
            messages.info(request, _("This copy went on meanwhile."))
    except Refused as error:
        messages.warning(request, error.message)
    return redirect("copy_view" if mine else "home", *([copy.pk] if mine else []))


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
@fresh_sign_in  # type: ignore[arg-type]
def copy_file(request: Request, copy_id: UUID) -> HttpResponseBase:
    """The ZIP, to print and hand over. The event is committed with this answer."""
    if request.method == "GET":  # back from signing in again
        return redirect("copy_view", copy_id)
    copy = _find(request, copy_id, "copy.take")
    check_prepare(request.actor, find_client(request, copy.client_id, "copy.take"))
    export = Export.objects.filter(prepared=copy).first()
    if not export or not _is_ready(export):
        messages.info(request, _("There is no file to take any more."))
        return redirect("copy_view", copy.pk)
    keys = door.open_one(request, copy.client_id, "copy.take", PURPOSE)
    there = files.path_of(settings.FILES_ROOT, export.file).exists()  # type: ignore[arg-type]
    try:
        may = there and actions.take(by=request.actor, export=export)
    except Refused as error:
        messages.warning(request, error.message)
        return redirect("copy_view", copy.pk)
    if not may:
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

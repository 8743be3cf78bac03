"""Taking one's data away: asking for a copy, watching it being made, downloading it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from audit import door
from audit.actor import Request
from portal.decorators import own_space
from portal.pages import own_client, own_keys, portal_page
from rights.export import actions
from rights.export.archive import DAYS_KEPT
from rights.models import Export, ExportState
from vault import files
from volunteers.decorators import fresh_sign_in


@require_http_methods(["GET", "POST"])
@own_space
def portal_export(request: Request) -> HttpResponse:
    """My copy: ask for it, see how far it is, find it. htmx asks for the state alone."""
    client = own_client(request)
    if request.method == "POST":
        actions.ask_export(
            by=request.actor,
            client=client,
            language=request.LANGUAGE_CODE,
        )
        return redirect("portal_export")
    copy = Export.objects.filter(client=client).first()
    context = {"copy": copy, "days": DAYS_KEPT, **_state(copy)}
    if request.htmx:
        return render(request, "portal/includes/copy.html", {**context, "fragment": True})
    return portal_page(request, "portal/export.html", context)


@require_GET
@own_space
@fresh_sign_in  # type: ignore[arg-type]
def portal_export_get(request: Request, export_id: UUID) -> HttpResponseBase:
    """The ZIP. The event is committed with this answer; the file is unsealed while it flows after that."""
    rows = Export.objects.filter(
        state=ExportState.READY, expires_at__gt=timezone.now(), client=request.actor.client
    )
    copy = door.get(request, rows, export_id, "export.take")
    keys = own_keys(request, "export.take")
    if not files.path_of(settings.FILES_ROOT, copy.file).exists():
        return portal_page(request, "portal/export_gone.html", status=410)
    Export.objects.filter(pk=copy.pk).update(taken_at=timezone.now())
    name = f"my-space-{timezone.localdate(copy.ready_at).isoformat()}.zip"
    return StreamingHttpResponse(
        files.read(settings.FILES_ROOT, keys, copy.file),
        content_type="application/zip",
        headers={
            "Content-Length": str(copy.size),
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def _state(copy: Export | None) -> dict[str, bool]:
    now = timezone.now()
    waiting = bool(copy and copy.state == ExportState.QUEUED)
    return {
        "waiting": waiting,
        "slow": bool(waiting and copy and now - copy.made_at > actions.SLOW),
        "ready": bool(
            copy and copy.state == ExportState.READY and copy.expires_at and copy.expires_at > now
        ),
        "failed": bool(copy and copy.state == ExportState.FAILED),
    }

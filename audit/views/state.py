"""The state of the log in plain words, the whole log to take away, and how long it is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door, exporting, health, keeping, proofs
from audit.actor import Request
from audit.decorators import duty_required, fresh_sign_in
from audit.forms import KeepingForm
from audit.models import Checkpoint, Cosignature, Event, Keeping
from audit.signing import verifier_key
from audit.views.tabs import tabs
from audit.witnessing import newest_cosigned, witnesses
from components.zipping import zipped

lead_only = duty_required("protection")


@require_GET
@lead_only
def log_state(request: Request) -> HttpResponse:
    """Whether it is sealed, signed, witnessed and verified; and how long it is kept."""
    verified = Event.objects.filter(action="log.verify").order_by("-at").first()
    now = health.check()
    context = {
        "health": now,
        "oldest": round(now.oldest),
        "alarm_seconds": health.ALARM_SECONDS,
        "checkpoint": Checkpoint.objects.order_by("-size").first(),
        "key": _key(),
        "witnesses": [_witness(one.key.name) for one in witnesses()],
        "verified": verified,
        "times": list(keeping.times().values()),
        "tabs": tabs("log_state"),
    }
    door.record(request, "log.state")
    return render(request, "audit/log_state.html", context)


@require_http_methods(["GET", "POST"])
@lead_only
@fresh_sign_in  # type: ignore[arg-type]
def log_download(request: Request) -> HttpResponseBase:
    """The log as files for one's own verifier (tlog-tiles, in a ZIP). It holds nothing about anybody.

    The event is committed with this answer; the leaves, which never change, flow after that.
    """
    if request.method == "GET":  # back from signing in again
        return redirect("log_state")
    try:
        checkpoint = newest_cosigned()
    except proofs.NotSealed as error:
        raise Http404 from error
    door.record(request, "log.download", leaves=checkpoint.size)
    files = ((path, [content]) for path, content in exporting.files(checkpoint))
    return StreamingHttpResponse(
        zipped(files, at=timezone.localtime()),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="log-{checkpoint.size}.zip"'},
    )


@require_http_methods(["GET", "POST"])
@lead_only
@fresh_sign_in
def log_keeping(request: Request, purpose: str) -> HttpResponse:
    """How long events are kept for one of the two purposes."""
    if purpose not in Keeping.Purpose.values:
        raise Http404
    now = keeping.times()[purpose]
    form = KeepingForm(
        request.POST if request.method == "POST" else None,
        purpose=purpose,
        initial={"months": now.months, "note": now.note},
    )
    if request.method == "POST" and form.is_valid():
        keeping.set_keeping(by=request.actor, purpose=purpose, **form.cleaned_data)
        messages.success(request, _("The time of keeping is set. It binds from tonight."))
        return redirect("log_state")
    rows = list(Keeping.objects.filter(purpose=purpose).order_by("-id")[:20])
    context = {"form": form, "now": now, "rows": rows}
    return render(request, "audit/log_keeping.html", context)


def _witness(name: str) -> dict[str, Any]:
    """What a witness signed last."""
    return {
        "name": name,
        "last": Cosignature.objects.filter(witness=name).order_by("-size").first(),
    }


def _key() -> str:
    """The whole public key, as whoever checks the log enters it."""
    try:
        return str(verifier_key())
    except FileNotFoundError:
        return ""

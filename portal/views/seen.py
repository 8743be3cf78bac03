"""Who has seen my record: by day, with filters and a picture; each step with its proof; the check."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from audit import door, proofs
from audit.actor import Request
from audit.exporting import bundle
from audit.models import Event
from audit.querysets import counts
from audit.signing import verifier_key
from audit.tiles import TILE_WIDTH
from clients.models import Client
from components.charts import Bar, BarChart
from components.dates import written
from components.widgets import day_of
from portal.decorators import own_space
from portal.forms import SeenFilter
from portal.pages import PURPOSE, own_client, portal_page
from rights.own_log import proof_file
from rights.own_log import reading as seen
from rights.own_log.reading import PARIS

DAYS = 7
STEPS = 20  # on a page of one day
YEAR = 365
# The path of a bundle of entries, as tlog-tiles writes it: x001/234.p/17.
PLACE = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([0-9]{1,3}))?", re.ASCII)


@require_GET
@own_space
def portal_seen(request: Request) -> HttpResponse:
    """Who has seen my record and why: by day, by role. My own looks only when asked for."""
    client = own_client(request)
    roles, purposes = seen.occurring(seen.events_of(client.pk, own="own" in request.GET))
    form = SeenFilter(request.GET, roles=roles, purposes=purposes)
    context: dict[str, Any] = {
        "form": form,
        "filtered": True,
        "looks": [],
        "named": seen.decision_on_names(),
        "chart": None,
        "chart_columns": [_("Month"), _("Steps"), _("Refused")],
    }
    if not form.is_valid():
        return portal_page(request, "portal/seen.html", context)
    wanted = form.cleaned_data
    events = seen.narrowed(seen.events_of(client.pk, own=wanted["own"]), wanted)
    page = Paginator(seen.days_of(events), DAYS).get_page(request.GET.get("page"))
    looks = seen.folded(seen.on_days(events, page), client=client.pk, names=seen.names_in_own_log())
    context |= {"filtered": any(wanted.values()), "page_obj": page, "looks": looks}
    if page.number == 1:
        context["chart"] = _year(client)
    return portal_page(request, "portal/seen.html", context)


@require_GET
@own_space
def portal_seen_day(request: Request, day: str) -> HttpResponse:
    """One day, step by step, each with its proof."""
    client = own_client(request)
    which = day_of(day)
    if which is None:
        raise Http404
    events = seen.on_days(seen.events_of(client.pk, own=True), [which])
    steps = seen.steps(events, client=client.pk, names=seen.names_in_own_log())
    if not steps:
        raise Http404
    page = Paginator(steps, STEPS).get_page(request.GET.get("page"))
    listed = proof_file.provable(client.pk).filter(pk__in=[step.event for step in page])
    proven = set(listed.values_list("pk", flat=True))
    shown = [(step, step.event in proven) for step in page]
    context = {"day": which, "steps": shown, "page_obj": page}
    return portal_page(request, "portal/seen_day.html", context)


@require_GET
@own_space
def portal_proof(request: Request, event_id: UUID) -> HttpResponse:
    """The proof that one step is in the signed log, as a text that other programs read (tlog-proof)."""
    client = own_client(request)
    event: Event = door.get(request, proof_file.provable(client.pk), event_id, "portal.proof")
    door.record(request, "portal.proof", subject=client.pk, purpose=PURPOSE)
    at = event.at.astimezone(PARIS)
    try:
        text = str(proofs.inclusion(event.pk))
    except proofs.NotSealed:
        return portal_page(request, "portal/proof_later.html", {"day": at.date()}, 404)
    name = f"step-{at:%Y-%m-%d-%H%M%S}.tlog-proof"
    return _file(text.encode(), "text/plain; charset=utf-8", name)


@require_GET
@own_space
def portal_check(request: Request) -> HttpResponse:
    """Check this log: what a check shows and what not, the check itself, the file for other programs."""
    try:
        key = str(verifier_key())
    except FileNotFoundError:  # nothing was ever sealed here
        key = ""
    entries = reverse("portal_check_entries", args=["x"]).removesuffix("x")
    context = {"key": key, "key_id": _key_id(key), "entries_url": entries}
    return portal_page(request, "portal/check.html", context)


@require_GET
@own_space
def portal_check_file(request: Request) -> HttpResponse:
    """My events, their proofs and my keys to the log. For the check in the browser, and to keep."""
    since = request.GET.get("since", "")
    client = own_client(request)
    try:
        found = proof_file.file_of(
            client, by=request, since=int(since) if since.isdecimal() and len(since) < 19 else None
        )
    except proofs.NotSealed:
        return JsonResponse({"wait": True}, status=404)
    if "keep" in request.GET:
        text = JsonResponse(found, json_dumps_params={"indent": 1}).content
        return _file(text, "application/json", f"my-log-{timezone.localdate().isoformat()}.json")
    return JsonResponse(found)


@require_GET
@own_space
def portal_check_entries(request: Request, place: str) -> HttpResponse:
    """256 entries of the whole log: hashes that say nothing about anybody."""
    found = PLACE.fullmatch(place)
    if not found:
        raise Http404
    number = int(found[1].replace("x", "").replace("/", ""))
    content = bundle(number, int(found[2] or TILE_WIDTH))
    if not content:
        raise Http404
    return HttpResponse(content, content_type="application/octet-stream")


def _year(client: Client) -> BarChart:
    """Who else looked in the last twelve months, by month."""
    today = timezone.localdate()
    since = (today - timedelta(days=YEAR)).replace(day=1)
    events = seen.told(seen.events_of(client.pk, own=False))
    events = events.exclude(outcome="denied", stepped_back=True)
    _unit, found = counts(events, since, today, unit="month")
    return BarChart([Bar(written(start, "F Y"), n, refused) for start, n, refused in found])


def _key_id(key: str) -> str:
    return key.split("+")[1] if key.count("+") >= 2 else ""


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)

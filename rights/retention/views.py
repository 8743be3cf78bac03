"""Records whose time is over, for whoever looks after them; the schedule; counts for the lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import door
from audit.actor import Request
from audit.views.tabs import tabs
from clients.access.lists import PAGE, names, opened
from clients.access.opening import find_client, open_client, say_tidied
from clients.models import Client
from rights.models import LongerKept
from rights.retention import actions, reading, schedule
from rights.retention.forms import LongerForm, NoLongerForm, ScheduleForm
from rights.retention.permissions import check_review
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only


@require_safe
@duty_required("coordinator")
def retention_list(request: Request) -> HttpResponse:
    """Records whose time is over: those that wait for a review, and those that something keeps."""
    over = reading.records_over()
    waiting = [row for row in over if not row.kept_by]
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    kept = [row for row in over if row.kept_by][:PAGE]
    shown = [*page, *kept]
    clients = {one.pk: one for one in Client.objects.filter(pk__in=[row.client for row in shown])}
    called = names(opened(request, clients, "client.list"))

    def line(row: reading.Over) -> dict[str, Any]:
        return {"time": row, "client": clients[row.client], "name": called.get(row.client, "")}

    context = {
        "lines": [line(row) for row in page if row.client in clients],
        "kept": [line(row) for row in kept if row.client in clients],
        "page_obj": page,
        "adopted": reading.adopted(),
    }
    return render(request, "rights/retention/list.html", context)


@require_safe
@duty_required("coordinator")
def retention_view(request: Request, client_id: UUID) -> HttpResponse:
    """How long one record is kept, why, and what was decided about it."""
    client = find_client(request, client_id, "retention.read")
    check_review(request.actor, client)
    keys = open_client(request, client, "retention.read")
    decided = [
        one.unlock(keys) for one in LongerKept.objects.filter(client=client).select_related("by")
    ]
    context = {
        "client": client,
        "time": reading.time_of(client.pk),
        "decided": decided,
    }
    return render(request, "rights/retention/view.html", context)


@duty_required("coordinator")
def retention_keep(request: Request, client_id: UUID) -> HttpResponse:
    """Keep a record longer than its time, until a day and for a reason."""
    return _decide(
        request, client_id, LongerForm(request.POST or None), "rights/retention/keep.html"
    )


@duty_required("coordinator")
def retention_unkeep(request: Request, client_id: UUID) -> HttpResponse:
    """Keep it no longer than its time after all."""
    return _decide(
        request, client_id, NoLongerForm(request.POST or None), "rights/retention/unkeep.html"
    )


def _decide(
    request: Request, client_id: UUID, form: LongerForm | NoLongerForm, page: str
) -> HttpResponse:
    client = find_client(request, client_id, "retention.write")
    check_review(request.actor, client)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "retention.write")
        said = form.cleaned_data
        until = said.get("until")
        try:
            actions.keep_longer(
                by=request.actor, client=client, keys=keys, until=until, why=said["why"]
            )
        except Refused as error:
            form.add_error(None, str(error.message))
        else:
            say_tidied(request, form)
            messages.success(request, _("The decision is saved."))
            return redirect("retention_view", client.pk)
    return render(request, page, {"client": client, "form": form})


@require_safe
@duty_required("protection")
def retention_counts(request: Request) -> HttpResponse:
    """How many records wait for a review in each branch. No names, no references."""
    rows = reading.counts()
    door.record(request, "retention.counts", branches=len(rows))
    cells = [[row["branch"], str(row["over"]), str(row["kept"])] for row in rows]
    here = tabs("retention_counts")
    context = {"branches": cells, "adopted": reading.adopted(), "tabs": here}
    return render(request, "rights/retention/counts.html", context)


@require_safe
@people_only
def schedule_view(request: Request) -> HttpResponse:
    """How long what is kept: what binds, what is proposed, and the times that stand in the program."""
    adopted, draft = reading.adopted(), reading.draft()
    shown = adopted or draft
    periods = shown.periods if shown else schedule.proposal()
    context = {
        "adopted": adopted,
        "draft": draft if request.actor.holds("president") else None,
        "lines": _lines(periods),
        "fixed": schedule.fixed(),
        "with_record": schedule.with_record(),
        "writes": request.actor.holds("president"),
        "leads": request.actor.holds("protection"),
    }
    return render(request, "rights/retention/schedule.html", context)


def _lines(periods: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    language = "en" if (get_language() or "fr").startswith("en") else "fr"
    return [
        {
            "kind": kind,
            "what": kind.said("what"),
            "begins": kind.said("from"),
            "months": periods[kind.kind]["months"],
            "why": periods[kind.kind][language],
            "then": schedule.fate(kind.then),
            "certainty": schedule.certainty(kind.certainty),
        }
        for kind in schedule.kinds()
    ]


@duty_required("president")
def schedule_edit(request: Request) -> HttpResponse:
    """Write the next version: it begins with the draft, else with what binds, else with the proposal."""
    before = reading.draft() or reading.adopted()
    form = ScheduleForm(
        request.POST or None, periods=before.periods if before else schedule.proposal()
    )
    if request.method == "POST" and form.is_valid():
        actions.draft_schedule(by=request.actor, periods=form.periods())
        messages.success(request, _("Kept as a draft. Nothing changes until you adopt it."))
        return redirect("schedule_adopt")
    context = {"form": form, "parts": form.parts()}
    return render(request, "rights/retention/schedule_edit.html", context)


@duty_required("president")
@fresh_sign_in
def schedule_adopt(request: Request) -> HttpResponse:
    """The draft, to look at once more, and to adopt."""
    draft = reading.draft()
    if request.method == "POST":
        shown = draft is not None and request.POST.get("shown") == draft.drafted_at.isoformat()
        if draft and shown and actions.adopt_schedule(by=request.actor, schedule=draft):
            messages.success(request, _("Adopted. It binds from today on."))
            return redirect("schedule_view")
        messages.warning(request, _("The draft was changed meanwhile. Look at it once more."))
        return redirect("schedule_adopt")
    context = {"draft": draft, "lines": _lines(draft.periods) if draft else []}
    return render(request, "rights/retention/schedule_adopt.html", context)

"""The log for the data-protection lead: a list with filters, a picture of it, and a table to take away."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door, health
from audit.decorators import duty_required, fresh_sign_in
from audit.forms import question_of
from audit.lines import lines
from audit.querysets import counts, matching, page_of, saved_questions
from audit.questions import as_query, in_words, kept
from audit.views.tabs import tabs
from components.charts import Bar, BarChart
from components.dates import written
from components.spreadsheets import TableWriter

PAGE = 50
MOST_ROWS = 10_000
lead_only = duty_required("protection")
MOMENT = {True: "%d/%m/%Y %H:%M:%S", False: "%Y-%m-%d %H:%M:%S"}  # in French, and in English
UNITS = {
    "day": (gettext_lazy("Day"), gettext_lazy("Events a day")),
    "week": (gettext_lazy("Week from"), gettext_lazy("Events a week")),
    "month": (gettext_lazy("Month"), gettext_lazy("Events a month")),
}


@require_GET
@lead_only
def log_list(request: HttpRequest) -> HttpResponse:
    """Events, newest first, with filters. Reading the log is an event itself."""
    form, wanted = question_of(request.GET)
    context = {
        "form": form,
        "filtered": True,
        "tabs": tabs("log_list"),
        "health": health.check(),
        "alarm_seconds": health.ALARM_SECONDS,
        "saved": [
            {"pk": one.pk, "query": as_query(one.question), "words": in_words(one.question)}
            for one in saved_questions()
        ],
    }
    if wanted is not None:
        context |= answer(request, wanted)
    return render(request, "audit/log_list.html", context)


@require_http_methods(["GET", "POST"])
@lead_only
@fresh_sign_in
def log_export(request: HttpRequest) -> HttpResponse:
    """The filtered events as a table: what it will hold, then (POST) the file. Both are events."""
    _form, wanted = question_of(request.GET)
    if wanted is None:  # the list says what is wrong with it
        return redirect(f"{reverse('log_list')}?{request.GET.urlencode()}")
    question = kept(wanted)
    words = in_words(question)
    if request.method == "POST":
        found = list(matching(wanted)[: MOST_ROWS + 1])
        events = found[:MOST_ROWS]
        door.record(request, "log.export", events=len(events), filters=len(question) - 1)
        return _table(lines(events), words, cut=len(found) > MOST_ROWS)
    # How many there are is an answer, too.
    door.record(request, "log.read", filters=len(question) - 1, first=1)
    context = {
        "question": as_query(question),
        "question_words": words,
        "count": matching(wanted)[: MOST_ROWS + 1].count(),
        "most": MOST_ROWS,
    }
    return render(request, "audit/log_export.html", context)


def answer(request: HttpRequest, wanted: dict[str, Any]) -> dict[str, Any]:
    """A page of the events that a filter asks for, and the picture of them all."""
    events = matching(wanted)
    after = request.GET.get("after", "")
    page = page_of(events, after, PAGE)
    question = kept(wanted)
    door.record(request, "log.read", filters=len(question) - 1, first=int(not after))
    found = {
        "filtered": len(question) > 1,
        "older": page.older,
        "after": after,
        "rows": lines(page.events),
        "question": as_query(question),
        "question_words": in_words(question),
    }
    return found | picture(events, wanted) if page.events and not after else found


def picture(events: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """The filtered events by day, week or month."""
    unit, found = counts(events, wanted["since"], wanted["until"])
    style = "YEAR_MONTH_FORMAT" if unit == "month" else "SHORT_DATE_FORMAT"
    bars = [Bar(written(start, style), n, refused) for start, n, refused in found]
    label, caption = UNITS[unit]
    return {
        "chart": BarChart(bars),
        "chart_caption": caption,
        "chart_columns": [label, _("Events"), _("Refused")],
    }


def _table(rows: list[dict[str, Any]], question: str, *, cut: bool) -> HttpResponse:
    """The file. Its first lines say what it is: a part of the log is not taken for the whole."""
    text = StringIO()
    # A French spreadsheet splits at semicolons, and takes days for days in its own order only.
    table = TableWriter(text, separator=";" if get_language() == "fr" else ",")
    table.add([_("You asked for:"), question])
    table.add([_("Events in this file:"), str(len(rows))])
    if cut:
        table.add([_("Cut: there are more. This file holds the newest ones only.")])
    table.add([])
    table.add(
        [
            _("When (time of Paris)"),
            _("Who"),
            _("Role"),
            _("What"),
            _("Of what"),
            _("Outcome"),
            _("Whose record"),
            _("Branch"),
            _("Why"),
        ]
    )
    for row in rows:
        at = timezone.localtime(row["at"]).strftime(MOMENT[get_language() == "fr"])
        names = ("who", "role", "what", "thing", "outcome", "about", "branch", "why")
        table.add([at, *(row[name] for name in names)])
    name = f"log-{timezone.localdate().isoformat()}.csv"
    return HttpResponse(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

"""The log for the data-protection lead: a list with filters, a picture of it, and a table to take away."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from audit import door, health
from audit.decorators import duty_required, fresh_sign_in
from audit.forms import question_of
from audit.lines import lines
from audit.querysets import counts, matching, page_of, saved_questions
from audit.questions import as_query, in_words, kept
from audit.views.tabs import tabs
from components.charts import Bar, BarChart
from components.spreadsheets import TableWriter

PAGE = 50
MOST_ROWS = 10_000
lead_only = duty_required("protection")
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
    events = matching(wanted)
    after = request.GET.get("after", "")
    page = page_of(events, after, PAGE)
    question = kept(wanted)
    door.record(request, "log.read", filters=len(question) - 1, first=int(not after))
    asked = as_query(question)
    context = {
        "form": form,
        "filtered": len(question) > 1 or bool(form.errors),
        "older": page.older,
        "after": after,
        "rows": lines(page.events),
        "question": asked,
        "question_words": in_words(question),
        "tabs": tabs("log_list"),
        "health": health.check(),
        "alarm_seconds": health.ALARM_SECONDS,
        "saved": [
            {"pk": one.pk, "query": as_query(one.question), "words": in_words(one.question)}
            for one in saved_questions()
        ],
    }
    if not after and page.events:
        context |= picture(events, wanted)
    return render(request, "audit/log_list.html", context)


@require_http_methods(["GET", "POST"])
@lead_only
@fresh_sign_in
def log_export(request: HttpRequest) -> HttpResponse:
    """The filtered events as a table: what it will hold, then (POST) the file. Taking it is an event."""
    form, wanted = question_of(request.GET)
    question = kept(wanted)
    if request.method == "POST":
        events = list(matching(wanted)[:MOST_ROWS])
        door.record(request, "log.export", events=len(events), filters=len(question) - 1)
        return _table(lines(events))
    context = {
        "question": as_query(question),
        "question_words": in_words(question),
        "most": MOST_ROWS,
        "form": form,
    }
    return render(request, "audit/log_export.html", context)


def picture(events: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """The filtered events by day, week or month."""
    unit, found = counts(events, wanted["since"], wanted["until"])
    style = "YEAR_MONTH_FORMAT" if unit == "month" else "SHORT_DATE_FORMAT"
    bars = [Bar(date_format(start, style), n, refused) for start, n, refused in found]
    label, caption = UNITS[unit]
    return {
        "chart": BarChart(bars),
        "chart_caption": caption,
        "chart_columns": [label, _("Events"), _("Refused")],
    }


def _table(rows: list[dict[str, Any]]) -> HttpResponse:
    text = StringIO()
    table = TableWriter(text)
    table.add([_("When"), _("Who"), _("Role"), _("What"), _("Of what"), _("Outcome"),
                     _("Whose record"), _("Branch"), _("Why")])  # fmt: skip
    for row in rows:
        at = timezone.localtime(row["at"]).isoformat(sep=" ", timespec="seconds")
        names = ("who", "role", "what", "thing", "outcome", "about", "branch", "why")
        table.add([at, *(row[name] for name in names)])
    name = f"log-{timezone.localdate().isoformat()}.csv"
    return HttpResponse(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

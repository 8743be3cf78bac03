"""What the home page says of records whose time is over, and of a schedule that nobody adopted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from rights.retention import reading

OVER, UNADOPTED = "records.over", "records.no_schedule"

home.ask(OVER, lambda me: home.truth("sec.is_record_over()"), "coordinator")
home.ask(UNADOPTED, lambda me: home.truth("NOT sec.is_schedule_adopted()"), "president")


def records_over(request: Request, there: There) -> Section | None:
    """For coordinators: how many records wait for their review."""
    waiting = sum(not row.kept_by for row in reading.records_over()) if OVER in there else 0
    if not waiting:
        return None
    title = _("Records whose time is over")
    return Section(title, "rights/retention/home.html", {"waiting": waiting}, order=25)


def no_schedule(request: Request, there: There) -> Section | None:
    """For the president: nothing is ever over before a schedule is adopted."""
    if UNADOPTED not in there:
        return None
    return Section(_("How long data is kept"), "rights/retention/home_schedule.html", {}, order=43)

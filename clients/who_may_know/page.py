"""Who may know what of a client, why and until when: the lines of one page, for the team and for the client.

Apps above this one add what they know of in ``AppConfig.ready()``. The number of statements is the
same whatever the number of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.actor import Actor
from clients.models import (
    Basis,
    Client,
    Consultation,
    Emergency,
    EmergencyReason,
    Grant,
    Ground,
    LetReadReason,
    ReadingReason,
    Scope,
    WhoMayKnow,
)
from clients.models.records import State
from clients.who_may_know.permissions import can_end_grant
from components.dates import written

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MOST = 500  # lines of the ledger on one page; what is older stands in the log
ORDER = (Scope.FULL, Scope.READ, Scope.ERRAND, Scope.NAMED, Scope.CONSULT, Scope.CONTACT)
WHY: dict[str, Any] = {
    "support": gettext_lazy("To support this client"),
    "intake": gettext_lazy("Took this client in"),
    "handover": gettext_lazy("Took this client over from a colleague"),
    "protection": gettext_lazy("Named for this protected record"),
    **dict(LetReadReason.choices),
    **dict(Ground.choices),
    **dict(EmergencyReason.choices),
}
ROLES: dict[str, Any] = {
    Basis.ASSIGNMENT: gettext_lazy("A volunteer"),
    Basis.CONSULTATION: gettext_lazy("A colleague who is asked for advice"),
    Basis.EMERGENCY: gettext_lazy("Somebody of the association"),
    Basis.BRANCH_DUTY: gettext_lazy("A coordinator of the branch"),
}
# The same as the client reads them: in the second person, and without words of the trade.
OWN_WHAT: dict[str, Any] = {
    Scope.FULL: gettext_lazy("Everything: who you are, how to reach you, contacts and notes"),
    Scope.ERRAND: gettext_lazy("Your name, your address and how to reach you; no notes"),
    Scope.READ: gettext_lazy("Who you are, how to reach you, and the notes"),
    Scope.NAMED: gettext_lazy("Who you are and how to reach you"),
    Scope.CONSULT: gettext_lazy("What was chosen for a question to a colleague, and nothing else"),
    Scope.CONTACT: gettext_lazy("One contact with its notes"),
}
OWN_WHY: dict[str, Any] = {
    "support": gettext_lazy("To support you"),
    "intake": gettext_lazy("Opened your record"),
    "handover": gettext_lazy("Took over your support from a colleague"),
    "protection": gettext_lazy("Named, because your record is protected"),
    "standing_in": gettext_lazy("Supports you for a time"),
    "coordination": gettext_lazy("To organise or check your support"),
    "request": gettext_lazy("To answer your request about your data"),
    Ground.CLIENT: gettext_lazy("How best to support you"),
    Ground.VOLUNTEER: gettext_lazy("Support for the volunteer"),
}
OWN_ROLES: dict[str, Any] = {
    Basis.ASSIGNMENT: gettext_lazy("A volunteer"),
    Basis.CONSULTATION: gettext_lazy("A colleague who is asked for advice"),
    Basis.EMERGENCY: gettext_lazy("Somebody of the association, in an emergency"),
    Basis.BRANCH_DUTY: gettext_lazy("The coordination"),
}


@dataclass
class Line:
    """Somebody who may know something. ``pk`` is the line of the ledger that ends it."""

    who: str
    what: str
    why: str
    since: datetime | date | None
    until: datetime | date | None = None
    by: str = ""
    ended_by: str = ""
    tag: str = ""
    url: str = ""
    can_end: bool = False
    end_url: str = ""

    @property
    def state(self) -> str:
        """live, coming or ended; the page and the database use the same instant."""
        now = timezone.now()
        if isinstance(self.until, datetime) and self.until <= now:
            return "ended"
        return "coming" if isinstance(self.since, datetime) and self.since > now else "live"

    @property
    def to_the_minute(self) -> bool:
        """Whether its times have hours and minutes."""
        return isinstance(self.since, datetime)


@dataclass
class Part:
    """A part of the page that another app adds: its title, its lines, what to say where there is none."""

    title: str
    lines: list[Line] = field(default_factory=list)
    empty: str = ""


Maker: TypeAlias = Callable[[Actor, Client, "SubjectKeys"], Part]
_makers: list[Maker] = []


def register(part: Maker) -> Maker:
    """Add a part to the page; can be used as a decorator."""
    if part not in _makers:
        _makers.append(part)
    return part


def registered(actor: Actor, client: Client, keys: SubjectKeys) -> list[Part]:
    """What the apps above know of this client."""
    return [maker(actor, client, keys) for maker in _makers]


def lines(actor: Actor, client: Client) -> list[Line]:
    """Everybody inside the association, now, later and before: by duty, by the ledger, by a talk."""
    found = [
        *by_duty(client, own=actor.person is None),
        *by_ledger(actor, client),
        *by_talk(actor, client),
    ]
    return sorted(found, key=lambda line: str(line.since), reverse=True)


def by_duty(client: Client, *, own: bool = False) -> list[Line]:
    """The branch's coordinators, those who stand in, and those of the branches where it was before.

    To the client (``own``) those of whom the same is said are one line.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, since, until FROM sec.who_by_duty(%s)", [client.pk])
        rows = cursor.fetchall()
    made = []
    for name, since, until in rows:
        line = Line(
            who=str(OWN_ROLES[Basis.BRANCH_DUTY]) if own else name or str(ROLES[Basis.BRANCH_DUTY]),
            what=_("Who you are, how to reach you, when we spoke; notes only with a reason")
            if own
            else _(
                "Who it is, how to reach them, when contacts happened; notes only with a reason"
            ),
            why=_("Organises the support") if own else _("Coordinates the branch"),
            since=since,
            until=until,
        )
        if until and line.state == "live":
            line.tag = _("Stands in")
        made.append(line)
    return folded(made) if own else made


def by_ledger(actor: Actor, client: Client) -> list[Line]:
    """What the ledger of permissions says. What one act gave (a consultation) is one line."""
    rows = Grant.objects.filter(client=client).order_by("-starts_at", "id")
    if actor.person:  # the client's own connection sees nobody, and would join them away
        rows = rows.select_related("person", "granted_by", "ended_by")
    # Why a record was opened in an emergency, for whoever may know that.
    reasons = dict(Emergency.objects.filter(client=client).values_list("pk", "reason"))
    acts: dict[Any, list[Grant]] = {}
    for grant in rows[:MOST]:
        shared = grant.act if grant.basis in (Basis.CONSULTATION, Basis.EMERGENCY) else None
        acts.setdefault(shared or grant.pk, []).append(grant)
    return [_ledger_line(actor, grants, reasons) for grants in acts.values()]


def folded(found: list[Line]) -> list[Line]:
    """Coordinators of whom the same is said, as one line with their number, since the first of them."""
    groups: dict[Any, list[Line]] = {}
    for line in found:
        groups.setdefault((line.tag, line.until, line.state), []).append(line)
    for group in groups.values():
        if len(group) > 1:
            group[0].who = _("The coordination (%(n)s people)") % {"n": len(group)}
            group[0].since = min(line.since for line in group)  # type: ignore[type-var]
    return [group[0] for group in groups.values()]


def by_talk(actor: Actor, client: Client) -> list[Line]:
    """Talks with a colleague in which nothing was shared in writing."""
    rows = Consultation.objects.filter(client=client, ends_at=None)
    if actor.person:
        rows = rows.select_related("asked_by", "colleague")
    return [
        Line(
            who=row.colleague.working_name if actor.person else str(OWN_ROLES[Basis.CONSULTATION]),
            what=_("What was said in a talk; nothing was shared in writing"),
            why=str(row.get_ground_display() if actor.person else OWN_WHY[row.ground]),
            since=row.starts_at,
            until=row.starts_at,
            by=row.asked_by.working_name if actor.person else "",
        )
        for row in rows[:MOST]
    ]


def _ledger_line(actor: Actor, grants: list[Grant], reasons: dict[Any, str]) -> Line:
    widest = min(grants, key=lambda grant: ORDER.index(grant.scope))
    contacts = sum(grant.scope == Scope.CONTACT for grant in grants)
    line = Line(
        who=widest.person.working_name if actor.person else str(OWN_ROLES[widest.basis]),
        what=_what(widest, contacts, own=actor.person is None),
        why=str(WHY.get(reasons.get(widest.act, "")) or in_words(widest))
        if actor.person
        else own_words(widest, reasons.get(widest.act, "")),
        since=min(grant.starts_at for grant in grants),
        until=_latest(grant.ends_at for grant in grants),
    )
    if actor.person:
        line.by = widest.granted_by.working_name if widest.granted_by else ""
        line.ended_by = widest.ended_by.working_name if widest.ended_by else ""
        line.can_end = can_end_grant(actor, widest)
        line.end_url = reverse("grant_end", args=[widest.pk])
        if widest.basis == Basis.CONSULTATION and widest.act:
            line.end_url = reverse("consultation_end", args=[widest.act])
    if widest.basis in (Basis.CONSULTATION, Basis.EMERGENCY):
        line.tag = str(Basis(widest.basis).label)
    return line


def _what(grant: Grant, contacts: int, *, own: bool = False) -> str:
    scope = str(OWN_WHAT[grant.scope] if own else grant.get_scope_display())
    if grant.scope in (Scope.CONSULT, Scope.CONTACT):
        if not contacts:
            return str(OWN_WHAT[Scope.CONSULT] if own else Scope.CONSULT.label)
        return ngettext(
            "%(n)d contact with its notes, and what is written in the consultation",
            "%(n)d contacts with their notes, and what is written in the consultation",
            contacts,
        ) % {"n": contacts}
    if grant.since:
        day = written(grant.since)
        return _("%(what)s. Of the contacts, those since %(day)s") % {
            "what": scope,
            "day": day,
        }
    return scope


def own_words(grant: Grant, reason: str) -> str:
    """Why, as the client reads it: of an emergency, once its reason may be told, and else that it was one."""
    if grant.basis == Basis.EMERGENCY:
        return str(EmergencyReason(reason).label if reason else Basis.EMERGENCY.label)
    return str(OWN_WHY.get(grant.purpose) or OWN_WHY["support"])


def in_words(grant: Grant) -> str:
    """Why somebody may see: the purpose where it says more than the basis."""
    if grant.scope == Scope.READ and grant.purpose in ReadingReason.values:
        return str(ReadingReason(grant.purpose).label)
    if grant.basis == Basis.ASSIGNMENT and grant.purpose == "support":
        return str(Basis.ASSIGNMENT.label)
    return str(WHY.get(grant.purpose) or Basis(grant.basis).label)


def _latest(ends: Iterable[datetime | None]) -> datetime | None:
    found = list(ends)
    return None if None in found else max(found)  # type: ignore[type-var]


def split(found: list[Line]) -> dict[str, list[Line]]:
    """The lines by state: live, coming, ended."""
    states: dict[str, list[Line]] = {"live": [], "coming": [], "ended": []}
    for line in found:
        states[line.state].append(line)
    return states


def told(client: Client, keys: SubjectKeys) -> dict[str, list[WhoMayKnow]]:
    """The client's list, opened: who may be told now, and who may not any more.

    Nobody, once the client has died or the support has ended: it was their word, for that time. Nor while the
    record is restricted.
    """
    today = timezone.localdate()
    paused = client.state != State.OPEN or client.restricted_at
    lists: dict[str, list[WhoMayKnow]] = {"live": [], "ended": []}
    for row in WhoMayKnow.objects.filter(client=client).order_by("-made_at"):
        over = paused or row.revoked_at or (row.until and row.until < today)
        lists["ended" if over else "live"].append(row.unlock(keys))
    return lists

"""What the home page says about new colleagues: whom to confirm, and who waits to be confirmed."""

from __future__ import annotations

from uuid import UUID

from django.db.models import DateTimeField, F, Func, QuerySet
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from audit.actor import Actor, Request, known
from clients.access import home
from clients.access.home import Section, There
from volunteers.confirming import who_can
from volunteers.models import LettingIn, Person, PersonRequest
from volunteers.querysets import circle_of, lettings_in, to_confirm, who_confirms

FOLDER = "clients/home/"
FEW = 10
TO_CONFIRM, TIED, UNMET, WAITS = "people.to_confirm", "people.tied", "people.unmet", "people.waits"
ASKED = "people.asked"
ANSWERERS = ("protection", "president")

home.ask(TO_CONFIRM, lambda me: home.truth("sec.to_confirm() <> '{}'"))
home.ask(TIED, lambda me: home.truth("cardinality(sec.circle(%(expressions)s)) > 1", me))
home.ask(ASKED, lambda me: PersonRequest.objects.open().exclude(person=me), *ANSWERERS)
home.ask(UNMET, lambda me: home.truth("sec.confirmers(%(expressions)s) <> '{}'", me))


def new_colleagues(request: Request, there: There) -> Section | None:
    """Whom this person is asked to confirm: have they met or rung them?"""
    people = to_confirm(request.actor) if TO_CONFIRM in there else []
    if not people:
        return None
    came = {
        letting.person_id: letting for letting in lettings_in(p.pk for p in people).order_by("at")
    }
    rows = [{"person": person, "letting": came.get(person.pk)} for person in people[:FEW]]
    context = {"rows": rows, "more": len(people) > FEW}
    return Section(_("New colleagues to confirm"), f"{FOLDER}confirm.html", context, order=9)


def not_confirmed(request: Request, there: There) -> Section | None:
    """Whom this person let in and nobody else has confirmed: until then the two count as one."""
    actor: Actor = request.actor
    if not actor.cleared or TIED not in there:
        return None
    mine = Person.objects.filter(lettings_in__by=actor.person, left_at=None).distinct()
    tied = mine.filter(pk__in=circle_of(actor.person)).order_by("-joined_at")
    rows = [{"person": person, "who": who_can(person.pk)} for person in tied[:FEW]]
    if not rows:
        return None
    return Section(
        _("Colleagues you brought in"), f"{FOLDER}not_confirmed.html", {"rows": rows}, 16
    )


def team_requests(request: Request, there: There) -> Section | None:
    """What colleagues ask about their own data, the first due first. Nobody answers themself."""
    if ASKED not in there:
        return None
    rows = PersonRequest.objects.open().exclude(person=request.actor.person)
    waiting = list(rows.select_related("person")[: FEW + 1])
    if not waiting:
        return None
    context = {"waiting": waiting[:FEW], "more": len(waiting) > FEW, "today": timezone.localdate()}
    return Section(_("Requests of the team"), f"{FOLDER}team_requests.html", context, order=15)


def met_by_nobody(request: Request, there: There) -> Section | None:
    """That somebody will meet or ring this person, and who can."""
    actor: Actor = request.actor
    # Of an office that waits it is said there.
    if not actor.cleared or actor.person is None or UNMET not in there or WAITS in there:
        return None
    can = who_confirms(actor.person)
    if not can:
        return None
    names = get_text_list(sorted(person.working_name for person in can))
    return Section(
        _("Nobody has confirmed you yet"), f"{FOLDER}met_by_nobody.html", {"names": names}, 2
    )


def offices_waiting(person: UUID) -> QuerySet[LettingIn]:
    """Offices that were given to this person and have not begun."""
    rows = LettingIn.objects.filter(person=person, begun_at=None).exclude(duty="")
    came = Func(F("person"), function="sec.came_in", output_field=DateTimeField())
    return rows.filter(at__gte=came)  # one of before they left does not begin any more


home.ask(WAITS, offices_waiting)


def office_waits(request: Request, there: There) -> Section | None:
    """An office that was given to this person and begins when somebody has confirmed them."""
    mine = offices_waiting(known(request.actor.person)).select_related("branch")
    letting = mine.first() if WAITS in there else None
    if letting is None:
        return None
    return Section(
        _("Your duty has not begun yet"), f"{FOLDER}office_waits.html", {"letting": letting}, 2
    )

"""What the home page says of offices: empty posts, what the board gave, accounts that were let in again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import BooleanField, Exists, Expression, ExpressionWrapper, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from volunteers import notice, offices, speaking
from volunteers.models import (
    Association,
    Branch,
    Duty,
    DutyKind,
    LetIn,
    LettingIn,
    PrivacyNotice,
)

FOLDER = "clients/home/"
OFFICES = ("president", "protection")
MINUTED, LET_IN, EMPTY = "offices.minuted", "offices.let_in_again", "offices.empty"
UNSAID = "speaking.unsaid"
NEWS = timedelta(days=offices.DAYS)


def post_is_empty(me: UUID) -> Expression:
    """Whether nobody holds an office, or coordinates a branch, anywhere."""
    live = Duty.objects.live()
    here = live.filter(kind=DutyKind.COORDINATOR, branch=OuterRef("pk"))
    empty = Q(Exists(Branch.objects.exclude(Exists(here))))
    for kind in offices.OF_THE_ASSOCIATION:
        empty |= ~Q(Exists(live.filter(kind=kind)))
    return ExpressionWrapper(empty, BooleanField())


def something_is_unsaid(me: UUID) -> Expression:
    """Whether the association or a branch has not said all, or the notice is older than what it says."""
    newer = PrivacyNotice.objects.filter(published_at__gte=OuterRef("changed_at"))
    told = PrivacyNotice.objects.filter(published_at__gte=OuterRef("starts_at"))
    leads = Duty.objects.live().filter(kind=DutyKind.PROTECTION)
    unsaid = Q(Exists(Association.objects.filter(speaking.unsaid_by_association())))
    unsaid |= Q(Exists(Branch.objects.filter(speaking.unsaid_by_branch())))
    unsaid |= Q(Exists(Association.objects.exclude(Exists(newer))))
    unsaid |= Q(Exists(leads.exclude(Exists(told))))
    return ExpressionWrapper(unsaid, BooleanField())


home.ask(MINUTED, lambda me: Duty.objects.minuted_since(Now() - NEWS))
home.ask(LET_IN, lambda me: LettingIn.objects.filter(how=LetIn.NEW_SIGN_IN), *OFFICES)
home.ask(EMPTY, post_is_empty)
home.ask(UNSAID, something_is_unsaid, "president", "administrator")


def given_by_the_board(request: Request, there: There) -> Section | None:
    """For everybody, for a month: nobody takes an office in silence."""
    given = offices.minuted() if MINUTED in there else []
    if not given:
        return None
    return Section(_("Appointed by the board"), f"{FOLDER}minuted.html", {"given": given}, order=3)


def accounts_let_in(request: Request, there: There) -> Section | None:
    """For the president and the data-protection lead, for a month: did the person ask for it?"""
    if not request.actor.cleared or LET_IN not in there:
        return None
    accounts = list(offices.let_in_again())
    if not accounts:
        return None
    title, context = _("Accounts let in again"), {"accounts": accounts}
    return Section(title, f"{FOLDER}let_in_again.html", context, order=12)


def posts(request: Request, there: There) -> Section | None:
    """Posts that nobody holds; and for those who must know, those that one person holds alone."""
    actor = request.actor
    if EMPTY not in there and not (actor.holds("president") or actor.holds("coordinator")):
        return None
    found = offices.posts(actor)
    if not (found.empty or found.single):
        return None
    title, order = _("Posts without a stand-in"), 45
    if found.empty:
        title, order = _("Who is missing"), 13
    return Section(title, f"{FOLDER}posts.html", {"posts": found}, order)


def left_to_say(request: Request, there: There) -> Section | None:
    """For the president and the administrator: what papers and pages still lack."""
    actor = request.actor
    if UNSAID not in there:
        return None
    found, published = speaking.association(), notice.latest()
    said = ""
    if published is None:
        said = _("The privacy notice is not published yet.")
    elif not notice.is_as_today(published, found):
        said = _("The privacy notice that is published says something else than the association.")
    branches = [
        (each, speaking.missing_of_branch(each)) for each in Branch.objects.order_by("code")
    ]
    context = {
        "association": speaking.missing_of_association(found),
        "branches": [(branch, words) for branch, words in branches if words],
        "notice": said,
        "writes": actor.holds("president"),
        "changes": actor.holds("administrator"),
    }
    if not (context["association"] or context["branches"] or said):
        return None
    return Section(_("What is left to say"), f"{FOLDER}left_to_say.html", context, order=44)

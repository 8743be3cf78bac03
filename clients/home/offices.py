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
from volunteers import offices
from volunteers.models import Branch, Duty, DutyKind, LetIn, LettingIn

FOLDER = "clients/home/"
OFFICES = ("president", "protection")
MINUTED, LET_IN, EMPTY = "offices.minuted", "offices.let_in_again", "offices.empty"
NEWS = timedelta(days=offices.DAYS)


def post_is_empty(me: UUID) -> Expression:
    """Whether nobody holds an office, or coordinates a branch, anywhere."""
    live = Duty.objects.live()
    here = live.filter(kind=DutyKind.COORDINATOR, branch=OuterRef("pk"))
    empty = Q(Exists(Branch.objects.exclude(Exists(here))))
    for kind in offices.OF_THE_ASSOCIATION:
        empty |= ~Q(Exists(live.filter(kind=kind)))
    return ExpressionWrapper(empty, BooleanField())


home.ask(MINUTED, lambda me: Duty.objects.minuted_since(Now() - NEWS))
home.ask(LET_IN, lambda me: LettingIn.objects.filter(how=LetIn.NEW_SIGN_IN), *OFFICES)
home.ask(EMPTY, post_is_empty)


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

"""What the home page says of offices: empty posts, what the board gave, accounts that were let in again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access.home import Section
from volunteers import offices

FOLDER = "clients/home/"


def given_by_the_board(request: Request) -> Section | None:
    """For everybody, for a month: nobody takes an office in silence."""
    given = offices.minuted()
    if not given:
        return None
    return Section(_("Appointed by the board"), f"{FOLDER}minuted.html", {"given": given}, order=3)


def accounts_let_in(request: Request) -> Section | None:
    """For the president and the data-protection lead, for a month: did the person ask for it?"""
    actor: Actor = request.actor
    if not actor.cleared or not (actor.holds("president") or actor.holds("protection")):
        return None
    accounts = list(offices.let_in_again())
    if not accounts:
        return None
    title, context = _("Accounts let in again"), {"accounts": accounts}
    return Section(title, f"{FOLDER}let_in_again.html", context, order=12)


def posts(request: Request) -> Section | None:
    """Posts that nobody holds; and for those who must know, those that one person holds alone."""
    found = offices.posts(request.actor)
    if not (found.empty or found.single):
        return None
    title, order = _("Posts without a stand-in"), 45
    if found.empty:
        title, order = _("Who is missing"), 13
    return Section(title, f"{FOLDER}posts.html", {"posts": found}, order)

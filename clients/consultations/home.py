"""What the home page says of asking one another: consultations, and colleagues who need to talk."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import lists
from clients.access.home import Section
from clients.models import Client, Consultation
from clients.models.records import State
from volunteers.models import TalkRequest

FOLDER = "clients/home/"
MOURNING = timedelta(days=21)


def colleague_asks(request: Request) -> Section | None:
    """Questions of colleagues that wait for me or still run. No name is opened for it."""
    rows = list(Consultation.objects.asked_of(request.actor.person))
    if not rows:
        return None
    return Section(_("A colleague asks you"), f"{FOLDER}colleague_asks.html", {"rows": rows}, 12)


def my_questions(request: Request) -> Section | None:
    """My own questions that still run, and whether there is an answer."""
    rows = list(Consultation.objects.asked_by_me(request.actor.person))
    if not rows:
        return None
    return Section(_("You asked a colleague"), f"{FOLDER}my_questions.html", {"rows": rows}, 21)


def talks_asked_of_me(request: Request) -> Section | None:
    """Colleagues who would like to talk with me."""
    actor = request.actor
    talks = list(TalkRequest.objects.waiting().filter(responder_id=actor.person))
    if not talks:
        return None
    return Section(_("Somebody would like to talk"), f"{FOLDER}talks.html", {"talks": talks}, 3)


def need_to_talk(request: Request) -> Section | None:
    """The way to somebody who listens: quiet, and in front for some days after a death."""
    actor = request.actor
    if not actor.cleared or not actor.duties:
        return None
    since = timezone.localdate() - MOURNING
    mine = Client.objects.filter(pk__in=lists.given_to(actor, "log_contact"))
    died = mine.filter(state=State.DIED, state_since__gte=since).exists()
    waiting = list(TalkRequest.objects.waiting_for(actor.person))
    context = {"died": died, "waiting": waiting}
    return Section(_("For you"), f"{FOLDER}need_to_talk.html", context, 4 if died else 90)

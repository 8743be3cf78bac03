"""What the home page says of asking one another: consultations, and colleagues who need to talk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home, lists
from clients.access.home import Section, There
from clients.models import Client, Consultation
from clients.models.records import State
from volunteers.models import TalkRequest

FOLDER = "clients/home/"
MOURNING = timedelta(days=21)
ASKED, QUESTIONS, LISTENING = "consultations.asked", "consultations.questions", "talks.asked"
TALKS, DEATHS = "talks.mine", "clients.deaths"


def given_and_died(me: UUID | None) -> QuerySet[Client]:
    """Clients of theirs who have died."""
    mine = Client.objects.filter(pk__in=lists.given(me, "log_contact"))
    return mine.filter(state=State.DIED)


home.ask(ASKED, Consultation.objects.asked_of)
home.ask(QUESTIONS, Consultation.objects.asked_by_me)
home.ask(LISTENING, lambda me: TalkRequest.objects.waiting().filter(responder_id=me))
home.ask(TALKS, TalkRequest.objects.waiting_for)
home.ask(DEATHS, given_and_died)


def colleague_asks(request: Request, there: There) -> Section | None:
    """Questions of colleagues that wait for me or still run. No name is opened for it."""
    rows = list(Consultation.objects.asked_of(request.actor.person)) if ASKED in there else []
    if not rows:
        return None
    return Section(_("A colleague asks you"), f"{FOLDER}colleague_asks.html", {"rows": rows}, 12)


def my_questions(request: Request, there: There) -> Section | None:
    """My own questions that still run, and whether there is an answer."""
    me = request.actor.person
    rows = list(Consultation.objects.asked_by_me(me)) if QUESTIONS in there else []
    if not rows:
        return None
    return Section(_("You asked a colleague"), f"{FOLDER}my_questions.html", {"rows": rows}, 21)


def talks_asked_of_me(request: Request, there: There) -> Section | None:
    """Colleagues who would like to talk with me."""
    asked = TalkRequest.objects.waiting().filter(responder_id=request.actor.person)
    talks = list(asked) if LISTENING in there else []
    if not talks:
        return None
    return Section(_("Somebody would like to talk"), f"{FOLDER}talks.html", {"talks": talks}, 3)


def need_to_talk(request: Request, there: There) -> Section | None:
    """The way to somebody who listens: quiet, and in front for some days after a death."""
    actor = request.actor
    if not actor.cleared or not actor.duties:
        return None
    since = timezone.localdate() - MOURNING
    died = DEATHS in there and given_and_died(actor.person).filter(state_since__gte=since).exists()
    waiting = list(TalkRequest.objects.waiting_for(actor.person)) if TALKS in there else []
    context = {"died": died, "waiting": waiting}
    return Section(_("For you"), f"{FOLDER}need_to_talk.html", context, 4 if died else 90)

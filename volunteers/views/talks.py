"""'I need to talk': asking a colleague to listen, taking it back, and saying that one has talked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit import door
from audit.actor import Request
from volunteers.actions import talks
from volunteers.decorators import people_only
from volunteers.forms.talks import TalkRequestForm
from volunteers.models import TalkRequest
from volunteers.querysets import responders


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def talk_add(request: Request) -> HttpResponse:
    """Ask somebody to listen; what one asked before stands below, to be taken back."""
    actor = request.actor
    people = responders(actor.person)
    form = TalkRequestForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            talks.ask_to_talk(
                by=actor, responder=UUID(said["responder"]), how=said["how"], haste=said["haste"]
            )
        except IntegrityError:
            form.add_error(None, _("This person cannot listen any more. Please choose another."))
        else:
            messages.success(request, _("It is sent. Your colleague sees it on their first page."))
            return redirect("home")
    waiting = TalkRequest.objects.waiting_for(actor.person)
    context = {"form": form, "people": people, "waiting": waiting}
    return render(request, "volunteers/talk_add.html", context)


@require_POST
@people_only
def talk_answer(request: Request, talk_id: UUID) -> HttpResponse:
    """Whoever was asked says that they have called, or talked."""
    actor = request.actor
    asked_of_me = TalkRequest.objects.filter(responder_id=actor.person)
    door.get(request, asked_of_me, talk_id, "talk.answer")
    if talks.answer_talk(by=actor, talk=talk_id):
        messages.success(request, _("Thank you for being there."))
    else:
        messages.info(request, _("This was settled before."))
    return redirect("home")


@require_POST
@people_only
def talk_withdraw(request: Request, talk_id: UUID) -> HttpResponse:
    """Whoever asked takes it back."""
    actor = request.actor
    asked_by_me = TalkRequest.objects.filter(person_id=actor.person)
    door.get(request, asked_by_me, talk_id, "talk.withdraw")
    if talks.withdraw_talk(by=actor, talk=talk_id):
        messages.success(request, _("It is taken back."))
    else:
        messages.info(request, _("This was settled before."))
    return redirect("home")

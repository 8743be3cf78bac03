"""Questions to the log that the data-protection lead keeps."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit import actions, door
from audit.actor import Request
from audit.decorators import duty_required
from audit.forms import question_of
from audit.querysets import saved_questions
from audit.questions import as_query, kept

lead_only = duty_required("protection")


@require_POST
@lead_only
def log_question_add(request: Request) -> HttpResponse:
    """Keep the question of this address."""
    _form, wanted = question_of(request.GET)
    if wanted is None:  # the list says what is wrong with it
        return redirect(f"{reverse('log_list')}?{request.GET.urlencode()}")
    try:
        actions.save_question(by=request.actor, wanted=wanted)
        messages.success(request, _("The question is kept. You find it above the list."))
    except actions.TooMany:
        messages.error(
            request,
            _("You keep %(n)s questions, which is as many as fit here. Remove one first.")
            % {"n": actions.MOST_QUESTIONS},
        )
    return redirect(f"{reverse('log_list')}?{as_query(kept(wanted))}")


@require_POST
@lead_only
def log_question_remove(request: Request, question_id: UUID) -> HttpResponse:
    """Keep a question no longer."""
    question = door.get(request, saved_questions(), question_id, "log.question")
    actions.remove_question(by=request.actor, question=question)
    messages.success(request, _("The question is removed."))
    return redirect("log_list")

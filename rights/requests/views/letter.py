"""The answer to a request as a letter, in the client's language."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.actor import Request
from disclosures.actions import printing
from rights.models import ANSWERED, RequestState
from rights.requests.opening import open_request
from volunteers import speaking
from volunteers.decorators import duty_required


@require_safe
@duty_required("coordinator")
def request_letter(request: Request, request_id: UUID) -> HttpResponse:
    """The letter as a PDF. To print it is an event of its own."""
    asked, keys = open_request(request, request_id, "request.print")
    if asked.state not in ANSWERED:
        messages.info(request, _("There is no answer to print yet."))
        return redirect("request_view", asked.pk)
    words, identity = asked.words.unlock(keys), asked.client.identity.unlock(keys)
    language = asked.client.language
    data = {
        **speaking.facts(speaking.association(), asked.branch, language),
        "to": words.applicant or identity.full_name,
        "to_address": "" if words.applicant else identity.address,
        "reference": asked.client.reference,
        "kind": asked.kind,
        "received_on": asked.received,
        "answered_on": timezone.localdate(asked.handled_at),
        "asked": words.asked,
        "answer": words.answer,
        "refused": asked.state == RequestState.REFUSED,
    }
    try:
        content = printing.printed(data, language, "request_answer")
    except printing.PrintingFailed:
        messages.warning(request, _("The letter could not be made. Try again in a moment."))
        return redirect("request_view", asked.pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
    return response

"""What I agree to: see it, give it, take it back in one act (GDPR 7(3))."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.actor import Request
from clients.models import AgreementAnswer
from clients.records import agreement_words
from clients.records.actions.agreements import NewAgreement, agree
from portal.decorators import own_space
from portal.forms import AgreementForm
from portal.pages import own_client, own_keys, portal_page
from volunteers.decorators import fresh_sign_in


@require_http_methods(["GET", "POST"])
@own_space
@fresh_sign_in
def portal_agreement(request: Request) -> HttpResponse:
    """The question in the client's language, the answer that binds, and a new one."""
    client = own_client(request)
    language = (get_language() or "en")[:2]
    form = AgreementForm(request.POST or None, initial={"answer": client.agreed})
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        new = NewAgreement(
            answer=answer,
            channel="other",
            language=language,
            happened_on=timezone.localdate(),
            words=form.cleaned_data["words"],
        )
        keys = own_keys(request, "agreement.write")
        agree(by=request.actor, client=client, keys=keys, new=new)
        if answer == AgreementAnswer.WITHDRAWN:
            said = _(
                "It is done: from this second on nobody uses your record, and a request to delete it is open."
            )
        elif client.restricted_at:
            said = _("Thank you, we have noted it. A coordinator opens your record again.")
        else:
            said = _("Thank you, we have noted it.")
        messages.success(request, said)
        return redirect("portal_record")
    context = {"form": form, "asked": agreement_words.asked(language), "client": client}
    return portal_page(request, "portal/agreement.html", context)

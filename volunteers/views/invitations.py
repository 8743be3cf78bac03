"""Inviting somebody: the code is shown once, on a page or on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit import door
from audit.actor import Request
from documents import RenderError
from documents import render as render_document
from volunteers.actions import joining
from volunteers.decorators import duty_required, fresh_sign_in
from volunteers.forms.people import InvitationForm
from volunteers.models import Association, Invitation, Person
from volunteers.permissions import may_withdraw
from volunteers.speaking import letterhead

SHOWN_ONCE = "invitation_code"


@duty_required("coordinator", "president")
@fresh_sign_in
def invitation_add(request: Request) -> HttpResponse:
    """Invite to a duty: coordinators volunteers to their branch, the president anybody."""
    actor = request.actor
    form = InvitationForm(
        request.POST or None, actor=actor, initial={"language": request.LANGUAGE_CODE[:2]}
    )
    if request.method == "POST" and form.is_valid():
        branch = form.cleaned_data["branch"]
        try:
            invitation, code = joining.invite(
                by=actor,
                duty=form.cleaned_data["duty"],
                branch=branch.pk if branch else None,
                language=form.cleaned_data["language"],
                again=form.cleaned_data["again"].pk if form.cleaned_data.get("again") else None,
            )
        except ProgrammingError:
            form.add_error(None, _("You may not invite to this duty any more. Nothing was made."))
        else:
            # Through the sealed session, so that loading the page again makes no second invitation.
            request.session[SHOWN_ONCE] = {str(invitation): code}
            return redirect("invitation_code", invitation)
    return render(request, "volunteers/invitation_add.html", {"form": form})


@duty_required("coordinator", "president")
def invitation_code(request: Request, invitation_id: UUID) -> HttpResponse:
    """The code, this once, and how to hand it over."""
    invitation = door.get(request, invitations(), invitation_id, "invitation.view")
    code = request.session.pop(SHOWN_ONCE, {}).get(str(invitation_id))
    context = {"invitation": invitation, "code": code, "where": request.build_absolute_uri("/")}
    return render(request, "volunteers/invitation_code.html", context)


@require_POST
@duty_required("coordinator", "president")
def invitation_paper(request: Request, invitation_id: UUID) -> HttpResponse:
    """The invitation as a PDF; the page that shows the code sends it back, we keep it nowhere."""
    invitation = door.get(request, invitations(), invitation_id, "invitation.view")
    code = request.POST.get("code", "")
    if not invitation.stands or joining.standing_of(code)[1] != invitation.pk:
        messages.warning(request, _("This code is not the one of this invitation, or was used."))
        return redirect("invitation_list")
    inviter = Person.objects.get(pk=request.actor.person)
    branch = invitation.branch.name if invitation.branch else invitation.get_kind_display()
    data = {
        **letterhead(Association.objects.get()),
        "branch": str(branch),
        "site_address": request.build_absolute_uri("/"),
        "code": code,
        "valid_until": timezone.localtime(invitation.expires_at).date(),
        "invited_by": inviter.working_name,
    }
    try:
        pdf = render_document("invitation", data, language=invitation.language)
    except RenderError:
        messages.error(request, _("The document could not be made. Copy the code by hand."))
        return redirect("invitation_list")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="invitation.pdf"'
    return response


@duty_required("coordinator", "president")
def invitation_list(request: Request) -> HttpResponse:
    """Invitations: open, used, expired."""
    actor = request.actor
    rows = [
        {
            "invitation": each,
            "state": state_of(each),
            "may_withdraw": each.stands and may_withdraw(actor, each),
        }
        for each in invitations()[:200]
    ]
    return render(request, "volunteers/invitation_list.html", {"rows": rows})


@duty_required("coordinator", "president")
def invitation_withdraw(request: Request, invitation_id: UUID) -> HttpResponse:
    """Take an unused invitation back: its code opens nothing any more."""
    invitation = door.get(request, invitations(), invitation_id, "person.uninvite")
    actor = request.actor
    if not may_withdraw(actor, invitation):
        raise PermissionDenied
    if request.method == "POST":
        if joining.withdraw(by=actor, invitation=invitation.pk):
            messages.success(
                request, _("The invitation is withdrawn. Its code does not work any more.")
            )
        else:
            messages.info(request, _("This invitation was used or withdrawn before."))
        return redirect("invitation_list")
    return render(request, "volunteers/invitation_withdraw.html", {"invitation": invitation})


def invitations() -> Any:
    """Those that the reader may see: one's own, those of one's branch, all for the president."""
    rows = Invitation.objects.with_standing().select_related("branch", "invited_by", "again")
    return rows.order_by("-made_at")


def state_of(invitation: Any) -> dict[str, str]:
    """The state of an invitation, as words and as a kind of tag."""
    if invitation.used_at:
        return {"text": _("Used"), "kind": "success"}
    if invitation.withdrawn_at:
        return {"text": _("Withdrawn"), "kind": "neutral"}
    if invitation.expires_at <= timezone.now():
        return {"text": _("Expired"), "kind": "neutral"}
    if not invitation.stands:
        said = _("Ended: the person who invited may not do so any more")
        return {"text": said, "kind": "neutral"}
    return {"text": _("Not used yet"), "kind": "waiting"}

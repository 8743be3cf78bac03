"""Joining with the code of an invitation: code, account, second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from audit.actor import Request
from volunteers import passwords
from volunteers.actions import joining, second_factors, signing_in, tries
from volunteers.counting import INVITATION
from volunteers.decorators import people_only
from volunteers.forms.signin import InvitationForm, JoinForm
from volunteers.middleware import before_undertaking
from volunteers.models import Invitation, User

CODE = "invitation"  # in the session: the code that was typed and found good
JOINING = "joining"  # in the session: the steps of joining are not all done
UNKNOWN = _(
    "This code is unknown. Compare it with your paper, letter by letter. A code works once: "
    "if you have joined with it already, sign in with your user name."
)
EXPIRED = _("This code has expired. Ask whoever invited you for a new one.")
ENDED = _("This code does not work any more. Ask the association for a new one.")
REFUSED = {"unknown": UNKNOWN, "expired": EXPIRED, "ended": ENDED}


@before_undertaking
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def join(request: Request) -> HttpResponse:
    """The code on the paper."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tries.allowed(request, INVITATION):
        code = form.cleaned_data["invitation"]
        found, _of = joining.standing_of(code)
        if found == "good" and _invitation(request, code) is None:
            found = "ended"  # withdrawn, or whoever gave it may not invite to this any more
        if found == "good":
            tries.forget(request, INVITATION)
            request.session.flush()
            request.session[CODE] = code
            return redirect("join_account")
        tries.failed(request, INVITATION)
        signing_in.refused(request, "person.join")
        form.add_error("invitation", REFUSED[found])
    return render(request, "volunteers/signin/join.html", {"form": form})


@before_undertaking
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def join_account(request: Request) -> HttpResponse:
    """Name, language and password; this makes the account and uses the code up."""
    code = request.session.get(CODE, "")
    invitation = _invitation(request, code)
    if invitation is None:
        return redirect("join")
    start = {"language": get_language()}
    form = JoinForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        user = _joined(code, form)
        if user:
            signing_in.open_session(request, user)
            request.session.pop(CODE, None)
            request.session[JOINING] = True
            return redirect("join_second_factor")
    context = {"form": form, "invitation": invitation}
    return render(request, "volunteers/signin/join_account.html", context)


@before_undertaking
@people_only
@require_safe
def join_second_factor(request: Request) -> HttpResponse:
    """Which second factor: an authenticator or a printed list."""
    if second_factors.of(request.user):  # type: ignore[arg-type]
        return redirect(after_set_up(request))
    context = {"may_skip": not settings.SECOND_FACTOR_REQUIRED}
    return render(request, "volunteers/signin/join_second_factor.html", context)


def after_set_up(request: Request) -> str:
    """Where to go after a second factor was set up."""
    return "code_read" if request.session.pop(JOINING, None) else "second_factor_setup"


def _invitation(request: Request, code: str) -> Invitation | None:
    """The invitation, read as its own principal."""
    if not code or joining.standing_of(code)[0] != "good":
        return None
    actor: Any = request.actor
    actor.token = joining.invitation_token(code)
    actor.enter()
    return Invitation.objects.select_related("branch").first()


def _joined(code: str, form: JoinForm) -> User | None:
    typed = form.cleaned_data
    try:
        user = joining.join(
            code=code,
            username=typed["username"],
            password=typed["new_password"],
            working_name=typed["working_name"],
            language=typed["language"],
        )
    except IntegrityError:
        form.add_error("username", _("Somebody has this user name. Choose another."))
        return None
    except ProgrammingError:
        form.add_error(None, ENDED)
        return None
    account = User.objects.get(pk=user)
    account.token = passwords.prove(user, account.password, typed["new_password"]) or ""
    return account

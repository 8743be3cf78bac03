"""One's own account: what there is to change, and one's private details."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request, known
from vault.exceptions import Conflict
from volunteers.actions.accounts import save_details
from volunteers.decorators import people_only
from volunteers.forms.account import DetailsForm
from volunteers.models import PersonDetails
from volunteers.querysets import serving, undertakings_of

FIELDS = ("full_name", "phone", "address", "in_case_of_emergency")


@people_only
def account(request: Request) -> HttpResponse:
    """Everything about my account, one line each."""
    actor = request.actor
    context = {
        "person": door.get(request, serving(), known(actor.person), "account.view"),
        "user_name": request.user.get_username(),
        "undertaking": undertakings_of(actor.person).first(),
    }
    return render(request, "volunteers/account.html", context)


@people_only
def account_details(request: Request) -> HttpResponse:
    """My private details, for me and the coordinator of my branch."""
    actor = request.actor
    keys = door.open_one(request, known(actor.person), "person.view", "own_record")
    details = PersonDetails.objects.filter(person=actor.person).first()
    is_new = details is None
    if details is None:
        details = PersonDetails.new(
            keys,
            person_id=actor.person,
        )
    else:
        details.unlock(keys)
    initial = {name: getattr(details, name) for name in FIELDS}
    read = 0 if is_new else details.revision
    form = DetailsForm(request.POST or None, initial=initial | {"revision": read})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in FIELDS}
        if _save(request, details, values, is_new, form.cleaned_data["revision"]):
            messages.success(request, _("Saved."))
            return redirect("account")
        form.add_error(None, _("You changed this elsewhere, perhaps in another window."))
        form.add_error(None, _("Your text is kept below. Send it again to keep this version."))
        # Sent again, the form replaces what is there now.
        again = request.POST.copy()
        again["revision"] = str(read)
        form.data = again
    return render(request, "volunteers/account_details.html", {"form": form})


def _save(
    request: Request,
    details: PersonDetails,
    values: dict[str, str],
    is_new: bool,
    read: int | None,
) -> bool:
    """Save what was typed over the revision that was read; False when that is gone."""
    if (read or 0) != (0 if is_new else details.revision):
        return False
    try:
        save_details(by=request.actor, details=details, values=values)
    except Conflict:
        return False
    return True

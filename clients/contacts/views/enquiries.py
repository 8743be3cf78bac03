"""Enquiries: calls and messages that need no record of a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import permissions
from clients.access.form_ids import form_id
from clients.contacts.actions import intake
from clients.contacts.forms.intake import EnquiryForm
from clients.models import Enquiry
from volunteers.decorators import people_only


@people_only
def enquiry_list(request: Request) -> HttpResponse:
    """What was counted in my branches, the latest first."""
    permissions.check_serves(request.actor)
    branches = permissions.serves_in(request.actor)
    rows = Enquiry.objects.filter(branch_id__in=branches).select_related("branch", "by")
    page = Paginator(rows.order_by("-happened_on", "-made_at", "id"), 25).get_page(
        request.GET.get("page")
    )
    context = {"page_obj": page, "several": len(branches) > 1}
    return render(request, "clients/records/enquiry_list.html", context)


@people_only
def enquiry_add(request: Request) -> HttpResponse:
    """Count a call: how, when, in which language, how long."""
    permissions.check_take_in(request.actor)
    form = EnquiryForm(
        request.POST or None,
        branches=permissions.serves_in(request.actor),
        initial={"channel": "phone"},
    )
    if request.method == "POST" and form.is_valid():
        return count_enquiry(request, form.cleaned_data, _("The enquiry is counted."))
    return render(request, "clients/records/enquiry_add.html", {"form": form})


def count_enquiry(
    request: Request, data: dict[str, Any], said: str, *, wanted_no_record: bool = False
) -> HttpResponse:
    """Count it once, however often the form is sent, say so, and show the list."""
    try:
        intake.count_enquiry(
            by=request.actor,
            id=form_id(request.actor, data["key"]),
            branch=data["branch"].pk,
            channel=data["channel"],
            happened_on=data["happened_on"],
            language=data["language"],
            minutes=data["minutes"],
            wanted_no_record=wanted_no_record,
        )
    except intake.AlreadySaved:
        messages.info(request, _("This was saved already. Nothing was saved twice."))
    else:
        messages.success(request, said)
    return redirect("enquiry_list")

"""Branches: the administrator adds them, a coordinator says how theirs is reached."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from volunteers.actions import branches
from volunteers.decorators import duty_required, people_only
from volunteers.forms.speaking import BranchForm
from volunteers.models import Branch
from volunteers.permissions import may_change_branch, may_print_papers
from volunteers.speaking import missing_of_branch


@people_only
def branch_list(request: Request) -> HttpResponse:
    """All branches and how clients reach them."""
    actor = request.actor
    context = {
        "rows": [
            {
                "branch": branch,
                "missing": missing_of_branch(branch),
                "may_change": may_change_branch(actor, branch.pk),
            }
            for branch in Branch.objects.order_by("name")
        ],
        "may_print": may_print_papers(actor),
        "may_add": actor.holds("administrator"),
    }
    return render(request, "volunteers/branch_list.html", context)


@duty_required("administrator")
def branch_add(request: Request) -> HttpResponse:
    """A new branch."""
    form = BranchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        branches.add_branch(by=request.actor, **form.cleaned_data)
        messages.success(request, _("The branch is there. The president can invite people to it."))
        return redirect("branch_list")
    return render(request, "volunteers/branch_add.html", {"form": form})


@people_only
def branch_edit(request: Request, branch_id: UUID) -> HttpResponse:
    """Another name (administrator), or another way to reach it (its coordinator too)."""
    actor = request.actor
    branch = door.get(request, Branch.objects.all(), branch_id, "branch.change")
    if not may_change_branch(actor, branch.pk):
        raise PermissionDenied
    form = BranchForm(request.POST or None, branch=branch, may_rename=actor.holds("administrator"))
    if request.method == "POST" and form.is_valid():
        branches.change_branch(by=actor, branch=branch, values=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("branch_list")
    return render(request, "volunteers/branch_edit.html", {"form": form, "branch": branch})

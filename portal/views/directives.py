"""My wishes for later: what happens with my record after my death. Taken back in one act."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actor import Request
from clients.models import Channel, Fate
from clients.records.actions.directives import NewDirective, direct, take_back
from portal.decorators import own_space
from portal.forms import WishesForm
from portal.pages import own_client, own_keys, portal_page
from rights.export.directives import FATES, directed
from volunteers.decorators import fresh_sign_in


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
@fresh_sign_in
def portal_directive(request: Request) -> HttpResponse:
    """What I said until now, and a new version."""
    client = own_client(request)
    form = WishesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = own_keys(request, "directive.write")
        new = NewDirective(
            channel=Channel.OTHER, happened_on=timezone.localdate(), **form.cleaned_data
        )
        direct(by=request.actor, client=client, keys=keys, new=new)
        messages.success(request, _("Thank you, we have noted it."))
        return redirect("portal_record")
    keys = own_keys(request, "portal.record")
    versions = [{**one, "label": FATES[one["fate"]]} for one in directed(client, keys)]
    counts = bool(versions) and versions[0]["fate"] != Fate.REVOKED
    context = {"form": form, "versions": versions, "counts": counts}
    return portal_page(request, "portal/directive.html", context)


@own_space
@require_POST
@fresh_sign_in
def portal_directive_end(request: Request) -> HttpResponse:
    """I take them back: one press."""
    client = own_client(request)
    keys = own_keys(request, "directive.write")
    today = timezone.localdate()
    take_back(by=request.actor, client=client, keys=keys, channel=Channel.OTHER, happened_on=today)
    messages.success(request, _("Your wishes are taken back. Nothing of them counts any more."))
    return redirect("portal_record")

"""Messages with those who look after the client, instead of e-mail. Not there at all in quiet mode."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.actor import Request
from clients.messages import actions
from clients.models import Client, Message, PortalAccess
from components.dates import written
from portal.decorators import own_space
from portal.forms import MessageForm
from portal.pages import PAGE, own_access, own_client, own_keys, portal_page
from vault.exceptions import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_messages(request: Request) -> HttpResponse:
    """What I wrote and what was answered, the latest first; and a new message.

    In a space that nobody has confirmed the database shows what was written in it, and no answer.
    """
    client, access = own_client(request), own_access(request)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _sent(request, client, access, form):
        return redirect("portal_messages")
    rows = Message.objects.filter(client=client)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    keys = own_keys(request, "portal.messages")
    page.object_list = actions.opened(page.object_list, keys)
    reader = actions.own_reader()
    context = {
        "form": form,
        "page_obj": page,
        "access": access,
        "branch": client.branch,
        "read_by": actions.read_by(timezone.localdate()) if reader == "team" else None,
        "nobody": reader == "nobody",
    }
    return portal_page(request, "portal/messages.html", context)


def _sent(request: Request, client: Client, access: PortalAccess, form: MessageForm) -> bool:
    """Whether it is sent; else the form says why not, with what was typed."""
    keys = own_keys(request, "message.write")
    try:
        sent = actions.write(by=request.actor, client=client, keys=keys, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error.message))
        return False
    if sent:
        messages.success(
            request, _said_of(actions.own_reader(), confirmed=bool(access.confirmed_at))
        )
    return True


def _said_of(reader: str, *, confirmed: bool) -> str:
    """What becomes of a message that was just sent."""
    if not confirmed:
        return _(
            "Your message is sent. We answer once someone else from our team has spoken to you."
        )
    if reader == "team":
        said = _("Your message is sent. One of us reads it by %(day)s at the latest.")
        return said % {"day": written(actions.read_by(timezone.localdate()))}
    if reader == "office":
        return _(
            "Your message is sent. We are looking for somebody who can answer it. Please ring us if it is"
            " urgent."
        )
    return _("Your message is kept, but nobody in our team can read it at the moment.")

"""What a client wrote in their own space, and answering it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, open_client, say_tidied
from clients.messages import actions
from clients.messages.forms import AnswerForm, SeenForm, ToldForm
from clients.messages.permissions import can_answer, check_answer
from clients.models import Client, Message
from clients.models.messages import MessageQuerySet
from vault.exceptions import Refused
from volunteers.decorators import duty_required, people_only

SHOWN = 6  # on a page: what waits is read before one answers, on a phone too


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def client_messages(request: Request, client_id: UUID) -> HttpResponse:
    """The messages with this client, the latest first; and an answer."""
    client = find_client(request, client_id, "message.read", "identity")
    permissions.check_see_contacts(request.actor, client)
    form = AnswerForm(request.POST or None)
    if request.method == "POST":
        check_answer(request.actor, client)
        if form.is_valid() and _answered(request, client, form):
            return redirect("client_messages", client.pk)
    reads = permissions.can_read_notes(request.actor, client)
    keys = open_client(request, client, "message.read" if reads else "message.list")
    rows = Message.objects.filter(client=client).select_related("by", "access")
    page = Paginator(rows, max(SHOWN, _down_to_what_waits(rows))).get_page(request.GET.get("page"))
    page.object_list = actions.opened(page.object_list, keys)
    newest = next(iter(page.object_list), None) if page.number == 1 else None
    if newest and not form.is_bound:
        form.initial["seen"] = newest.pk
    context = {
        "client": client,
        "form": form,
        "reads": reads,
        "answers": bool(newest) and can_answer(request.actor, client),
        "assigns": permissions.can_assign(request.actor, client),
        "newest": newest,
        "waits": any(message.waits for message in page.object_list),
        "page_obj": page,
    }
    return render(request, "clients/messages/client_messages.html", context)


def _down_to_what_waits(rows: MessageQuerySet) -> int:
    """How many there are down to the oldest that waits: an answer answers them, so all stand before it."""
    oldest = rows.waiting().order_by("made_at").values("made_at")[:1]
    return rows.filter(made_at__gte=Subquery(oldest)).count()


def _answered(request: Request, client: Client, form: AnswerForm) -> bool:
    """Whether it is sent; else the form says why not, with what was typed."""
    keys = open_client(request, client, "message.write")
    try:
        sent = actions.write(by=request.actor, client=client, keys=keys, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error.message))
        if error.constraint == actions.NEWER:  # which the page shows now
            newest = Message.objects.filter(client=client).values_list("pk", flat=True)[0]
            form.data = {**request.POST.dict(), "seen": str(newest)}
        return False
    say_tidied(request, form)
    if sent:
        messages.success(
            request, _("Your answer is sent. The client finds it in their online space.")
        )
    return True


@require_POST
@people_only
def client_messages_settle(request: Request, client_id: UUID) -> HttpResponse:
    """What waits was answered by telephone, or needs no answer."""
    client = find_client(request, client_id, "message.settle")
    check_answer(request.actor, client)
    form = SeenForm(request.POST)
    settled = False
    if form.is_valid():
        try:
            settled = actions.settle(by=request.actor, client=client, **form.cleaned_data)
        except Refused as error:
            messages.warning(request, str(error.message))
            return redirect("client_messages", client.pk)
    if settled:
        messages.success(request, _("Saved. The client sees that somebody has seen to it."))
    else:
        messages.info(request, _("Nothing waits here for an answer any more."))
    return redirect("client_messages", client.pk)


@duty_required("protection", "president")
@require_http_methods(["GET", "HEAD", "POST"])
def message_unread(request: Request, message_id: UUID) -> HttpResponse:
    """A message that nobody may read: whoever has the client told notes by whom."""
    found = next((row for row in actions.unread() if row.message == message_id), None)
    if found is None:
        door.hidden(request, Message, message_id, "message.tell")
    form = ToldForm(request.POST or None, tellers=actions.tellers(message_id))
    if request.method == "POST" and form.is_valid():
        if actions.settle_unread(message=message_id, told_by=form.cleaned_data["told_by"]):
            messages.success(request, _("Saved. The client sees that somebody has seen to it."))
        return redirect("home")
    context = {"form": form, "found": found}
    return render(request, "clients/messages/message_unread.html", context)

"""Files of a contact: adding one, and taking one out as a download that no browser opens by itself."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.contacts.actions import attachments as actions
from clients.contacts.forms.contacts import FileForm
from clients.contacts.views.contacts import find, show_contact
from clients.models import Attachment
from volunteers.decorators import people_only


@require_POST
@people_only
def attachment_add(request: Request, contact_id: UUID) -> HttpResponse:
    """Add a file to a contact."""
    contact = find(request, contact_id, "attachment.add")
    permissions.check_log_contact(request.actor, contact.client)
    if contact.taken_out_at:
        raise Http404
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_contact(request, contact, form)
    actions.attach(by=request.actor, contact=contact, new=form.cleaned_data["file"])
    messages.success(request, _("The file is attached."))
    return redirect("contact_view", contact_id)


@require_safe
@people_only
def attachment_get(request: Request, attachment_id: UUID) -> HttpResponse:
    """Download a file. The event is committed before the first byte leaves."""
    rows = Attachment.objects.select_related("client")
    attachment = door.get(request, rows, attachment_id, "attachment.get")
    permissions.check_read_notes(request.actor, attachment.client)
    try:
        chunks = actions.take_out(by=request.actor, attachment=attachment)
    except FileNotFoundError:
        raise Http404 from None
    # The chunks are read after the middleware has committed: nothing leaves without the event.
    response = StreamingHttpResponse(chunks, content_type=attachment.content_type)
    response.headers["Content-Length"] = str(attachment.size)
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, attachment.name) or ""
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response  # type: ignore[return-value]

"""Moving a contact that was noted on the wrong client: sealed anew for the right one, deleted here.

See ``clients/sql/misplaced.sql``."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import call, execute, refused
from clients.models import Attachment, Client, Contact, ContactNote, Misplaced
from vault import files
from volunteers.references import new_reference

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "contact_elsewhere": _("This is not possible now. Ask another coordinator, or the president."),
    "contact_changed": _("Somebody changed this contact just now. Look at it again first."),
    "contact_explained_first": _(
        "The policy has not been explained to that client yet. Explain it there first."
    ),
}


def move_contact(
    *, by: Actor, contact: Contact, to: Client, wrong: SubjectKeys, right: SubjectKeys
) -> Misplaced:
    """The contact is in the record of ``to`` from now on. Needs the keys of both, each through the door.

    Raises Refused. Its old files go from the disk once all of it is committed.
    """
    made, new_contact = uuid4(), uuid4()
    note = ContactNote.objects.filter(contact=contact).first()
    moved = _note(note.unlock(wrong), to, new_contact, right) if note else None
    old = list(Attachment.objects.filter(contact=contact))
    sent = [_file(by, one.unlock(wrong), to, new_contact, right) for one in old]
    with refused("move_contact", MESSAGES):
        execute(
            "move_contact",
            made,
            contact.pk,
            to.pk,
            new_contact,
            moved.pk if moved else uuid4(),
            moved.sealed if moved else None,
            note.revision if note else None,
            json.dumps(sent),
            new_reference("B"),
        )
    for one in old:
        transaction.on_commit(partial(files.remove, settings.FILES_ROOT, one.file))
    return Misplaced.objects.get(pk=made)


def _note(note: ContactNote, to: Client, contact: UUID, keys: SubjectKeys) -> ContactNote:
    """The same words for the right client, sealed and not saved: not why they were corrected, which was
    written about the other."""
    moved = ContactNote.new(
        keys,
        client_id=to.pk,
        contact_id=contact,
        by_id=note.by_id,
        text=note.text,
        follow_up=note.follow_up,
        correction_reason="",
    )
    moved.seal()
    return moved


def _file(
    by: Actor, old: Attachment, to: Client, contact: UUID, keys: SubjectKeys
) -> dict[str, Any]:
    """The same file for the right client, sealed on the disk, and its row as JSON has it."""
    plain = files.read(settings.FILES_ROOT, old.keys, old.file)
    file, size, sha256 = files.write(settings.FILES_ROOT, keys, plain)
    by.undoing.append(lambda: files.remove(settings.FILES_ROOT, file))
    moved = Attachment.new(
        keys,
        client_id=to.pk,
        contact_id=contact,
        file=file,
        size=size,
        sha256=sha256,
        by_id=old.by_id,
        made_at=old.made_at,
        name=old.name,
        content_type=old.content_type,
    )
    moved.seal()
    return {
        "of": str(old.pk),
        "id": str(moved.pk),
        "file": str(file),
        "size": size,
        "sha256": bytes(sha256).hex(),
        "sealed": bytes(moved.sealed).hex(),
    }


def may_move(contact: Contact, to: Client) -> bool:
    """Whether the acting person moves this contact there; the database knows it."""
    return bool(call("may_move_contact", contact.pk, to.pk))

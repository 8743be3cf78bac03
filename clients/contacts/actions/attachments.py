"""Adding a file to a contact, and giving it out again: sealed on disk, its name sealed in the row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from audit import door
from audit.actor import Actor
from clients.models import Attachment, Contact
from components.text import tidy
from vault import files

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

NAME_LENGTH = 120


@dataclass(frozen=True)
class NewFile:
    """A checked file: its name, its media type as recognised, its content."""

    name: str
    content_type: str
    content: bytes


def attach(*, by: Actor, contact: Contact, new: NewFile) -> Attachment:
    """Seal a file and tie it to a contact."""
    keys = door.open_one(by, contact.client_id, "attachment.add", "support")
    return add_file(by=by, contact=contact, keys=keys, new=new)


def add_file(*, by: Actor, contact: Contact, keys: SubjectKeys, new: NewFile) -> Attachment:
    """Seal a file with keys that the door gave. Nothing of it stays if the transaction fails."""
    file, size, sha256 = files.write(settings.FILES_ROOT, keys, [new.content])
    by.undoing.append(lambda: files.remove(settings.FILES_ROOT, file))
    made = Attachment.new(
        keys,
        client_id=contact.client_id,
        contact=contact,
        file=file,
        size=size,
        sha256=sha256,
        by_id=by.person,
        name=safe_name(new.name),
        content_type=new.content_type,
    )
    made.save()
    return made


def take_out(*, by: Actor, attachment: Attachment) -> Iterator[bytes]:
    """Unlock the attachment and give its plain chunks, read only when asked for.

    The opening is an event of this transaction; the answer streams after its end.
    Raises FileNotFoundError when the sealed file is gone, SealBroken when the row names another one.
    """
    keys = door.open_one(
        by, attachment.client_id, "attachment.get", "support", attachment=str(attachment.pk)
    )
    attachment.unlock(keys).opened_values()  # which file it is, is bound to what is sealed
    if not files.path_of(settings.FILES_ROOT, attachment.file).is_file():
        raise FileNotFoundError(str(attachment.file))
    return files.read(settings.FILES_ROOT, keys, attachment.file)


def safe_name(name: str) -> str:
    """A file's name without folders, without what is invisible or special to any system."""
    bare = tidy(name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = "".join("_" if character in '<>:"|?*' else character for character in bare).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: NAME_LENGTH - len(ending) - 1]}{dot}{ending}" if dot else plain[:NAME_LENGTH]


def of_contact(contact: Contact, keys: SubjectKeys) -> list[Attachment]:
    """The files of a contact that one may see, their names opened."""
    return [file.unlock(keys) for file in contact.attachments.order_by("made_at")]

"""Release: the sealed package, its link and passphrase. And the recipient's one opening."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute
from disclosures.actions import contents, printing, sealing
from disclosures.actions.requests import MEANWHILE, Changed, refusal
from disclosures.models import Delivery, Disclosure, State
from vault import files
from vault.exceptions import Refused
from vault.files import SealBroken
from vault.principals import cover, new_token, signin_transaction, token_from

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


APPROVAL_LASTS = timedelta(days=30)  # the database says the same
EXPIRED = _("It was approved more than 30 days ago. Cancel it, and ask for it again.")


@dataclass(frozen=True)
class Handover:
    """What the coordinator hands over by two channels. Shown once, kept nowhere."""

    secret: str = field(repr=False)
    passphrase: str = field(repr=False)
    delivery: Delivery


class Closed(Exception):
    """The link does not lead to a package (any more)."""


class Damaged(Exception):
    """The passphrase was right, but the sealed file was altered or is gone. Nothing was received."""


@dataclass(frozen=True)
class Document:
    """What was handed over, and the mark with which the same browser may fetch it again for a while."""

    content: bytes = field(repr=False)
    mark: str = field(repr=False)


@dataclass(frozen=True)
class Wrong:
    """A wrong passphrase, and how many tries are left."""

    tries_left: int


def release(
    *, by: Actor, disclosure: Disclosure, keys: SubjectKeys, language: str, days: int
) -> Handover:
    """Make the package of what was approved, and let it out by a one-time link.

    Raises Refused (not approved, or too long ago), Changed (not what was approved), Locked (notes not open),
    PrintingFailed. The row is locked first, so that of many at once one makes a package.
    """
    row = Disclosure.objects.select_for_update().get(pk=disclosure.pk)
    if row.state != State.APPROVED:
        raise Refused("disclosure", message=MEANWHILE)
    if row.decided_at and row.decided_at < timezone.now() - APPROVAL_LASTS:
        raise Refused("disclosure", message=EXPIRED)
    if contents.hash_of(row) != bytes(row.decided_on_hash or b""):
        raise Changed("disclosure")
    now = timezone.now()
    pdf = printing.printed(contents.package(by, disclosure, keys, language, now), language)
    key, secret, passphrase = sealing.new_key(), new_token(), sealing.new_passphrase()
    delivery = Delivery(
        id=uuid4(),
        disclosure=row,
        client_id=row.client_id,
        language=language,
        expires_at=now + timedelta(days=days),
    )
    delivery.salt, delivery.wrapped_key = sealing.wrap(key, passphrase, secret, delivery.pk)
    written = files.write(settings.FILES_ROOT, key, [pdf])
    delivery.file, delivery.size, delivery.sha256 = written
    by.undoing.append(lambda: files.remove(settings.FILES_ROOT, delivery.file))
    try:
        _let_out(by, row, delivery, secret)
    except (IntegrityError, ProgrammingError) as error:
        files.remove(settings.FILES_ROOT, delivery.file)
        raise refusal(error) from error
    return Handover(secret, passphrase, delivery)


def _let_out(by: Actor, row: Disclosure, delivery: Delivery, secret: str) -> None:
    with transaction.atomic():
        delivery.save(force_insert=True)
        Disclosure.objects.filter(pk=row.pk, state=State.APPROVED).update(
            state=State.RELEASED, released_by=by.person, released_at=functions.Now()
        )
        # Last: if the transaction fails after this, the link leads nowhere.
        with signin_transaction(by.token) as cursor:
            covered = cover(cursor, token_from(secret, "recipient"), by.token)
            cursor.execute(
                "SELECT sec.issue_link(%s, %s, %s, %s)",
                [row.client_id, delivery.pk, covered, delivery.expires_at],
            )


def recall(*, by: Actor, disclosure: Disclosure) -> bool:
    """Take back what nobody has opened; False where that is too late. Raises Refused."""
    row = Delivery.objects.filter(disclosure=disclosure).first()
    try:
        recalled = execute("recall", disclosure.pk)
    except (IntegrityError, ProgrammingError) as error:
        raise refusal(error) from error
    if recalled and row is not None:
        transaction.on_commit(lambda: files.remove(settings.FILES_ROOT, row.file))
    return bool(recalled)


def arrive(actor: Actor, secret: str, mark: str = "") -> int:
    """Go on as whoever holds this link; returns the tries left, 0 where the document was opened in this
    browser. Raises Closed."""
    actor.token = token_from(secret, "recipient")
    actor.enter()
    left = _asked("SELECT sec.delivery_waits(%s)", mark.encode())[0]
    if left is None:
        raise Closed
    return left


def receive(*, secret: str, passphrase: str, mark: str = "") -> Document | Wrong:
    """One try: the document, with its receipt written; or how many tries are left.

    Raises Closed, Damaged. The whole file is read and checked before the receipt, and the answer
    leaves after the commit. ``mark``: what this browser was given with the document, to fetch it again.
    """
    row = _asked(
        "SELECT id, file, salt, wrapped_key, tries_left, opened FROM sec.try_delivery(%s)",
        mark.encode(),
    )
    if row is None:
        raise Closed
    delivery, file, salt, wrapped, left, opened = row
    try:
        key = sealing.unwrap(bytes(wrapped), passphrase, secret, bytes(salt), delivery)
    except sealing.WrongPassphrase:
        return Wrong(left)
    try:
        document = b"".join(files.read(settings.FILES_ROOT, key, file))
    except (SealBroken, OSError) as error:
        raise Damaged from error
    if opened:
        return Document(document, mark)
    given = new_token()
    if not _asked("SELECT sec.receive_delivery(%s)", given.encode())[0]:
        raise Closed
    return Document(document, given)


def _asked(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return cursor.fetchone()

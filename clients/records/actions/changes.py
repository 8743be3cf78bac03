"""Changing a record: identity, safe contact, background, state. Earlier versions are kept by triggers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import door
from audit.actor import Actor
from clients.models import Background, Client, Identity, SafeContact
from clients.records.actions.hashes import branch_keys, remember
from vault.exceptions import Conflict
from vault.sealed import SealedModel

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def change_identity(
    *, by: Actor, client: Client, revision: int, language: str, values: dict[str, Any]
) -> None:
    """Save who the client is, and the language. ``client.identity`` is open. Raises Conflict."""
    identity: Identity = client.identity
    identity.opened_values()  # read under the revision it has, before the form's is put in place
    identity.revision = revision
    for name, value in values.items():
        setattr(identity, name, value)
    identity.save()
    if language != client.language:
        Client.objects.filter(pk=client.pk).update(language=language)
        door.record(by, "client.language", subject=client.pk, about=client, purpose="support")
    # Its telephone numbers as well: a record that came from another branch has none yet that is recognised.
    card = SafeContact.objects.filter(client=client).first()
    numbers = card.unlock(identity.keys).opened_values() if card else {}
    remember(branch_keys(by=by, branch=client.branch_id), client, values, numbers)


def change_safe_contact(
    *, by: Actor, client: Client, keys: SubjectKeys, revision: int, values: dict[str, Any]
) -> None:
    """Save how to reach the client safely; it was checked today. Raises Conflict."""
    card: SafeContact | None = getattr(client, "safe_contact", None)
    if card is None:
        _first(SafeContact.new(keys, client=client, checked_on=timezone.localdate(), **values))
    else:
        card.unlock(keys).opened_values()
        card.revision = revision
        for name, value in values.items():
            setattr(card, name, value)
        card.checked_on = timezone.localdate()
        card.save()
    remember(branch_keys(by=by, branch=client.branch_id), client, {}, values)


def change_background(*, client: Client, keys: SubjectKeys, revision: int, text: str) -> None:
    """Save the free notes about the situation. Raises Conflict; the earlier text is kept."""
    background: Background | None = getattr(client, "background", None)
    if background is None:
        _first(Background.new(keys, client=client, text=text))
        return
    background.unlock(keys).opened_values()
    background.revision = revision
    background.text = text
    background.save()


def _first(row: SealedModel) -> None:
    """Write what the record has only once. Raises Conflict when somebody else did meanwhile."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict(str(Conflict.message)) from error


def change_state(*, by: Actor, client: Client, state: str, since: date) -> bool:
    """Close, reopen, or note a death; False when somebody else changed the state before."""
    changed = Client.objects.filter(pk=client.pk, state=client.state).update(
        state=state, state_since=since
    )
    if changed:
        door.record(
            by,
            "client.state",
            subject=client.pk,
            about=client,
            purpose="support",
            state=state,
            was=client.state,
        )
    return bool(changed)


def take_pseudonym(*, by: Actor, client: Client, keys: SubjectKeys, known_as: str) -> None:
    """The client wants to be known under a pseudonym only: the names leave the record. Raises Conflict."""
    identity: Identity = client.identity.unlock(keys)
    identity.known_as = known_as
    for name in ("given_name", "family_name", "born_on"):
        setattr(identity, name, "")
    identity.save()
    Client.objects.filter(pk=client.pk).update(pseudonym=True)
    door.record(by, "client.pseudonym", subject=client.pk, about=client, purpose="support")

"""A client who does not agree to a record, or no longer, has asked for its deletion (GDPR 7(3), 17(1)(b))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.actor import Actor
from clients.models import Client
from rights.models import RequestKind, SubjectRequest
from rights.requests import actions

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def ask_for_deletion(by: Actor, client: Client, keys: SubjectKeys, words: str) -> None:
    """One request, with what was said; none where one waits already."""
    waiting = SubjectRequest.objects.filter(client=client, kind=RequestKind.DELETION).open()
    if not waiting.exists():
        actions.ask(by=by, client=client, keys=keys, kind=RequestKind.DELETION, words=words)

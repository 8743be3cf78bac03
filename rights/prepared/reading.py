"""What whoever prepares a copy reads of the record, to find what is about others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.actor import Actor
from clients.models import Background, Client, Contact, Identity, SafeContact
from rights.export import asked, noted, parts
from rights.export.agreements import said_to_sharing
from rights.export.contents import Gatherer
from rights.export.holds import held as holds_of
from rights.export.struck import Struck, words_in

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

TITLES = {
    part.key: part.title
    for part in (parts.IDENTITY, parts.SAFE_CONTACT, parts.BACKGROUND, *noted.LISTS, *asked.LISTS)
}


@dataclass(frozen=True)
class Words:
    """The texts of each contact, and of each other part by its title; as far as one may read them."""

    contacts: list[tuple[Contact, list[str]]]
    parts: list[tuple[Any, list[str]]]

    @property
    def texts(self) -> list[str]:
        """All of them."""
        found = [text for _contact, texts in self.contacts for text in texts]
        return found + [text for _title, texts in self.parts for text in texts]


def words_of(client: Client, keys: SubjectKeys, *, by: Actor, purpose: str) -> Words:
    """What a handed copy would give of this client now, with what it said before. Needs the notes open."""
    gatherer = Gatherer(client, keys, struck=Struck(handed=True))
    rows = list(Contact.objects.filter(client=client))
    held = gatherer.contacts()
    data = {
        "identity": gatherer.one(Identity),
        "safe_contact": gatherer.one(SafeContact),
        "background": {**gatherer.one(Background), **gatherer.about_background()},
        "explanations": gatherer.explanations(),
        "agreements": gatherer.agreements(),
        "restrictions": gatherer.restrictions(),
        "holds": holds_of(client, keys, handed=True),
        "kept_longer": gatherer.kept_longer(),
        "may_be_told": gatherer.may_be_told(),
        "consultations": gatherer.consultations(),
        "emergencies": gatherer.emergencies(by, purpose),
        "disclosures": gatherer.disclosures(),
        "will": said_to_sharing(client, keys, handed=True),
        "requests": gatherer.requests(),
    }
    found = [(TITLES[name], _once(words_in({name: value}))) for name, value in data.items()]
    contacts = [(row, _once(words_in(one))) for row, one in zip(rows, held, strict=True)]
    return Words(contacts, [(title, texts) for title, texts in found if texts])


def _once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))

"""Finding a client among those one may see: names, telephone digits, references, words of notes.

Everything is sealed, so it is opened and compared here: one event for looking through, and one for
each client that is then shown. The words that were looked for are kept nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from audit import door
from audit.actor import Actor
from clients.access import lists
from clients.access.opening import purpose
from clients.models import Client, ContactNote, Identity, SafeContact
from components.text import normal
from vault.sealed import SealedModel, open_texts
from volunteers.reading import Reading

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FEWEST_DIGITS = 4
NAMES = ("given_name", "family_name", "known_as")
AROUND = 60  # characters of a note shown on each side of a word that was found
MOST_PLACES = 3  # notes shown of one client
_MARKS = re.compile("[\u0300-\u036f]+")
_BETWEEN = re.compile(r"[\W_]+")
# One parameter for thousands of ids. The policies stand behind all.
IDENTITIES = Reading(
    """
    SELECT client_id, id, revision, sealed FROM clients_identity
    WHERE client_id = ANY (%(clients)s::uuid[])
    """
)
NUMBERS = Reading(
    """
    SELECT client_id, id, revision, sealed, checked_on FROM clients_safecontact
    WHERE client_id = ANY (%(clients)s::uuid[])
    """
)
NOTES = Reading(
    """
    SELECT client_id, id, revision, sealed, contact_id, by_id FROM clients_contactnote
    WHERE client_id IN (
        SELECT content_object_id FROM clients_clientpermission
        WHERE user_id = %(person)s AND code = 'view_notes')
    """
)


@dataclass
class Place:
    """Where in the notes of a client the words were found."""

    contact: UUID
    on: date | None
    before: str
    word: str
    after: str


@dataclass
class Found:
    """A client that fits. ``weight`` orders: a reference before a name before a number before a note."""

    client: Client
    name: str = ""
    weight: int = 9
    places: list[Place] = field(default_factory=list)
    hits: int = 0


@dataclass
class Result:
    """What is shown, how many fit in all, and whether the notes were looked through too."""

    shown: list[Found]
    total: int
    notes: bool = False

    @property
    def more(self) -> int:
        """How many fit and are not shown."""
        return self.total - len(self.shown)


def search(*, by: Actor, words: str, notes: bool = False) -> Result:
    """Clients whom this person may see and whom the words fit, at most 25; the scan is logged.

    References, names and numbers first. Notes are looked through where ``notes`` asks for it, or where
    nothing else fits: that is the slow part, and few people search for it.
    """
    asked = loose(words).split()
    references = dict(Client.objects.visible_to(by).order_by().values_list("pk", "reference"))
    if not references or not asked:
        return Result([], 0, notes=True)
    keys = door.scan(by, references, "client.search", purpose(by), words=len(asked))
    weights = by_reference(references, "".join(asked).upper())
    better(weights, by_name(keys, asked), 1)
    better(weights, by_number(keys, words), 2)
    notes = notes or not weights
    places = by_note(by, keys, asked) if notes else {}
    better(weights, set(places), 3)
    chosen = sorted(weights, key=lambda pk: (weights[pk], references[pk]))
    shown = opened(by, chosen[: lists.PAGE], weights, places, asked)
    return Result(shown, len(weights), notes)


def better(weights: dict[UUID, int], found: set[UUID], weight: int) -> None:
    """Add what was found, unless it was found in a better way."""
    for client in found:
        weights.setdefault(client, weight)


def by_reference(references: dict[UUID, str], typed: str) -> dict[UUID, int]:
    """Clients whose reference was typed, with or without hyphen and its first letter."""
    if len(typed) < 3:
        return {}
    bare = {pk: reference.replace("-", "") for pk, reference in references.items()}
    return {pk: 0 for pk, reference in bare.items() if typed in (reference, reference[1:])}


def by_name(keys: dict[UUID, SubjectKeys], asked: list[str]) -> set[UUID]:
    """Clients whose names hold each word as the beginning of one of theirs, in any order."""
    found = set()
    for client, _, values in _holding(
        Identity, IDENTITIES, keys, asked, {"clients": door.array_of(keys)}
    ):
        own = loose(" ".join(values.get(part) or "" for part in NAMES)).split()
        if all(any(word.startswith(part) for word in own) for part in asked):
            found.add(client)
    return found


def _holding(
    model: type[SealedModel],
    rows: Reading,
    keys: dict[UUID, SubjectKeys],
    asked: list[str],
    parameters: dict[str, Any],
) -> Iterator[tuple[UUID, UUID, dict[str, Any]]]:
    """The sealed values (subject, id, values by name) of those rows that may fit the words.

    Letters stand in the opened text as they are, whatever its form, so most rows are passed over
    before anything is made of them; what is left is still to be compared.
    """
    for subject, pk, plain in open_texts(model, rows.all(parameters), keys):
        folded = fold(plain)
        if all(word in folded for word in asked):
            yield subject, pk, json.loads(plain)


def by_number(keys: dict[UUID, SubjectKeys], typed: str) -> set[UUID]:
    """Clients one of whose telephone numbers holds the digits; +33 and the leading 0 are the same."""
    digits = "".join(filter(str.isdigit, typed))
    if len(digits) < FEWEST_DIGITS or any(character.isalpha() for character in typed):
        return set()
    digits = digits.removeprefix("0033").removeprefix("33" if typed.strip()[:1] == "+" else "\0")
    digits = digits.removeprefix("0") or digits
    rows = NUMBERS.all({"clients": door.array_of(keys)})
    found = set()
    for client, _, plain in open_texts(SafeContact, rows, keys):
        values = json.loads(plain)
        numbers = (values.get(which) or "" for which in ("phone", "other_phone"))
        if any(digits in "".join(filter(str.isdigit, number)) for number in numbers):
            found.add(client)
    return found


def by_note(by: Actor, keys: dict[UUID, SubjectKeys], asked: list[str]) -> dict[UUID, list[UUID]]:
    """Clients, with the notes (their ids) that hold all the words; only notes one may read."""
    if max(map(len, asked)) < 3:
        return {}
    found: dict[UUID, list[UUID]] = {}
    for client, note, values in _holding(ContactNote, NOTES, keys, asked, {"person": by.person}):
        text = fold(f"{values.get('text') or ''} {values.get('follow_up') or ''}")
        if all(word in text for word in asked):
            found.setdefault(client, []).append(note)
    return found


def opened(
    by: Actor,
    chosen: list[UUID],
    weights: dict[UUID, int],
    notes: dict[UUID, list[UUID]],
    asked: list[str],
) -> list[Found]:
    """Open those that are shown, one event each."""
    if not chosen:
        return []
    keys = door.open(by, chosen, "client.found", purpose(by))
    names = lists.names(keys)
    clients = Client.objects.in_bulk(chosen)
    found = {
        pk: Found(clients[pk], names.get(pk, ""), weights[pk]) for pk in chosen if pk in clients
    }
    wanted = [note for pk in found if pk in keys for note in notes.get(pk, [])]
    rows = ContactNote.objects.filter(pk__in=wanted).select_related("contact")
    for note in rows.order_by("-contact__happened_on", "pk"):
        one = found[note.client_id]
        one.hits += 1
        if len(one.places) < MOST_PLACES:
            note.unlock(keys[note.client_id])
            one.places.append(place_of(note, asked))
    return list(found.values())


def place_of(note: ContactNote, asked: list[str]) -> Place:
    """The words round the first place where a note holds one of the words asked for."""
    text = f"{note.text} {note.follow_up}".strip()
    # Simplified letters with the place each came from: a ligature becomes two, an accent none.
    letters = [(simple, at) for at, letter in enumerate(text) for simple in loose(letter) or " "]
    simplified = "".join(simple for simple, _ in letters)
    starts = [start for word in asked if (start := simplified.find(word)) >= 0]
    start = min(starts, default=0)
    word = next((word for word in asked if simplified.startswith(word, start)), "")
    begin = letters[start][1] if letters else 0
    end = letters[start + len(word) - 1][1] + 1 if word else begin
    # Cut between words, not inside one.
    before, after = text[max(0, begin - AROUND) : begin], text[end : end + AROUND]
    if begin > AROUND:
        before = f"… {before.partition(' ')[2]}"
    if end + AROUND < len(text):
        after = f"{after.rpartition(' ')[0]} …"
    return Place(note.contact_id, note.contact.happened_on, before, text[begin:end], after)


def loose(text: str) -> str:
    """Text for comparing: no accents, no case, ligatures as two letters, the rest between words as blanks."""
    return _BETWEEN.sub(" ", fold(text))


def fold(text: str) -> str:
    """Text without accents and case, ligatures as two letters."""
    text = text.casefold()
    if not text.isascii():
        text = text.replace("œ", "oe").replace("æ", "ae")
        text = _MARKS.sub("", normal(text, "NFKD"))
    return text

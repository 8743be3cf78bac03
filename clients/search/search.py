"""Finding a client among those one may see: names, telephone digits, references, words of notes.

Everything is sealed, so it is opened and compared here: one event for looking through, and one for
each client that is then shown. The words that were looked for are kept nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from audit import door
from audit.actor import Actor
from clients.access import lists
from clients.access.opening import purpose
from clients.models import Client, ContactNote, Identity, SafeContact
from components.text import normal
from vault.many import open_texts
from vault.sealed import SealedModel
from volunteers.reading import Reading

if TYPE_CHECKING:
    from vault.many import ManyKeys

FEWEST_DIGITS = 4
NAMES = ("given_name", "family_name", "known_as")
AT_ONCE = 1 << 20  # bytes of opened text that are compared together
AROUND = 60  # characters of a note shown on each side of a word that was found
MOST_PLACES = 3  # notes shown of one client
_MARKS = re.compile("[\u0300-\u036f]+")
_BETWEEN = re.compile(r"[\W_]+")
Opened = tuple[bytes, bytes, bytes]  # ids of subject and row, its sealed values as JSON text
# The policies stand behind all. Permissions as an array, whose order the look-ups follow: half the time of a
# join of them. The same records that ``Client.objects.visible_to`` names for whoever coordinates no branch.
GIVEN = Reading(
    """
    SELECT id::text, reference FROM clients_client
    WHERE id = ANY (ARRAY(
        SELECT content_object_id FROM clients_clientpermission
        WHERE user_id = %(person)s AND code = 'view_client'))
    """
)
# One parameter for thousands of ids.
IDENTITIES = Reading(
    """
    SELECT uuid_send(client_id) || uuid_send(id) || int4send(revision) || sealed FROM clients_identity
    WHERE client_id = ANY (%(clients)s::uuid[])
    """
)
NUMBERS = Reading(
    """
    SELECT uuid_send(client_id) || uuid_send(id) || int4send(revision) || sealed, checked_on
    FROM clients_safecontact
    WHERE client_id = ANY (%(clients)s::uuid[])
    """
)
NOTES = Reading(
    """
    SELECT uuid_send(client_id) || uuid_send(id) || int4send(revision) || sealed, contact_id, by_id
    FROM clients_contactnote
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
    references = visible(by)
    if not references or not asked:
        return Result([], 0, notes=True)
    keys = door.scan(by, references, "client.search", purpose(by), words=len(asked))
    among = {"clients": door.array_of(references)}
    weights = by_reference(references, "".join(asked).upper())
    better(weights, by_name(keys, among, asked), 1)
    better(weights, by_number(keys, among, words), 2)
    notes = notes or not weights
    places = by_note(by, keys, asked) if notes else {}
    better(weights, set(places), 3)
    chosen = sorted(weights, key=lambda pk: (weights[pk], references[str(pk)]))
    shown = opened(by, chosen[: lists.PAGE], weights, places, asked)
    return Result(shown, len(weights), notes)


def visible(by: Actor) -> dict[str, str]:
    """The references of the records among which this person looks, by their ids in the database's writing."""
    if by.holds("coordinator"):
        rows = Client.objects.visible_to(by).order_by()
        return dict(rows.values_list(Cast("pk", TextField()), "reference"))
    return dict(GIVEN.all({"person": by.person}))


def better(weights: dict[UUID, int], found: set[UUID], weight: int) -> None:
    """Add what was found, unless it was found in a better way."""
    for client in found:
        weights.setdefault(client, weight)


def by_reference(references: dict[str, str], typed: str) -> dict[UUID, int]:
    """Clients whose reference was typed, with or without hyphen and its first letter."""
    if len(typed) < 3:
        return {}
    bare = ((pk, reference.replace("-", "")) for pk, reference in references.items())
    return {UUID(pk): 0 for pk, reference in bare if typed in (reference, reference[1:])}


def by_name(keys: ManyKeys, among: dict[str, str], asked: list[str]) -> set[UUID]:
    """Clients whose names hold each word as the beginning of one of theirs, in any order."""
    found = set()
    for client, _, values in _holding(Identity, IDENTITIES.all(among), keys, asked):
        own = loose(" ".join(values.get(part) or "" for part in NAMES)).split()
        if all(any(word.startswith(part) for word in own) for part in asked):
            found.add(client)
    return found


def _holding(
    model: type[SealedModel],
    rows: list[list[Any]],
    keys: ManyKeys,
    asked: list[str],
) -> Iterator[tuple[UUID, UUID, dict[str, Any]]]:
    """The sealed values (subject, id, values by name) of those rows that may fit the words.

    Letters stand in the opened text as they are, whatever its form, so most rows are passed over
    before anything is made of them; what is left is still to be compared.
    """
    for parcel in _parcels(open_texts(model, rows, keys)):
        lines = comparable([plain for _, _, plain in parcel], asked)
        for (subject, row, plain), line in zip(parcel, lines, strict=True):
            if all(map(line.__contains__, asked)):
                yield UUID(bytes=subject), UUID(bytes=row), json.loads(plain)


def _parcels(texts: Iterable[Opened]) -> Iterator[list[Opened]]:
    """The opened texts in parcels of some length, so that no more than that lies in memory in clear."""
    parcel, length = [], 0
    for one in texts:
        parcel.append(one)
        length += len(one[2])
        if length > AT_ONCE:
            yield parcel
            parcel, length = [], 0
    if parcel:
        yield parcel


def comparable(texts: list[bytes], asked: list[str]) -> list[str]:
    """Each of the JSON texts in which words are looked for, folded; letters that no word holds may be gone.

    In one go for all of them: JSON has no line breaks of its own, so each stays one line. Words in ASCII
    are found as well where everything else has gone, which is quicker than taking out accents alone.
    """
    whole = b"\n".join(texts).decode()
    if all(map(str.isascii, asked)):
        return unaccented(whole).encode("ascii", "ignore").decode().split("\n")
    return fold(whole).split("\n")


def by_number(keys: ManyKeys, among: dict[str, str], typed: str) -> set[UUID]:
    """Clients one of whose telephone numbers holds the digits; +33 and the leading 0 are the same."""
    digits = "".join(filter(str.isdigit, typed))
    if len(digits) < FEWEST_DIGITS or any(character.isalpha() for character in typed):
        return set()
    digits = digits.removeprefix("0033").removeprefix("33" if typed.strip()[:1] == "+" else "\0")
    digits = digits.removeprefix("0") or digits
    found = set()
    for client, _, plain in open_texts(SafeContact, NUMBERS.all(among), keys):
        values = json.loads(plain)
        numbers = (values.get(which) or "" for which in ("phone", "other_phone"))
        if any(digits in "".join(filter(str.isdigit, number)) for number in numbers):
            found.add(UUID(bytes=client))
    return found


def by_note(by: Actor, keys: ManyKeys, asked: list[str]) -> dict[UUID, list[UUID]]:
    """Clients, with the notes (their ids) that hold all the words; only notes one may read."""
    if max(map(len, asked)) < 3:
        return {}
    found: dict[UUID, list[UUID]] = {}
    rows = NOTES.all({"person": by.person})
    for client, note, values in _holding(ContactNote, rows, keys, asked):
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
    text = unaccented(text)
    return text if text.isascii() else _MARKS.sub("", text)


def unaccented(text: str) -> str:
    """Text without case, ligatures as two letters, and each accent as a character of its own."""
    text = text.casefold()
    if text.isascii():
        return text
    return normal(text.replace("œ", "oe").replace("æ", "ae"), "NFKD")

"""Keyed hashes of names and telephone numbers: a client is recognised in a branch, and nothing is read."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from audit import door
from audit.actor import Actor
from audit.door import new_keys
from clients.access.definers import execute
from clients.models import Client, Fingerprint, HashKey
from components.text import normal

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass(frozen=True)
class HashKeys:
    """The keys of a branch's hashes, the newest first. There is a second one while hashes are made anew."""

    keys: tuple[SubjectKeys, ...]

    @property
    def newest(self) -> UUID:
        """The id of the key that makes new hashes."""
        return self.keys[0].subject

    def made(self, values: Iterable[str]) -> list[bytes]:
        """The hashes of these, to be kept."""
        return [_hash(self.keys[0], value) for value in values]

    def asked(self, values: Iterable[str]) -> list[bytes]:
        """The hashes of these under each key, to be compared."""
        return [_hash(key, value) for value in values for key in self.keys]


def _hash(keys: SubjectKeys, value: str) -> bytes:
    return hmac.digest(keys.fingerprint_key(), value.encode(), "sha256")


def branch_keys(*, by: Actor, branch: UUID, purpose: str = "intake") -> HashKeys:
    """The keys of a branch, for comparing without reading; made at the first use.

    Raises DoesNotOpen where the branch has some, and they do not open.
    """
    found = door.scan(by, [branch], "branch.compare", purpose)
    if not found:
        keys, wrapped = new_keys(branch)
        if execute("add_branch_key", branch, wrapped.data, wrapped.audit):
            return HashKeys((keys,))
        found = door.scan(by, [branch], "branch.compare", purpose)  # another was quicker
    if not found:
        raise door.DoesNotOpen("branch.compare")
    ids = list(found)
    if len(ids) > 1:
        newest_first = HashKey.objects.filter(id__in=ids).order_by("-made_at", "id")
        ids = list(newest_first.values_list("id", flat=True))
    return HashKeys(tuple(found[one] for one in ids))


def remember(
    keys: HashKeys, client: Client, identity: dict[str, Any], safe_contact: dict[str, Any]
) -> None:
    """Keep the keyed hashes by which this client can be recognised in the branch."""
    Fingerprint.objects.bulk_create(
        Fingerprint(
            client=client, branch_id=client.branch_id, kind=kind, hash=value, key_id=keys.newest
        )
        for kind, said in (("person", (identity, {})), ("phone", ({}, safe_contact)))
        for value in keys.made(identifying(*said))
    )


def identifying(identity: dict[str, Any], safe_contact: dict[str, Any]) -> list[str]:
    """What identifies somebody, as it is hashed: the name in any order, and each phone number."""
    name = " ".join(
        sorted(plain(f"{identity.get('given_name', '')} {identity.get('family_name', '')}").split())
    )
    numbers = [
        "".join(filter(str.isdigit, safe_contact.get(which) or ""))[-9:]
        for which in ("phone", "other_phone")
    ]
    return [f"name|{name}"] * bool(name) + [f"phone|{n}" for n in numbers if n]


def plain(text: str) -> str:
    """Text for comparing: no accents, no case, hyphens and apostrophes as blanks."""
    letters = normal(text.casefold(), "NFKD")
    kept = (c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return "".join(kept)

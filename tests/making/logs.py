"""A log of invented events as files, as an export would write it, to be checked and to be damaged."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from audit import merkle, tiles
from audit.checkpoint import Checkpoint
from audit.note import COSIGNATURE, SigningKey, sign_note

ORIGIN = "example.org/log"


@dataclass
class Subject:
    """Somebody whom events are about."""

    name: str
    count: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def key(self, purpose: str) -> bytes:
        return hmac.digest(self.name.encode(), purpose.encode(), "sha256")

    def seal(self, index: int) -> bytes:
        """The entry of this person's next event, which becomes the leaf ``index``."""
        n, self.count = self.count, self.count + 1
        event = {
            "action": "record.viewed",
            "at": "2026-11-26T02:00:00.000000Z",
            "detail": {"é": index},
        }
        event["id"] = str(UUID(int=index + (4 << 76) + (8 << 60)))
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        commitment = hmac.digest(self.key("commit"), text.encode(), "sha256")
        tag = hmac.digest(self.key("tag"), b"%d" % n, "sha256")[:16]
        entry = {
            "c": b64encode(commitment).decode(),
            "id": event["id"],
            "t": b64encode(tag).decode(),
            "v": 1,
        }
        raw = json.dumps(entry, separators=(",", ":")).encode()
        self.events.append({"n": n, "index": index, "entry": raw.decode(), "event": text})
        return raw


class Log:
    """A log in memory that can be written out, grown and forked."""

    def __init__(self, *, origin: str = ORIGIN) -> None:
        self.key = SigningKey.make(origin)
        self.witness = SigningKey.make("example.net/witness", COSIGNATURE)
        self.entries: list[bytes] = []
        self.hashes: list[bytes] = []
        self.subjects = [Subject(name) for name in ("ada", "ben", "house")]

    def grow(self, count: int, choose: Callable[[int], int] = lambda index: index % 3) -> Log:
        for index in range(len(self.entries), len(self.entries) + count):
            entry = self.subjects[choose(index)].seal(index)
            self.entries.append(entry)
            self.hashes.append(merkle.leaf_hash(entry))
        return self

    @property
    def size(self) -> int:
        return len(self.entries)

    def checkpoint(
        self, size: int | None = None, *, key: SigningKey | None = None, seen: int = 0
    ) -> str:
        """The signed checkpoint of the first ``size`` entries, cosigned at the time ``seen``."""
        size = self.size if size is None else size
        root = merkle.root_of(b"".join(self.hashes[:size]))
        text = Checkpoint(self.key.name, size, root).text
        signatures = [(key or self.key).sign(text)]
        if seen:
            signatures.append(self.witness.sign(text, time=seen))
        return sign_note(text, *signatures)

    def write(self, folder: Path, **checkpoint: Any) -> Path:
        """The whole export."""
        frontier = tiles.Frontier()
        for (level, number), hashes in frontier.extend(self.hashes).items():
            put(folder, level, number, len(hashes) // 32, hashes)
        for number in range(-(-self.size // 256)):
            bundle = self.entries[number * 256 : number * 256 + 256]
            raw = b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
            put(folder, "entries", number, len(bundle), raw)
        (folder / "checkpoint").write_text(self.checkpoint(**checkpoint))
        (folder / "key.pub").write_text(f"{self.key.verifier}\n")
        return folder

    def client(self, who: int = 0, *, complete: bool = True, since: int = 0) -> dict[str, Any]:
        """One person's file."""
        subject, fetch = self.subjects[who], merkle.nodes_from_leaves(self.hashes)
        keys = {"commit": b64encode(subject.key("commit")).decode()}
        if complete:
            keys["tag"] = b64encode(subject.key("tag")).decode()
        events = []
        for item in subject.events:
            path = merkle.inclusion_proof(item["index"], self.size, fetch)
            item = {**item, "proof": [b64encode(value).decode() for value in path]}
            if not complete:
                del item["n"]
            events.append(item)
        file: dict[str, Any] = {
            "format": "confidential-log-client/1",
            "key": str(self.key.verifier),
        }
        file |= {
            "checkpoint": self.checkpoint(),
            "keys": keys,
            "complete": complete,
            "events": events,
        }
        if since:
            path = merkle.consistency_proof(since, self.size, fetch)
            file["consistency"] = {
                "from": since,
                "proof": [b64encode(value).decode() for value in path],
            }
        return file


def put(folder: Path, level: int | str, number: int, width: int, raw: bytes) -> Path:
    path = folder / tiles.tile_path(level, number, width)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return path

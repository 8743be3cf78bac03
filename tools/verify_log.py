#!/usr/bin/env python3
"""Checks an exported log, or one person's file of it, without the application that made it.

    verify_log.py DIR [--key KEY] [--since OLD] [--client FILE] [--proof FILE] [--witness KEY ...]

DIR is what `audit_export` wrote; without it, a person's file or a single proof is checked alone. KEY is
the key of the log (name+id+base64) or a file that holds it, which you have from elsewhere; OLD is a
checkpoint that you kept earlier.
Needs Python 3.11 and `cryptography`; the format is described in docs/log-format.md.

Ends with 0 when everything that could be checked is true, 1 when something is false or missing, 2 when the
check could not begin (no such file, no usable key), and 3 when all is true but the key came with the log:
then the log agrees with itself only, as a forged one does too.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HASH, WIDE = 32, 256
ENTRY = re.compile(
    rb'\{"c":"([A-Za-z0-9+/]{43}=)","id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",'
    rb'"t":"([A-Za-z0-9+/]{21}[AQgw]==)","v":1\}'
)
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})\Z")
NAMED = 20  # so many faults are named; the others are counted


class Wrong(Exception):
    """Something that is checked is false."""


class Unable(Exception):
    """The check cannot begin."""


# ------------------------------------------------------------------ hashes and proofs (RFC 6962)

fresh_leaf, fresh_node = hashlib.sha256(b"\0").copy, hashlib.sha256(b"\1").copy


def leaf(entry: bytes) -> bytes:
    """The hash of an entry."""
    state = fresh_leaf()
    state.update(entry)
    return state.digest()


def node(both: bytes) -> bytes:
    """The hash over two neighbouring hashes, given as 64 bytes."""
    state = fresh_node()
    state.update(both)
    return state.digest()


def top(row: bytes) -> bytes:
    """The root over hashes that stand in a row; an odd last one moves up as it is."""
    while len(row) > HASH:
        pairs = [row[at : at + 64] for at in range(0, len(row), 64)]
        row = b"".join(node(pair) if len(pair) == 64 else pair for pair in pairs)
    return row or hashlib.sha256().digest()


def walk(at: int, end: int, count: int) -> Iterator[bool]:
    """For each hash of a path from position ``at`` of ``end + 1``: whether it stands on the left."""
    for _ in range(count):
        if end == 0:
            raise Wrong("the proof is too long")
        left = at % 2 == 1 or at == end
        yield left
        while left and at % 2 == 0 and at:
            at, end = at // 2, end // 2
        at, end = at // 2, end // 2
    if end:
        raise Wrong("the proof is too short")


def check_inclusion(
    index: int, size: int, leaf_hash: bytes, proof: list[bytes], root: bytes
) -> None:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        raise Wrong(f"there is no leaf {index} in a log of {size}")
    if any(len(value) != HASH for value in (leaf_hash, root, *proof)):
        raise Wrong("a hash does not have 32 bytes")
    value = leaf_hash
    for other, left in zip(proof, walk(index, size - 1, len(proof)), strict=False):
        value = node(other + value if left else value + other)
    list(walk(index, size - 1, len(proof)))
    if value != root:
        raise Wrong("the proof leads to another root")


def check_consistency(
    old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes
) -> None:
    """RFC 9162, 2.1.4.2; the same size twice needs the same root and an empty proof."""
    if not 1 <= old <= new:
        raise Wrong(f"a log of {old} is not the beginning of one of {new}")
    if old == new:
        if old_root != new_root or proof:
            raise Wrong("two roots for one size" if old_root != new_root else "a proof too many")
        return
    if not proof or any(len(value) != HASH for value in (old_root, new_root, *proof)):
        raise Wrong("the proof is empty or a hash does not have 32 bytes")
    zeros = (old & -old).bit_length() - 1
    path = proof if old != 1 << zeros else [old_root, *proof]
    sides = list(walk((old - 1) >> zeros, (new - 1) >> zeros, len(path) - 1))
    before = after = path[0]
    for other, left in zip(path[1:], sides, strict=True):
        before = node(other + before) if left else before
        after = node(other + after if left else after + other)
    if before != old_root or after != new_root:
        raise Wrong("the proof leads to another root")


# ------------------------------------------------------------------ notes and checkpoints (C2SP)


def unbase64(text: str) -> bytes:
    """Canonical base64 and nothing else."""
    if not isinstance(text, str):
        raise Wrong("something is not base64")
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong("something is not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Wrong("base64 is not in its canonical form")
    return raw


def hashes_in(values: object) -> list[bytes]:
    """The hashes of a proof, given as a list of base64."""
    if not isinstance(values, list):
        raise Wrong("a proof is not a list of hashes")
    return [unbase64(value) for value in values]


def whole_number(text: str) -> int:
    """A decimal number without leading zeros, below 2^63."""
    if not DECIMAL.match(text) or int(text) >= 1 << 63:
        raise Wrong("something is not a plain number")
    return int(text)


@dataclass(frozen=True)
class Key:
    """A key that signs: its name, its type byte, and 32 bytes of Ed25519."""

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        """The four bytes before each signature."""
        return hashlib.sha256(b"%b\n%c%b" % (self.name.encode(), self.kind, self.raw)).digest()[:4]


def key_of(text: str) -> Key:
    """The key in ``name+id+base64``, or in the file of that name."""
    if text.count("+") < 2:
        text = read(Path(text)).decode(errors="replace")
    try:
        name, shown, encoded = text.strip().split("+", 2)
        raw = unbase64(encoded)
        key = Key(name, raw[0], raw[1:])
    except (ValueError, IndexError, Wrong) as error:
        raise Unable(f"This is no key: {text.strip()[:80]}") from error
    if key.kind not in (1, 4) or len(key.raw) != 32 or shown != key.id.hex() or not is_name(name):
        raise Unable(f"This is no Ed25519 key for logs or witnesses: {text.strip()[:80]}")
    return key


def is_name(name: str) -> bool:
    """What signed-note allows as the name of a key."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 32 for c in name)


@dataclass
class Checkpoint:
    """A checkpoint as read; ``signed`` holds the keys that did sign it, with the time of witnesses."""

    origin: str
    size: int
    root: bytes
    signed: dict[Key, int | None] = field(default_factory=dict)


def open_checkpoint(raw: bytes, keys: list[Key]) -> Checkpoint:
    """Take a checkpoint apart and check the signatures of ``keys``; a false one is never passed over."""
    if len(raw) > 1_000_000 or any(byte < 32 and byte != 10 for byte in raw):
        raise Wrong("the checkpoint is too long or has control characters")
    try:
        text, empty, below = raw.decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise Wrong("the checkpoint is not UTF-8") from error
    lines, body = below.split("\n"), text + "\n"
    if not empty or lines.pop() or not 1 <= len(lines) <= 100:
        raise Wrong("the checkpoint is not a signed note")
    head = body.split("\n")
    if len(head) < 4 or "" in head[:-1]:
        raise Wrong("the checkpoint has no origin, size and root")
    checkpoint = Checkpoint(head[0], whole_number(head[1]), unbase64(head[2]))
    if len(checkpoint.root) != HASH:
        raise Wrong("the root does not have 32 bytes")
    for line in lines:
        dash, name, encoded, *more = [*line.split(" "), "", ""]
        raw_signature = unbase64(encoded)
        if dash != "\u2014" or not is_name(name) or any(more) or len(raw_signature) < 5:
            raise Wrong("a line below the checkpoint is no signature")
        for key in keys:
            if (key.name, key.id) == (name, raw_signature[:4]):
                checkpoint.signed[key] = check_signature(key, body, raw_signature[4:])
    return checkpoint


def check_signature(key: Key, body: str, signature: bytes) -> int | None:
    """The time of a cosignature, None for the log's own; raises ``Wrong``."""
    moment, signed = None, body.encode()
    if key.kind == 4:
        moment, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        signed = b"cosignature/v1\ntime %d\n%b" % (moment, signed)
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, signed)
    except InvalidSignature as error:
        raise Wrong(f"the signature of {key.name} is false") from error
    if moment is not None and moment >= 1 << 63:
        raise Wrong(f"the cosignature of {key.name} has no possible time")
    return moment


# ------------------------------------------------------------------ files


def read(path: Path) -> bytes:
    """A file that the reader named."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unable(f"Cannot read {path}: {error.strerror}") from error


def tile_name(level: int | str, number: int, width: int) -> str:
    """Where tlog-tiles puts a tile or a bundle of entries."""
    groups = f"{number:,}".split(",")
    groups[0] = groups[0].zfill(3)
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + (f".p/{width}" if width < WIDE else "")


def tile(folder: Path, level: int | str, number: int, width: int) -> tuple[bytes, bool]:
    """A tile or bundle, and whether it is the very one: the full one holds a partial one too."""
    for try_width in (width, WIDE):
        try:
            return (folder / tile_name(level, number, try_width)).read_bytes(), try_width == width
        except OSError:
            continue
    raise Wrong(f"{tile_name(level, number, width)} is missing")


def hashes_of(folder: Path, level: int, number: int, width: int) -> bytes:
    """The hashes of a tile."""
    raw, exact = tile(folder, level, number, width)
    if len(raw) < width * HASH or (exact and len(raw) > width * HASH):
        raise Wrong(f"{tile_name(level, number, width)} has the wrong length")
    return raw[: width * HASH]


def entries_of(folder: Path, number: int, width: int) -> list[bytes]:
    """The entries of a bundle, each after two bytes of its length."""
    raw, exact = tile(folder, "entries", number, width)
    entries, at = [], 0
    while at + 2 <= len(raw) and len(entries) < width:
        end = at + 2 + (raw[at] << 8 | raw[at + 1])
        entries.append(raw[at + 2 : end])
        at = end
    if at > len(raw) or len(entries) < width or (exact and at < len(raw)):
        raise Wrong(f"{tile_name('entries', number, width)} has the wrong length")
    return entries


@dataclass
class Part:
    """What a stretch of bundles came to."""

    tops: list[bytes] = field(default_factory=list)  # the root over each full bundle
    last: bytes = b""  # the leaf hashes of an unfinished one
    ids: bytes = b""  # 36 bytes an entry
    tags: bytes = b""  # 24 bytes an entry
    faults: list[str] = field(default_factory=list)


def check_part(folder: Path, first: int, end: int, size: int) -> Part:
    """Hash the entries of the bundles from ``first`` to ``end`` and compare each with its tile."""
    part = Part()
    for number in range(first, end):
        start, width = number * WIDE, min(WIDE, size - number * WIDE)
        try:
            entries = entries_of(folder, number, width)
            stored = hashes_of(folder, 0, number, width)
        except Wrong as fault:
            part.faults.append(f"entries {start} to {start + width - 1}: {fault}")
            entries, stored = [], b""
        row = b"".join([leaf(entry) for entry in entries])
        matches = [ENTRY.fullmatch(entry) for entry in entries]
        if row != stored or not all(matches):
            for at, match in enumerate(matches):
                if row[at * HASH : at * HASH + HASH] != stored[at * HASH : at * HASH + HASH]:
                    part.faults.append(
                        f"entry {start + at} is not the one whose hash is in the tree"
                    )
                elif not match:
                    part.faults.append(f"entry {start + at} is not of the known form")
        part.ids += b"".join([match[2] if match else bytes(36) for match in matches])
        part.tags += b"".join([match[3] if match else bytes(24) for match in matches])
        if width == WIDE:
            part.tops.append(top(row) if entries else bytes(HASH))
        else:
            part.last = row
    return part


def checked(stretches: list[tuple[Path, int, int, int]], shared: bool) -> list[Part]:
    """What each stretch of bundles comes to, in order; by several processes where they can be had."""
    if shared:
        try:
            with ProcessPoolExecutor() as pool:
                return list(pool.map(check_part, *zip(*stretches, strict=True)))
        except (OSError, ImportError, BrokenProcessPool):
            pass  # no shared memory, or no second process: slower, and the same answer
    return [check_part(*stretch) for stretch in stretches]


class Log:
    """All entries of a log, hashed; ``rows[level]`` are the hashes of that level of tiles."""

    def __init__(self, folder: Path, checkpoint: Checkpoint) -> None:
        self.folder, self.size = folder, checkpoint.size
        bundles = -(-self.size // WIDE)
        step = max(1, min(128, bundles // 8 or 1))
        stretches = [
            (folder, at, min(at + step, bundles), self.size) for at in range(0, bundles, step)
        ]
        parts = checked(stretches, shared=bundles >= 32 and (os.cpu_count() or 1) > 1)
        self.faults = [fault for part in parts for fault in part.faults]
        self.ids, self.tags = (
            b"".join([getattr(p, name) for p in parts]) for name in ("ids", "tags")
        )
        self.rows = [b"", b"".join([value for part in parts for value in part.tops])]
        self.edge = parts[-1].last if parts else b""
        while len(self.rows[-1]) >= WIDE * HASH:
            row, full = self.rows[-1], len(self.rows[-1]) // (WIDE * HASH)
            step = WIDE * HASH
            self.rows.append(b"".join([top(row[n * step : (n + 1) * step]) for n in range(full)]))
        self.faults += self.wrong_tiles()

    def wrong_tiles(self) -> Iterator[str]:
        """The tiles above the leaves that are not what the entries come to."""
        for level, row in enumerate(self.rows[1:], 1):
            for number in range(-(-len(row) // (WIDE * HASH))):
                part = row[number * WIDE * HASH : (number + 1) * WIDE * HASH]
                try:
                    if hashes_of(self.folder, level, number, len(part) // HASH) != part:
                        yield f"tile {number} of level {level} is not what the entries come to"
                except Wrong as fault:
                    yield str(fault)

    def root(self, size: int) -> bytes:
        """The root over the first ``size`` entries."""
        under, edge = b"", self.edge
        if size != self.size:
            width = min(WIDE, self.size - size // WIDE * WIDE)
            entries = entries_of(self.folder, size // WIDE, width) if size % WIDE else []
            edge = b"".join([leaf(entry) for entry in entries[: size % WIDE]])
        for level in range(len(self.rows)):
            count = size // WIDE**level
            row = (
                edge if level == 0 else self.rows[level][count // WIDE * WIDE * HASH : count * HASH]
            )
            under = top(row + under) if row or under else b""
        return under or top(b"")

    def twice(self) -> list[str]:
        """Events that have two leaves, and tags that were given twice."""
        found = []
        for what, width, row in (("event", 36, self.ids), ("tag", 24, self.tags)):
            values = [row[at : at + width] for at in range(0, len(row), width)]
            if len(set(values)) != len(values):
                seen: dict[bytes, int] = {}
                for index, value in enumerate(values):
                    if value[0] and seen.setdefault(value, index) != index:
                        found.append(
                            f"{what} {value.decode()} is in leaf {seen[value]} and in leaf {index}"
                        )
        return found


# ------------------------------------------------------------------ one person's file


class Person:
    """One person's file: each event opens its leaf, and none is missing."""

    def __init__(self, raw: bytes) -> None:
        try:
            self.file: dict[str, Any] = json.loads(raw)
            if self.file["format"] != "confidential-log-client/1":
                raise Unable("This file is of another format than this program knows.")
            self.note = self.file["checkpoint"].encode()
            self.events: list[dict[str, Any]] = list(self.file["events"])
            self.commit = unbase64(self.file["keys"]["commit"])
            self.complete = self.file["complete"] is True
            self.tag = unbase64(self.file["keys"]["tag"]) if self.complete else b""
            if len(self.commit) != 32 or len(self.tag) not in (0, 32):
                raise Wrong("a key does not have 32 bytes")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Wrong) as error:
            raise Unable("This is no person's file of the log.") from error

    def tag_of(self, n: int) -> bytes:
        """The tag that the person's event number ``n`` has in its leaf, in base64."""
        return base64.b64encode(hmac.digest(self.tag, b"%d" % n, "sha256")[:16])

    def opened(self, item: dict[str, Any]) -> None:
        """Raises ``Wrong`` unless the entry of an event is the leaf of that event."""
        try:
            match = ENTRY.fullmatch(item["entry"].encode())
            text = None if item["event"] is None else item["event"].encode()
            event = {} if text is None else json.loads(text)
            if not match or type(item["index"]) is not int or not isinstance(event, dict):
                raise ValueError
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Wrong("is not of the known form") from error
        if text is None and not self.complete:
            raise Wrong("has no text")
        if text is not None:
            mac = hmac.digest(self.commit, text, "sha256")
            if not hmac.compare_digest(base64.b64encode(mac), match[1]):
                raise Wrong("is not what was recorded: its text does not open its leaf")
            if event.get("id") != match[2].decode():
                raise Wrong("belongs to another leaf")
        if self.complete:
            if type(item.get("n")) is not int:
                raise Wrong("has no counter")
            if self.tag_of(item["n"]) != match[3]:
                raise Wrong(f"is not number {item['n']} of this person")

    def faults(self, size: int, root: bytes) -> Iterator[str]:
        """Events that do not open their leaf, or are not in the log of the checkpoint."""
        for item in self.events:
            index = item.get("index") if isinstance(item, dict) else None
            try:
                self.opened(item)
                proof = hashes_in(item["proof"])
                check_inclusion(item["index"], size, leaf(item["entry"].encode()), proof, root)
            except (Wrong, KeyError, TypeError, AttributeError) as fault:
                reason = fault if isinstance(fault, Wrong) else "is not of the known form"
                yield f"the event of leaf {index} {reason}"

    def order_faults(self) -> Iterator[str]:
        """Counters that are missing between the first and the last, or do not rise with the leaves."""
        pairs = sorted((item["n"], item["index"]) for item in self.events)
        expected = 0
        for n, _ in pairs:
            yield from (f"event number {missing} is missing" for missing in range(expected, n))
            if n < expected:
                yield f"event number {n} is there twice"
            expected = max(expected, n + 1)
        if [index for _, index in pairs] != sorted({index for _, index in pairs}):
            yield "the counters do not rise with the leaves"

    def missing(self, log: Log, size: int) -> Iterator[str]:
        """Leaves among the first ``size`` that are this person's and not in the file, with the event."""
        where = {log.tags[at : at + 24]: at // 24 for at in range(0, size * 24, 24)}
        given = {item.get("index") for item in self.events if isinstance(item, dict)}
        n = 0
        while (index := where.get(self.tag_of(n))) is not None:
            if index not in given:
                event = log.ids[index * 36 : index * 36 + 36].decode()
                yield f"the event {event} of leaf {index} is missing from the file (number {n})"
            n += 1
        if n < len(given):
            yield f"the log has {n} events of this person, the file {len(given)}"


# ------------------------------------------------------------------ what is said


class Report:
    """Says each finding as it comes, in plain words, and remembers whether all is well."""

    def __init__(self) -> None:
        self.well = True
        self.alone = False  # whether nothing but the log itself speaks for it

    def ok(self, text: str) -> None:
        print(f"true         {text}")

    def open(self, text: str) -> None:
        print(f"not checked  {text}")

    def false(self, text: str) -> None:
        self.well = False
        print(f"FALSE        {text}")

    def judge(self, text: str, faults: list[str]) -> None:
        """One finding: true, or each of the first faults and how many more there are."""
        for fault in faults[:NAMED]:
            self.false(fault)
        if len(faults) > NAMED:
            self.false(f"and {len(faults) - NAMED} more")
        if not faults:
            self.ok(text)


def signed_checkpoint(report: Report, raw: bytes, keys: list[Key], what: str) -> Checkpoint:
    """A checkpoint that the log has signed; raises ``Wrong``, since nothing else can be judged then."""
    checkpoint = open_checkpoint(raw, keys)
    if keys[0] not in checkpoint.signed:
        raise Wrong(f"{what} is not signed by {keys[0].name}")
    if checkpoint.origin != keys[0].name:
        raise Wrong(f"{what} is that of another log, {checkpoint.origin}")
    report.ok(f"{what} is signed by {keys[0].name}: {checkpoint.size} entries")
    return checkpoint


def say_witnesses(report: Report, checkpoint: Checkpoint, witnesses: list[Key]) -> None:
    """Who cosigned, and when."""
    for key in witnesses:
        moment = checkpoint.signed.get(key)
        if moment is None:
            report.false(f"{key.name} has not cosigned this checkpoint")
        else:
            seen = datetime.fromtimestamp(min(moment, 2**37), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            report.ok(f"cosigned by {key.name} at {seen}")
    if not witnesses:
        report.open("whether others are shown the same log (give the key of a witness: --witness)")


def say_log(report: Report, folder: Path, checkpoint: Checkpoint) -> Log:
    """Every entry, every tile, the root."""
    log = Log(folder, checkpoint)
    report.judge("every entry has its leaf and its tiles are right", log.faults)
    report.judge("no event and no tag is there twice", log.twice())
    if log.root(log.size) == checkpoint.root:
        report.ok("the entries come to the root that was signed")
    else:
        report.false("the entries come to another root than the one that was signed")
    return log


def say_since(
    report: Report, old: Checkpoint, new: Checkpoint, log: Log | None, file: dict[str, Any]
) -> None:
    """That the log goes on from what the reader saw: recomputed, or by the proof in a person's file."""
    if old.size > new.size:
        raise Wrong(f"the log has shrunk: you saw {old.size} entries, now there are {new.size}")
    if old.size == 0 or old.size == new.size:
        if old.root != (new.root if old.size else top(b"")):
            raise Wrong("the log was changed: two roots for one size")
    elif log:
        if log.root(old.size) != old.root:
            raise Wrong(f"the log was changed: its first {old.size} entries are not those you saw")
    else:
        given = file.get("consistency")
        if not isinstance(given, dict) or given.get("from") != old.size:
            report.open(
                "whether the log goes on from your checkpoint (the file has no proof from it)"
            )
            return
        proof = hashes_in(given.get("proof"))
        check_consistency(old.size, new.size, proof, old.root, new.root)
    report.ok(f"the log goes on from your checkpoint of {old.size} entries")


def say_person(report: Report, person: Person, checkpoint: Checkpoint, log: Log | None) -> None:
    """One person's events."""
    count = len(person.events)
    faults = list(person.faults(checkpoint.size, checkpoint.root))
    report.judge(f"each of the {count} events is as it was recorded and stands in the log", faults)
    gone = sum(isinstance(item, dict) and item.get("event", "") is None for item in person.events)
    if gone:
        report.open(f"what {gone} of them said: their text was removed, the leaf is left")
    if not person.complete:
        report.open("whether events are missing: this file does not claim to be complete")
        return
    counted_with = hashlib.sha256(person.tag).hexdigest()[:16]
    report.open(f"whether the key that counts them, {counted_with}, is that of your earlier files")
    if not faults:
        report.judge(
            f"the events are counted 0 to {count - 1} without a gap", list(person.order_faults())
        )
    if log:
        report.judge(
            "the log has no other event of this person", list(person.missing(log, checkpoint.size))
        )
    else:
        report.open(
            "whether events after the last of these are missing (that needs the whole log: DIR)"
        )


def say_proof(report: Report, raw: bytes, keys: list[Key]) -> None:
    """A single proof in the form of C2SP tlog-proof, whose extra data is the entry."""
    head, empty, note = raw.decode(errors="replace").partition("\n\n")
    lines = head.split("\n")
    if lines[:1] != ["c2sp.org/tlog-proof@v1"] or not empty or len(lines) < 3:
        raise Wrong("this is no proof in the form of tlog-proof with an entry")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Wrong("the proof has no entry or no index")
    entry, index = unbase64(lines[1][6:]), whole_number(lines[2][6:])
    checkpoint = signed_checkpoint(report, note.encode(), keys, "the checkpoint of the proof")
    check_inclusion(index, checkpoint.size, leaf(entry), hashes_in(lines[3:]), checkpoint.root)
    report.ok(f"the log has this entry as leaf {index}: {entry.decode(errors='replace')}")


def keys_for(args: argparse.Namespace, report: Report) -> list[Key]:
    """The key of the log, then those of the witnesses."""
    if args.key and not came_with(args.key, args.dir):
        log_key = key_of(args.key)
    elif args.dir:
        log_key = key_of(args.key or str(Path(args.dir) / "key.pub"))
        report.alone = True
        report.open("whether this is the key of the log: it came with the log (give yours: --key)")
    else:
        raise Unable("Give the key of the log: --key.")
    if log_key.kind != 1:
        raise Unable("The key given for the log is that of a witness.")
    return [log_key, *map(key_of, args.witness)]


def came_with(key: str, folder: str | None) -> bool:
    """Whether a key was given as a file among those of the log."""
    inside = folder and Path(folder).resolve()
    return bool(inside) and key.count("+") < 2 and inside in Path(key).resolve().parents


def say_file(report: Report, person: Person, theirs: Checkpoint, log: Log | None) -> None:
    """One person's file, beside the whole log where there is one."""
    if log and theirs.size > log.size:
        report.false(f"the file is about {theirs.size} entries, this log has {log.size}")
        log = None
    elif log and log.root(theirs.size) != theirs.root:
        report.false("the file is about another log than this: a fork")
        log = None
    say_person(report, person, theirs, log)


def run(args: argparse.Namespace, report: Report) -> None:
    """Everything that was asked, from the signature outward."""
    if args.dir and not Path(args.dir).is_dir():
        raise Unable(f"There is no folder {args.dir}.")
    person = Person(read(Path(args.client))) if args.client else None
    if not (args.dir or person or args.proof):
        raise Unable("Nothing to check: give DIR, --client or --proof.")
    keys = keys_for(args, report)
    checkpoint = log = None
    if args.dir:
        note = read(Path(args.dir) / "checkpoint")
        checkpoint = signed_checkpoint(report, note, keys, "the checkpoint")
        log = say_log(report, Path(args.dir), checkpoint)
    if person:
        theirs = signed_checkpoint(report, person.note, keys, "the checkpoint of the person's file")
        say_file(report, person, theirs, log)
        checkpoint = checkpoint or theirs
    if checkpoint:
        say_witnesses(report, checkpoint, keys[1:])
    if args.since and checkpoint:
        old = signed_checkpoint(report, read(Path(args.since)), keys[:1], "your earlier checkpoint")
        say_since(report, old, checkpoint, log, person.file if person else {})
    elif checkpoint:
        report.open("whether the log goes on from one that you saw before (give it: --since)")
    if args.proof:
        say_proof(report, read(Path(args.proof)), keys)


def main() -> NoReturn:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=argparse.SUPPRESS,
    )
    parser.add_argument("dir", nargs="?", metavar="DIR", help="folder that audit_export wrote")
    parser.add_argument("--key", help="key of the log, or a file with it")
    parser.add_argument("--since", metavar="OLD", help="a checkpoint that you kept")
    parser.add_argument("--client", metavar="FILE", help="one person's file")
    parser.add_argument("--proof", metavar="FILE", help="a single .tlog-proof")
    parser.add_argument(
        "--witness", metavar="KEY", action="append", default=[], help="key of a witness"
    )
    args, report = parser.parse_args(), Report()
    try:
        run(args, report)
    except Wrong as fault:
        report.false(str(fault))
    except Unable as reason:
        print(reason, file=sys.stderr)
        sys.exit(2)
    if not report.well:
        print("SOMETHING IS FALSE: see above.")
        sys.exit(1)
    if report.alone:
        print(
            "AGREES WITH ITSELF ONLY: nothing is false, but whoever forged it could have made its key too.\n"
            "Get the key of the log another way (on paper, from a witness), and give it: --key."
        )
        sys.exit(3)
    print("Everything that was checked is true.")
    sys.exit(0)


if __name__ == "__main__":
    main()

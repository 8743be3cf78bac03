"""The log as files that anybody can check (C2SP tlog-tiles), and one client's file.

Formats are in docs/log-format.md.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from audit.canonical import canonical
from audit.keys import NotReadable, keys_of_log
from audit.merkle import HASH_SIZE, leaf_hash
from audit.models import Checkpoint, Leaf
from audit.proofs import inclusion_paths
from audit.reading import Counted
from audit.sealing import Subject, entry
from audit.signing import verifier_key
from audit.tiles import TILE_WIDTH, Frontier, tile_path
from audit.witnessing import cosigned, newest_cosigned, witnesses

if TYPE_CHECKING:
    from vault.keys import LogKeys

FORMAT = "confidential-log-client/1"


def export(folder: Path) -> int:
    """Write the log up to the newest checkpoint to give out; how many leaves. That is written last.

    Raises NotSealed before the first checkpoint.
    """
    checkpoint = newest_cosigned()
    for path, content in files(checkpoint):
        _write(folder / path, content)
    return checkpoint.size


def files(checkpoint: Checkpoint) -> Iterator[tuple[str, bytes]]:
    """Every file of the log up to ``checkpoint`` by its path, as tlog-tiles lays them out; that one last.

    Reads leaves only, which hold nothing about anybody: any role that serves may.
    """
    frontier = Frontier()
    while frontier.size < checkpoint.size:
        number = frontier.size // TILE_WIDTH
        width = min(TILE_WIDTH, checkpoint.size - frontier.size)
        found = entries(number, width)
        if len(found) < width:
            raise LookupError(f"Leaves of bundle {number} are missing.")
        yield tile_path("entries", number, width), _joined(found)
        for (level, index), tile in frontier.extend(map(leaf_hash, found)).items():
            if len(tile) == TILE_WIDTH * HASH_SIZE:
                yield tile_path(level, index), tile
    for level, hashes in enumerate(frontier.edge):
        if hashes:
            number = (frontier.size >> 8 * level) // TILE_WIDTH
            yield tile_path(level, number, len(hashes) // HASH_SIZE), bytes(hashes)
    yield "key.pub", f"{verifier_key()}\n".encode()
    if witnesses():
        yield "witness-keys", "".join(f"{w.key}\n" for w in witnesses()).encode()
    yield "checkpoint", cosigned(checkpoint).encode()


def entries(number: int, width: int = TILE_WIDTH) -> list[bytes]:
    """The first ``width`` entries of the log's ``number``-th 256 leaves."""
    first = number * TILE_WIDTH
    last = first + min(width, TILE_WIDTH)
    leaves = Leaf.objects.filter(index__gte=first, index__lt=last).order_by("index")
    rows = leaves.values_list("event", "commitment", "tag")
    return [entry(str(event), bytes(commitment), bytes(tag)) for event, commitment, tag in rows]


def bundle(number: int, width: int = TILE_WIDTH) -> bytes:
    """Entries as ``tile/entries/`` has them."""
    return _joined(entries(number, width))


def _joined(found: list[bytes]) -> bytes:
    return b"".join(len(each).to_bytes(2, "big") + each for each in found)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".new")
    partial.write_bytes(content)
    partial.replace(path)


# ---------------------------------------------------------------- one client's file


def client_file(
    events: Sequence[Mapping[str, Any]],
    keys: LogKeys,
    logged: int,
    *,
    complete: bool,
    checkpoint: Checkpoint | None = None,
) -> dict[str, Any]:
    """One person's events with what checks them, as docs/log-format.md describes.

    ``events`` are rows of audit_event with ``detail`` as the database's text; ``logged`` is how many leaves
    the person has. ``complete`` says that nothing is withheld: only then counters and the tag key are given.
    """
    checkpoint = checkpoint or newest_cosigned()
    counted = Counted(Subject(keys, logged))
    found = _counted(events, counted, checkpoint.size)
    if complete:
        found = sorted(found + _removed(counted, checkpoint.size), key=lambda item: item["index"])
    paths = inclusion_paths([item["index"] for item in found], checkpoint.size)
    for item, path in zip(found, paths, strict=True):
        item["proof"] = [b64encode(value).decode() for value in path]
        if not complete:
            del item["n"]
    shown = {"commit": b64encode(keys.commit).decode()}
    if complete:
        shown["tag"] = b64encode(keys.tag).decode()
    return {
        "format": FORMAT,
        "key": str(verifier_key()),
        "checkpoint": cosigned(checkpoint),
        "keys": shown,
        "complete": complete,
        "events": found,
    }


def _counted(
    events: Sequence[Mapping[str, Any]], counted: Counted, size: int
) -> list[dict[str, Any]]:
    """Index, entry, counter and text of each event that is sealed, in the order of the leaves."""
    by_id = {event["id"]: event for event in events}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, event, commitment, tag FROM audit_leaf "
            "WHERE event = ANY (%s) AND index < %s ORDER BY index",
            [list(by_id), size],
        )
        leaves = cursor.fetchall()
    found = []
    for index, event, commitment, tag in leaves:
        n = counted.take(bytes(tag))
        if n is None:
            continue  # sealed under the house's key, before this person had one
        text = canonical(by_id[event]).decode()
        whole = entry(str(event), bytes(commitment), bytes(tag)).decode()
        found.append({"n": n, "index": index, "entry": whole, "event": text})
    return found


def _removed(counted: Counted, size: int) -> list[dict[str, Any]]:
    """The leaves of events that are gone because their time was over: without them there would be a gap."""
    wanted = {counted.tag(n): n for n in counted.left()}
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, event, commitment, tag FROM audit_leaf WHERE tag = ANY (%s) AND index < %s",
            [list(wanted), size],
        )
        return [
            {
                "n": wanted[bytes(tag)],
                "index": index,
                "event": None,
                "entry": entry(str(event), bytes(commitment), bytes(tag)).decode(),
            }
            for index, event, commitment, tag in cursor.fetchall()
        ]


def file_by_reference(reference: str) -> dict[str, Any]:
    """The file of the client with this reference, for the command. Is logged.

    Raises LookupError, or NotReadable where the client's keys do not open.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT subject, audit, logged FROM sec.log_subject(%s)", [reference])
        row = cursor.fetchone()
        if row is None:
            raise LookupError(reference)
        subject, audit, logged = row
        cursor.execute("SELECT * FROM sec.log_of(%s)", [subject])
        names = [column.name for column in cursor.description]
        events = [dict(zip(names, event, strict=True)) for event in cursor.fetchall()]
        keys = keys_of_log({subject: audit}).get(subject)
        if keys is None:
            raise NotReadable("The keys of this client do not open: is a master key missing?")
        return client_file(events, keys, logged, complete=True)

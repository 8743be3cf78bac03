"""Proofs out of the stored tree: that a leaf is in it, and that one tree is the beginning of another.

Tiles, tree and checkpoints hold nothing about anybody: every role that serves may read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection

from audit import merkle
from audit.checkpoint import InclusionText
from audit.merkle import HASH_SIZE, Fetch, Node
from audit.models import Checkpoint
from audit.sealing import entry
from audit.tiles import edge_tiles, nodes_from_tiles


class NotSealed(LookupError):
    """The event has no leaf under a signed checkpoint yet; a few seconds later it has."""


TILES = """SELECT t.level, t.number, t.hashes
    FROM unnest(%s::int[], %s::bigint[]) AS w (level, number), audit_tile t
    WHERE t.level = w.level AND t.number = w.number
    UNION ALL SELECT NULL, size, edge FROM audit_tree"""
NEWEST = """SELECT c.size, c.note, l.index, l.commitment, l.tag
    FROM (SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1) c
    JOIN audit_leaf l ON l.event = %s AND l.index < c.size"""
AT = """SELECT c.size, c.note, l.index, l.commitment, l.tag FROM audit_checkpoint c
    JOIN audit_leaf l ON l.event = %s AND l.index < c.size WHERE c.size = %s"""


def read_tiles(wanted: Sequence[tuple[int, int, int]]) -> Mapping[Node, bytes]:
    """Stored tiles by (level, index); one that is not full comes from the edge of the tree.

    One statement, so that no tile fills up between the two.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TILES, [[level for level, _, _ in wanted], [index for _, index, _ in wanted]]
        )
        found = {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
    size = next(number for level, number in found if level is None)
    at, edge = 0, found.pop((None, size))
    for level, index, width in edge_tiles(size):
        found.setdefault((level, index), edge[at : at + width * HASH_SIZE])
        at += width * HASH_SIZE
    return found


def nodes(size: int) -> Fetch:
    """The nodes of the tree of ``size`` leaves, for the functions of ``merkle``."""
    return nodes_from_tiles(size, read_tiles)


def newest() -> Checkpoint:
    """The newest checkpoint. Raises NotSealed before the first."""
    found = Checkpoint.objects.order_by("-size").first()
    if found is None:
        raise NotSealed("Nothing is sealed yet.")
    return found


def inclusion(event: UUID, checkpoint: Checkpoint | None = None) -> InclusionText:
    """The proof that this event's leaf is under a checkpoint, as a text that stands alone (tlog-proof).

    Its extra is the entry. Raises NotSealed.
    """
    with connection.cursor() as cursor:
        if checkpoint is None:
            cursor.execute(NEWEST, [event])
        else:
            cursor.execute(AT, [event, checkpoint.size])
        row = cursor.fetchone()
    if row is None:
        raise NotSealed("The event is not sealed yet.")
    size, note, index, commitment, tag = row
    return InclusionText(
        index,
        tuple(merkle.inclusion_proof(index, size, nodes(size))),
        bytes(note).decode(),
        entry(str(event), bytes(commitment), bytes(tag)),
    )


def inclusion_paths(indexes: Sequence[int], size: int) -> list[list[bytes]]:
    """The audit paths of several leaves; each tile is read, and each node hashed, once for all of them."""
    seen: dict[Node, bytes] = {}
    known: dict[Node, bytes] = {}

    def remembered(wanted: Sequence[tuple[int, int, int]]) -> Mapping[Node, bytes]:
        missing = [each for each in wanted if each[:2] not in seen]
        if missing:
            seen.update(read_tiles(missing))
        return seen

    hashed = nodes_from_tiles(size, remembered)

    def fetch(wanted: Sequence[Node]) -> list[bytes]:
        missing = [node for node in wanted if node not in known]
        known.update(zip(missing, hashed(missing), strict=True))
        return [known[node] for node in wanted]

    return [merkle.inclusion_proof(index, size, fetch) for index in indexes]


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is the beginning of that of ``new``."""
    return merkle.consistency_proof(old, new, nodes(new))


def root(size: int) -> bytes:
    """The root of the first ``size`` leaves, from the tiles."""
    return merkle.tree_root(size, nodes(size))

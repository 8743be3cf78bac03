"""Merkle trees of RFC 6962 and their proofs, on hashes alone: no database, no settings, no events.

Sizes and indexes are numbers of leaves, hashes are 32 bytes of SHA-256. A *node*
``(height, index)`` is the hash over the leaves from ``index << height`` up to the next node; a
*proof* is a list of hashes from the leaf upward. Tiles, in which a log keeps its nodes, are in
``tiles.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256().digest()

Node = tuple[int, int]
Fetch = Callable[[Sequence[Node]], Sequence[bytes]]

# Copying a started hash is a third faster than starting one, and a tree is little else.
_new_leaf = sha256(b"\x00").copy
_new_node = sha256(b"\x01").copy


class ProofError(ValueError):
    """A proof that does not prove what it says."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, 2.1): SHA-256 of a zero byte and the entry."""
    hashed = _new_leaf()
    hashed.update(entry)
    return hashed.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees (RFC 6962, 2.1): SHA-256 of a one byte and both hashes."""
    hashed = _new_node()
    hashed.update(left + right)
    return hashed.digest()


def root_of(hashes: bytes) -> bytes:
    """The root over ``hashes``, which stand one after the other in one value.

    They are leaf hashes, or the nodes of one height in which the last may be incomplete: pairing
    neighbours and carrying an odd last one upward gives the tree of RFC 6962 in both cases.
    """
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > HASH_SIZE:
        even = len(hashes) - len(hashes) % (2 * HASH_SIZE)
        paired = []
        for at in range(0, even, 2 * HASH_SIZE):
            hashed = _new_node()
            hashed.update(hashes[at : at + 2 * HASH_SIZE])
            paired.append(hashed.digest())
        hashes = b"".join(paired) + hashes[even:]
    return bytes(hashes)


def nodes_from_leaves(leaf_hashes: Sequence[bytes]) -> Fetch:
    """A source of nodes out of all leaf hashes; for small trees and for tests."""

    def fetch(nodes: Sequence[Node]) -> list[bytes]:
        return [
            root_of(b"".join(leaf_hashes[index << height : (index + 1) << height]))
            for height, index in nodes
        ]

    return fetch


# ---------------------------------------------------------------- making proofs


def inclusion_proof(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    spans, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return _hashes_of(spans[::-1], fetch)


def consistency_proof(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is the beginning of that of ``new`` (2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"There is no proof from {old} to {new} leaves.")
    spans, low, high, whole = [], 0, new, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, whole = middle, False
    if not whole:
        spans.append((low, high))
    return _hashes_of(spans[::-1], fetch)


def tree_root(size: int, fetch: Fetch) -> bytes:
    """The root of the first ``size`` leaves, from the same source of nodes."""
    return _hashes_of([(0, size)], fetch)[0] if size else EMPTY_ROOT


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _hashes_of(spans: Sequence[tuple[int, int]], fetch: Fetch) -> list[bytes]:
    """The hash over each span of leaves, with one call for all the nodes that they need."""
    parts = [_complete_nodes(low, high) for low, high in spans]
    flat = [node for nodes in parts for node in nodes]
    fetched = iter(fetch(flat) if flat else ())
    hashes = []
    for nodes in parts:
        *lefts, result = (next(fetched) for _ in nodes)
        for left in reversed(lefts):
            result = node_hash(left, result)
        hashes.append(result)
    return hashes


def _complete_nodes(low: int, high: int) -> list[Node]:
    """The complete subtrees, tall ones first, that make up a span which a proof names."""
    nodes = []
    while low < high:
        height = (high - low).bit_length() - 1
        nodes.append((height, low >> height))
        low += 1 << height
    return nodes


# ---------------------------------------------------------------- checking proofs


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that an audit path leads to (RFC 9162, 2.1.3.2); raises ``ProofError``."""
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} in a tree of {size}.")
    _check_hashes(leaf, *proof)
    result = leaf
    for sibling, on_left in zip(proof, _sides(index, size - 1, len(proof)), strict=True):
        result = node_hash(sibling, result) if on_left else node_hash(result, sibling)
    return result


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ``ProofError`` unless ``leaf`` (a leaf hash) stands at ``index`` under ``root``."""
    _check_hashes(root)
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise ProofError("The proof leads to another root.")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raise ``ProofError`` unless the old tree is the beginning of the new (RFC 9162, 2.1.4.2).

    An empty old tree is the beginning of every tree, which nothing can show: it is refused. The
    same size twice needs the same root and no proof.
    """
    if not 0 < old <= new:
        raise ProofError(f"There is no proof from {old} to {new} leaves.")
    if old == new:
        if proof or old_root != new_root:
            raise ProofError("A size has one root and needs no proof.")
        return
    _check_hashes(old_root, new_root, *proof)
    if not proof:
        raise ProofError("The proof is empty.")
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = proof[0]
    for sibling, on_left in zip(proof[1:], _sides(position, last, len(proof) - 1), strict=True):
        if on_left:
            first = node_hash(sibling, first)
        second = node_hash(sibling, second) if on_left else node_hash(second, sibling)
    if first != old_root or second != new_root:
        raise ProofError("The proof leads to another root.")


def _sides(position: int, last: int, count: int) -> list[bool]:
    """Whether each of ``count`` siblings stands on the left of the path from a node to the root.

    ``last`` is the last node of the same height. Raises ``ProofError`` if the path is not that long.
    """
    sides = []
    while last:
        on_left = bool(position & 1) or position == last
        sides.append(on_left)
        if on_left:  # of an incomplete subtree the levels without a sibling are passed over
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
    if len(sides) != count:
        raise ProofError(f"The proof has {count} hashes where {len(sides)} belong.")
    return sides


def _check_hashes(*hashes: bytes) -> None:
    if any(len(value) != HASH_SIZE for value in hashes):
        raise ProofError("A hash has 32 bytes.")

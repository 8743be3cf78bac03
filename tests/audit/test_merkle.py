"""Trees, tiles and proofs against the recursive definition of RFC 6962, and against damage."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle, tiles
from audit.merkle import ProofError

LEAVES = [merkle.leaf_hash(n.to_bytes(2, "big")) for n in range(1100)]


def defined(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1 of RFC 6962 says it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def grown(steps: list[int]) -> tuple[tiles.Frontier, dict[merkle.Node, bytes]]:
    frontier, stored, at = tiles.Frontier(), {}, 0
    for step in steps:
        stored |= frontier.extend(LEAVES[at : at + step])
        at += step
    return frontier, stored


def test_leaf_and_root_of_the_published_examples() -> None:
    assert merkle.EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")
    assert merkle.leaf_hash(b"").hex().startswith("6e340b9cffb37a98")
    two = [merkle.leaf_hash(b""), merkle.leaf_hash(b"\x00")]
    assert merkle.root_of(b"".join(two)).hex().startswith("fac54203e7cc696c")


@pytest.mark.parametrize(
    "steps", [[1], [2, 1], [255, 1], [256], [257], [1, 2, 3, 250, 1, 255, 256, 300, 32], [1100]]
)
def test_a_frontier_grows_as_the_definition_says(steps: list[int]) -> None:
    frontier, stored = grown(steps)
    size = sum(steps)
    assert frontier.size == size
    assert frontier.root() == defined(LEAVES[:size])
    edge = {(level, index): stored[level, index] for level, index, _ in tiles.edge_tiles(size)}
    for level, index, width in tiles.edge_tiles(size):
        assert len(stored[level, index]) == 32 * width == 32 * tiles.tile_width(size, level, index)
    again = tiles.Frontier.of(size, edge)
    assert (again.size, again.edge) == (frontier.size, frontier.edge)
    again.extend(LEAVES[size : size + 3])
    assert again.root() == defined(LEAVES[: size + 3])


def test_a_frontier_with_a_short_tile_does_not_begin() -> None:
    _, stored = grown([300])
    with pytest.raises(ValueError, match="too short"):
        tiles.Frontier.of(300, {**stored, (0, 1): stored[0, 1][:-32]})
    with pytest.raises(ValueError, match="32 bytes"):
        tiles.Frontier().extend([b"short"])


@pytest.mark.parametrize("size", [*range(1, 34), 255, 256, 257, 513, 1100])
def test_every_proof_that_is_made_is_accepted_from_both_sources(size: int) -> None:
    _, stored = grown([700, 400])
    root = defined(LEAVES[:size])
    whole = merkle.nodes_from_leaves(LEAVES[:size])
    tiled = tiles.nodes_from_tiles(
        size, lambda wanted: {(a, b): stored[a, b] for a, b, _ in wanted}
    )
    assert merkle.tree_root(size, tiled) == root == merkle.tree_root(size, whole)
    for index in range(0, size, 1 if size < 40 else 61):
        path = merkle.inclusion_proof(index, size, tiled)
        assert path == merkle.inclusion_proof(index, size, whole)
        merkle.verify_inclusion(index, size, LEAVES[index], path, root)
    for old in range(1, size + 1, 1 if size < 40 else 61):
        path = merkle.consistency_proof(old, size, tiled)
        assert path == merkle.consistency_proof(old, size, whole)
        merkle.verify_consistency(old, size, path, defined(LEAVES[:old]), root)


@given(st.integers(1, 70), st.data())
def test_a_damaged_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(index, size, merkle.nodes_from_leaves(LEAVES[:size]))
    root, leaf = merkle.root_of(b"".join(LEAVES[:size])), LEAVES[index]
    other = data.draw(st.integers(-2, 140))
    for wrong in damaged(path, data, root):
        with pytest.raises(ProofError):
            merkle.verify_inclusion(index, size, leaf, wrong, root)
    if other != index:
        with pytest.raises(ProofError):
            merkle.verify_inclusion(other, size, leaf, path, root)
    for bad_leaf, bad_root in (
        (LEAVES[-1], root),
        (leaf, LEAVES[-1]),
        (leaf[1:], root),
        (leaf, b""),
    ):
        with pytest.raises(ProofError):
            merkle.verify_inclusion(index, size, bad_leaf, path, bad_root)


@given(st.integers(2, 70), st.data())
def test_a_damaged_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    path = merkle.consistency_proof(old, new, merkle.nodes_from_leaves(LEAVES[:new]))
    roots = [merkle.root_of(b"".join(LEAVES[:size])) for size in (old, new)]
    for wrong in [*damaged(path, data, *roots), []]:
        with pytest.raises(ProofError):
            merkle.verify_consistency(old, new, wrong, *roots)
    for sizes in ((new, old), (0, new), (old, old), (new, new), (-1, new)):
        with pytest.raises(ProofError):
            merkle.verify_consistency(*sizes, path, *roots)
    for bad in (roots[::-1], [roots[0], LEAVES[-1]], [LEAVES[-1], roots[1]], [b"", roots[1]]):
        with pytest.raises(ProofError):
            merkle.verify_consistency(old, new, path, *bad)


def damaged(path: list[bytes], data: st.DataObject, *roots: bytes) -> list[list[bytes]]:
    """What a forger may try: more, less, turned round, one bit flipped, hashes of other lengths."""
    wrong = [
        [*path, b""],
        [*path, roots[0]],
        [b"", *path],
        [*roots, *path],
        [*path, *path, bytes(32)],
    ]
    if path:
        at, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        flipped = bytearray(path[at])
        flipped[bit // 8] ^= 1 << bit % 8
        wrong += [[*path[:at], bytes(flipped), *path[at + 1 :]], path[1:], path[:-1]]
        wrong += [
            [*path[:at], path[at][:-1], *path[at + 1 :]],
            [*path[:at], path[at] * 2, *path[at + 1 :]],
        ]
    if path != path[::-1]:
        wrong.append(path[::-1])
    return wrong


def test_the_same_tree_twice_needs_no_proof_and_bears_none() -> None:
    merkle.verify_consistency(3, 3, [], LEAVES[0], LEAVES[0])
    with pytest.raises(ProofError):
        merkle.verify_consistency(0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT)
    for proof, root in (([], LEAVES[1]), ([LEAVES[0]], LEAVES[0])):
        with pytest.raises(ProofError):
            merkle.verify_consistency(3, 3, proof, LEAVES[0], root)


@pytest.mark.parametrize("call", [(-1, 3), (3, 3), (0, 0)])
def test_no_inclusion_proof_is_made_outside_the_tree(call: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(*call, merkle.nodes_from_leaves(LEAVES[:3]))


@pytest.mark.parametrize("call", [(0, 3), (4, 3), (-1, 3)])
def test_no_consistency_proof_is_made_from_nothing_or_backwards(call: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no proof"):
        merkle.consistency_proof(*call, merkle.nodes_from_leaves(LEAVES[:3]))


def test_tiles_of_the_published_example() -> None:
    """tlog-tiles, "Partial Tiles": a tree of 70 000."""
    assert tiles.edge_tiles(70_000) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert tiles.edge_tiles(256) == [(1, 0, 1)]
    assert tiles.edge_tiles(0) == []
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path("entries", 273, 112) == "tile/entries/273.p/112"
    assert tiles.tile_width(70_000, 0, 273) == 112
    assert tiles.tile_width(70_000, 0, 274) == 0

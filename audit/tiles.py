"""Tiles: how a log keeps and serves the nodes of its tree (C2SP tlog-tiles), and how it grows.

A *tile* ``(level, index)`` is up to 256 neighbouring nodes of height ``8 * level``, one after the
other in one value; a complete one has 8 192 bytes and never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from audit.merkle import EMPTY_ROOT, HASH_SIZE, Fetch, Node, root_of

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

ReadTiles = Callable[[Sequence[tuple[int, int, int]]], Mapping[Node, bytes]]


class Frontier:
    """The right edge of a growing tree: its unfinished tiles, which are all that growing needs.

    ``edge[level]`` holds the hashes of the last tile of that level, always fewer than 256. These are
    the tiles that a log stores anyhow: who keeps the tiles can begin again from ``Frontier.of``.
    """

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[bytearray] = []

    @classmethod
    def of(cls, size: int, tiles: Mapping[Node, bytes]) -> Frontier:
        """The frontier of a stored tree, from the tiles that ``edge_tiles(size)`` names."""
        frontier = cls()
        frontier.size = size
        while size >> TILE_HEIGHT * len(frontier.edge):
            level = len(frontier.edge)
            below = size >> TILE_HEIGHT * level
            width = below % TILE_WIDTH
            tile = tiles[level, below // TILE_WIDTH] if width else b""
            if len(tile) < width * HASH_SIZE:
                raise ValueError(f"The tile of level {level} is too short for {size} leaves.")
            frontier.edge.append(bytearray(tile[: width * HASH_SIZE]))
        return frontier

    def extend(self, leaf_hashes: Iterable[bytes]) -> dict[Node, bytes]:
        """Append leaves; returns each tile that is new or has grown, by its (level, index).

        A tile of 8 192 bytes is complete and will never change again; a shorter one replaces the
        shorter one before it. A tile that was completed is among them, also when nothing is left.
        """
        changed: dict[Node, bytes] = {}
        fresh = b"".join(leaf_hashes)
        if len(fresh) % HASH_SIZE:
            raise ValueError("A leaf hash has 32 bytes.")
        before, level = self.size, 0
        self.size += len(fresh) // HASH_SIZE
        while fresh:
            index = before >> TILE_HEIGHT * (level + 1)
            if level == len(self.edge):
                self.edge.append(bytearray())
            hashes = bytes(self.edge[level]) + fresh
            full, step, above = len(hashes), TILE_WIDTH * HASH_SIZE, []
            for at in range(0, full - full % step, step):
                changed[level, index] = tile = hashes[at : at + step]
                above.append(root_of(tile))
                index += 1
            self.edge[level] = bytearray(hashes[full - full % step :])
            if self.edge[level]:
                changed[level, index] = bytes(self.edge[level])
            fresh, level = b"".join(above), level + 1
        return changed

    def root(self) -> bytes:
        """The root of all leaves so far."""
        under = b""
        for hashes in self.edge:
            if hashes or under:
                under = root_of(bytes(hashes) + under)
        return under or EMPTY_ROOT


# ---------------------------------------------------------------- tiles


def tile_width(size: int, level: int, index: int) -> int:
    """How many hashes a tile has in a tree of ``size`` leaves; 0 where there is none."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def edge_tiles(size: int) -> list[tuple[int, int, int]]:
    """(level, index, width) of the unfinished tiles of a tree: the state of its ``Frontier``."""
    levels = range((max(size, 1).bit_length() - 1) // TILE_HEIGHT + 1)
    widths = [(level, size >> TILE_HEIGHT * level) for level in levels]
    return [(level, n // TILE_WIDTH, n % TILE_WIDTH) for level, n in widths if n % TILE_WIDTH]


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """Where a tile lies in a served log: ``tile/0/x001/234.p/17``; ``level`` may be "entries"."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["tile", str(level), *(f"x{part}" for part in parts[:-1]), parts[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def nodes_from_tiles(size: int, read: ReadTiles) -> Fetch:
    """A source of nodes for the proofs below, out of stored tiles of a tree of ``size`` leaves.

    ``read`` gets the (level, index, width) of all tiles that are needed, once, and returns them by
    (level, index); a tile may be longer than asked, because the tree has grown since.
    """

    def fetch(nodes: Sequence[Node]) -> list[bytes]:
        places = []
        for height, index in nodes:
            level, inside = divmod(height, TILE_HEIGHT)
            places.append((level, *divmod(index << inside, TILE_WIDTH), 1 << inside))
        needed = dict.fromkeys((level, index) for level, index, _, _ in places)
        tiles = read([(level, index, tile_width(size, level, index)) for level, index in needed])
        found = []
        for level, index, start, count in places:
            hashes = tiles[level, index][start * HASH_SIZE : (start + count) * HASH_SIZE]
            if len(hashes) != count * HASH_SIZE:
                raise ValueError(f"The tile {index} of level {level} is too short.")
            found.append(root_of(hashes))
        return found

    return fetch

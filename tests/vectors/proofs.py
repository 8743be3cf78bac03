"""The 98 inclusion and 98 consistency cases of transparency-dev/merkle (see README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
OTHER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
_H = {
    name: bytes.fromhex(text)
    for name, text in {
        "l0": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "l1": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "l4": "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "l6": "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "l01": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "l23": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "l45": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "l67": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "l0123": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "l4567": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    }.items()
}
GOOD_INCLUSION = [
    (0, 1, ""),
    (0, 8, "l1 l23 l4567"),
    (5, 8, "l4 l67 l0123"),
    (2, 3, "l01"),
    (1, 5, "l0 l23 l4"),
]
GOOD_CONSISTENCY = [
    (1, 1, ""),
    (1, 8, "l1 l23 l4567"),
    (6, 8, "l45 l67 l0123"),
    (2, 5, "l23 l4"),
    (6, 7, "l45 l6 l0123"),
]
UINT64 = 2**64


@dataclass(frozen=True)
class Inclusion:
    index: int
    size: int
    root: bytes
    leaf: bytes
    proof: list[bytes]
    about: str
    good: bool = False


@dataclass(frozen=True)
class Consistency:
    old: int
    new: int
    old_root: bytes
    new_root: bytes
    proof: list[bytes]
    about: str
    good: bool = False


def inclusion_cases() -> Iterator[Inclusion]:
    for index, size, names in GOOD_INCLUSION:
        leaf = sha256(b"\x00" + LEAVES[index]).digest()
        good = Inclusion(index, size, ROOTS[size - 1], leaf, _proof(names), "good", True)
        yield good
        bad = replace(good, good=False)
        for other, about in ((index - 1, "before"), (index + 1, "after"), (index ^ 2, "xor 2")):
            yield replace(bad, index=other % UINT64, about=f"index {about}")
        yield replace(bad, size=size * 2, about="size doubled")
        yield replace(bad, size=size // 2, about="size halved")
        yield replace(bad, leaf=b"WrongLeaf", about="another leaf")
        yield replace(bad, root=EMPTY, about="root of the empty tree")
        yield replace(bad, root=OTHER, about="another root")
        for extra, about in ((b"", "nothing"), (good.root, "the root")):
            yield replace(bad, proof=[*good.proof, extra], about=f"{about} at the end")
            yield replace(bad, proof=[extra, *good.proof], about=f"{about} at the beginning")
        yield from (replace(bad, proof=p, about="a bit flipped") for p in _flipped(good.proof, 8))
        if good.proof:
            yield replace(bad, proof=good.proof[:-1], about="the last hash missing")
        if len(good.proof) > 1:
            first, *rest = good.proof
            yield replace(bad, proof=[first, OTHER, *rest], about="a hash pushed in")
    for index, size in ((0, 0), (0, 1), (1, 0), (2, 1)):
        for root, leaf in ((b"", OTHER), (EMPTY, b""), (EMPTY, OTHER)):
            yield Inclusion(index, size, root, leaf, [], "nothing of it is right")
    only = sha256(b"\x00data").digest()
    for root, leaf in ((only, only), (only, b""), (b"", only), (b"", b"")):
        yield Inclusion(0, 1, root, leaf, [], "a single entry", root == leaf == only)


def consistency_cases() -> Iterator[Consistency]:
    for old, new, names in GOOD_CONSISTENCY:
        roots = ROOTS[old - 1], ROOTS[new - 1]
        good = Consistency(old, new, *roots, _proof(names), "good", True)
        yield good
        if not good.proof:
            continue
        bad = replace(good, good=False)
        for other, about in ((old - 1, "before"), (old + 1, "after"), (old ^ 2, "xor 2")):
            yield replace(bad, old=other, about=f"old size {about}")
        yield replace(bad, new=new * 2, about="new size doubled")
        yield replace(bad, new=new // 2, about="new size halved")
        yield replace(bad, old_root=b"WrongRoot", about="another old root")
        yield replace(bad, new_root=b"WrongRoot", about="another new root")
        yield replace(bad, old_root=roots[1], new_root=roots[0], about="roots exchanged")
        yield replace(bad, proof=[], about="no proof")
        for extra in (b"", *roots):
            yield replace(bad, proof=[*good.proof, extra], about="one more at the end")
        for extra in (b"", *roots, good.proof[0]):
            yield replace(bad, proof=[extra, *good.proof], about="one more at the beginning")
        yield replace(bad, proof=good.proof[:-1], about="the last hash missing")
        yield from (replace(bad, proof=p, about="a bit flipped") for p in _flipped(good.proof, 16))
    one, two = b"don't care 1", b"don't care 2"
    for old, new, old_root, new_root, proof in (
        (0, 0, one, two, []),
        (1, 1, one, two, []),
        (0, 0, one, one, []),
        (0, 1, one, two, []),
        (1, 1, two, two, []),
        (1, 0, one, two, []),
        (2, 1, one, two, []),
        (1, 2, one, two, []),
        (0, 0, EMPTY, two, []),
        (1, 1, EMPTY, two, []),
        (0, 0, EMPTY, EMPTY, [EMPTY]),
        (1, 1, EMPTY, EMPTY, [EMPTY]),
        (0, 1, EMPTY, two, []),
        (0, 1, EMPTY, EMPTY, [EMPTY]),
    ):
        same = (old, new, old_root) == (1, 1, new_root) and not proof
        yield Consistency(old, new, old_root, new_root, proof, "sizes and roots at the edge", same)


def _proof(names: str) -> list[bytes]:
    return [_H[name] for name in names.split()]


def _flipped(proof: list[bytes], bit: int) -> Iterator[list[bytes]]:
    for at, value in enumerate(proof):
        yield [*proof[:at], bytes([value[0] ^ bit]) + value[1:], *proof[at + 1 :]]

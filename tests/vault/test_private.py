"""Folders and files of ours are nobody else's from their first moment, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from audit import signing
from vault import files, keyring
from vault.keys import generate
from vault.private import make_folder


@pytest.fixture
def wide() -> Iterator[None]:
    """The usual umask, which lets everybody read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(root: Path) -> set[int]:
    """The modes of everything below."""
    return {path.stat().st_mode & 0o777 for path in root.rglob("*")}


@pytest.mark.usefixtures("wide")
def test_every_folder_on_the_way_is_private(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert modes(tmp_path) == {0o700}


@pytest.mark.usefixtures("wide")
def test_keys_and_files_are_private(tmp_path: Path) -> None:
    ring = keyring.create(tmp_path / "keys" / "deep" / "ring.json")
    keys, _ = generate(uuid4(), ring)
    files.write(tmp_path / "files" / "deep", keys, [b"words"])
    signing.create(tmp_path / "log" / "deep" / "key", "here.example/log")
    public = tmp_path / "log" / "deep" / "key.pub"
    assert modes(tmp_path) - {public.stat().st_mode & 0o777} == {0o700, 0o600}

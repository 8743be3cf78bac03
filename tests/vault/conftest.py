"""Programs whose master key is rotated, each with a server, a ring and files of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confidential.environment import BASE
from tests.making.rotating import Rotated


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration of 0.2.0, brought to this version and stopped: to be copied."""
    program = Rotated.of("0.2.0", tmp_path_factory.mktemp("laid") / "var")
    program.server.stop()
    return program.var


@pytest.fixture(scope="session")
def copied(laid: Path) -> Callable[[Path], Rotated]:
    """Start a copy of it in another folder."""

    def start(var: Path) -> Rotated:
        shutil.copytree(laid, var, symlinks=True)
        program = Rotated(BASE, var)
        program.server.start()
        return program

    return start


@pytest.fixture
def program(copied: Callable[[Path], Rotated], tmp_path: Path) -> Iterator[Rotated]:
    """One for a test alone: its old key may be destroyed."""
    program = copied(tmp_path / "var")
    try:
        yield program
    finally:
        program.server.stop()

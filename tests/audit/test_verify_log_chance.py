"""Damage by chance: whatever single bit is turned, the checker notices, and nothing makes it stumble."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.making.logs import Log
from tests.making.programs import checker as tool

SLOWLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, Path, Path]:
    """A log of two levels of tiles, and one person's file of a smaller one."""
    folder = tmp_path_factory.mktemp("chance")
    log = Log().grow(520)
    log.write(folder / "log", seen=1_790_000_000)
    small = Log().grow(30)
    small.key = log.key
    (folder / "ada.json").write_text(json.dumps(small.client(0, since=7), ensure_ascii=False))
    (folder / "old").write_text(small.checkpoint(7))
    return log, folder / "log", folder / "ada.json"


def check(*args: object) -> int:
    """Exit code; anything but an orderly end fails the test."""
    out = io.StringIO()
    with mock.patch.object(sys, "argv", ["verify_log.py", *map(str, args)]):
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            with pytest.raises(SystemExit) as ended:
                tool.main()
    assert ended.value.code in (0, 1, 2)
    return int(str(ended.value.code))


@given(data=st.data())
@SLOWLY
def test_no_bit_of_an_export_can_be_turned(
    made: tuple[Log, Path, Path], data: st.DataObject
) -> None:
    log, folder, _ = made
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "key.pub")
    path = data.draw(st.sampled_from(files))
    whole = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    try:
        keys = ("--key", log.key.verifier, "--witness", log.witness.verifier)
        assert check(folder, *keys) == 1, (path, at, bit)
    finally:
        path.write_bytes(whole)


@given(data=st.data())
@SLOWLY
def test_no_bit_of_a_persons_file_can_be_turned(
    made: tuple[Log, Path, Path], data: st.DataObject
) -> None:
    """But for `key`, which is there for convenience and never read, and spelling that JSON leaves free."""
    log, _, path = made
    file = json.loads(path.read_text())
    whole = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    changed = path.with_name("changed.json")
    changed.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    code = check("--client", changed, "--key", log.key.verifier, "--since", path.with_name("old"))
    try:
        after = json.loads(changed.read_bytes())
        same = isinstance(after, dict) and all(
            after.get(k) == v for k, v in file.items() if k != "key"
        )
    except ValueError:
        same = False
    # A renamed "consistency" only takes a proof away: then that is said to be unchecked.
    taken = code == 0 and "consistency" not in after
    assert (code == 0) == (same or taken), (code, at, bit)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(data=st.data(), value=JSON)
@SLOWLY
def test_any_value_anywhere_in_a_persons_file(
    made: tuple[Log, Path, Path], data: st.DataObject, value: object
) -> None:
    log, _, path = made
    file = json.loads(path.read_text())
    places: list[tuple[dict | list, str | int]] = [(file, key) for key in file]  # type: ignore[type-arg]
    places += [(file["keys"], key) for key in file["keys"]]
    places += [(file["events"], at) for at in range(3)]
    places += [(item, key) for item in file["events"][:2] for key in item]
    places += [
        (file["events"][0]["proof"], 0),
        (file["consistency"], "from"),
        (file["consistency"], "proof"),
    ]
    where, key = data.draw(st.sampled_from(places))
    where[key] = value  # type: ignore[index, call-overload]
    changed = path.with_name("changed.json")
    changed.write_text(json.dumps(file))
    check("--client", changed, "--key", log.key.verifier, "--since", path.with_name("old"))


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@SLOWLY
def test_anything_instead_of_a_file(made: tuple[Log, Path, Path], data: bytes) -> None:
    log, folder, path = made
    other = path.with_name("other")
    other.write_bytes(data)
    for args in (("--client", other), ("--proof", other), (folder, "--since", other)):
        assert check(*args, "--key", log.key.verifier) in (1, 2)

"""The ring's file: replaced whole or not at all, by one at a time, and read again by whoever runs."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

import pytest

from audit.keys import sink_key
from confidential.environment import BASE
from vault import keyring, keys, ring_changes
from vault.keyring import Keyring, KeyringError
from vault.many import ManyKeys

OURS = {str(BASE / "vault" / "ring_changes.py"), str(BASE / "vault" / "keyring.py")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ring of one key, in a folder of its own."""
    ring = tmp_path / "keys" / "ring.json"
    keyring.create(ring)
    return ring


def killed_after(lines: int, act: Callable[[], object]) -> bool:
    """Do something in another process that kills itself after so many lines of the ring's code; whether it did."""
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        left = lines

        def count(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal left
            if frame.f_code.co_filename not in OURS:
                return None
            left -= event == "line"
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return count

        sys.settrace(count)
        act()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_new_key_is_active_and_the_old_one_stays(path: Path) -> None:
    before = keyring.load(path)
    subject = uuid4()
    _, wrapped = keys.generate(subject, before)
    ring = ring_changes.add_key(path)
    assert (ring.active, sorted(ring.keys)) == ("m2", ["m1", "m2"])
    assert ring.keys["m1"] == before.keys["m1"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.unwrap(subject, wrapped, ring).subject == subject
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert ring_changes.add_key(path) == ring  # that rotation is under way
    assert ring_changes.add_key(path, again=True).active == "m3"


def test_killed_between_any_two_steps_the_ring_is_whole(path: Path) -> None:
    """No line of the code is one after which a ring is torn, lost, open to others, or without its old key."""
    subject, lines, killed = uuid4(), 0, True
    _, wrapped = keys.generate(subject, keyring.load(path))
    sealed = path.read_bytes()
    while killed:
        path.unlink()
        path.with_name(f".{path.name}.new").unlink(missing_ok=True)
        path.write_bytes(sealed)
        path.chmod(0o600)
        killed = killed_after(lines, lambda: ring_changes.add_key(path))
        ring = keyring.read(path)
        assert keys.unwrap(subject, wrapped, ring).subject == subject, lines
        assert sorted(ring.keys) in (["m1"], ["m1", "m2"])
        # And whoever tries again is not in the way of what was left.
        assert sorted(ring_changes.add_key(path).keys) == ["m1", "m2"]
        lines += 1
    assert lines > 30  # it was looked at line by line


def test_killed_while_a_key_is_dropped_the_ring_is_whole(path: Path) -> None:
    ring_changes.add_key(path)
    subject, lines, killed = uuid4(), 0, True
    _, wrapped = keys.generate(subject, keyring.load(path))
    sealed = path.read_bytes()
    while killed:
        path.write_bytes(sealed)
        killed = killed_after(lines, lambda: ring_changes.drop_key(path, "m1"))
        assert keys.unwrap(subject, wrapped, keyring.read(path)).subject == subject, lines
        assert list(ring_changes.drop_key(path, "m1").keys) == ["m2"]
        lines += 1
    assert lines > 20


def test_two_at_once_add_one_key(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vault import ring_changes;"
        "print(ring_changes.add_key(Path(sys.argv[1])).active)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)], cwd=BASE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(6)
    ]
    assert {process.communicate()[0].strip() for process in running} == {"m2"}
    assert sorted(keyring.read(path).keys) == ["m1", "m2"]


def test_a_process_that_holds_the_old_ring_opens_what_is_new(path: Path) -> None:
    """Whoever read the ring before goes on: also in the middle of a search, with the object it has."""
    old = keyring.load(path)
    new = ring_changes.add_key(path)
    subject = uuid4()
    mine, wrapped = keys.generate(subject, new)
    assert old.active == "m1"
    assert keys.unwrap(subject, wrapped, old) == mine
    assert keys.unwrap_audit(subject, wrapped.audit, old) == mine.audit
    many = ManyKeys()
    many.take(subject.bytes, wrapped.data, old)
    assert many.data(subject.bytes) == mine.data
    assert keyring.load(path).active == "m2"


def test_a_running_process_goes_on_where_the_file_is_broken_and_says_so(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ring = keyring.load(path)
    for harm in (lambda: path.write_text("{"), path.unlink):
        harm()
        caplog.clear()
        assert keyring.load(path) == keyring.load(path) == ring
        assert len([one for one in caplog.records if "not read again" in one.message]) == 1
    with pytest.raises(KeyringError):
        keyring.read(path)  # whoever starts now


def test_dropped_key_opens_nothing_and_its_sink_lines_can_still_be_checked(
    path: Path, settings: Any
) -> None:
    settings.KEYRING_FILE = path
    subject = uuid4()
    _, wrapped = keys.generate(subject, keyring.load(path))
    _, before = sink_key("m1")
    ring_changes.add_key(path)
    ring = ring_changes.drop_key(path, "m1")
    assert list(ring.keys) == ["m2"]
    assert sink_key("m1") == ("m1", before)
    with pytest.raises(KeyringError, match="'m1'"):
        keys.unwrap(subject, wrapped, ring)
    as_master = Keyring("m1", {"m1": before})  # what is kept of it is no way back to it
    with pytest.raises(keys.SealBroken):
        keys.unwrap(subject, wrapped, as_master)
    with pytest.raises(KeyError):
        sink_key("m9")


def test_names_never_come_again_and_the_active_key_stays(path: Path) -> None:
    ring_changes.add_key(path)
    with pytest.raises(KeyringError, match="active"):
        ring_changes.drop_key(path, "m2")
    ring_changes.drop_key(path, "m1")
    assert ring_changes.add_key(path).active == "m3"
    ring_changes.drop_key(path, "m2")
    assert ring_changes.add_key(path).active == "m4"


def test_ring_behind_a_link_is_changed_where_it_lies(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(path)
    assert ring_changes.add_key(link).active == "m2"
    assert link.is_symlink()
    assert keyring.read(path).active == "m2"

"""Wall 3: what is sealed opens in its place and nowhere else."""

from __future__ import annotations

import copy
import os
import pickle
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from vault import files, keyring, keys
from vault.derive import derive
from vault.keys import Place, SealBroken
from vault.many import ManyKeys

RING = keyring.Keyring(active="m1", keys={"m1": bytes(range(32))})
SUBJECT = UUID("11111111-1111-4111-8111-111111111111")
PLACE = Place("clients_contactnote", UUID("22222222-2222-4222-8222-222222222222"), 3)


def subject_keys(subject: UUID = SUBJECT) -> keys.SubjectKeys:
    return keys.generate(subject, RING)[0]


@given(st.binary(max_size=5000))
def test_what_is_sealed_opens_in_its_place(plain: bytes) -> None:
    mine = subject_keys()
    sealed = mine.seal(plain, PLACE)
    assert mine.open(sealed, PLACE) == plain
    assert len(plain) < 8 or plain not in sealed


@pytest.mark.parametrize(
    "moved",
    [
        PLACE._replace(table="clients_background"),
        PLACE._replace(row=uuid4()),
        PLACE._replace(revision=2),
        PLACE._replace(revision=4),
    ],
)
def test_moved_or_put_back_does_not_open(moved: Place) -> None:
    mine = subject_keys()
    with pytest.raises(SealBroken):
        mine.open(mine.seal(b"secret", PLACE), moved)


def test_another_subject_does_not_open() -> None:
    mine, theirs = subject_keys(), subject_keys(uuid4())
    with pytest.raises(SealBroken, match="another key"):
        theirs.open(mine.seal(b"secret", PLACE), PLACE)
    same_key_other_subject = keys.SubjectKeys(uuid4(), mine.data, mine.audit)
    with pytest.raises(SealBroken):
        same_key_other_subject.open(mine.seal(b"secret", PLACE), PLACE)


def test_the_form_is_said_and_bound() -> None:
    mine = subject_keys()
    sealed = mine.seal(b"secret", PLACE, 3)
    assert keys.form_of(sealed) == 3
    assert mine.open(sealed, PLACE) == b"secret"
    with pytest.raises(SealBroken):
        mine.open(sealed[:1] + b"\x02" + sealed[2:], PLACE)


@given(st.data())
def test_any_altered_byte_is_noticed(data: st.DataObject) -> None:
    mine = subject_keys()
    sealed = bytearray(mine.seal(b"a note about somebody", PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        mine.open(bytes(sealed), PLACE)


def test_the_same_text_never_looks_the_same() -> None:
    mine = subject_keys()
    assert len({mine.seal(b"no", PLACE) for _ in range(1000)}) == 1000


def test_wrapped_keys_belong_to_their_subject() -> None:
    _, wrapped = keys.generate(SUBJECT, RING)
    assert keys.unwrap(SUBJECT, wrapped, RING).subject == SUBJECT
    with pytest.raises(SealBroken):
        keys.unwrap(uuid4(), wrapped, RING)
    with pytest.raises(SealBroken):  # the audit key in the data key's place
        keys.unwrap(SUBJECT, keys.WrappedKeys(wrapped.audit, wrapped.data), RING)


def test_keys_are_neither_pickled_nor_copied_nor_printed() -> None:
    mine = subject_keys()
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(mine)
    assert mine.data.hex() not in repr(mine)
    assert repr(mine.data) not in repr(mine)
    assert str(RING.keys["m1"]) not in repr(RING)


def test_many_keys_open_what_one_does_and_go_nowhere() -> None:
    mine, wrapped = keys.generate(SUBJECT, RING)
    many = ManyKeys()
    many.take(SUBJECT.bytes, wrapped.data, RING)
    assert list(many) == [SUBJECT]
    assert many[SUBJECT].open(mine.seal(b"secret", PLACE), PLACE) == b"secret"
    assert not many[SUBJECT].audit
    assert uuid4() not in many
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(many)
    with pytest.raises(SealBroken, match="not this subject"):
        many.take(uuid4().bytes, wrapped.data, RING)
    assert mine.data.hex() not in repr(many)
    assert repr(mine.data) not in repr(many)


def test_older_master_key_still_unwraps_and_unknown_says_so() -> None:
    _, wrapped = keys.generate(SUBJECT, RING)
    newer = keyring.Keyring(active="m2", keys={**RING.keys, "m2": os.urandom(32)})
    assert keys.unwrap(SUBJECT, wrapped, newer).subject == SUBJECT
    without = keyring.Keyring(active="m2", keys={"m2": os.urandom(32)})
    with pytest.raises(keyring.KeyringError, match="'m1'"):
        keys.unwrap(SUBJECT, wrapped, without)


def test_ring_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "ring.json"
    made = keyring.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keyring.load(path) == made
    with pytest.raises(keyring.KeyringError, match="never overwritten"):
        keyring.create(path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"active": "m1", "keys": {"m1": "AAAA"}}',
        '{"active": "x", "keys": {}}',
        "\x00",
    ],
)
def test_broken_ring_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ring.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(keyring.KeyringError, match="not a key ring"):
        keyring.load(path)


def test_ring_open_to_others_or_missing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    with pytest.raises(keyring.KeyringError, match="keyring_create"):
        keyring.load(path)
    keyring.create(path)
    path.chmod(0o640)
    with pytest.raises(keyring.KeyringError, match="chmod 600"):
        keyring.load(path)


SIZES = [
    0,
    1,
    files.CHUNK_BYTES - 1,
    files.CHUNK_BYTES,
    files.CHUNK_BYTES + 1,
    3 * files.CHUNK_BYTES,
]


@pytest.mark.parametrize("size", SIZES)
def test_files_come_back_whole(tmp_path: Path, size: int) -> None:
    mine, content = subject_keys(), os.urandom(size)
    file, length, _ = files.write(tmp_path, mine, [content[:100], content[100:]])
    assert length == size
    assert b"".join(files.read(tmp_path, mine, file)) == content
    path = files.path_of(tmp_path, file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert size < 16 or content[:16] not in path.read_bytes()


def test_altered_or_shortened_file_is_noticed(tmp_path: Path) -> None:
    mine = subject_keys()
    file, *_ = files.write(tmp_path, mine, [os.urandom(2 * files.CHUNK_BYTES + 5)])
    path = files.path_of(tmp_path, file)
    whole = path.read_bytes()
    piece = files.CHUNK_BYTES + files.TAG_BYTES
    for broken in (whole[:piece], whole[:-1], whole[: 2 * piece], whole[piece:], whole + b"x", b""):
        path.write_bytes(broken)
        with pytest.raises(SealBroken):
            list(files.read(tmp_path, mine, file))


def test_file_of_another_does_not_open(tmp_path: Path) -> None:
    mine = subject_keys()
    first, *_ = files.write(tmp_path, mine, [b"one"])
    second, *_ = files.write(tmp_path, mine, [b"two"])
    files.path_of(tmp_path, first).write_bytes(files.path_of(tmp_path, second).read_bytes())
    with pytest.raises(SealBroken):
        list(files.read(tmp_path, mine, first))


@given(st.binary(min_size=1, max_size=80), st.text(max_size=60))
def test_derivation_is_hkdf(key: bytes, info: str) -> None:
    """RFC 5869, against the library's general function."""
    library = HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(key)
    assert derive(key, info) == library

"""Files on the disk and the rows that name them: each is there, is what was written, and is named once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from audit.sealed_files import compare_files
from tests.audit.rows import written
from tests.making import disclosures
from tests.making.people import Cast
from tests.making.sealing import as_verifier, tampering
from vault.files import path_of, sealed_size

Named = tuple[UUID, UUID]


def faults() -> list[str]:
    return compare_files(Path(settings.FILES_ROOT))[1]


@pytest.fixture
def two(cast: Cast, superuser: psycopg.Connection) -> tuple[Named, Named]:
    """Two attachments of a client: each row and its file."""
    found = superuser.execute(
        "SELECT id, file FROM clients_attachment WHERE client_id = %s ORDER BY size",
        [written(cast).pk],
    ).fetchall()
    return found[0], found[1]


def test_what_lies_there_as_written_has_no_fault(two: tuple[Named, Named]) -> None:
    with as_verifier():
        found = faults()
    assert not [fault for fault in found if any(str(row) in fault for row, _ in two)]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Path.unlink, "is gone"),
        (_cut, "has another size"),
        (_flip, "is not what was written"),
    ],
)
def test_file_that_was_touched(
    two: tuple[Named, Named], change: Callable[[Path], None], words: str
) -> None:
    (row, file), _ = two
    path = path_of(settings.FILES_ROOT, file)
    before = path.read_bytes()
    with as_verifier():
        change(path)
        assert f"clients_attachment {row}: its file {file} {words}." in faults()
        path.write_bytes(before)
        path.chmod(0o600)  # other tests look at all files
        assert not [fault for fault in faults() if str(row) in fault]


def test_files_exchanged_on_the_disk(two: tuple[Named, Named]) -> None:
    (one, file), (other, second) = two
    paths = [path_of(settings.FILES_ROOT, each) for each in (file, second)]
    contents = [path.read_bytes() for path in paths]
    paths[0].write_bytes(contents[1])
    paths[1].write_bytes(contents[0])
    with as_verifier():
        found = faults()
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    assert {
        f"clients_attachment {row}: its file {each} has another size." for row, each in two
    } <= set(found)
    assert one != other


def test_file_named_by_another_row_too(two: tuple[Named, Named]) -> None:
    (one, file), (other, _) = two
    with tampering() as cursor:
        cursor.execute("UPDATE clients_attachment SET file = %s WHERE id = %s", [file, other])
        found = faults()
    for row in (one, other):
        assert f"clients_attachment {row}: its file {file} is named by another row." in found


def test_file_without_a_row(two: tuple[Named, Named]) -> None:
    """As a row leaves its file behind; one that was written just now may still get its row."""
    (row, file), _ = two
    path = path_of(settings.FILES_ROOT, file)
    left = f"The file {path.name} belongs to no row."
    with tampering() as cursor:
        cursor.execute("DELETE FROM clients_attachment WHERE id = %s", [row])
        assert left not in faults()
        os.utime(path, (time.time() - 7200,) * 2)
        assert left in faults()
    part = path.with_suffix(".part")
    part.write_bytes(b"x")
    os.utime(part, (time.time() - 7200,) * 2)
    with as_verifier():
        assert f"The file {part.name} belongs to no row." in faults()
    part.unlink()


def test_package_of_a_disclosure(cast: Cast) -> None:
    """What waits for its recipient must be there; what was received is not missed."""
    out = disclosures.released(cast)
    row, file = out.handover.delivery.pk, out.handover.delivery.file
    path = path_of(settings.FILES_ROOT, file)
    before = path.read_bytes()
    with as_verifier():
        assert not [fault for fault in faults() if str(row) in fault]
        path.unlink()
        assert f"disclosures_delivery {row}: its file {file} is gone." in faults()
        path.write_bytes(before[:-1] + b"x")
        assert f"disclosures_delivery {row}: its file {file} is not what was written." in faults()
    path.unlink()
    with tampering() as cursor:
        cursor.execute("UPDATE disclosures_delivery SET opened_at = now() WHERE id = %s", [row])
        assert not [fault for fault in faults() if str(row) in fault]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
def test_sealed_size_is_what_is_written(tmp_path: Path, size: int) -> None:
    from vault import files
    from vault.keys import SubjectKeys

    keys = SubjectKeys(UUID(int=1), bytes(32), bytes(32))
    written = files.write(tmp_path, keys, [bytes(size)])
    path = path_of(tmp_path, written.file)
    assert (written.size, path.stat().st_size) == (size, sealed_size(size))
    assert files.hash_of(path) == written.sha256

"""Rows of thousands of subjects at once: their keys as bytes, their values as text that is not yet parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from vault.keyring import Keyring
from vault.keys import Place, SealBroken, SubjectKeys, bound_to, broken, form_of, subkey
from vault.places import NOTHING, names, written
from vault.sealed import SealedModel, newest_form, plain_text, renewed, values_of

# ``uuid_send(subject) || uuid_send(id) || int4send(revision) || sealed``: the driver makes no objects of it.
_UNPACKED = Struct(">16s16si")


class ManyKeys(Mapping[UUID, SubjectKeys]):
    """Keys that open rows of many subjects, and nothing of the log, by subject. Never stored, never pickled.

    Each is made out of its bytes when it is asked for: a search goes through thousands, by :meth:`data`.
    """

    __slots__ = ("_data",)

    def __init__(self) -> None:
        self._data: dict[bytes, bytes] = {}

    def __reduce__(self) -> str:
        raise TypeError("Keys are neither pickled nor copied.")

    def __getitem__(self, subject: UUID) -> SubjectKeys:
        return SubjectKeys(subject, self._data[subject.bytes], b"")

    def __iter__(self) -> Iterator[UUID]:
        return (UUID(bytes=one) for one in self._data)

    def __len__(self) -> int:
        return len(self._data)

    def take(self, subject: bytes, wrapped: bytes, ring: Keyring) -> None:
        """Unwrap the data key of a subject (the 16 bytes of its id). Raises SealBroken for another's."""
        try:
            self._data[subject] = ring.unwrap(wrapped, subject + b"data")
        except InvalidTag as error:
            raise SealBroken("The wrapped key is not this subject's.") from error

    def data(self, subject: bytes) -> bytes | None:
        """The data key of a subject (the 16 bytes of its id), or None."""
        return self._data.get(subject)


def open_texts(
    model: type[SealedModel], rows: Iterable[Sequence[Any]], keys: ManyKeys
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The sealed values of many ``rows`` as JSON text, not yet parsed: (subject, id, text in UTF-8).

    Ids are sixteen bytes. A row is its packed value, and its bound columns in their order. For looking
    through thousands: keys of tables are not kept. Rows whose subject is not among ``keys`` are passed over.
    """
    table, columns, newest = model._meta.db_table, names(model), newest_form(model)
    clear, last, key = NOTHING, None, None
    for packed, *said in rows:
        subject, row, revision = _UNPACKED.unpack_from(packed)
        if subject != last:
            data = keys.data(subject)
            last, key = subject, subkey(data, table) if data else None
        if key is None:
            continue
        if columns:
            clear = written(columns, said)
        sealed = bytes(packed[_UNPACKED.size :])
        try:
            plain = key.open(sealed, bound_to(subject, table, row, revision, clear))
        except (InvalidTag, ValueError) as error:
            raise broken(error, Place(table, UUID(bytes=row), revision, clear)) from error
        if (form := form_of(sealed)) != newest:
            place = Place(table, UUID(bytes=row), revision, clear)
            plain = plain_text(renewed(model, form, values_of(plain), place))
        yield subject, row, plain

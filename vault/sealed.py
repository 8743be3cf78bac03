"""Models with sealed fields: plain attributes for the code, one sealed value in the database.

Reading a sealed field of a record that was not opened raises :class:`Locked`. That is on purpose no
AttributeError: templates and ``hasattr`` would hide it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connections, models, router

from vault.exceptions import Conflict
from vault.keys import Place, SealBroken, SubjectKeys, form_of
from vault.places import place_of, read

LAST = 2**31 - 1  # what the column of a revision holds
INSERTED_AT_ONCE = 100  # the driver's time to read a statement grows with its square


class Locked(Exception):
    """A sealed field was read or written without the subject's key."""


class Sealed:
    """A sealed field: text, number, list or dictionary that JSON can carry; ``default`` if unset."""

    def __init__(self, default: Any = "") -> None:
        self.default = default
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: SealedModel | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        values = instance._values
        if values is None:
            values = instance.opened_values()
        return values.get(self.name, self.default)

    def __set__(self, instance: SealedModel, value: Any) -> None:
        instance.opened_values()[self.name] = value


class Kept(models.Model):
    """A row whose every write is an event with its digest: ``audit_verify`` compares the two.

    Left out are columns that only follow other rows, which ``follows`` names.
    """

    follows: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True


class SealedModel(Kept):
    """A row whose :class:`Sealed` attributes are sealed together under its subject's key.

    A subclass says with ``subject_attribute`` which of its columns names the subject. An instance
    gets its key from :meth:`unlock`, or from ``keys=`` when it is made. What else the row says in
    clear is bound to the sealed value, but for what ``unbound`` names with a reason.

    Sealed values have a form, which their header says; the first is 1. When names or meanings of sealed
    fields change, ``later_forms`` gets one function more: it turns the values of the form before into
    its own. Old values open for ever, and are sealed in the newest form when their row is saved.
    """

    subject_attribute = "client_id"
    unbound: ClassVar[Mapping[str, str]] = {}
    later_forms: ClassVar[tuple[Callable[[dict[str, Any]], dict[str, Any]], ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    sealed = models.BinaryField(editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, keys: SubjectKeys | None = None, **kwargs: Any) -> None:
        self._keys: SubjectKeys | None = None
        self._values: dict[str, Any] | None = None
        self._clear: dict[str, Any] | None = None
        if keys is None and not kwargs:  # a row that was read
            super().__init__(*args)
            return
        values = {name: kwargs.pop(name) for name in self.sealed_names() & kwargs.keys()}
        super().__init__(*args, **kwargs)
        if keys is not None:
            self.unlock(keys)
            self.opened_values().update(values)
        elif values:
            raise Locked(f"{type(self).__name__} was given sealed values without keys.")

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        """A row that was read. It opens with what it said in clear then, whatever is set later."""
        row = super().from_db(db, field_names, values, **kwargs)
        row._clear = dict(zip(field_names, values, strict=True))
        return row

    @classmethod
    def new(cls, keys: SubjectKeys, **values: Any) -> Self:
        """A row to be saved, with its sealed values, under its subject's keys."""
        return cls(keys=keys, **values)

    @classmethod
    def sealed_names(cls) -> frozenset[str]:
        """The names of the sealed fields of this model."""
        return _sealed_names(cls)

    @property
    def subject(self) -> UUID:
        """The id whose keys seal this row."""
        return getattr(self, self.subject_attribute)

    @property
    def keys(self) -> SubjectKeys:
        """The keys this row was opened with, for its children. Raises Locked without."""
        if self._keys is None:
            raise Locked(f"This {type(self).__name__} was not opened through the door.")
        return self._keys

    @property
    def is_open(self) -> bool:
        """Whether the sealed fields can be read."""
        return self._keys is not None

    def unlock(self, keys: SubjectKeys) -> Self:
        """Take the key for this row; returns the row. Raises Locked for another subject's key."""
        if keys.subject != self.subject:
            raise Locked(f"These keys are not those of this {type(self).__name__}.")
        self._keys = keys
        return self

    def place(self) -> Place:
        """Where the sealed value lies now."""
        return place_of(type(self), self.pk, self.revision, vars(self))

    def opened_values(self) -> dict[str, Any]:
        """The sealed values by name, decrypted once. Raises Locked, or SealBroken if altered."""
        if self._values is None:
            keys = self.keys
            clear = self._clear or vars(self)
            self._values = (
                {}
                if self._state.adding
                else open_row(type(self), self.pk, self.revision, self.sealed, clear, keys)
            )
        return self._values

    def seal(self) -> None:
        """Put the values into ``sealed`` for the row's present revision."""
        plain = plain_text(self.opened_values())
        self.sealed = self.keys.seal(plain, self.place(), newest_form(type(self)))

    def save(self, **kwargs: Any) -> None:
        """Insert, or update the revision that was read. Raises Conflict if that is gone, Locked."""
        if self._state.adding:
            self.seal()
            super().save(force_insert=True, using=kwargs.get("using"))
            return
        values = self.opened_values()
        read = self.revision
        self.revision = read + 1
        self._values = values
        self.seal()
        # A revision that no row can have, as a form may say, is none that was read.
        if not 0 < read < LAST or not self._updated(read):
            self.revision = read
            raise Conflict(str(Conflict.message))
        self._clear = None  # what it says now is what lies there

    def _updated(self, revision: int) -> bool:
        """Write all columns over this revision of the row; False if it is gone."""
        statement, fields = _update_of(type(self))
        to = connections[router.db_for_write(type(self), instance=self)]
        values = [
            field.get_db_prep_save(field.pre_save(self, add=False), connection=to)
            for field in fields
        ]
        with to.cursor() as cursor:
            cursor.execute(statement, [*values, self.pk, revision])
            return bool(cursor.rowcount)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Reads the row again; the decrypted values of the old one are dropped."""
        self._values = None
        super().refresh_from_db(*args, **kwargs)
        self._clear = None

    def __getstate__(self) -> dict[str, Any]:
        # Pickling and copying drop the key and what it opened.
        return {**super().__getstate__(), "_keys": None, "_values": None}


def unlock_all(rows: Any, keys: dict[UUID, SubjectKeys]) -> list[Any]:
    """Unlock each of ``rows`` with the keys of its subject; returns them as a list."""
    return [row.unlock(keys[row.subject]) for row in rows]


def insert_all(rows: Sequence[SealedModel]) -> None:
    """Seal new ``rows`` of one model and insert them with few statements. Raises Locked without keys."""
    for row in rows:
        row.seal()
    if rows:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=INSERTED_AT_ONCE)


def open_row(
    model: type[SealedModel],
    row: UUID,
    revision: int,
    sealed: bytes | memoryview,
    clear: Mapping[str, Any],
    keys: SubjectKeys,
) -> dict[str, Any]:
    """The sealed values of a row, or of an earlier revision, with what it says, or said, in ``clear``.

    Raises SealBroken if either was altered, or if a newer version of the program sealed it.
    """
    place = place_of(model, row, revision, clear)
    value = bytes(sealed)
    return renewed(model, form_of(value), values_of(keys.open(value, place)), place)


def newest_form(model: type[SealedModel]) -> int:
    """The form in which rows of ``model`` are sealed now."""
    return 1 + len(model.later_forms)


def newest_forms() -> str:
    """The newest forms of those tables that have a later one than the first, as the database keeps them."""
    found = [
        {
            "target": model._meta.db_table,
            "subject_column": model.subject_attribute,
            "form": newest_form(model),
        }
        for model in with_later_forms()
    ]
    return json.dumps(sorted(found, key=lambda one: one["target"]), sort_keys=True)


def with_later_forms() -> list[type[SealedModel]]:
    """The models of which a sealed value has a later form than its first."""
    return [
        model for model in apps.get_models() if issubclass(model, SealedModel) and model.later_forms
    ]


def seal_anew(
    model: type[SealedModel], content: Mapping[str, Any], keys: SubjectKeys
) -> bytes | None:
    """The value of a row of any form, in the newest, for its next revision; None if it does not open.

    ``content`` is the whole row as JSON has it.
    """
    row, revision = UUID(content["id"]), content["revision"]
    sealed = read(model._meta.get_field("sealed"), content["sealed"])
    try:
        plain = plain_text(open_row(model, row, revision, sealed, content, keys))
    except SealBroken:
        return None
    return keys.seal(plain, place_of(model, row, revision + 1, content), newest_form(model))


@cache
def _sealed_names(model: type[SealedModel]) -> frozenset[str]:
    return frozenset(
        name
        for base in model.__mro__
        for name, value in vars(base).items()
        if isinstance(value, Sealed)
    )


@cache
def _update_of(model: type[SealedModel]) -> tuple[str, tuple[Any, ...]]:
    """The statement that writes a row over one of its revisions, put together once, and its fields."""
    fields = tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    table = model._meta.db_table
    return f'UPDATE "{table}" SET {columns} WHERE "id" = %s AND "revision" = %s', fields  # noqa: S608 - our names


# Made once: json.dumps would make an encoder for each row, and json.loads would guess the encoding of bytes.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


def plain_text(values: dict[str, Any]) -> bytes:
    """Values as they are sealed: JSON in UTF-8, without line breaks."""
    return _encode(values).encode()


def values_of(plain: bytes) -> dict[str, Any]:
    """The values of what ``plain_text`` wrote."""
    return _decode(plain.decode())


def renewed(
    model: type[SealedModel], form: int, values: dict[str, Any], place: Place
) -> dict[str, Any]:
    """Values of an earlier form in the newest. Raises SealBroken for one of a newer program."""
    if form > newest_form(model):
        raise SealBroken("The value was sealed by a newer version of the program.", place)
    for renew in model.later_forms[form - 1 :]:
        values = renew(values)
    return values

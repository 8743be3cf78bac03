"""The map file: which columns become which fields. See docs/examples/synthea.toml for all it can say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clients.models.explanations import Channel
from volunteers.models.accounts import LANGUAGES

HERE = ZoneInfo("Europe/Paris")
COLUMN = re.compile(r"\{([^{}]+)\}")
IDENTITY = ("given_name", "family_name", "known_as", "born_on", "address")
SAFE_CONTACT = (
    "phone",
    "other_phone",
    "times",
    "ask_for",
    "voicemail_words",
    "who_may_answer",
    "remarks",
)
OF_CLIENT = ("id", "language", "died_on", "closed_on", "background", *IDENTITY, *SAFE_CONTACT)
OF_CONTACT = (
    "id",
    "client",
    "channel",
    "happened_on",
    "minutes",
    "kilometres",
    "text",
)
DATES = frozenset({"born_on", "died_on", "closed_on", "happened_on"})
NUMBERS = frozenset({"minutes", "kilometres"})
LONG = {"background": 20_000, "text": 20_000}
SHORT = 400
LARGEST_NUMBER = 32_767
EARLIEST = date(1850, 1, 1)
_WORDS = {
    "%Y": "YYYY",
    "%m": "MM",
    "%d": "DD",
    "%y": "YY",
    "%H": "hh",
    "%M": "mm",
    "%S": "ss",
}


class BadMap(Exception):
    """The map file cannot be used; the message says where."""


class BadValue(Exception):
    """A row cannot be taken in; the message says why."""


@dataclass(frozen=True)
class Part:
    """One half of the map: an expression for each field of clients, or of contacts."""

    name: str
    fields: dict[str, Any]

    def columns(self) -> set[str]:
        """The columns that this part names."""
        return {column for value in self.fields.values() for column in _columns(value)}

    def read(self, cells: dict[str, str]) -> dict[str, Any]:
        """The values of one row by field. Raises BadValue."""
        return {name: _value(name, how, cells) for name, how in self.fields.items()}


@dataclass(frozen=True)
class Map:
    """The whole map. ``source`` keeps the ids of two programs apart."""

    source: str
    clients: Part
    contacts: Part = field(default_factory=lambda: Part("contacts", {}))


def load(path: Path) -> Map:
    """Read and check a map file. Raises BadMap."""
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadMap(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMap(f"{path.name} is no TOML file: {error}.") from error
    if extra := content.keys() - {"source", "clients", "contacts"}:
        raise BadMap(f"{path.name} has parts that no map has: {', '.join(sorted(extra))}.")
    parts = {
        name: _part(path.name, name, content.get(name, {}), fields, needed)
        for name, fields, needed in (
            ("clients", OF_CLIENT, ("id", "language")),
            ("contacts", OF_CONTACT, ("id", "client", "channel", "happened_on")),
        )
    }
    return Map(str(content.get("source", "")), **parts)


def _part(
    file: str, name: str, found: Any, known: tuple[str, ...], needed: tuple[str, ...]
) -> Part:
    if not isinstance(found, dict):
        raise BadMap(f"{file}: [{name}] is no table.")
    if extra := found.keys() - set(known):
        fields = ", ".join(known)
        raise BadMap(f"{file}: [{name}] knows no {', '.join(sorted(extra))}. Its fields: {fields}.")
    if found and (missing := [need for need in needed if need not in found]):
        raise BadMap(f"{file}: [{name}] needs {', '.join(missing)}.")
    for field_name, how in found.items():
        _check(f"{file}: [{name}] {field_name}", field_name, how)
    return Part(name, found)


def _check(place: str, name: str, how: Any) -> None:
    if isinstance(how, dict):
        kinds = [{"value", "values", "otherwise"}, {"value", "format", "zone"}]
        kinds.append({"from", "to", "format", "at_most"})
        if not any(how.keys() <= kind for kind in kinds) or not ({"value", "from"} & how.keys()):
            raise BadMap(f"{place} cannot be understood: {', '.join(how)}.")
        if name in DATES and "format" not in how:
            raise BadMap(f'{place} needs a format, such as format = "%Y-%m-%d".')
        try:
            ZoneInfo(how.get("zone", "UTC"))
        except (KeyError, ValueError, OSError) as error:
            raise BadMap(f"{place}: there is no time zone {how['zone']!r}.") from error
    elif not isinstance(how, str) and not (
        isinstance(how, list) and all(isinstance(piece, str) for piece in how)
    ):
        raise BadMap(f"{place} is neither a text, a list of texts nor a table.")
    elif name in DATES:
        raise BadMap(f'{place} needs a format: {{ value = "{{COLUMN}}", format = "%Y-%m-%d" }}.')


def _columns(how: Any) -> Iterator[str]:
    if isinstance(how, dict):
        for name in ("value", "from", "to"):
            yield from COLUMN.findall(how.get(name, ""))
    else:
        for piece in [how] if isinstance(how, str) else how:
            yield from COLUMN.findall(piece)


def _value(name: str, how: Any, cells: dict[str, str]) -> Any:
    if isinstance(how, dict):
        if "from" in how:
            return _minutes(how, cells)
        text = _fill(how["value"], cells)
        if "format" in how:
            return _date(how["value"], text, how["format"], how.get("zone"))
        text = _translated(how, text)
    else:
        text = _joined(name, how, cells)
    if name == "channel" and text not in Channel.values:
        raise BadValue(f"channel {_shown(text)} is none of {', '.join(Channel.values)}")
    if name == "language" and text not in dict(LANGUAGES):
        raise BadValue(f"language {_shown(text)} is none of {', '.join(dict(LANGUAGES))}")
    if name in NUMBERS:
        return _number(name, text)
    if len(text) > LONG.get(name, SHORT):
        raise BadValue(f"{name} is longer than {LONG.get(name, SHORT)} characters")
    return text


def _fill(template: str, cells: dict[str, str]) -> str:
    filled = COLUMN.sub(lambda match: cells[match[1]], template)
    return "\n".join(" ".join(line.split()) for line in filled.split("\n")).strip()


def _joined(name: str, how: str | list[str], cells: dict[str, str]) -> str:
    """Pieces whose columns are all empty are left out."""
    pieces = [how] if isinstance(how, str) else how
    full = [
        _fill(piece, cells)
        for piece in pieces
        if not (columns := COLUMN.findall(piece)) or any(cells[column] for column in columns)
    ]
    return ("\n" if name in LONG else ", ").join(filter(None, full))


def _translated(how: dict[str, Any], text: str) -> str:
    values = how.get("values")
    if values is None or text in values:
        return values[text] if values else text
    if "otherwise" in how:
        return str(how["otherwise"])
    raise BadValue(f"{how['value'].strip('{}')} {_shown(text)} is not in the map")


@lru_cache(maxsize=4096)
def _parsed(text: str, format: str) -> datetime:
    return datetime.strptime(text, format)  # noqa: DTZ007 - the caller gives it its zone


def _moment(place: str, text: str, format: str) -> datetime:
    try:
        return _parsed(text, format)
    except ValueError as error:
        raise BadValue(
            f"{place.strip('{}')} {_shown(text)} is not a date (expected {_expected(format)})"
        ) from error


def _date(place: str, text: str, format: str, zone: str | None) -> date | None:
    if not text:
        return None
    moment = _moment(place, text, format)
    if zone:
        moment = moment.replace(tzinfo=ZoneInfo(zone)).astimezone(HERE)
    if not EARLIEST <= moment.date() <= datetime.now(HERE).date():
        raise BadValue(f"{place.strip('{}')} {_shown(text)} is before 1850 or in the future")
    return moment.date()


def _minutes(how: dict[str, Any], cells: dict[str, str]) -> int | None:
    start, end = _fill(how["from"], cells), _fill(how["to"], cells)
    if not start or not end:
        return None
    format = how.get("format", "%Y-%m-%d %H:%M")
    first = _moment(how["from"], start, format).replace(tzinfo=UTC)
    last = _moment(how["to"], end, format).replace(tzinfo=UTC)
    minutes = round((last - first).total_seconds() / 60)
    if minutes < 0:
        raise BadValue(f"{how['to'].strip('{}')} {_shown(end)} is before {_shown(start)}")
    return minutes if minutes <= how.get("at_most", LARGEST_NUMBER) else None


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    try:
        number = round(float(text.replace(",", ".")))
    except (ValueError, OverflowError) as error:
        raise BadValue(f"{name} {_shown(text)} is not a number") from error
    if not 0 <= number <= LARGEST_NUMBER:
        raise BadValue(f"{name} {_shown(text)} is not from 0 to {LARGEST_NUMBER}")
    return number


def _expected(format: str) -> str:
    for code, words in _WORDS.items():
        format = format.replace(code, words)
    return format


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")

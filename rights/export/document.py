"""From the gathered record to the data of the printed one. Labels come translated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import dateparse, timezone
from django.utils.translation import gettext as _

from clients.models import Channel
from components.dates import written
from rights.export import asked, noted, parts
from rights.export.fields import Field, Part
from rights.export.left_out import WORDS as LEFT_OUT
from volunteers.models.accounts import LANGUAGES

Facts = list[dict[str, Any]]


def as_document(data: dict[str, Any], *, large: bool = False) -> dict[str, Any]:
    """The data of the template ``record_export``; with ``large`` in large print."""
    return {
        "association": data["association"],
        "branch": data["branch"],
        "reference": data["record"]["reference"],
        "made_at": data["made_at"],
        "name": full_name(data["identity"]),
        "large": large,
        "sections": list(_sections(data)),
        "annexes": list(_annexes(data["about"])),
    }


def _sections(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in (parts.RECORD, parts.IDENTITY, parts.SAFE_CONTACT, parts.BACKGROUND):
        yield {"title": str(part.title), "entries": _entries(part, [data[part.key] or {}])}
    for part in noted.LISTS:
        if data[part.key] or part.key not in _unsaid(data):
            yield _section(part, data)
    yield _seen(data["who_has_seen"])
    for part in asked.LISTS:
        if data[part.key] or part.key not in _unsaid(data):
            yield _section(part, data)
    for key, title in parts.ABOUT:
        yield {"title": str(title), "texts": data["about"][key]}
    last = [data["about"]["decisions"], data["about"]["authority"]]
    yield {"title": _("Decisions by computers, and the authority"), "texts": last}
    without = [str(text) for text in LEFT_OUT]
    if data["handed_over"]:
        without.append(_("Your complaints and what concerns them: ask whoever answers them."))
        without.append(
            _("Messages between you and us: they are in your online space, if you have one.")
        )
        without.append(_("What you said about a note and then took back."))
        without.append(_("The proofs of the list of who opened your record: ask us for them."))
    yield {"title": _("What is not in this copy"), "texts": without}


def _unsaid(data: dict[str, Any]) -> tuple[str, ...]:
    """The parts of which an empty list would say something that is not so, or would frighten."""
    unsaid = ("left_out", "directives", "heirs")
    return (*unsaid, "complaints", "names_decisions", "messages") if data["handed_over"] else unsaid


def _section(part: Part, data: dict[str, Any]) -> dict[str, Any]:
    explained = [str(part.explained)] if part.explained else []
    return {
        "title": str(part.title),
        "texts": explained,
        "entries": _entries(part, data[part.key]),
        "nothing": not data[part.key],
    }


def _entries(part: Part, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a part as they are printed: a heading, its values, what it said before."""
    found = []
    for row in rows:
        facts = _facts(part.fields, row)
        for inside in part.inside:
            facts += _inside(inside, row.get(inside.key) or [])
        facts += _earlier(part, row)
        if facts or part.heading:
            found.append({"heading": _heading(part, row), "facts": facts})
    return found


def _inside(part: Part, held: Any) -> Facts:
    facts: Facts = []
    for row in [held] if isinstance(held, dict) else held:
        if row and part.shown(row):
            if part.heading:
                facts.append({"label": str(part.title), "value": ", ".join(_heading(part, row))})
            facts += _facts(part.fields, row) + _earlier(part, row)
    return facts


def _earlier(part: Part, row: dict[str, Any]) -> Facts:
    """What a row said before it was corrected, the latest first."""
    facts: Facts = []
    for before in reversed(row.get("earlier", ())):
        headed = tuple(Field(key, _("Before")) for key in part.heading)
        said = _facts(headed, before) + _facts(part.fields, before)
        if said:
            label = _("It read before, until %(day)s") % {"day": _day(before["replaced_at"])}
            facts += [{"label": label, "value": "", "earlier": True}, *said]
    return facts


def _facts(fields: tuple[Field, ...], row: dict[str, Any]) -> Facts:
    return [
        {"label": str(field.label), "value": _said(field, row[field.key])}
        for field in fields
        if row.get(field.key) not in (None, "", [])
        and (field.only is None or row[field.key] is field.only)
    ]


def _said(field: Field, value: Any) -> Any:
    if isinstance(value, bool) and field.say is None:
        return _("Yes") if value else _("No")
    if field.key == "channel":
        return str(Channel(value).label)
    return _printed(field.say(value) if field.say else value)


def _heading(part: Part, row: dict[str, Any]) -> list[str]:
    return [
        str(Channel(row[key]).label) if key == "channel" else _day(row[key])
        for key in part.heading
        if row.get(key)
    ]


def _seen(looks: list[dict[str, Any]]) -> dict[str, Any]:
    """Who has opened the record: a table, by day."""
    return {
        "title": _("Who has opened your record"),
        "texts": [
            _("We show the role of each person. Ask us if you need more."),
            _("Each opening by itself, with its time, is in access-log.csv."),
        ],
        "table": {
            "head": [_("Date"), _("Who"), _("Why")],
            "rows": [[_day(one["day"]), one["who"], _why(one)] for one in looks],
        },
    }


def _why(one: dict[str, Any]) -> str:
    did = "; ".join(one["what"])
    why = _("%(why)s: %(did)s") % {"why": one["why"], "did": did} if one["why"] else did
    return _("Refused: %(what)s") % {"what": why} if one["refused"] else why


def _annexes(about: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The texts that bind us: the code as it was explained, and the privacy notice."""
    for one in about["policies"]:
        title = _("Our code of confidentiality, version %(number)s, adopted on %(day)s") % {
            "number": one["number"],
            "day": _day(one["adopted_on"]),
        }
        yield {"title": title, "language": one["language"], "text": one["text"]}
    if about["notice"]:
        yield {"title": _("Our privacy notice"), "language": None, "text": about["notice"]["text"]}


def full_name(identity: dict[str, Any]) -> str:
    """Given and family name, or what the client is called."""
    names = filter(None, [identity.get("given_name"), identity.get("family_name")])
    return " ".join(names) or identity.get("known_as") or "–"


def identity(values: dict[str, Any], record: dict[str, Any]) -> list[tuple[str, Any]]:
    """Who the client is: pairs of label and value."""
    languages = dict(LANGUAGES)
    spoken = (_("Language"), languages.get(record["language"], record["language"]))
    return [*_pairs(parts.IDENTITY, values), spoken]


def safe_contact(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """How the client wants to be reached: pairs of label and value."""
    return _pairs(parts.SAFE_CONTACT, {"withhold_number": False, **values})


def _pairs(part: Part, values: dict[str, Any]) -> list[tuple[str, Any]]:
    pairs = []
    for field in part.fields:
        value = values.get(field.key)
        pairs.append((str(field.label), "" if value in (None, "") else _said_here(field, value)))
    return pairs


def _said_here(field: Field, value: Any) -> Any:
    return _day(value) if field.key in ("born_on", "checked_on") else _said(field, value)


def _printed(value: Any) -> Any:
    """A moment stays one: the template writes it as people say it."""
    if isinstance(value, date):
        return {"at": value}
    return str(value)


def _day(value: Any) -> str:
    """A date in words; what is not a date stays as it is."""
    if isinstance(value, str):
        try:
            parsed = dateparse.parse_date(value)
        except ValueError:
            parsed = None
        if parsed is None:
            return value
        value = parsed
    if isinstance(value, datetime):
        return written(timezone.localtime(value), "DATE_FORMAT")
    return written(value, "DATE_FORMAT") if value else ""

"""From the gathered record to the data of the printed one. Labels come translated."""

from __future__ import annotations

from typing import Any

from django.utils import dateparse, timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import AgreementAnswer, Answer, Channel
from disclosures.models import Detail, Ground
from disclosures.models import State as DisclosureState
from rights import event_words
from rights.export import complaints, directives, misplaced
from rights.export.restrictions import GROUNDS
from rights.export.statements import in_words
from rights.models import RequestKind, RequestState
from volunteers.models.accounts import LANGUAGES


def as_document(data: dict[str, Any]) -> dict[str, Any]:
    """The data of the template ``record_export``."""
    return {
        "association": data["association"],
        "branch": data["branch"],
        "reference": data["record"]["reference"],
        "made_at": data["made_at"],
        "name": full_name(data["identity"]),
        "identity": _listed(identity(data["identity"], data["record"])),
        "safe_contact": _listed(safe_contact(data["safe_contact"])),
        "background": _background(data["background"]),
        "explanations": [_explanation(one) for one in data["explanations"]],
        "agreements": [_agreement(one) for one in data["agreements"]],
        "directives": [directives.printed(one) for one in data["directives"]],
        "restrictions": [_restriction(one) for one in data["restrictions"]],
        "contacts": [_contact(one) for one in data["contacts"]],
        "messages": [_message(one) for one in data["messages"]],
        "consultations": [_consultation(one) for one in data["consultations"]],
        "views": [_view(one) for one in data["who_has_seen"]],
        "disclosures": [_disclosure(one) for one in data["disclosures"]],
        "will": [_will(one) for one in data["will"]],
        "requests": [_request(number, one) for number, one in enumerate(data["requests"], 1)],
        "complaints": [complaints.printed(one) for one in data["complaints"]],
    }


def full_name(identity: dict[str, Any]) -> str:
    """Given and family name, or what the client is called."""
    names = filter(None, [identity.get("given_name"), identity.get("family_name")])
    return " ".join(names) or identity.get("known_as") or "–"


def identity(values: dict[str, Any], record: dict[str, Any]) -> list[tuple[str, Any]]:
    """Who the client is: pairs of label and value."""
    languages = dict(LANGUAGES)
    return [
        (_("Given name"), values.get("given_name")),
        (_("Family name"), values.get("family_name")),
        (_("Called"), values.get("known_as")),
        (_("Born on"), _day(values.get("born_on"))),
        (_("Address"), values.get("address")),
        (_("Language"), languages.get(record["language"], record["language"])),
    ]


def safe_contact(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """How the client wants to be reached: pairs of label and value."""
    voicemail: dict[Any, str] = {True: _("A message may be left"), False: _("No message")}
    return [
        (_("When"), values.get("times")),
        (_("Ask for"), values.get("ask_for")),
        (_("Who else may answer"), values.get("who_may_answer")),
        (_("Voicemail"), voicemail.get(values.get("voicemail"), "")),
        (_("What may be said on it"), values.get("voicemail_words")),
        (_("Our number is hidden"), _("Yes") if values.get("withhold_number") else _("No")),
        (_("Telephone"), values.get("phone")),
        (_("Other telephone"), values.get("other_phone")),
        (_("To keep in mind"), values.get("remarks")),
        (_("Last checked"), _day(values.get("checked_on"))),
    ]


def _agreement(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "date": one["happened_on"],
        "answer": str(AgreementAnswer(one["answer"]).label),
        "asked": one["asked"],
        "words": one.get("words", ""),
    }


def _restriction(one: dict[str, Any]) -> dict[str, Any]:
    words = "; ".join(filter(None, (one.get("why"), one.get("why_lifted"))))
    return {
        "date": one["starts_at"],
        "until": one["ends_at"],
        "why": str(GROUNDS[one["ground"]]),
        "words": words,
    }


def contents(items: list[dict[str, Any]]) -> str:
    """What was chosen to leave, in one line."""
    return "; ".join(
        f"{_day(item['happened_on'])}, {Channel(item['channel']).label}" for item in items
    )


def _listed(pairs: list[tuple[str, Any]]) -> list[dict[str, str]]:
    return [{"label": f"{label}", "value": str(value)} for label, value in pairs if value]


def _explanation(one: dict[str, Any]) -> dict[str, Any]:
    answer = Answer(one["answer"]).label if one["answer"] else _("Could not be explained")
    words = one.get("words") or one.get("why_not")
    return {
        "date": one["happened_on"],
        "how": ", ".join(filter(None, [str(Channel(one["channel"]).label), one.get("where")])),
        "answer": f"{answer}. {words}" if words else str(answer),
    }


def _contact(one: dict[str, Any]) -> dict[str, Any]:
    if "removed_at" in one:
        return misplaced.printed(one)
    note = one["note"]
    return {
        "date": one["happened_on"],
        "channel": str(Channel(one["channel"]).label),
        "minutes": one["minutes"],
        "kilometres": one["kilometres"],
        "notes": _note(note, one),
        "earlier": [
            {"date": timezone.localdate(before["replaced_at"]), "notes": _note(before, {})}
            for before in note.get("earlier", [])
        ],
    }


def _note(note: dict[str, Any], contact: dict[str, Any]) -> str:
    files = ", ".join(file["path"] for file in contact.get("files", []))
    lines = [
        note.get("text"),
        _("To do next: %(what)s") % {"what": note["follow_up"]} if note.get("follow_up") else "",
        _("Corrected because: %(why)s") % {"why": note["correction_reason"]}
        if note.get("correction_reason")
        else "",
        _("Files: %(names)s") % {"names": files} if files else "",
        _("Nobody was reached.") if contact.get("reached") is False else "",
        *map(in_words, contact.get("statements", ())),
    ]
    return "\n".join(filter(None, lines))


def _message(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "date": timezone.localtime(one["made_at"]),
        "who": _("You") if one["by"] == "client" else _("Somebody of the association"),
        "text": one.get("text", ""),
    }


def _background(background: dict[str, Any]) -> str | None:
    lines = [background.get("text"), *map(in_words, background.get("statements", ()))]
    return "\n".join(filter(None, lines)) or None


def _consultation(one: dict[str, Any]) -> dict[str, Any]:
    read = [contents([contact]) for contact in one["contacts"]] + one["parts"]
    return {
        "date": one["happened_on"] or timezone.localdate(one["starts_at"]),
        "why": str(event_words.why(one["ground"])),
        "contents": "\n".join(read),
    }


def _view(one: dict[str, Any]) -> dict[str, Any]:
    did = "; ".join(one["what"])
    why = _("%(why)s: %(did)s") % {"why": one["why"], "did": did} if one["why"] else did
    return {
        "at": one["day"],
        "who": one["who"],
        "why": _("Refused: %(what)s") % {"what": why} if one["refused"] else why,
    }


def _disclosure(one: dict[str, Any]) -> dict[str, Any]:
    words = one["words"]
    when = one["released_at"] or one["decided_at"] or one["asked_at"] or one["made_at"]
    recipient = [words.get("recipient"), words.get("recipient_function")]
    return {
        "reference": one["reference"],
        "date": timezone.localdate(when),
        "state": str(DisclosureState(one["state"]).label),
        "recipient": ", ".join(filter(None, recipient)),
        "ground": str(Ground(one["ground"]).label),
        "contents": "; ".join(filter(None, [*_picked(one["details"]), contents(one["contents"])])),
    }


def _picked(details: list[dict[str, Any]]) -> list[str]:
    return [str(Detail(one["detail"]).label) for one in details]


def _will(one: dict[str, Any]) -> dict[str, Any]:
    said = _("You agreed again") if one["said"] == "given" else _("You took back your agreement")
    how = Channel(one["channel"]).label if one["channel"] else _("In your space")
    return {
        "date": one["happened_on"],
        "said": str(said),
        "how": str(how),
        "words": one["words"] or None,
    }


def _request(number: int, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": str(number),
        "date": timezone.localdate(one["made_at"]),
        "kind": str(RequestKind(one["kind"]).label),
        "state": str(RequestState(one["state"]).label),
        "due": one["due_on"],
    }


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
    return date_format(value, "DATE_FORMAT") if value else ""

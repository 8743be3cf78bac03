"""The parts of the printed copy that every record has: who the client is, how to reach them, the law.

What is named in no list of parts is not on paper; ``rights/export/left_out.py`` says why.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import AgreementAnswer, StatementState
from clients.models.records import State
from rights.export.fields import Field, Part, code, language

VOICEMAIL: dict[Any, Any] = {True: _("A message may be left"), False: _("No message")}
ABOUT = (
    ("purposes", _("Why we keep it")),
    ("recipients", _("Who receives it")),
    ("sources", _("Where it comes from")),
    ("kept", _("How long we keep it")),
    ("rights", _("Your rights")),
)

IDENTITY = Part(
    "identity",
    _("Who you are"),
    (
        Field("given_name", _("Given name")),
        Field("family_name", _("Family name")),
        Field("known_as", _("Called")),
        Field("born_on", _("Born on")),
        Field("address", _("Address")),
    ),
)
SAFE_CONTACT = Part(
    "safe_contact",
    _("How we may reach you"),
    (
        Field("times", _("When")),
        Field("ask_for", _("Ask for")),
        Field("who_may_answer", _("Who else may answer")),
        Field("voicemail", _("Voicemail"), lambda value: VOICEMAIL.get(value, value)),
        Field("voicemail_words", _("What may be said on it")),
        Field("withhold_number", _("Our number is hidden")),
        Field("phone", _("Telephone")),
        Field("other_phone", _("Other telephone")),
        Field("remarks", _("To keep in mind")),
        Field("checked_on", _("Last checked")),
    ),
)
RECORD = Part(
    "record",
    _("About your record"),
    (
        Field("reference", _("Reference")),
        Field("state", _("State"), code(State)),
        Field("state_since", _("Since")),
        Field("language", _("Language"), language),
        Field("pseudonym", _("Kept under a pseudonym")),
        Field("protected", _("Open only to people who are named")),
        Field("agreed", _("Your answer to our keeping it"), code(AgreementAnswer)),
        Field("restricted_at", _("Restricted since")),
        Field("taken_in_at", _("Made on")),
        Field("last_contact_on", _("Last contact")),
    ),
)
# What the client says beside what was noted; what reads otherwise to whom it is about.
BECAME = {StatementState.WITHDRAWN: _("You took this back")}
STATEMENTS = Part(
    "statements",
    _("What you said about it"),
    (
        Field("text", ""),
        Field(
            "state",
            _("What became of it"),
            lambda value: BECAME.get(value, StatementState(value).label),
        ),
        Field("answer", _("Our answer")),
        Field("answered_at", _("Answered on")),
        Field("withdrawn_at", _("Taken back on")),
    ),
    ("said_on", "channel", "made_at"),
)
BACKGROUND = Part("background", _("Your situation"), (Field("text", ""),), (), (STATEMENTS,))
WORDS = (Field("text", ""),)

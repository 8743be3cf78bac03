"""The parts of the printed copy about what the team noted and who could read it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.models import (
    AgreementAnswer,
    Along,
    Answer,
    Basis,
    EmergencyReason,
    Fate,
    HeirProof,
    HeirQuality,
    HeirState,
    HeirWish,
    HeirWords,
    Outcome,
)
from clients.models.agreements import Basis6, Quality
from rights.export.fields import Field, Part, code, language, why
from rights.export.holds import GROUNDS as HELD
from rights.export.parts import STATEMENTS, WORDS
from rights.export.restrictions import GROUNDS

# What reads otherwise to whom it is about.
QUALITIES = {Quality.SELF: _("You")}
ROLES = {"volunteer": _("A volunteer"), "coordinator": _("A coordinator")}
SCOPES = {
    "full": _("Everything: who you are, contacts and notes"),
    "errand": _("Name, address and how to reach you, no notes"),
    "read": _("Reading notes"),
    "named": _("Who you are and how to reach you"),
    "consult": _("What was shared with a colleague, and nothing else"),
    "contact": _("One contact with its notes"),
}

WRITERS = {"client": _("You"), "team": _("Somebody of the association")}
HEIRS = Part(
    "heirs",
    _("What somebody close to you asked, when you were noted as having died"),
    (
        Field("quality", _("As"), code(HeirQuality)),
        Field("wish", _("What is asked"), code(HeirWish)),
        Field("proof", _("Proof"), code(HeirProof)),
        Field("proof_seen_on", _("Seen on")),
        Field("second_seen_on", _("Seen by a second person on")),
        Field("along", _("Your wishes"), code(Along)),
        Field("received_on", _("Received on")),
        Field("due_on", _("Answer due")),
        Field("state", _("State"), code(HeirState)),
        Field("objected_at", _("Another heir objected on")),
        Field("settled_at", _("Settled on")),
        Field("proposed_at", _("Answer proposed on")),
        Field("decided_at", _("Decided on")),
    ),
    ("reference", "channel"),
    (
        Part(
            "words",
            "",
            (
                Field("kind", _("Words"), code(HeirWords.Kind)),
                Field("made_at", _("Written on")),
                Field("who", _("Who")),
                Field("reach", _("How to reach them")),
                Field("text", ""),
            ),
        ),
    ),
)
LISTS = (
    Part(
        "explanations",
        _("What we explained to you, and your answer"),
        (
            Field("given", _("Explained")),
            Field("answer", _("Your answer"), code(Answer)),
            Field("language", _("Language"), language),
            Field("policy_version", _("Version of our code of confidentiality")),
            Field("where", _("Where")),
            Field("words", _("What was said")),
            Field("why_not", _("Why it could not be explained")),
        ),
        ("happened_on", "channel"),
    ),
    Part(
        "agreements",
        _("What you agreed to"),
        (
            Field("asked", _("What we asked")),
            Field("answer", _("Your answer"), code(AgreementAnswer)),
            Field(
                "quality",
                _("Who answered"),
                lambda value: QUALITIES.get(value, Quality(value).label),
            ),
            Field("who", _("Name of whoever answered for you")),
            Field("proof", _("What shows that they may")),
            Field("words", _("What was said")),
            Field("basis", _("Ground on which we keep the record"), code(Basis6)),
            Field("language", _("Language"), language),
            Field("paper", _("Number of the paper file")),
        ),
        ("happened_on", "channel"),
    ),
    Part(
        "directives",
        _("What you want after your death"),
        (
            Field("fate", _("Your record"), code(Fate)),
            Field("heard", _("Noted by one of us")),
            Field("executor", _("Who may ask in your place")),
            Field("executor_reach", _("How to reach them")),
            Field("told", _("Who is to be told")),
            Field("to_tell", _("How many are to be told")),
            Field("words", _("Your words")),
            Field("made_at", _("Written down on")),
        ),
        ("happened_on", "channel"),
        (
            Part(
                "tellings",
                "",
                (
                    Field("line", _("Told: number in the list")),
                    Field("told_on", _("Told on")),
                    Field("undone_at", _("Noted by mistake, undone on")),
                ),
            ),
        ),
    ),
    HEIRS,
    Part(
        "restrictions",
        _("When your record was restricted"),
        (
            Field("ground", _("Why"), lambda value: GROUNDS[value]),
            Field("ends_at", _("Until")),
        ),
        ("starts_at",),
        (
            Part(
                "words",
                "",
                (Field("text", _("What was said")), Field("lifted", _("When it ended"))),
            ),
        ),
    ),
    Part(
        "holds",
        _("When your record had to be kept"),
        (
            Field("ground", _("Why"), lambda value: HELD[value]),
            Field("released_at", _("Until")),
        ),
        ("placed_at",),
        (
            Part(
                "words",
                "",
                (Field("text", _("What was said")), Field("released", _("When it ended"))),
            ),
        ),
    ),
    Part(
        "kept_longer",
        _("How long your record is kept although its time was over"),
        (
            Field("until", _("Until")),
            Field("text", _("Why")),
        ),
        ("made_at",),
    ),
    Part(
        "contacts",
        _("Our contacts with you"),
        (
            Field("reached", _("You were reached"), only=False),
            Field("minutes", _("Minutes")),
            Field("kilometres", _("Kilometres")),
            Field("urgent", _("Urgent"), only=True),
            Field("follow_up_on", _("To be continued on")),
            Field("followed_up_at", _("Continued on")),
            Field("removed_at", _("Noted here by mistake, removed on")),
            Field("removed_by", _("Removed by"), lambda value: ROLES.get(value, value)),
            Field("seen_by_client", _("You could read it"), only=True),
            Field("seen_by_volunteers", _("Volunteers who could read it")),
            Field("seen_by_coordinators", _("Coordinators who could read it")),
            Field("seen_by_others", _("Others who could read it")),
        ),
        ("happened_on", "channel"),
        (
            Part(
                "note",
                "",
                (
                    Field("text", ""),
                    Field("follow_up", _("To do next")),
                    Field("correction_reason", _("Corrected because")),
                ),
            ),
            Part(
                "files",
                "",
                (
                    Field("path", _("File")),
                    Field("name", _("Its name")),
                    Field("type", _("Its type")),
                    Field("bytes", _("Its size in bytes")),
                ),
            ),
            STATEMENTS,
        ),
    ),
    Part(
        "messages",
        _("Messages between you and us"),
        (
            Field("by", _("Who"), lambda value: WRITERS[value]),
            Field("answered_at", _("Answered on")),
            Field("text", ""),
        ),
        ("made_at",),
    ),
    Part(
        "who_may_see",
        _("Who may see your record, or could"),
        (
            Field("role", _("Who"), lambda value: ROLES[value]),
            Field("scope", _("What"), lambda value: SCOPES.get(value, value)),
            Field("basis", _("On what basis"), code(Basis)),
            Field("purpose", _("Why"), why),
            Field("since", _("Contacts from this day on")),
            Field("ends_at", _("Until")),
        ),
        ("starts_at",),
    ),
    Part(
        "may_be_told",
        _("Whom you let us tell something"),
        (
            Field("person", _("Who")),
            Field("reach", _("How to reach them")),
            Field("what", _("What they may be told")),
            Field("until", _("Until")),
            Field("revoked_at", _("Taken back on")),
        ),
        ("made_at",),
    ),
    Part(
        "consultations",
        _("When a colleague was asked for advice"),
        (
            Field("ground", _("Why"), why),
            Field("withheld", _("Without saying who you are")),
            Field("happened_on", _("Day of the talk")),
            Field("ends_at", _("Could be read until")),
        ),
        ("starts_at",),
        (
            Part("contacts", _("Contact that could be read"), (), ("happened_on", "channel")),
            Part("parts", "", (Field("title", _("What they could read")), Field("text", ""))),
        ),
    ),
    Part(
        "emergencies",
        _("When your record was opened in an emergency"),
        (
            Field("reference", _("Reference")),
            Field("reason", _("Why"), code(EmergencyReason)),
            Field("by_coordinator", _("By a coordinator")),
            Field("rest_opened_at", _("Contacts and notes opened")),
            Field("ends_at", _("Until")),
            Field("words_at", _("Explained on")),
            Field("reviewed_at", _("Checked on")),
            Field("outcome", _("What the check found"), code(Outcome)),
        ),
        ("opened_at",),
        (
            Part("words", "", (Field("made_at", _("Written on")), *WORDS)),
            Part("review", "", (Field("made_at", _("Check written on")), *WORDS)),
        ),
    ),
)

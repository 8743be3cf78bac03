"""The parts of the printed copy about what was shared outside, what the client asked, and their space."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.models import AboutKind, ComplaintEntry, ComplaintState
from disclosures.models import Consent, Detail, Ground, Said, State, Untold
from rights.export.fields import Field, Part, code, language
from rights.export.noted import ROLES
from rights.models import (
    CopyReason,
    CopyState,
    CopyWay,
    ErasureGround,
    ErasureState,
    ExportState,
    LeftOutReason,
    NamesReason,
    NoteHow,
    NoteKind,
    Quality,
    ReceivedBy,
    RequestKind,
    RequestState,
)

# What reads otherwise to whom it is about.
CONSENTS = {
    Consent.GIVEN: _("You agree"),
    Consent.REFUSED: _("You do not agree"),
    Consent.NOT_SOUGHT: _("You could not be asked"),
}
SAID = {Said.GIVEN: _("You agreed again"), Said.WITHDRAWN: _("You took back your agreement")}
QUALITIES = {Quality.SELF: _("You")}
LEFT_OUT = {"contact": _("A whole contact"), "passage": _("A passage")}
LISTS = (
    Part(
        "disclosures",
        _("What we have shared with somebody outside"),
        (
            Field("ground", _("Ground"), code(Ground)),
            Field("state", _("State"), code(State)),
            Field("consent", _("Your will"), lambda value: CONSENTS[value]),
            Field("discussed_on", _("Discussed with you on")),
            Field("made_at", _("Begun on")),
            Field("asked_at", _("Asked for on")),
            Field("decided_at", _("Decided on")),
            Field("released_at", _("Given on")),
            Field("received_at", _("Received on")),
            Field("cancelled_at", _("Cancelled on")),
            Field("untold", _("Why you were not told"), code(Untold)),
            Field("look_again_on", _("To be looked at again on")),
        ),
        ("reference",),
        (
            Part(
                "words",
                "",
                (
                    Field("recipient", _("To whom")),
                    Field("recipient_function", _("Their function")),
                    Field("recipient_reach", _("How to reach them")),
                    Field("need", _("Why they need to know")),
                    Field("ground_details", _("About the ground")),
                    Field("discussion", _("What was discussed with you")),
                    Field("consent_words", _("Your words")),
                    Field("why_no_consent", _("Why you were not asked")),
                ),
            ),
            Part(
                "outcome",
                "",
                (
                    Field("decision_reason", _("Reasons of the decision")),
                    Field("untold_why", _("Reasons why you were not told")),
                    Field("cancel_reason", _("Why it was cancelled")),
                ),
            ),
            Part(
                "details",
                "",
                (
                    Field("detail", _("What was chosen of your details"), code(Detail)),
                    Field("why", _("Why it is needed")),
                ),
                shown=lambda row: row["chosen"],
            ),
            Part(
                "contents",
                _("Contact that was chosen"),
                (Field("why", _("Why it is needed")), Field("strike", _("Words struck out of it"))),
                ("happened_on", "channel"),
                shown=lambda row: row["chosen"],
            ),
            Part("told", _("Told of a correction or a deletion"), (), ("told_on", "channel")),
            Part(
                "delivery",
                _("Packet for the recipient"),
                (
                    Field("language", _("Language"), language),
                    Field("expires_at", _("Until")),
                    Field("opened_at", _("Opened on")),
                    Field("recalled_at", _("Taken back on")),
                ),
                ("made_at",),
            ),
        ),
        _("What was given to somebody outside, or may be because you agreed."),
    ),
    Part(
        "will",
        _("What you said later about sharing"),
        (
            Field("said", _("Your will"), lambda value: SAID[value]),
            Field("disclosure", _("About")),
            Field("words", _("Your words")),
        ),
        ("happened_on", "channel"),
    ),
    Part(
        "requests",
        _("What you asked about your data"),
        (
            Field("kind", _("Request"), code(RequestKind)),
            Field("state", _("State"), code(RequestState)),
            Field("received_on", _("Received on")),
            Field("how", _("How"), code(ReceivedBy)),
            Field(
                "quality", _("Who asked"), lambda value: QUALITIES.get(value, Quality(value).label)
            ),
            Field("applicant", _("Name of whoever asked for you")),
            Field("proof", _("What shows that they may")),
            Field("due_on", _("Answer due")),
            Field("latest_on", _("Last day in law")),
            Field("extended_on", _("More time was taken on")),
            Field("paused_on", _("The clock stands still since")),
            Field("paused_days", _("Days on which the clock stood still")),
            Field("to_tell", _("You are still to be told"), only=True),
            Field("seconded_at", _("A second person agreed on")),
            Field("handled_at", _("Answered on")),
            Field("asked", _("What you asked")),
            Field("answer", _("Our answer")),
        ),
        ("made_at",),
        (
            Part(
                "notes",
                "",
                (
                    Field("kind", _("Noted"), code(NoteKind)),
                    Field("how", _("How"), code(NoteHow)),
                    Field("day", _("Day")),
                    Field("was", _("Day before")),
                    Field("words", ""),
                ),
            ),
        ),
    ),
    Part(
        "erasures",
        _("When deleting your record was proposed"),
        (
            Field("ground", _("Why"), code(ErasureGround)),
            Field("state", _("State"), code(ErasureState)),
            Field("not_before", _("Not before")),
            Field("waived_at", _("You said that you need no time to think on")),
            Field("waived_how", _("How you said so"), code(ReceivedBy)),
            Field("decided_at", _("Decided on")),
        ),
        ("proposed_at",),
    ),
    Part(
        "complaints",
        _("Your complaints"),
        (
            Field("about_kind", _("About"), code(AboutKind)),
            Field("state", _("State"), code(ComplaintState)),
            Field("opened_at", _("Made on")),
            Field("handed_at", _("Given to somebody on")),
            Field("answered_at", _("Answered on")),
        ),
        ("reference",),
        (
            Part(
                "entries",
                "",
                (
                    Field("kind", _("Words"), code(ComplaintEntry.Kind)),
                    Field("made_at", _("Written on")),
                    Field("text", ""),
                    Field("reach", _("How to reach you about it")),
                ),
            ),
        ),
    ),
    Part(
        "own_space",
        _("Your own space on our site"),
        (
            Field("username", _("User name")),
            Field("opened_as", _("Opened by"), lambda value: ROLES.get(value, value)),
            Field("first_used_at", _("First used")),
            Field("spoken_on", _("Somebody spoke to you on")),
            Field("confirmed_at", _("Confirmed on")),
            Field("ended_at", _("Ended on")),
            Field("notes_hidden_at", _("You asked not to be shown notes on")),
        ),
        ("opened_at",),
    ),
    Part(
        "names_decisions",
        _("When you were shown names"),
        (
            Field("reason", _("Why"), code(NamesReason)),
            Field("until", _("Until")),
            Field("ended_at", _("Ended on")),
        ),
        ("made_at",),
    ),
    Part(
        "copies",
        _("Copies that were made for you"),
        (
            Field("state", _("State"), code(ExportState)),
            Field("language", _("Language"), language),
            Field("ready_at", _("Ready on")),
            Field("expires_at", _("Kept until")),
            Field("taken_at", _("Taken on")),
            Field("taken", _("How often it was taken by the team")),
        ),
        ("made_at",),
    ),
    Part(
        "prepared_copies",
        _("Copies that the team prepared for you"),
        (
            Field("reason", _("Why"), code(CopyReason)),
            Field("way", _("How it reaches you"), code(CopyWay)),
            Field("language", _("Language"), language),
            Field("large", _("In large print")),
            Field("state", _("State"), code(CopyState)),
            Field("sent_at", _("Prepared until")),
            Field("contacts", _("Number of contacts")),
            Field("left_out", _("Contacts left out")),
            Field("struck", _("Passages struck out")),
            Field("released_at", _("Released on")),
            Field("ended_at", _("Ended on")),
        ),
        ("prepared_at",),
    ),
    Part(
        "left_out",
        _("What was left out of this copy, and why"),
        (
            Field("what", _("What"), lambda value: LEFT_OUT[value]),
            Field("times", _("How many")),
            Field("reason", _("Why"), code(LeftOutReason)),
        ),
    ),
)

"""The log in plain words for the client: who (a role, never a name), why, and what was done.

What an event did stands in the register (``audit/events``); here, what a row holds, and general phrases.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.events import EVENTS

WHO = {
    "client": _("You"),
    "job": _("The computer, at your request"),
    "volunteer": _("A volunteer"),
    "coordinator": _("A coordinator"),
    "protection": _("The data-protection lead"),
    "president": _("The president"),
    "command": _("Whoever looks after the computer, for your branch"),
    "recipient": _("The person something was passed on to"),
    "user": _("Somebody of the association"),
    "nobody": _("Somebody who was not signed in"),
}

WHY = {
    # These two are true of preparing and deciding on a disclosure as well, which has no reason of its own:
    # a line here would warn whoever looks over the client's shoulder before anybody could help.
    "support": _("To support you and take care of your record"),
    "coordination": _("To organise and check your support, and decide what concerns your record"),
    "intake": _("To open your record"),
    "own_record": _("Your own record"),
    "portal": _("To give you this space"),
    "export": _("To prepare your copy"),
    "retention": _("Its time was over"),
    "upkeep": _("Upkeep of the program"),
    "standing_in": _("To support you"),
    "complaint": _("Because of a complaint"),
    "protection": _("To protect you"),
    "request": _("To answer your request"),
    "handover": _("To hand over to another volunteer"),
    "consultation": _("To ask a colleague, or to read what was asked"),
    "client": _("To ask a colleague how best to support you"),
    "volunteer": _("So that a colleague supports the volunteer"),
    # Which emergency it was, the client reads with its review.
    "emergency": _("In an emergency: nobody of yours could be reached, or we were worried"),
    "review": _("To check an emergency access"),
    "import": _("To bring in an earlier record"),
    # The ground of a disclosure is told with the disclosure, once the client may see that.
    "law": _("To decide whether to pass something on"),
    "public_interest": _("To decide whether to pass something on"),
    "correction": _("To answer your request"),
    "deletion": _("To answer your request"),
    "access": _("To answer your request"),
    "restriction": _("To answer your request"),
    "portability": _("To answer your request"),
    "objection": _("To answer your request"),
    "withdrawal": _("To answer your request"),
}

# What a row holds, where the event is that one was written.
ADDED = {
    "clients_identity": _("Wrote down who you are"),
    "clients_safecontact": _("Wrote down how to reach you"),
    "clients_background": _("Wrote about your situation"),
    "clients_explanationwords": _("Noted whether our rules were explained to you"),
    "clients_agreementwords": _("Noted that you agree to our keeping a record"),
    "clients_heirwords": _("Wrote down what somebody close to you asked"),
    "clients_directivewords": _("Noted your wishes for later"),
    "clients_restrictionwords": _("Wrote down why your record is restricted"),
    "clients_messagewords": _("Wrote a message"),
    "clients_statementwords": _("Wrote down what you say about a note, or the answer"),
    "clients_consultationentry": _("Wrote to a colleague about your support"),
    "clients_contact": _("Noted a contact with you"),
    "clients_contactnote": _("Noted a contact with you"),
    "clients_attachment": _("Added a file"),
    "clients_whomayknow": _("Noted whom you let us tell"),
    "disclosures_disclosurewords": _("Prepared to pass something on"),
    "disclosures_disclosureitem": _("Prepared to pass something on"),
    "disclosures_disclosuredetail": _("Prepared to pass something on"),
    "disclosures_will": _("Wrote down what you say to passing something on"),
    "disclosures_disclosureoutcome": _("Wrote down a decision about passing something on"),
    "rights_subjectrequestwords": _("Wrote down a request"),
    "rights_leftout": _("Chose what your copy leaves out"),
    "rights_requestnote": _("Noted something to your request"),
}
CHANGED = {
    "clients_whomayknow": _("Took back whom you let us tell"),
    "clients_identity": _("Corrected who you are"),
    "clients_safecontact": _("Corrected how to reach you"),
    "clients_background": _("Corrected what is written about your situation"),
    "clients_restrictionwords": _("Wrote down why your record is used again"),
    "clients_contact": _("Corrected what was noted"),
    "clients_contactnote": _("Corrected what was noted"),
    "disclosures_disclosurewords": _("Changed a plan to pass something on"),
    "disclosures_disclosureitem": _("Changed a plan to pass something on"),
    "disclosures_disclosuredetail": _("Changed a plan to pass something on"),
    "disclosures_disclosureoutcome": _("Wrote down a decision about passing something on"),
    "rights_subjectrequestwords": _("Wrote an answer to your request"),
}
# What belongs to a contact, where each event has a line of its own: one contact is told once.
BESIDE = {
    "clients_contactnote": _("Saved the note that belongs to a contact"),
}
# One's own step back from a client; and, before it, what remained open of the record for some minutes.
STEPPED_BACK = (
    _("A page that was still open closed"),
    _("Stepped back, and deals with your record no longer"),
)
# What is read of an event whose line says no more.
FAMILIES = {
    "client": _("Used your record"),
    "contact": _("Used what was noted about contacts"),
    "consultation": _("Asked a colleague about your support"),
    "attachment": _("Used a file of your record"),
    "heir": _("Dealt with what somebody close to you asked"),
    "directive": _("Noted your wishes for later"),
    "agreement": _("Noted whether you agree to our keeping a record"),
    "restriction": _("Restricted your record, or ended that"),
    "statement": _("Worked on what you say about a note"),
    "emergency": _("Used your record in an emergency"),
    "grant": _("Changed who may see your record"),
    "disclosure": _("Worked on passing something on"),
    "message": _("Used your messages"),
    "will": _("Noted what you say to passing something on"),
    "request": _("Worked on your request"),
    "export": _("Worked on your copy"),
    "copy": _("Worked on a copy for you"),
    "portal": _("Used this space"),
    "page": _("Asked for a page of your record"),
}
SOMETHING = _("Used your record")


def who(role: str) -> Any:
    """The label of a role."""
    return WHO.get(role, WHO["user"])


def why(purpose: str) -> Any:
    """The label of a purpose; empty where none was given."""
    return WHY.get(purpose, "")


def purposes(code: str) -> list[str]:
    """All purposes that read like this one."""
    label = str(why(code))
    return [each for each in WHY if str(why(each)) == label]


def step(action: str, table: str) -> Any:
    """The same for one event among others."""
    beside = BESIDE.get(table if action == "row.add" else action)
    return beside or what(action, table)


def what(action: str, table: str) -> Any:
    """What an event did, in plain words. Technical events of a row say what the row holds."""
    if action == "row.add":
        return ADDED.get(table, SOMETHING)
    if action == "row.change":
        return CHANGED.get(table, SOMETHING)
    words = EVENTS[action].client if action in EVENTS else None
    if isinstance(words, Promise):
        return words
    return FAMILIES.get(action.partition(".")[0], SOMETHING)

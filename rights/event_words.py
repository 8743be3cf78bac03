"""The log in plain words for the client: who (a role, never a name), why, and what was done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

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
}

WHAT = {
    "client.take_in": _("Opened a record for you"),
    "client.view": _("Looked at your record"),
    "client.list": _("Saw you in a list"),
    "client.edit": _("Opened your details, to change them"),
    "client.state": _("Changed whether your record is open"),
    "client.number": _("Looked up your telephone number"),
    "client.search": _("Found you in a search"),
    "client.found": _("Found you in a search"),
    "client.language": _("Changed your language"),
    "client.move": _("Gave your record to another branch"),
    "client.pseudonym": _("Changed whether your own name is kept"),
    "background.edit": _("Opened what is written about your situation, to change it"),
    "safe_contact.edit": _("Opened how to reach you, to change it"),
    "explanation.add": _("Noted whether our rules were explained to you"),
    "client.protect": _("Narrowed your record to a few named people"),
    "client.unprotect": _("Opened your record to the coordinators again"),
    "conflict.mark": _("Noted that somebody must not deal with you"),
    "conflict.end": _("Took back a note that somebody must not deal with you"),
    "contact.log": _("Opened your record, to note a contact with you"),
    "contact.form": _("Opened the form for noting a contact"),
    "row.seal": _("Locked in a newer way what is written; its words stay as they are"),
    "row.seal_anew": _("A program opened your record, to lock it in a newer way"),
    "contact.import": _("Opened your record, to bring in earlier contacts"),
    "consultation.ask": _("Asked a colleague about your support"),
    "consultation.answer": _("Opened what was shared with a colleague, to answer"),
    "consultation.end": _("Ended what a colleague could read"),
    "consultation.view": _("Read what was shared with a colleague"),
    "follow_up.done": _("Did what was to do next"),
    "contact.view": _("Read what was noted about a contact"),
    "contact.list": _("Read what was noted about contacts"),
    "contact.correct": _("Opened what was noted, to correct it"),
    "contact.history": _("Read what a note said before"),
    "attachment.add": _("Opened your record, to add a file"),
    "attachment.get": _("Opened a file"),
    "notes.open": _("Opened your notes for a short time"),
    "grant.add": _("Let somebody of the association see your record"),
    "grant.end": _("Ended somebody's access to your record"),
    "grant.list": _("Checked who may see your record"),
    "names.decide": _("Decided that you see names here"),
    "names.end": _("Decided that you see names here no longer"),
    "may_know.add": _("Opened your record, to note whom you let us tell"),
    "may_know.end": _("Opened whom you let us tell, to take it back"),
    "leaflet.print": _("Printed a leaflet for you"),
    "emergency.open": _("Opened how to reach you, without having you as a client"),
    "emergency.rest": _("Opened your contacts and notes too"),
    "emergency.end": _("Closed your record again"),
    "emergency.review": _("Checked whether it was right to open your record"),
    "emergency.view": _("Looked at an emergency access to your record"),
    "portal.open": _("Opened this space for you"),
    "portal.replace": _(
        "Made a new card for this space; it waits until another of us has spoken to you"
    ),
    "portal.begin": _("Used this space for the first time"),
    "portal.confirm": _("Confirmed, after speaking to you, that this space is yours"),
    "portal.unconfirm": _("Took back the confirmation that this space is yours"),
    "portal.confirmation": _("Looked whether this space is confirmed"),
    "portal.lapse": _("This space ended with the right of whoever had opened it"),
    "portal.close": _("Closed this space"),
    "portal.card": _("Printed your access card"),
    "portal.password": _("Changed the password"),
    "portal.record": _("Looked at the details"),
    "portal.contacts": _("Looked at the contacts"),
    "portal.disclosures": _("Looked at what was passed on"),
    "portal.who": _("Looked at who may know"),
    "portal.requests": _("Looked at the requests"),
    "portal.export": _("Looked at the copy to take away"),
    "portal.check": _("Checked the log"),
    "portal.proof": _("Took a proof away"),
    "request.new": _("Sent a request"),
    "request.view": _("Read your request"),
    "request.in_progress": _("Took up your request"),
    "request.done": _("Answered your request"),
    "request.refused": _("Refused your request, with reasons"),
    "export.ask": _("Asked for a copy of everything"),
    "export.make": _("Prepared the copy"),
    "export.fail": _("Could not prepare the copy"),
    "export.take": _("Took the copy away"),
    "export.remove": _("Deleted the prepared copy"),
    "disclosure.add": _("Opened the form for passing something on"),
    "disclosure.edit": _("Opened a plan to pass something on, to change it"),
    "disclosure.notes": _("Read contacts, to choose what may be passed on"),
    "disclosure.list": _("Looked at plans to pass something on"),
    "disclosure.client_list": _("Looked at plans to pass something on"),
    "disclosure.ask": _("Asked whether something may be passed on"),
    "disclosure.decide": _("Read a plan to pass something on, to decide"),
    "disclosure.release": _("Read a plan to pass something on, to carry it out"),
    "disclosure.cancel": _("Stopped something from being passed on"),
    "disclosure.draft": _("Prepared to pass something on"),
    "disclosure.asked": _("Asked whether something may be passed on"),
    "disclosure.approved": _("Agreed that something is passed on"),
    "disclosure.refused": _("Refused that something is passed on"),
    "disclosure.released": _("Passed something on"),
    "disclosure.try": _("Tried to open what was passed on"),
    "disclosure.received": _("Received what was passed on"),
    "disclosure.cancelled": _("Stopped something from being passed on"),
    "disclosure.telling": _("Looked at whether you may be told"),
    "disclosure.untold": _("Decided that you are not told yet"),
    "disclosure.told": _("Decided that you are told"),
    "disclosure.view": _("Looked at a plan to pass something on"),
}
ADDED = {
    "clients_identity": _("Wrote down who you are"),
    "clients_safecontact": _("Wrote down how to reach you"),
    "clients_background": _("Wrote about your situation"),
    "clients_explanationwords": _("Noted whether our rules were explained to you"),
    "clients_consultationentry": _("Wrote to a colleague about your support"),
    "clients_contact": _("Noted a contact with you"),
    "clients_contactnote": _("Noted a contact with you"),
    "clients_attachment": _("Added a file"),
    "clients_whomayknow": _("Noted whom you let us tell"),
    "disclosures_disclosurewords": _("Prepared to pass something on"),
    "disclosures_disclosureitem": _("Prepared to pass something on"),
    "disclosures_disclosureoutcome": _("Wrote down a decision about passing something on"),
    "rights_subjectrequestwords": _("Wrote down a request"),
}
CHANGED = {
    "clients_whomayknow": _("Took back whom you let us tell"),
    "clients_identity": _("Corrected who you are"),
    "clients_safecontact": _("Corrected how to reach you"),
    "clients_background": _("Corrected what is written about your situation"),
    "clients_contact": _("Corrected what was noted"),
    "clients_contactnote": _("Corrected what was noted"),
    "disclosures_disclosurewords": _("Changed a plan to pass something on"),
    "disclosures_disclosureitem": _("Changed a plan to pass something on"),
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
FAMILIES = {
    "client": _("Used your record"),
    "contact": _("Used what was noted about contacts"),
    "consultation": _("Asked a colleague about your support"),
    "attachment": _("Used a file of your record"),
    "emergency": _("Used your record in an emergency"),
    "grant": _("Changed who may see your record"),
    "disclosure": _("Worked on passing something on"),
    "request": _("Worked on your request"),
    "export": _("Worked on your copy"),
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
    return WHAT.get(action) or FAMILIES.get(action.partition(".")[0], SOMETHING)

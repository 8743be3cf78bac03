"""What the codes of the log mean, in words. A code that is not here is shown as it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "association.found": _("Founded the association"),
    "attachment.add": _("Added a file"),
    "attachment.get": _("Took out a file"),
    "branch.add": _("Added a branch"),
    "branch.change": _("Changed a branch"),
    "branch.compare": _("Looked whether a person is known"),
    "client.edit": _("Changed a record"),
    "client.language": _("Changed a client’s language"),
    "client.list": _("Saw a record in a list"),
    "client.pseudonym": _("Changed the use of a pseudonym"),
    "client.search": _("Searched"),
    "client.state": _("Changed the state of a record"),
    "client.take_in": _("Took in a client"),
    "client.view": _("Opened a record"),
    "contact.correct": _("Corrected a contact"),
    "contact.history": _("Read earlier texts of a contact"),
    "contact.log": _("Logged a contact"),
    "contact.view": _("Read a contact"),
    "delivery.open": _("Opened a released disclosure"),
    "disclosure.ask": _("Asked for a disclosure"),
    "disclosure.cancel": _("Cancelled a disclosure"),
    "disclosure.decide": _("Decided on a disclosure"),
    "disclosure.release": _("Released a disclosure"),
    "disclosure.try": _("Tried a passphrase"),
    "disclosure.view": _("Read a disclosure"),
    "duty.appoint": _("Gave a duty"),
    "duty.end": _("Ended a duty"),
    "export.ask": _("Asked for an export"),
    "export.make": _("Made an export"),
    "export.take": _("Took an export away"),
    "follow_up.done": _("Did a follow-up"),
    "grant.add": _("Gave access to a record"),
    "grant.end": _("Ended access to a record"),
    "invitation.view": _("Looked at an invitation"),
    "leaflet.print": _("Printed a leaflet"),
    "log.read": _("Read the log"),
    "notes.open": _("Opened notes with a reason"),
    "password.change": _("Changed a password"),
    "person.invite": _("Invited somebody"),
    "person.join": _("Joined"),
    "person.view": _("Read private details of a person"),
    "policy.adopt": _("Adopted the code"),
    "policy.draft": _("Wrote a version of the code"),
    "portal.close": _("Closed a portal"),
    "portal.open": _("Opened a portal"),
    "request.view": _("Read a request"),
    "row.add": _("Wrote something new"),
    "row.change": _("Changed something written"),
    "safe_contact.edit": _("Changed a safe contact"),
    "signin.end_all": _("Signed out everywhere"),
    "signin.ok": _("Signed in"),
    "undertaking.print": _("Printed an undertaking"),
    "undertaking.sign": _("Signed the code"),
}
OUTCOMES: dict[str, Any] = {"done": _("Done"), "denied": _("Refused")}
ROLES: dict[str, Any] = {
    "volunteer": _("Volunteer"),
    "coordinator": _("Coordinator"),
    "self": _("The person"),
    "client": _("Client"),
    "job": _("A job of the machine"),
    "command": _("Somebody at the server"),
    "user": _("Somebody signed in"),
    "invitation": _("An invitation"),
    "recipient": _("A recipient"),
    "nobody": _("Nobody signed in"),
}
WHY: dict[str, Any] = {
    "support": _("Support"),
    "coordination": _("Coordination"),
    "own_record": _("Own record"),
    "branch_duty": _("Duty in the branch"),
    "assignment": _("Assignment"),
    "portal": _("Portal"),
    "founding": _("Setting up"),
    "setup": _("Setting up"),
}
THINGS: dict[str, Any] = {
    "clients_attachment": _("file"),
    "clients_background": _("background"),
    "clients_contact": _("contact"),
    "clients_contactnote": _("notes of a contact"),
    "clients_draft": _("draft"),
    "clients_explanation": _("explanation"),
    "clients_explanationwords": _("words of an explanation"),
    "clients_identity": _("who the client is"),
    "clients_safecontact": _("safe contact"),
    "disclosures_disclosure": _("disclosure"),
    "disclosures_disclosurewords": _("words of a disclosure"),
    "rights_subjectrequestwords": _("words of a request"),
    "volunteers_persondetails": _("private details"),
}


def say(words: dict[str, Any], code: str) -> str:
    """The words for a code, or the code."""
    return str(words.get(code, code))

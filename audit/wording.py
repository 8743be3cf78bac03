"""What the codes of the log mean, in words: roles, reasons, things. A code without words is shown as it is.

The words of events stand in the register (``audit/events``).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.events import EVENTS, PAGE

OUTCOMES: dict[str, Any] = {"done": _("Done"), "denied": _("Refused")}
PERIODS: dict[str, Any] = {
    "7": _("The last 7 days"),
    "30": _("The last 30 days"),
    "90": _("The last 90 days"),
    "365": _("The last 12 months"),
    "own": _("The dates below"),
}
ROLES: dict[str, Any] = {
    "volunteer": _("Volunteer"),
    "coordinator": _("Coordinator"),
    "president": _("President"),
    "protection": _("Data-protection lead"),
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
    "intake": _("Taking in"),
    "export": _("Export"),
    "retention": _("End of the time of keeping"),
    "standing_in": _("Support for a time by a coordinator"),
    "complaint": _("Complaint"),
    "protection": _("Protected record"),
    "request": _("Request"),
    "handover": _("Handover"),
    "import": _("Import"),
    "law": _("The law or a court order"),
    "public_interest": _("The wider public interest"),
    "correction": _("Request for correction"),
    "deletion": _("Request for deletion"),
    "restriction": _("Request for restriction"),
    "portability": _("Request for data in a file"),
    "objection": _("Objection"),
    "withdrawal": _("Agreement taken back"),
    "access": _("Request for access"),
    "support": _("Support"),
    "coordination": _("Coordination"),
    "own_record": _("Own record"),
    "emergency": _("Emergency access"),
    "branch_duty": _("Duty in the branch"),
    "client": _("How best to support the client"),
    "consultation": _("Consulting a colleague"),
    "volunteer": _("Support for the volunteer"),
    "danger": _("Somebody may come to harm now"),
    "call": _("The person is calling, and nobody of theirs can be reached"),
    "missed": _("A visit or call was missed, and we are worried"),
    "review": _("Review of an emergency access"),
    "alarm": _("Alarm"),
    "assignment": _("Assignment"),
    "portal": _("Portal"),
    "founding": _("Founding the association"),
    "setup": _("Setting up"),
    "upkeep": _("Upkeep of the program"),
}
THINGS: dict[str, Any] = {
    "clients_attachment": _("file"),
    "clients_background": _("background"),
    "clients_consultation": _("consultation"),
    "clients_consultationentry": _("line of a consultation"),
    "clients_complaint": _("complaint"),
    "clients_complaintentry": _("words of a complaint"),
    "clients_conflict": _("conflict of interest"),
    "clients_contact": _("contact"),
    "clients_contactnote": _("notes of a contact"),
    "clients_deathtold": _("that somebody was told of a death"),
    "clients_directive": _("wishes for after a death"),
    "clients_directivewords": _("words of such wishes"),
    "clients_draft": _("draft"),
    "clients_explanation": _("explanation"),
    "clients_explanationwords": _("words of an explanation"),
    "clients_breach": _("breach"),
    "clients_emergency": _("emergency access"),
    "clients_emergencyentry": _("words about an emergency access"),
    "clients_heirrequest": _("request of an heir"),
    "clients_heirwords": _("words of a request of an heir"),
    "clients_lonevisit": _("lone visit"),
    "clients_portalaccess": _("access to a portal"),
    "clients_lonevisitplace": _("place of a lone visit"),
    "clients_identity": _("who the client is"),
    "clients_safecontact": _("safe contact"),
    "clients_statement": _("what a client says about a note"),
    "clients_statementwords": _("words of a client about a note"),
    "clients_message": _("message"),
    "clients_messagewords": _("words of a message"),
    "clients_misplaced": _("contact on the wrong record"),
    "clients_whomayknow": _("whom the client lets be told"),
    "disclosures_disclosure": _("disclosure"),
    "disclosures_disclosurewords": _("words of a disclosure"),
    "disclosures_disclosuredetail": _("detail chosen for a disclosure"),
    "disclosures_will": _("what a client says to a disclosure"),
    "rights_hold": _("legal hold"),
    "rights_holdwords": _("words of a legal hold"),
    "rights_longerkept": _("that a record is kept longer"),
    "rights_schedule": _("schedule of retention"),
    "rights_preparedcopy": _("copy prepared for a client"),
    "rights_leftout": _("what a copy leaves out"),
    "rights_subjectrequestwords": _("words of a request"),
    "rights_requestnote": _("what is noted to a request"),
    "volunteers_talkrequest": _("wish to talk"),
    "volunteers_persondetails": _("private details"),
}


def act(code: str) -> str:
    """The words for what was done, or asked for where it was refused."""
    if code.startswith(PAGE):
        return gettext("Asked for a page (%(page)s)") % {"page": code.removeprefix(PAGE)}
    return str(EVENTS[code].staff) if code in EVENTS else code


def say(words: dict[str, Any], code: str) -> str:
    """The words for a code, or the code."""
    return str(words.get(code, code))

"""Events of the client's own space, of requests, and of the copy to take away."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.events.kinds import (
    CLIENT,
    DATABASE,
    DONE,
    JOB,
    LEAD,
    NOBODY,
    NOT_TOLD,
    READ,
    REFUSED,
    SHOWN,
    TEAM,
    WRITE,
    Kind,
)

# A table, read by its lines: code, way, who may claim it, words for the team, words for the client.
# fmt: off
LINES = (
    Kind("export.ask", DONE, CLIENT, _("Asked for an export"), _("Asked for a copy of everything")),
    Kind("export.begin", DATABASE, NOBODY, _("Began to make an export"), NOT_TOLD),
    Kind("export.fail", DATABASE, NOBODY, _("Could not make an export"), _("Could not prepare the copy")),
    Kind("export.log", READ, JOB, _("Put their own log into an export"), _("Put the list of who opened your record into the copy")),
    Kind("export.make", WRITE, JOB, _("Made an export"), _("Prepared the copy")),
    Kind("export.remove", DATABASE, NOBODY, _("Removed an export"), _("Deleted the prepared copy")),
    Kind("export.take", READ, CLIENT, _("Took an export away"), _("Took the copy away")),
    Kind("names.decide", DATABASE, NOBODY, _("Decided that a client sees names in their log"),
         _("Decided that you see names here")),
    Kind("names.end", DATABASE, NOBODY, _("Ended that a client sees names in their log"),
         _("Decided that you see names here no longer"), refused=True),
    Kind("names.list", SHOWN, LEAD, _("Looked at the decisions on names"), NOT_TOLD),
    Kind("portal.begin", DATABASE, NOBODY, _("Used their portal for the first time"),
         _("Used this space for the first time")),
    Kind("portal.card", DONE, TEAM, _("Printed a portal card"), _("Printed your access card")),
    Kind("portal.check", READ, CLIENT, _("Took the file that checks their own log"), _("Checked the log")),
    Kind("portal.close", DATABASE, NOBODY, _("Closed a portal"), _("Closed this space"), refused=True),
    Kind("portal.complaints", READ, CLIENT, _("Looked at their own complaints"), NOT_TOLD),
    Kind("portal.confirm", DATABASE, NOBODY, _("Confirmed that a portal is the client’s"),
         _("Confirmed, after speaking to you, that this space is yours")),
    Kind("portal.confirmation", REFUSED, NOBODY, _("Looked whether a portal is confirmed"),
         _("Looked whether this space is confirmed")),
    Kind("portal.contacts", READ, CLIENT, _("Looked at their own contacts"), _("Looked at the contacts")),
    Kind("portal.disclosures", READ, CLIENT, _("Looked at what was disclosed about them"),
         _("Looked at what was passed on")),
    Kind("portal.lapse", DATABASE, NOBODY, _("A portal ended with the right of whoever opened it"),
         _("This space ended with the right of whoever had opened it")),
    Kind("portal.open", DATABASE, NOBODY, _("Opened a portal"), _("Opened this space for you"), refused=True),
    Kind("portal.password", DATABASE, NOBODY, _("Changed their portal password"), _("Changed the password")),
    Kind("portal.proof", SHOWN, CLIENT, _("Took a proof from their own log"), _("Took a proof away")),
    Kind("portal.record", READ, CLIENT, _("Looked at their own record"), _("Looked at the details")),
    Kind("portal.replace", DATABASE, NOBODY, _("Made a new card beside a portal in use"),
         _("Made a new card for this space; it waits until another of us has spoken to you")),
    Kind("portal.requests", READ, CLIENT, _("Looked at their own requests"), _("Looked at the requests")),
    Kind("portal.unconfirm", DATABASE, NOBODY, _("Took back that a portal is the client’s"),
         _("Took back the confirmation that this space is yours")),
    Kind("portal.who", READ, CLIENT, _("Looked at who may know of them"), _("Looked at who may know")),
    Kind("request.done", DATABASE, NOBODY, _("Answered a request"), _("Answered your request")),
    Kind("request.in_progress", DATABASE, NOBODY, _("Took up a request"), _("Took up your request")),
    Kind("request.new", DATABASE, NOBODY, _("Made a request"), _("Sent a request")),
    Kind("request.refused", DATABASE, NOBODY, _("Refused a request"),
         _("Refused your request, with reasons")),
    Kind("request.view", READ, TEAM, _("Read a request"), _("Read your request")),
)

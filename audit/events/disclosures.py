"""Events of disclosures: what is told when the disclosure is (decisions 31 and 35)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.events.kinds import (
    DATABASE,
    NOBODY,
    NOT_TOLD,
    READ,
    REFUSED,
    TEAM,
    TEAM_OR_CLIENT,
    WRITE,
    Kind,
)

# A table, read by its lines: code, way, who may claim it, words for the team, words for the client.
# fmt: off
LINES = (
    Kind("delivery.open", REFUSED, NOBODY, _("Opened a released disclosure"), NOT_TOLD),
    Kind("disclosure.add", READ, TEAM, _("Opened the form for a disclosure"),
         _("Opened the form for passing something on")),
    Kind("disclosure.approved", DATABASE, NOBODY, _("Approved a disclosure"),
         _("Agreed that something is passed on")),
    Kind("disclosure.ask", REFUSED, NOBODY, _("Asked for a disclosure"),
         _("Asked whether something may be passed on")),
    Kind("disclosure.asked", DATABASE, NOBODY, _("Asked for a disclosure"),
         _("Asked whether something may be passed on")),
    Kind("disclosure.cancel", REFUSED, NOBODY, _("Cancelled a disclosure"),
         _("Stopped something from being passed on")),
    Kind("disclosure.cancelled", DATABASE, NOBODY, _("Cancelled a disclosure"),
         _("Stopped something from being passed on")),
    Kind("disclosure.client_list", READ, TEAM, _("Looked at the disclosures about a client"),
         _("Looked at plans to pass something on")),
    Kind("disclosure.decide", READ, TEAM, _("Read a disclosure, to decide on it"),
         _("Read a plan to pass something on, to decide")),
    Kind("disclosure.draft", DATABASE, NOBODY, _("Began a disclosure"), _("Prepared to pass something on")),
    Kind("disclosure.edit", READ, TEAM, _("Opened a disclosure, to change it"),
         _("Opened a plan to pass something on, to change it")),
    Kind("disclosure.list", READ, TEAM, _("Looked at a list of disclosures"),
         _("Looked at plans to pass something on")),
    Kind("disclosure.notes", REFUSED, NOBODY, _("Read contacts to choose what may leave"),
         _("Read contacts, to choose what may be passed on")),
    Kind("disclosure.received", DATABASE, NOBODY, _("Received a disclosure"),
         _("Received what was passed on")),
    Kind("disclosure.recall", REFUSED, NOBODY, _("Recalled a disclosure"),
         _("Took back what had not been opened")),
    Kind("disclosure.recalled", DATABASE, NOBODY, _("Recalled a disclosure"),
         _("Took back what had not been opened")),
    Kind("disclosure.refused", DATABASE, NOBODY, _("Refused a disclosure"),
         _("Refused that something is passed on")),
    Kind("disclosure.release", READ, TEAM, _("Read a disclosure, to release it"),
         _("Read a plan to pass something on, to carry it out")),
    Kind("disclosure.released", DATABASE, NOBODY, _("Released a disclosure"), _("Passed something on")),
    Kind("disclosure.stopped", DATABASE, NOBODY, _("Stopped a disclosure: the client took back their yes"),
         _("Stopped what you took back your yes to")),
    Kind("disclosure.telling", REFUSED, NOBODY, _("Looked at whether the client may be told of a disclosure"),
         _("Looked at whether you may be told")),
    Kind("disclosure.told", DATABASE, NOBODY, _("Let the client know of a disclosure"),
         _("Decided that you are told")),
    Kind("disclosure.try", DATABASE, NOBODY, _("Tried a passphrase"), _("Tried to open what was passed on")),
    Kind("disclosure.untold", DATABASE, NOBODY, _("Kept a disclosure from the client"),
         _("Decided that you are not told yet")),
    Kind("disclosure.view", READ, TEAM, _("Read a disclosure"), _("Looked at a plan to pass something on")),
    Kind("disclosure.will", REFUSED, NOBODY, _("Noted what the client says to a disclosure"),
         _("Noted what you say to passing something on")),
    # About no disclosure: whoever has a client can write it down, and learns of none.
    Kind("will.form", READ, TEAM, _("Opened the form to take back a yes to sharing"),
         _("Opened the form to take back your yes to sharing")),
    Kind("will.write", WRITE, TEAM_OR_CLIENT, _("Noted that the client takes back their yes to sharing"),
         _("Noted that you take back your yes to sharing")),
)

"""Which events somebody may claim by themselves, in which way, and who: the database refuses all others.

What is not here is written by the database alone, where it happens (a row, a grant, a decision). A page that
is only asked for writes nothing but reading. ``migrate`` lays this list into ``sec.claims``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

# Who acts: kinds of principals; of people also the duty that is needed. On the sign-in connection "signin:".
TEAM = ("person",)
CLIENT = ("client",)
EITHER = ("person", "client")
COMMAND = ("command",)
LEAD, PRESIDENT = ("protection",), ("president",)
OWN = ("client", "job")  # a job makes the copy of a client's record in the client's place
SIGNED_IN = ("signin:user",)

# Opened to read the record or part of it, also where a form is shown to change it.
READ = {
    "attachment.get": EITHER,
    "background.edit": TEAM,
    "client.edit": TEAM,
    "client.found": TEAM,
    "client.number": TEAM,
    "client.view": TEAM,
    "complaint.view": TEAM,
    "consultation.view": TEAM,
    "contact.correct": TEAM,
    "contact.form": TEAM,
    "contact.history": TEAM,
    "contact.list": TEAM,
    "contact.view": TEAM,
    "disclosure.add": TEAM,
    "disclosure.client_list": TEAM,
    "disclosure.decide": TEAM,
    "disclosure.edit": TEAM,
    "disclosure.list": TEAM,
    "disclosure.release": TEAM,
    "disclosure.view": TEAM,
    "draft.open": TEAM,
    "emergency.view": ("person", *OWN),
    "export.take": CLIENT,
    "grant.list": TEAM,
    "may_know.end": EITHER,
    "person.view": TEAM,
    "portal.check": CLIENT,
    "portal.complaints": CLIENT,
    "portal.contacts": CLIENT,
    "portal.disclosures": CLIENT,
    "portal.record": CLIENT,
    "portal.requests": CLIENT,
    "portal.who": CLIENT,
    "request.view": TEAM,
    "safe_contact.edit": TEAM,
    "visit.place": TEAM,
}
# Names in a list: seen, and not looked at.
LISTED = {"client.list": TEAM}
# Opened to write into it: what is then written is an event of its own.
WRITE = {
    "attachment.add": TEAM,
    "consultation.answer": TEAM,
    "contact.import": COMMAND,
    "contact.log": TEAM,
    "draft.save": TEAM,
    "emergency.words": TEAM,
    "explanation.add": TEAM,
    "export.make": ("job",),
    "may_know.add": TEAM,
    "row.seal_anew": COMMAND,
}
# Looked through without showing anything; what is then shown is opened.
SCANNED = {"branch.compare": ("person", "command"), "client.search": TEAM}
# Asked before it is answered: whether somebody is known.
ASKED = {"client.known": TEAM, "emergency.ask": TEAM}
# Said without opening anything: a page or file that was read or taken away.
SHOWN = {
    "breach.list": LEAD,
    "leaflet.print": TEAM,
    "leaver.reminder": TEAM,
    "log.download": LEAD,
    "log.export": LEAD,
    "log.read": LEAD,
    "log.state": LEAD,
    "log.unusual": LEAD,
    "names.list": LEAD,
    "portal.proof": CLIENT,
    "undertaking.print": TEAM,
}
# The same of something that was done.
DONE = {
    "branch.add": ("administrator", "command"),
    "branch.change": ("administrator", "coordinator", "command"),
    "client.language": TEAM,
    "client.pseudonym": TEAM,
    "client.state": ("person", "command"),
    "export.ask": CLIENT,
    "follow_up.done": TEAM,
    "log.question": LEAD,
    "policy.draft": PRESIDENT,
    "portal.card": TEAM,
    "second_factor.set": SIGNED_IN,
    "signin.end": EITHER,
    "signin.end_all": SIGNED_IN,
    "signin.end_other": EITHER,
}
# What is refused is named after what was asked for: one of the above, a page of its own, or one of these.
REFUSED = frozenset({
    "account.view", "client.move", "conflict.lift", "consultation.ask", "consultation.end",
    "consultation.list", "consultation.talk", "delivery.open", "disclosure.ask",
    "disclosure.cancel", "disclosure.notes", "disclosure.telling", "duty.appoint", "duty.end",
    "emergency.end", "emergency.rest", "grant.add", "grant.end", "handover.add", "invitation.view",
    "leaver.note", "leaver.view", "likeness.look", "names.end", "notes.open", "person.confirm",
    "person.join", "person.leave", "person.unconfirm", "person.uninvite", "policy.adopt",
    "policy.view", "portal.close", "portal.confirmation", "portal.open", "row.broken",
    "signin.password", "signin.second_factor", "talk.answer", "talk.withdraw", "undertaking.view",
    "visit.alarm", "visit.later", "visit.safe",
})  # fmt: skip
READING = frozenset(READ | LISTED | SCANNED | SHOWN)
OPENING = frozenset(READ | WRITE)
CLAIMED = frozenset(READ | LISTED | WRITE | SCANNED | SHOWN | DONE)
PAGE = "page."  # a page that was refused before anything on it was asked for: this, and the page's name


def ways() -> dict[str, Mapping[str, tuple[str, ...]]]:
    """How each event may be claimed. What opens is claimed in one way only: its event leads to a key."""
    return {
        "open": READ | LISTED | WRITE,
        "scan": SCANNED,
        "ask": ASKED,
        "record": SHOWN | DONE,
        "deny": dict.fromkeys(CLAIMED | REFUSED, ("anybody",)),
    }


def claims() -> str:
    """Way, name and who may claim it, as the database keeps them."""
    return json.dumps(ways(), sort_keys=True)

"""What a line of the register says of an event: how it comes into the log, who may claim it, its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise


class Way(Enum):
    """How an event comes into the log. What opens is claimed in one way only: its event leads to a key."""

    # Opened to read the record or part of it, also where a form is shown to change it.
    READ = "read"
    # Opened for the names in a list: seen, and not looked at.
    LISTED = "listed"
    # Opened to write into it: what is then written is an event of its own.
    WRITE = "write"
    # Looked through without showing anything; what is then shown is opened. About no client.
    SCANNED = "scanned"
    # Asked before it is answered: whether somebody is known. About no client.
    ASKED = "asked"
    # Said without opening anything: a page or file that was read or taken away.
    SHOWN = "shown"
    # The same of something that was done.
    DONE = "done"
    # Written by the database alone, where it happens: a row, a grant, a decision.
    DATABASE = "database"
    # Never done under this name. What is refused is named after what was asked for.
    REFUSED = "refused"


class Unsaid(Enum):
    """What a client reads of an event that has no words for them."""

    # The general phrase of its family, or what its row holds (rights/event_words.py).
    GENERAL = "general"
    # Nothing: it is about no client, or kept from them.
    NOT_TOLD = "not_told"


READ, LISTED, WRITE = Way.READ, Way.LISTED, Way.WRITE
SCANNED, ASKED, SHOWN, DONE = Way.SCANNED, Way.ASKED, Way.SHOWN, Way.DONE
DATABASE, REFUSED = Way.DATABASE, Way.REFUSED
GENERAL, NOT_TOLD = Unsaid.GENERAL, Unsaid.NOT_TOLD

# Who may claim it: kinds of principals; of people also the duty that is needed. On the sign-in connection
# "signin:". A job acts in a client's place: it makes the copy of their record.
TEAM, CLIENT, TEAM_OR_CLIENT = ("person",), ("client",), ("person", "client")
COMMAND, TEAM_OR_COMMAND = ("command",), ("person", "command")
JOB, TEAM_CLIENT_OR_JOB = ("job",), ("person", "client", "job")
LEAD, PRESIDENT = ("protection",), ("president",)
ADMINISTRATION = ("administrator", "command")
BRANCH_ADMINISTRATION = ("administrator", "coordinator", "command")
SIGNED_IN = ("signin:user",)
NOBODY = ()


@dataclass(frozen=True)
class Kind:
    """One line: the code, the way, who may claim it, the words for the team and those for the client."""

    code: str
    way: Way
    who: tuple[str, ...]
    staff: Promise
    client: Promise | Unsaid
    # Whether a refusal bears this name too, where only the database writes that it was done.
    refused: bool = False

    @property
    def can_be_refused(self) -> bool:
        """Whether a refusal may bear this name."""
        return self.refused or self.way not in (Way.DATABASE, Way.ASKED)

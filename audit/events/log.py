"""Events of the log itself: what is read of it, what its jobs find, rows written, commands, refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.events.kinds import (
    COMMAND,
    DATABASE,
    DONE,
    GENERAL,
    LEAD,
    NOBODY,
    NOT_TOLD,
    REFUSED,
    SHOWN,
    WRITE,
    Kind,
)

# A table, read by its lines: code, way, who may claim it, words for the team, words for the client.
# fmt: off
LINES = (
    Kind("command.begin", DATABASE, NOBODY, _("Began a command at the server"), NOT_TOLD),
    Kind("keeping.set", DATABASE, NOBODY, _("Set how long the log is kept"), NOT_TOLD),
    Kind("hashes.begin", DATABASE, NOBODY,
         _("Began to make the hashes of a branch under a new key"), NOT_TOLD),
    Kind("hashes.done", DATABASE, NOBODY, _("Destroyed the old key of the hashes of a branch"), NOT_TOLD),
    Kind("keyring.begin", DATABASE, NOBODY, _("Began to use a new master key"), NOT_TOLD),
    Kind("keyring.close", DATABASE, NOBODY,
         _("Closed an old master key: nothing new is locked with it"), NOT_TOLD),
    Kind("keyring.copies", DATABASE, NOBODY,
         _("Noted that the copies of an old master key are destroyed"), NOT_TOLD),
    Kind("keyring.done", DATABASE, NOBODY, _("Locked the keys of records with the new master key"), NOT_TOLD),
    Kind("keyring.house", DATABASE, NOBODY, _("Locked the key of the log with the new master key"), NOT_TOLD),
    Kind("keyring.retire", DATABASE, NOBODY, _("Destroyed an old master key"), NOT_TOLD),
    Kind("keyring.state", SHOWN, LEAD, _("Looked at the state of the master keys"), NOT_TOLD),
    Kind("log.blocked", DATABASE, NOBODY, _("Ended what held the log back"), NOT_TOLD),
    Kind("log.contradicted", DATABASE, NOBODY, _("A witness has seen another log than this one"), NOT_TOLD),
    Kind("log.download", SHOWN, LEAD, _("Took the whole log away, to verify it elsewhere"), NOT_TOLD),
    Kind("log.export", SHOWN, LEAD, _("Took events of the log away as a table"), NOT_TOLD),
    Kind("log.file", DATABASE, NOBODY, _("Took out the log of one record, with its proofs"), GENERAL),
    Kind("log.key", DATABASE, NOBODY, _("Found keys that do not open"), NOT_TOLD),
    Kind("log.lost", DATABASE, NOBODY, _("Found an event gone before it was sealed"), NOT_TOLD),
    Kind("log.question", DONE, LEAD, _("Kept or removed a question to the log"), NOT_TOLD),
    Kind("log.read", SHOWN, LEAD, _("Read the log"), NOT_TOLD),
    Kind("log.remove", DATABASE, NOBODY, _("Removed events whose time was over"), NOT_TOLD),
    Kind("log.state", SHOWN, LEAD, _("Looked at the state of the log"), NOT_TOLD),
    Kind("log.twice", DATABASE, NOBODY, _("Found an event in the queue that was sealed already"), NOT_TOLD),
    Kind("log.unusual", SHOWN, LEAD, _("Looked for unusual access in the log"), NOT_TOLD),
    Kind("log.verify", DATABASE, NOBODY, _("Verified the whole log"), NOT_TOLD),
    Kind("refusal.more", DATABASE, NOBODY, _("Was refused more often than is written down one by one"),
         NOT_TOLD),
    Kind("row.add", DATABASE, NOBODY, _("Wrote something new"), GENERAL),
    Kind("row.broken", REFUSED, NOBODY, _("Found something altered that could not be opened"), GENERAL),
    Kind("row.change", DATABASE, NOBODY, _("Changed something written"), GENERAL),
    Kind("row.remove", DATABASE, NOBODY, _("Deleted something written"), GENERAL),
    Kind("row.seal", DATABASE, NOBODY,
         _("Sealed in a newer form what is written; its words stay as they are"),
         _("Locked in a newer way what is written; its words stay as they are")),
    Kind("row.seal_anew", WRITE, COMMAND, _("Opened by a program, to seal it in a newer form"),
         _("A program opened your record, to lock it in a newer way")),
    Kind("row.state", DATABASE, NOBODY, _("What a row says, for the comparison"), NOT_TOLD),
)

"""Events of how long records are kept: legal holds, reviews, the schedule, what goes by itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.events.kinds import (
    DATABASE,
    LEAD,
    NOBODY,
    NOT_TOLD,
    PRESIDENT,
    READ,
    SHOWN,
    TEAM,
    WRITE,
    Kind,
)

# A table, read by its lines: code, way, who may claim it, words for the team, words for the client.
# fmt: off
LINES = (
    Kind("hold.place", DATABASE, NOBODY, _("Noted that a record must be kept"),
         _("Noted that your record must be kept for now"), refused=True),
    Kind("hold.read", READ, TEAM, _("Read why a record must be kept"),
         _("Read why your record must be kept")),
    Kind("hold.register", SHOWN, LEAD + PRESIDENT, _("Looked at the legal holds"), NOT_TOLD),
    Kind("hold.release", DATABASE, NOBODY, _("Noted that a reason to keep a record is over"),
         _("Noted that a reason to keep your record is over"), refused=True),
    Kind("hold.write", WRITE, TEAM, _("Opened a record, to write why it must be kept"),
         _("Opened your record, to write why it must be kept")),
    Kind("retention.counts", SHOWN, LEAD, _("Looked at how many records wait for a review"), NOT_TOLD),
    Kind("retention.longer", DATABASE, NOBODY, _("Decided how long to keep a record whose time is over"),
         _("Decided how long to keep your record")),
    Kind("retention.read", READ, TEAM, _("Looked at how long a record is kept"),
         _("Looked at how long your record is kept")),
    Kind("retention.sweep", DATABASE, NOBODY, _("Removed what was over and is in no record"), NOT_TOLD),
    Kind("retention.write", WRITE, TEAM, _("Opened a record, to write how long to keep it"),
         _("Opened your record, to write how long to keep it")),
    Kind("schedule.adopt", DATABASE, NOBODY, _("Adopted how long data is kept"), NOT_TOLD),
    Kind("schedule.draft", DATABASE, NOBODY, _("Wrote a draft of how long data is kept"), NOT_TOLD),
)

"""What the home page says of messages that wait: how many and since when, and nothing of what they say."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from clients.messages import actions

WAITING = "messages.waiting"
UNREAD = "messages.unread"
SHOWN = 10

home.ask(
    WAITING,
    lambda me: home.truth("EXISTS (SELECT FROM sec.messages_waiting())"),
    "volunteer",
    "coordinator",
)

home.ask(
    UNREAD,
    lambda me: home.truth("EXISTS (SELECT FROM sec.messages_unread())"),
    "protection",
    "president",
)


def messages_unread(request: Request, there: There) -> Section | None:
    """Messages that nobody may read, by reference and without a word, for whoever has the client told."""
    rows = actions.unread() if UNREAD in there else []
    if not rows:
        return None
    title = _("Messages that nobody may read")
    return Section(title, "clients/home/unread.html", {"rows": rows[:SHOWN]}, order=10)


def messages_waiting(request: Request, there: There) -> Section | None:
    """Clients of mine who wrote; and of the branch those whom nobody answered for two working days."""
    if WAITING not in there:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT client, reference, waiting, since, passed_on FROM sec.messages_waiting()"
        )
        names = ("client", "reference", "waiting", "since", "passed_on")
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not rows:
        return None
    count = sum(row["waiting"] for row in rows)
    title = ngettext("%(n)s message from a client waits", "%(n)s messages from clients wait", count)
    context = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    return Section(title % {"n": count}, "clients/home/messages.html", context, order=11)

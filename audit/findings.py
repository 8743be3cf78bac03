"""What the rules of unusual access find in the log, with the reason beside each finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.events import LISTING, OPENING
from components.dates import written

MOST = 50  # findings a rule; the page says when there are more
PEOPLE_A_WEEK = 6
RECORDS_A_DAY, TIMES_USUAL, USUAL_DAYS = 15, 3, 90
NIGHT_FROM, NIGHT_TO = 22, 6
CONFIRM_DAYS = 7
REFUSALS, REFUSAL_MINUTES = 5, 60
ZONE = "Europe/Paris"
ASKED_A_DAY, ASKED_A_RECORD = 10, 4
DRAFT_DAYS = 7
# Of somebody who serves, about a client; clients in their own space are left out.
OPENED = """e.at >= %(since)s AND e.at < %(until)s AND e.outcome = 'done' AND e.actor_kind = 'user'
    AND e.actor_role <> 'client' AND e.subject_kind = 'client' AND e.action = ANY(%(opening)s)"""
# The same with names in lists: whoever goes through all of them opens none.
SEEN = OPENED.replace("ANY(%(opening)s)", "ANY(%(opening)s::text[] || %(listed)s::text[])")


@dataclass(frozen=True)
class Finding:
    """Something to ask about: on which day, by whom or about whom, and the reason why it is shown."""

    day: date
    reason: str
    actor: UUID | None = None
    subject: UUID | None = None


def opened_by_many(since: datetime, until: datetime) -> list[Finding]:
    """Records that many different people opened within one week."""
    rows = _rows(
        f"""SELECT date_trunc('week', e.at AT TIME ZONE %(zone)s)::date AS week, e.subject,
            count(DISTINCT e.actor)
        FROM audit_event e WHERE {OPENED}
        GROUP BY 1, 2 HAVING count(DISTINCT e.actor) >= %(people)s ORDER BY 1 DESC, 2 LIMIT %(most)s""",  # noqa: S608
        since,
        until,
        people=PEOPLE_A_WEEK,
    )
    return [
        Finding(
            week, _("%(n)s people opened it in the week from this day.") % {"n": n}, None, subject
        )
        for week, subject, n in rows
    ]


def many_in_a_day(since: datetime, until: datetime) -> list[Finding]:
    """Days on which one person opened, or saw in lists, far more records than is usual for that person."""
    rows = _rows(
        f"""WITH days AS (
            SELECT e.actor, (e.at AT TIME ZONE %(zone)s)::date AS day, count(DISTINCT e.subject) AS n
            FROM audit_event e WHERE {SEEN.replace("%(since)s", "%(earlier)s")} GROUP BY 1, 2)
        SELECT d.day, d.actor, d.n, u.usual FROM (
            SELECT b.*, array_agg(b.n) OVER (PARTITION BY b.actor ORDER BY b.day
                RANGE BETWEEN make_interval(days => %(usual_days)s) PRECEDING
                    AND interval '1 day' PRECEDING) AS before
            FROM days b) d LEFT JOIN LATERAL (
            SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n) AS usual FROM unnest(d.before) n) u ON true
        WHERE d.day >= (%(since)s AT TIME ZONE %(zone)s)::date AND d.n >= %(records)s
            AND d.n >= coalesce(u.usual, 0) * %(times)s
        ORDER BY d.day DESC, d.actor LIMIT %(most)s""",  # noqa: S608
        since,
        until,
        records=RECORDS_A_DAY,
        times=TIMES_USUAL,
        usual_days=USUAL_DAYS,
    )
    return [Finding(day, _many(n, usual), actor) for day, actor, n, usual in rows]


def _many(n: int, usual: int | None) -> str:
    if usual is None:
        return _(
            "%(n)s records were opened or listed; there is no earlier day to compare with."
        ) % {"n": n}
    return _(
        "%(n)s records were opened or listed; on this person’s other days it is %(usual)s."
    ) % {
        "n": n,
        "usual": usual,
    }


def out_of_hours(since: datetime, until: datetime) -> list[Finding]:
    """Nights in which somebody opened a record."""
    rows = _rows(
        f"""SELECT (e.at AT TIME ZONE %(zone)s - make_interval(hours => %(night_to)s))::date AS night,
            e.actor, count(DISTINCT e.subject),
            min(e.at AT TIME ZONE %(zone)s), max(e.at AT TIME ZONE %(zone)s)
        FROM audit_event e WHERE {OPENED}
            AND (extract(hour FROM e.at AT TIME ZONE %(zone)s) >= %(night_from)s
              OR extract(hour FROM e.at AT TIME ZONE %(zone)s) < %(night_to)s)
        GROUP BY 1, 2 ORDER BY 1 DESC, 2 LIMIT %(most)s""",  # noqa: S608
        since,
        until,
        night_from=NIGHT_FROM,
        night_to=NIGHT_TO,
    )
    return [
        Finding(
            night,
            ngettext(
                "%(n)s record was opened in the night of this day, from %(first)s to %(last)s.",
                "%(n)s records were opened in the night of this day, from %(first)s to %(last)s.",
                n,
            )
            % {"n": n, "first": written(first, "H:i"), "last": written(last, "H:i")},
            actor,
        )
        for night, actor, n, first, last in rows
    ]


def after_the_end(since: datetime, until: datetime) -> list[Finding]:
    """What was tried on a record, or in a name, after the right to it had ended."""
    rows = _rows(
        "SELECT at AT TIME ZONE %(zone)s, actor, subject, ended, ended_at AT TIME ZONE %(zone)s"
        " FROM sec.attempts_after_end(%(since)s, %(until)s, %(most)s)",
        since,
        until,
    )
    reasons = {
        "grant": _("Tried to open it at %(at)s. Their access to it had ended on %(ended)s."),
        "duty": _("Tried to open it at %(at)s. Their duty in that branch had ended on %(ended)s."),
        "left": _("Something was done in this name at %(at)s. This person had left on %(ended)s."),
    }
    return [
        Finding(
            at.date(),
            reasons[kind]
            % {"at": written(at, "H:i"), "ended": written(ended, "SHORT_DATE_FORMAT")},
            actor,
            subject,
        )
        for at, actor, subject, kind, ended in rows
    ]


def many_refusals(since: datetime, until: datetime) -> list[Finding]:
    """Days on which somebody was refused again and again within an hour."""
    rows = _rows(
        """SELECT day, actor, count(*) FROM (
            SELECT (e.at AT TIME ZONE %(zone)s)::date AS day, e.actor, e.at,
                lag(e.at, %(before)s) OVER (PARTITION BY e.actor ORDER BY e.at) AS earlier
            FROM audit_event e WHERE e.at >= %(since)s AND e.at < %(until)s AND e.outcome = 'denied') r
        GROUP BY day, actor HAVING bool_or(r.at - r.earlier <= make_interval(mins => %(minutes)s))
        ORDER BY day DESC, actor LIMIT %(most)s""",
        since,
        until,
        before=REFUSALS - 1,
        minutes=REFUSAL_MINUTES,
    )
    return [
        Finding(day, _("%(n)s refusals on this day, close together.") % {"n": n}, actor)
        for day, actor, n in rows
    ]


def emergencies(since: datetime, until: datetime) -> list[Finding]:
    """Every record that was opened in an emergency."""
    said = _("Opened in an emergency at %(at)s.")
    return _each(said, _done("emergency.open", since, until))


def asked_for_names(since: datetime, until: datetime) -> list[Finding]:
    """Days on which somebody asked again and again whether a name is known, and made few records."""
    rows = _rows(
        """SELECT (e.at AT TIME ZONE %(zone)s)::date AS day, e.actor,
            count(*) FILTER (WHERE e.action = 'client.known') AS asked
        FROM audit_event e WHERE e.at >= %(since)s AND e.at < %(until)s
            AND e.action IN ('client.known', 'client.take_in')
        GROUP BY 1, 2 HAVING count(*) FILTER (WHERE e.action = 'client.known') >= %(asked)s
            AND count(*) FILTER (WHERE e.action = 'client.known')
                > %(each)s * count(*) FILTER (WHERE e.action = 'client.take_in')
        ORDER BY 1 DESC, 2 LIMIT %(most)s""",
        since,
        until,
        asked=ASKED_A_DAY,
        each=ASKED_A_RECORD,
    )
    return [
        Finding(day, _("Asked %(n)s times whether somebody is known here.") % {"n": n}, actor)
        for day, actor, n in rows
    ]


def old_drafts(since: datetime, until: datetime) -> list[Finding]:
    """Disclosures begun, and neither sent nor given up within a week: a draft reads contacts."""
    unsent = """AND e.at < statement_timestamp() - make_interval(days => %(days)s)
        AND NOT EXISTS (SELECT FROM audit_event n
            WHERE n.subject = e.subject AND n.object_id = e.object_id
            AND n.action IN ('disclosure.asked', 'disclosure.cancelled')
            AND n.at < e.at + make_interval(days => %(days)s))"""
    rows = _done("disclosure.draft", since, until, unsent, days=DRAFT_DAYS)
    return _each(_("Begun on this day, and not sent within a week."), rows)


def let_in_again(since: datetime, until: datetime) -> list[Finding]:
    """Every account that somebody at the server gave a new first password."""
    said = _("Got a new first password at %(at)s. Did this person ask for it?")
    rows = _done("account.recover", since, until)
    return _each(said, [(at, None, account, account) for at, _who, _about, account in rows])


def one_for_all(since: datetime, until: datetime) -> list[Finding]:
    """Decisions on what somebody asked, by whoever had let them in and given them that client."""
    rows = _rows(
        """SELECT DISTINCT e.at AT TIME ZONE %(zone)s, e.actor, e.subject, e.object_id FROM audit_event e
            JOIN audit_event q ON q.subject = e.subject AND q.object_id = e.object_id
                AND q.action = 'disclosure.asked'
            JOIN volunteers_lettingin l ON l.person_id = q.actor AND l.by_id = e.actor AND l.at < e.at
            JOIN audit_event g ON g.action = 'grant.add' AND g.subject = e.subject AND g.actor = e.actor
                AND g.at < e.at AND g.detail ->> 'person' = q.actor::text
        WHERE e.at >= %(since)s AND e.at < %(until)s
            AND e.action IN ('disclosure.approved', 'disclosure.released')
        ORDER BY 1 DESC, 2 LIMIT %(most)s""",
        since,
        until,
    )
    said = _("At %(at)s, about a request of somebody whom the same person had brought in.")
    return _each(said, rows)


def let_read(since: datetime, until: datetime) -> list[Finding]:
    """Coordinators who let another coordinator read the notes of a record."""
    others = """AND e.basis = 'branch_duty' AND e.detail->>'scope' = 'read'
        AND e.detail->>'person' <> e.actor::text"""
    rows = _done("grant.add", since, until, others)
    return _each(_("Let another coordinator read the notes."), rows)


def unconfirmed(since: datetime, until: datetime) -> list[Finding]:
    """Online spaces that nobody but the opener has confirmed in time, or that were used before."""
    rows = _rows(
        """SELECT e.at AT TIME ZONE %(zone)s, e.actor, e.subject, used.at IS NOT NULL FROM audit_event e
            LEFT JOIN LATERAL (SELECT max(b.at) AS at FROM audit_event b
                WHERE b.subject = e.subject AND b.object_id = e.object_id
                AND b.action = 'portal.begin') used ON true
        WHERE e.at >= %(since)s AND e.at < %(until)s AND e.outcome = 'done'
            AND e.action IN ('portal.open', 'portal.replace') AND NOT EXISTS (SELECT FROM audit_event c
                WHERE c.subject = e.subject AND c.object_id = e.object_id AND c.outcome = 'done'
                    AND c.action = 'portal.confirm'
                    AND (used.at IS NULL OR c.at >= used.at)
                    AND c.at <= coalesce(used.at, e.at) + make_interval(days => %(days)s))
            AND (e.at <= now() - make_interval(days => %(days)s) OR used.at IS NOT NULL)
        ORDER BY e.at DESC LIMIT %(most)s""",
        since,
        until,
        days=CONFIRM_DAYS,
    )
    used = _("Opened an online space, which is used and which nobody else has confirmed.")
    late = _("Opened an online space that nobody else confirmed in time.")
    return [
        Finding(at.date(), used if is_used else late, actor, subject)
        for at, actor, subject, is_used in rows
    ]


def _done(
    action: str, since: datetime, until: datetime, more: str = "", **values: Any
) -> list[Any]:
    """When, by whom, about which client and which object something was done, the last first."""
    return _rows(
        f"""SELECT e.at AT TIME ZONE %(zone)s, e.actor, e.subject, e.object_id FROM audit_event e
        WHERE e.at >= %(since)s AND e.at < %(until)s AND e.action = %(action)s AND e.outcome = 'done' {more}
        ORDER BY e.at DESC LIMIT %(most)s""",  # noqa: S608
        since,
        until,
        action=action,
        **values,
    )


def _each(said: str, rows: Iterable[Sequence[Any]]) -> list[Finding]:
    """A finding for each row, in the same words; ``%(at)s`` in them is the time of day."""
    return [
        Finding(at.date(), said % {"at": written(at, "H:i")}, who, about)
        for at, who, about, *_more in rows
    ]


def _rows(statement: str, since: datetime, until: datetime, **values: Any) -> list[Any]:
    given = {
        "since": since,
        "until": until,
        "earlier": since - timedelta(days=USUAL_DAYS),
        "zone": ZONE,
        "opening": sorted(OPENING),
        "listed": sorted(LISTING),
        "most": MOST + 1,
        **values,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()

"""Unusual access: plain rules over the log, with thresholds in words and a reason beside each finding.

They point at records and days to ask about. Nobody gets a score, nothing is ranked: the log protects clients
and is not for judging volunteers (CNIL, deliberation 2021-122)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from audit.findings import (
    ASKED_A_DAY,
    ASKED_A_RECORD,
    CONFIRM_DAYS,
    DRAFT_DAYS,
    NIGHT_FROM,
    NIGHT_TO,
    PEOPLE_A_WEEK,
    RECORDS_A_DAY,
    REFUSAL_MINUTES,
    REFUSALS,
    TIMES_USUAL,
    USUAL_DAYS,
    Finding,
    after_the_end,
    asked_for_names,
    emergencies,
    let_in_again,
    let_read,
    many_in_a_day,
    many_refusals,
    old_drafts,
    one_for_all,
    opened_by_many,
    out_of_hours,
    unconfirmed,
)


@dataclass(frozen=True)
class Rule:
    """A question to the log. ``words`` says to the reader what it looks for, with its threshold."""

    code: str
    title: Any
    words: Any
    find: Callable[[datetime, datetime], list[Finding]]
    thresholds: dict[str, int] = field(default_factory=dict)

    @property
    def explained(self) -> str:
        """The rule in words."""
        return str(self.words) % self.thresholds


RULES = (
    Rule(
        "many_people",
        gettext_lazy("A record opened by many people"),
        gettext_lazy("At least %(people)s different people opened the same record in one week."),
        opened_by_many,
        {"people": PEOPLE_A_WEEK},
    ),
    Rule(
        "many_records",
        gettext_lazy("Many records in one day"),
        gettext_lazy(
            "One person opened, or saw in lists, at least %(records)s records in a day, and at least "
            "%(times)s times as many as on a usual day of their own (the middle one of their days in the "
            "%(days)s days before)."
        ),
        many_in_a_day,
        {"records": RECORDS_A_DAY, "times": TIMES_USUAL, "days": USUAL_DAYS},
    ),
    Rule(
        "night",
        gettext_lazy("At night"),
        gettext_lazy("A record was opened between %(from)s:00 and %(to)s:00, Paris time."),
        out_of_hours,
        {"from": NIGHT_FROM, "to": NIGHT_TO},
    ),
    Rule(
        "after_end",
        gettext_lazy("After the end"),
        gettext_lazy(
            "Somebody tried to open a record after their access to it, or their duty in its branch, had "
            "ended; or something was done in the name of somebody who had left."
        ),
        after_the_end,
    ),
    Rule(
        "refusals",
        gettext_lazy("Refused again and again"),
        gettext_lazy(
            "At least %(n)s refusals within %(minutes)s minutes, of one person or of people not signed in."
        ),
        many_refusals,
        {"n": REFUSALS, "minutes": REFUSAL_MINUTES},
    ),
    Rule(
        "emergency",
        gettext_lazy("In an emergency"),
        gettext_lazy("Every emergency access. Each is reviewed by a coordinator in any case."),
        emergencies,
    ),
    Rule(
        "names",
        gettext_lazy("Asked for many names"),
        gettext_lazy(
            "One person asked at least %(n)s times in a day whether somebody is known here, and more than "
            "%(each)s times for each record that they made."
        ),
        asked_for_names,
        {"n": ASKED_A_DAY, "each": ASKED_A_RECORD},
    ),
    Rule(
        "drafts",
        gettext_lazy("Disclosures begun and not sent"),
        gettext_lazy("Begun, and neither sent nor given up within %(days)s days."),
        old_drafts,
        {"days": DRAFT_DAYS},
    ),
    Rule(
        "let_in_again",
        gettext_lazy("An account that was let in again"),
        gettext_lazy(
            "Somebody at the server gave a new first password; the security code has to be set up anew. "
            "The person who has this password can sign in with this account."
        ),
        let_in_again,
    ),
    Rule(
        "one_for_all",
        gettext_lazy("Everything by the same person"),
        gettext_lazy(
            "The same person brought somebody in, gave them the client, and approved or released what "
            "they asked to share. Where a branch has one coordinator this is usual."
        ),
        one_for_all,
    ),
    Rule(
        "let_read",
        gettext_lazy("Coordinators for each other"),
        gettext_lazy(
            "A coordinator let another one read the notes of a record, for a reason and a time."
        ),
        let_read,
    ),
    Rule(
        "unconfirmed",
        gettext_lazy("Online spaces nobody else confirmed"),
        gettext_lazy(
            "Somebody opened an online space for a client, and no other person spoke to the client and "
            "confirmed it within %(days)s days; or it is used before that."
        ),
        unconfirmed,
        {"days": CONFIRM_DAYS},
    ),
)

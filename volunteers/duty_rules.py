"""The reasons of the table of duties, so that they are translated; the table itself is in the database."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_noop

from volunteers.models import DutyRule

WHY = (
    gettext_noop("The data-protection lead checks what the president decides."),
    gettext_noop("The data-protection lead checks what coordinators decide."),
    gettext_noop("The data-protection lead reads the log, not what clients say."),
    gettext_noop("Who runs the machine does not read its log alone."),
    gettext_noop("The president hears complaints about coordinators."),
    gettext_noop("Who runs the machine reads no client information."),
)


def clash(held: Iterable[str], wanted: str) -> DutyRule | None:
    """The rule that keeps ``wanted`` apart from a duty that is held, if there is one."""
    held = set(held)
    for rule in DutyRule.objects.order_by("pk"):
        if (rule.first == wanted and rule.second in held) or (
            rule.second == wanted and rule.first in held
        ):
            return rule
    return None


def reason(rule: DutyRule) -> str:
    """Why a rule is there, in the reader's language."""
    return gettext(rule.why)

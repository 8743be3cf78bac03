"""When: an emergency access, from the first press to its review. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from volunteers.workflow import START, Step, Workflow

OPEN, WHOLE, OVER, REVIEWED = "open", "whole", "over", "reviewed"


class Who(models.TextChoices):
    """Who takes a step."""

    SERVING = "serving", "whoever serves in the branch"
    OPENER = "opener", "whoever opened it"
    ENDER = "ender", "whoever opened it, and coordinators of the branch"
    REVIEWER = (
        "reviewer",
        "a coordinator of the branch who did not open it (or the data-protection lead: `sec.may_review`)",
    )


class Action(models.TextChoices):
    """What somebody does with an emergency access."""

    OPEN = "open"
    OPEN_ALL = "open all"
    SAY_WHY = "say why"
    END = "end"
    REVIEW = "review"


EMERGENCY = Workflow(
    "Emergency access",
    (
        Step(START, Action.OPEN, OPEN, Who.SERVING, fresh=True),
        Step(OPEN, Action.OPEN_ALL, WHOLE, Who.OPENER),
        *(
            Step(state, Action.SAY_WHY, state, Who.OPENER)
            for state in (OPEN, WHOLE, OVER, REVIEWED)
        ),
        Step(OPEN, Action.END, OVER, Who.ENDER),
        Step(WHOLE, Action.END, OVER, Who.ENDER),
        *(Step(state, Action.REVIEW, REVIEWED, Who.REVIEWER) for state in (OPEN, WHOLE, OVER)),
    ),
    "It is over by itself after four hours. A review of one that is not over yet may end it.",
)

"""When: a legal hold, from placing it to its release. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from volunteers.workflow import START, Step, Workflow

HELD, RELEASED = "held", "released"


class Who(models.TextChoices):
    """Who takes a step."""

    COORDINATOR = (
        "coordinator",
        "a coordinator of the branch whom no open complaint of the client names",
    )
    OFFICE = "office", "the data-protection lead or the president, by reference"
    ANY = "any", "such a coordinator, the data-protection lead or the president"


class Action(models.TextChoices):
    """What somebody does with a hold."""

    PLACE = "place"
    PLACE_BY_REFERENCE = "place by reference"
    RELEASE = "release"


HOLD = Workflow(
    "Legal holds",
    (
        Step(START, Action.PLACE, HELD, Who.COORDINATOR, fresh=True),
        Step(START, Action.PLACE_BY_REFERENCE, HELD, Who.OFFICE, fresh=True),
        Step(HELD, Action.RELEASE, RELEASED, Who.ANY, fresh=True),
    ),
    "A record may have several at once; while one of them binds, nothing erases it. Because of a complaint,"
    " it is shown to nobody to whom the complaint is closed.",
)

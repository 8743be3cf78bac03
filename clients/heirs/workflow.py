"""When: a request of an heir, from recording it to the answer. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from clients.models import HeirState
from clients.models.heirs import OPEN
from volunteers.workflow import START, Step, Workflow

NEW, TO_GRANT, TO_REFUSE = HeirState.NEW, HeirState.TO_GRANT, HeirState.TO_REFUSE
GRANTED, REFUSED, MOOT = HeirState.GRANTED, HeirState.REFUSED, HeirState.MOOT


class Who(models.TextChoices):
    """Who takes a step."""

    WRITER = "writer", "whoever writes in the record of somebody who died"
    COORDINATOR = (
        "coordinator",
        "a coordinator of the branch whom no open complaint of the client names",
    )
    SECOND = (
        "second",
        "such a coordinator, or the data-protection lead; neither who proposed it nor who recorded it",
    )


class Action(models.TextChoices):
    """What somebody does with a request. The codes are those of ``sec.heir_step``."""

    RECORD = "record"
    GRANT = "grant", "propose: yes"
    REFUSE = "refuse", "propose: no"
    CONFIRM = "confirm"
    BACK = "back", "send back"
    OBJECT = "object", "note an objection"
    SETTLE = "settle", "note what settled it"
    LIVES = "lives", "note that the client lives"


HEIR = Workflow(
    "Requests of heirs",
    (
        Step(START, Action.RECORD, NEW, Who.WRITER),
        Step(NEW, Action.GRANT, TO_GRANT, Who.COORDINATOR, fresh=True),
        Step(NEW, Action.REFUSE, TO_REFUSE, Who.COORDINATOR, fresh=True),
        Step(TO_GRANT, Action.CONFIRM, GRANTED, Who.SECOND, fresh=True),
        Step(TO_REFUSE, Action.CONFIRM, REFUSED, Who.SECOND, fresh=True),
        *(Step(state, Action.BACK, NEW, Who.SECOND, fresh=True) for state in (TO_GRANT, TO_REFUSE)),
        *(Step(state, Action.OBJECT, state, Who.WRITER) for state in OPEN),
        *(Step(state, Action.SETTLE, state, Who.COORDINATOR, fresh=True) for state in OPEN),
        *(Step(state, Action.LIVES, MOOT, Who.WRITER) for state in OPEN),
    ),
    "The answer is no until two people have said yes, and while another heir objects it cannot be yes."
    " Nothing is given by it.",
)

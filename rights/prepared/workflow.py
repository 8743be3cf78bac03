"""When: a copy that the team prepares, from beginning it to its release. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from rights.models import CopyState
from volunteers.workflow import START, Step, Workflow

PREPARED, SENT, RELEASED = CopyState.PREPARED, CopyState.SENT, CopyState.RELEASED
REFUSED, ENDED = CopyState.REFUSED, CopyState.ENDED


class Who(models.TextChoices):
    """Who takes a step."""

    COORDINATOR = (
        "coordinator",
        "a coordinator of the branch whom no open complaint of the client names",
    )
    PREPARER = "preparer", "whoever prepared it"
    SECOND = (
        "second",
        "another coordinator who is not tied to them; the data-protection lead where there is none",
    )


class Action(models.TextChoices):
    """What somebody does with a copy."""

    PREPARE = "prepare"
    SEND = "send", "send to be released"
    RELEASE = "release"
    REFUSE = "refuse", "do not release"
    END = "end", "give up"


COPY = Workflow(
    "Prepared copies",
    (
        Step(START, Action.PREPARE, PREPARED, Who.COORDINATOR, fresh=True),
        Step(PREPARED, Action.SEND, SENT, Who.PREPARER),
        Step(SENT, Action.RELEASE, RELEASED, Who.SECOND, fresh=True),
        Step(SENT, Action.REFUSE, REFUSED, Who.SECOND),
        *(Step(state, Action.END, ENDED, Who.PREPARER) for state in (PREPARED, SENT)),
    ),
    "Released only where nothing was written about the client since it was read for the copy. Where whoever"
    " prepared it has left, any coordinator of the branch, or the data-protection lead, gives it up. With a"
    " contact that is moved, copies of both records that were not released end.",
)

"""When: an erasure, from its proposal to the last row. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from rights.models import ErasureState
from volunteers.workflow import START, Step, Workflow

PROPOSED, DECIDED = ErasureState.PROPOSED, ErasureState.DECIDED
REFUSED, WITHDRAWN = ErasureState.REFUSED, ErasureState.WITHDRAWN
BEGUN, LINED = ErasureState.BEGUN, ErasureState.LINED
KEYLESS, DONE = ErasureState.KEYLESS, ErasureState.DONE


class Who(models.TextChoices):
    """Who takes a step."""

    COORDINATOR = (
        "coordinator",
        "a coordinator of the branch whom no open complaint of the client names",
    )
    EITHER = "either", "the client, in their confirmed space; for them, such a coordinator"
    SECOND = (
        "second",
        "another coordinator who is not tied to them; the data-protection lead where there is none",
    )
    WORKER = "worker", "the worker, and nobody by hand"
    SEALER = "sealer", "the sealer, and nobody by hand"


class Action(models.TextChoices):
    """What becomes of an erasure."""

    PROPOSE = "propose"
    DECIDE = "decide", "decide: yes"
    REFUSE = "refuse", "decide: no"
    WAIVE = "waive", "waive the pause to think"
    WITHDRAW = "withdraw", "take back"
    BEGIN = "begin", "close the record"
    LINE = "line", "write the line of the ledger"
    DESTROY = "destroy", "destroy the keys"
    FINISH = "finish", "remove the record itself"


ERASURE = Workflow(
    "Erasures",
    (
        Step(START, Action.PROPOSE, PROPOSED, Who.COORDINATOR, fresh=True),
        Step(PROPOSED, Action.DECIDE, DECIDED, Who.SECOND, fresh=True),
        Step(PROPOSED, Action.REFUSE, REFUSED, Who.SECOND, fresh=True),
        *(Step(s, Action.WAIVE, s, Who.EITHER, fresh=True) for s in (PROPOSED, DECIDED)),
        *(Step(s, Action.WITHDRAW, WITHDRAWN, Who.EITHER, fresh=True) for s in (PROPOSED, DECIDED)),
        Step(DECIDED, Action.BEGIN, BEGUN, Who.WORKER),
        Step(BEGUN, Action.LINE, LINED, Who.SEALER),
        Step(LINED, Action.DESTROY, KEYLESS, Who.WORKER),
        Step(KEYLESS, Action.FINISH, DONE, Who.WORKER),
    ),
    "Whoever proposed it decides too where nothing was said, written, shared or opened in an emergency. The"
    " client waives the pause, or takes it back, where they asked or do not agree to a record. It begins"
    " after the pause, while its ground holds and nothing stops it; where that has gone, it is taken back.",
)

"""When: a client's request, from asking to the answer. See ``volunteers/workflow.py``."""

from __future__ import annotations

from django.db import models

from rights.models import RequestState
from volunteers.workflow import START, Step, Workflow

NEW, IN_PROGRESS = RequestState.NEW, RequestState.IN_PROGRESS
DONE, REFUSED = RequestState.DONE, RequestState.REFUSED
TAKEN_BACK = RequestState.TAKEN_BACK


class Who(models.TextChoices):
    """Who takes a step."""

    CLIENT = "client", "the client; for them, a coordinator of the branch or whoever has the client"
    OWN = "own", "the client, where their space shows it"
    COORDINATOR = (
        "coordinator",
        "a coordinator of the branch whom no open complaint of the client names",
    )


class Action(models.TextChoices):
    """What somebody does with a request."""

    ASK = "ask"
    TAKE_UP = "take up"
    FULFIL = "answer: done"
    REFUSE = "answer: refused"
    TAKE_BACK = "take back"


REQUEST = Workflow(
    "Requests",
    (
        Step(START, Action.ASK, NEW, Who.CLIENT),
        Step(NEW, Action.TAKE_UP, IN_PROGRESS, Who.COORDINATOR),
        *(Step(state, Action.FULFIL, DONE, Who.COORDINATOR) for state in (NEW, IN_PROGRESS)),
        *(Step(state, Action.REFUSE, REFUSED, Who.COORDINATOR) for state in (NEW, IN_PROGRESS)),
        Step(IN_PROGRESS, Action.TAKE_UP, IN_PROGRESS, Who.COORDINATOR),
        *(Step(state, Action.TAKE_BACK, TAKEN_BACK, Who.OWN) for state in (NEW, IN_PROGRESS)),
    ),
    "What came through a space that nobody has confirmed is not marked as done; nor what somebody recorded,"
    " while it is not known who asks; nor a deletion by whoever took it down. An answer has words. Who looks"
    " after the client, or refuses and wrote in the record, answers once a second person has agreed.",
)

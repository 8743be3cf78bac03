"""What the data-protection lead keeps of their questions to the log."""

from __future__ import annotations

from typing import Any

from audit import door
from audit.actor import Actor
from audit.models import SavedQuestion
from audit.questions import kept

MOST_QUESTIONS = 20


class TooMany(Exception):
    """Somebody keeps as many questions as a page can bear."""


def save_question(*, by: Actor, wanted: dict[str, Any]) -> SavedQuestion:
    """Keep a question to ask it again; the same one is kept once. Raises TooMany."""
    question = kept(wanted)
    mine = SavedQuestion.objects.all()
    for known in mine:
        if known.question == question:
            return known
    if len(mine) >= MOST_QUESTIONS:
        raise TooMany
    made = SavedQuestion(owner=by.person, question=question)  # type: ignore[misc]
    made.save(force_insert=True)
    door.record(by, "log.question", about=made, kept=1)
    return made


def remove_question(*, by: Actor, question: SavedQuestion) -> None:
    """Keep it no longer."""
    door.record(by, "log.question", about=question, kept=0)
    question.delete()

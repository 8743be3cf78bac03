"""The points to say aloud when the policy is explained, in each language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from clients.records import agreement_words

CARDS = Path(__file__).parents[1] / "cards"
SPOKEN = {
    code: json.loads((CARDS / f"explanation.{code}.json").read_text("utf-8"))
    for code, _name in settings.LANGUAGES
}


def spoken_cards(first: str | None = None) -> list[tuple[str, Any, list[dict[str, str]]]]:
    """The points to say: language code, its name, points; the language most likely spoken first."""
    first = first or (get_language() or "en")[:2]
    names = sorted(settings.LANGUAGES, key=lambda language: language[0] != first)
    return [(code, name, [*SPOKEN[code], agreement(code)]) for code, name in names]


def agreement(language: str) -> dict[str, str]:
    """The last point, apart from the explanation: whether we may note something about health."""
    return {"point": "the agreement", "say": agreement_words.asked(language)}

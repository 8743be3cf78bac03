"""Invented people and notes, the same for every side; numbered, so that each side makes its own rows."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid5

SPACE = UUID("5a1d6b1e-2c55-4f55-9f0e-0a3d2f5a7c11")
GIVEN = [
    "Odile",
    "Marcel",
    "Jeanne",
    "Colette",
    "Hugh",
    "Maëlys",
    "Étienne",
    "Rose",
    "Winifred",
    "Loïc",
    "Agathe",
    "Nigel",
    "Solène",
    "Yves",
    "Margaret",
    "Firmin",
    "Noémie",
    "Gilles",
    "Edith",
    "Baptiste",
]
FAMILY = [
    "Quercy",
    "Marchand",
    "Lefèvre",
    "Thornbury",
    "Delorme",
    "Vasseur",
    "Ashcombe",
    "Garnier",
    "Peltier",
    "Rousselot",
    "Winslade",
    "Chauvin",
    "Lemoine",
    "Harcastle",
    "Brunet",
    "Maréchal",
    "Corbin",
    "Fenwick",
    "Tissot",
    "Beaulieu",
]
SENTENCES = (
    "Rang after lunch as agreed.",
    "Sleeps badly since Tuesday and is afraid of the next scan.",
    "Her sister comes on Sundays and cooks for the week.",
    "Spoke of the garden for a long time, and laughed.",
    "Would like somebody to come along to the hospital on the fourteenth.",
    "The letter about the benefit has come; we read it together.",
    "Tired, asked me to keep it short.",
    "Wants no call in the mornings of treatment days.",
)
TODAY = date(2026, 1, 5)


def number_id(kind: str, number: int) -> UUID:
    """The id of the numbered thing of this kind."""
    return uuid5(SPACE, f"{kind} {number}")


def identity(number: int) -> dict[str, str]:
    """Who the numbered client is: five fields."""
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    return {
        "given_name": given,
        "family_name": f"{family}-{number}",
        "known_as": given[:3],
        "born_on": str(date(1930 + number % 60, 1 + number % 12, 1 + number % 28)),
        "address": f"{1 + number % 180} rue des Lavandières, 24{number % 1000:03} Montcaret",
    }


def safe_contact(number: int) -> dict[str, str]:
    """How to reach the numbered client."""
    return {
        "phone": f"06 39 98 {number // 100 % 100:02} {number % 100:02}",
        "times": "Afternoons, not on Wednesdays",
        "ask_for": "",
        "voicemail_words": "Say that the book is back in the library.",
        "remarks": "Her husband does not know.",
    }


def last_contact(number: int) -> date:
    """When the numbered client was last spoken to."""
    return TODAY - timedelta(days=number * 7 % 700)


def note(number: int) -> str:
    """The words of the numbered contact: three sentences."""
    return " ".join(SENTENCES[(number * 3 + step) % len(SENTENCES)] for step in range(3))


def contact(number: int) -> dict[str, object]:
    """The numbered contact of somebody."""
    channels = ("phone", "visit", "hospital", "message")
    return {
        "channel": channels[number % len(channels)],
        "happened_on": TODAY - timedelta(days=number * 3),
        "minutes": 10 + number % 50,
        "text": note(number),
    }

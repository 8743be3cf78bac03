"""Reading the invented association from ``confidential/demo_data``. See the README there."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

FOLDER = Path(__file__).resolve().parent.parent / "demo_data"
Row = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """Everything that is loaded, as the files have it."""

    association: Row
    branches: list[Row]
    people: list[Row]
    clients: list[Row]
    contacts: list[Row]
    disclosures: list[Row]
    requests: list[Row]
    consultations: Row
    emergencies: list[Row]
    guarded: Row
    hands: Row
    told: Row

    def of_duty(self, duty: str, branch: str | None = None) -> list[str]:
        """User names of those who hold a duty, in a branch if one is given."""
        return [
            person["user_name"]
            for person in self.people
            if person["duty"] == duty and branch in (None, person.get("branch"))
        ]


def read() -> Data:
    """All files of the demonstration."""
    people = _toml("people")
    return Data(
        association=people["association"],
        branches=people["branches"],
        people=people["people"],
        clients=_toml("clients")["clients"],
        contacts=json.loads((FOLDER / "contacts.json").read_text("utf-8")),
        disclosures=_toml("disclosures")["disclosures"],
        requests=_toml("requests")["requests"],
        consultations=_toml("consultations"),
        emergencies=_toml("emergencies")["emergencies"],
        guarded=_toml("guarded"),
        hands=_toml("hands"),
        told=_toml("told"),
    )


def days_ago(days: int) -> date:
    """The civil date so many days before the day of loading."""
    return timezone.localdate() - timedelta(days=days)


def _toml(name: str) -> Row:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))

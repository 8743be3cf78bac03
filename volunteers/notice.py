"""The privacy notice (GDPR 13, 14): our wording, filled in with what the association says of itself.

The wording is that of the code of confidentiality (``# ``, ``## ``, ``- ``, empty lines). A line that begins
with ``[name]`` stands only where that is said, one with ``[!name]`` only where it is not.
"""

from __future__ import annotations

import re
from pathlib import Path

from volunteers.models import Association, PrivacyNotice
from volunteers.speaking import lead_of

WORDING = Path(__file__).parent / "policy"
CONDITION = re.compile(r"^\[(!?)(\w+)\] ")


def compose(found: Association, language: str) -> str:
    """The notice as it reads today, for the association with ``lead_name``."""
    values = {
        "name": found.name,
        "address": found.address,
        "phone": found.phone,
        "hours": found.said("hours", language),
        "lead": lead_of(found),
        "registered": ", ".join(
            f"{kind} {number}"
            for kind, number in (("RNA", found.rna), ("SIREN", found.siren))
            if number
        ),
        "host": ", ".join(filter(None, (found.host_name, found.host_address))),
        "within_eu": "yes" if found.within_eu else "",
    }
    wording = (WORDING / f"notice.{language}.txt").read_text(encoding="utf-8")
    kept = (_filled(line, values) for line in wording.splitlines())
    return "\n".join(line for line in kept if line is not None) + "\n"


def _filled(line: str, values: dict[str, str]) -> str | None:
    found = CONDITION.match(line)
    if found:
        if bool(values[found[2]]) == bool(found[1]):
            return None
        line = line[found.end() :]
    return re.sub(r"\{(\w+)\}", lambda name: values[name[1]], line)


def latest() -> PrivacyNotice | None:
    """The notice that stands today."""
    return PrivacyNotice.objects.order_by("-number").first()


def text_of(published: PrivacyNotice, language: str) -> str:
    """Its text in this language."""
    return published.text_fr if language.startswith("fr") else published.text_en


def is_as_today(published: PrivacyNotice | None, found: Association) -> bool:
    """Whether it says what would be published today."""
    return published is not None and (published.text_en, published.text_fr) == (
        compose(found, "en"),
        compose(found, "fr"),
    )

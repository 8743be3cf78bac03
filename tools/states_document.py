"""Writes docs/states.md from the tables of steps. ``make states``; ``tests/test_workflows.py`` compares."""

from __future__ import annotations

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "confidential.settings")
os.environ.setdefault("CONFIDENTIAL_DEMO", "true")
PAGE = Path(__file__).parent.parent / "docs" / "states.md"


def document() -> str:
    """The page, of every table there is."""
    from clients.complaints.workflow import COMPLAINT
    from clients.consultations.workflow import CONSULTATION
    from clients.contacts.workflow import STATEMENT
    from clients.emergencies.workflow import EMERGENCY
    from clients.heirs.workflow import HEIR
    from disclosures.workflow import DISCLOSURE
    from rights.erasure.workflow import ERASURE
    from rights.holds.workflow import HOLD
    from rights.prepared.workflow import COPY
    from rights.requests.workflow import REQUEST
    from volunteers.workflow import page

    first = (DISCLOSURE, CONSULTATION, EMERGENCY, COMPLAINT)
    return page((*first, REQUEST, STATEMENT, COPY, HEIR, HOLD, ERASURE))


if __name__ == "__main__":
    django.setup()
    PAGE.write_text(document())

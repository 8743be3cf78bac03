"""What is handed to clients on paper: the leaflet and the privacy notice, only from what binds today."""

from __future__ import annotations

from typing import Any

from volunteers import notice, speaking
from volunteers.models import Association, Branch
from volunteers.querysets import current_version


def leaflet_of(branch: Branch, language: str) -> dict[str, Any] | None:
    """What the leaflet of a branch says in this language; None while no code of confidentiality binds."""
    version = current_version()
    if version is None:
        return None
    says = speaking.facts(speaking.association(), branch, language)
    return {**says, "policy_date": version.adopted_on, "version": str(version.number)}


def notice_of(language: str) -> dict[str, Any] | None:
    """The privacy notice in this language, as it was published last; None before the first."""
    published = notice.latest()
    if published is None:
        return None
    return {
        **speaking.letterhead(Association.objects.get()),
        "number": published.number,
        "published_on": published.published_at,
        "text": notice.text_of(published, language),
    }

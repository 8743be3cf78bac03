"""People whom several tests of clients need."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.cast import Cast, Someone, join
from volunteers.actions import code
from volunteers.models import PolicyText


@pytest.fixture
def standby(cast: Cast) -> Someone:
    """A volunteer of the north without any client, and without tries of other tests."""
    someone = join(f"standby-{uuid4().hex[:8]}", "volunteer", cast.north)
    with cast.president.visit().transaction():
        text = PolicyText.objects.filter(language="en", version__adopted_on__isnull=False).first()
    with someone.visit().transaction() as visit:
        code.sign_undertaking(by=visit, text=text.pk)
    return someone

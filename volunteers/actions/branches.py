"""Branches: adding one, and how it is called and reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit import door
from audit.actor import Actor
from volunteers.models import Branch


def add_branch(*, by: Actor, **values: Any) -> Branch:
    """A new branch, without people yet. ``values``: its fields by name; ``code`` and ``name`` are needed."""
    branch = Branch(**values)
    branch.save(force_insert=True)
    door.record(by, "branch.add", about=branch)
    return branch


def change_branch(*, by: Actor, branch: Branch, values: Mapping[str, Any]) -> None:
    """Other values of its fields, by name."""
    Branch.objects.filter(pk=branch.pk).update(**values)
    door.record(by, "branch.change", about=branch)

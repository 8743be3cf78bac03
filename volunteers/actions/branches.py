"""Branches: adding one, and how it is called and reached."""

from __future__ import annotations

from audit import door
from audit.actor import Actor
from volunteers.models import Branch


def add_branch(*, by: Actor, code: str, name: str, reach: str, legal_body: bool = False) -> Branch:
    """A new branch, without people yet."""
    branch = Branch(code=code, name=name, reach=reach, legal_body=legal_body)
    branch.save(force_insert=True)
    door.record(by, "branch.add", about=branch)
    return branch


def change_branch(*, by: Actor, branch: Branch, name: str, reach: str, legal_body: bool) -> None:
    """Another name, another way to reach it, or whether it is a legal body of its own."""
    Branch.objects.filter(pk=branch.pk).update(name=name, reach=reach, legal_body=legal_body)
    door.record(by, "branch.change", about=branch)

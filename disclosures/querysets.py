"""Named reads of disclosures; row-level security stands behind."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from audit.actor import Actor
from volunteers.querysets import circle_of


class DisclosureQuerySet(models.QuerySet):
    """Named reads of disclosures."""

    def with_people(self) -> DisclosureQuerySet:
        """With everything a page says about one."""
        return self.select_related(
            "client",
            "branch",
            "requested_by",
            "decided_by",
            "released_by",
            "cancelled_by",
            "complaint",
        )

    def to_decide(self, actor: Actor) -> DisclosureQuerySet:
        """Those that wait for this coordinator's decision, stopped ones too, the oldest first."""
        branches = actor.duties.get("coordinator", frozenset())
        waiting = self.filter(state__in=["asked", "stopped"], branch_id__in=list(branches))
        conflicts = self.model._meta.apps.get_model("clients", "Conflict").objects
        waiting = waiting.exclude(requested_by__in=conflicts.colleagues_of(actor.person))
        return waiting.exclude(requested_by__in=circle_of(actor.person)).order_by("asked_at")

    def to_release(self, actor: Actor) -> DisclosureQuerySet:
        """Those that this coordinator may release, the oldest first."""
        branches = actor.duties.get("coordinator", frozenset())
        return self.filter(state="approved", branch_id__in=list(branches)).order_by("decided_at")

    def to_look_at_again(self, actor: Actor) -> DisclosureQuerySet:
        """Those that are kept from the client and whose day has come, for this coordinator."""
        branches = actor.duties.get("coordinator", frozenset())
        due = self.filter(look_again_on__lte=timezone.localdate(), branch_id__in=list(branches))
        return due.exclude(state="cancelled").order_by("look_again_on")

    def waiting_first(self, actor: Actor) -> DisclosureQuerySet:
        """What waits for this person's decision, then what is under way, then the rest by date."""
        mine = models.Q(pk__in=type(self)(self.model).to_decide(actor).order_by().values("pk"))
        rank = models.Case(
            models.When(mine, then=0),
            models.When(state="approved", then=1),
            models.When(state__in=["asked", "draft", "stopped"], then=2),
            default=3,
        )
        return self.annotate(rank=rank).order_by("rank", "-made_at")

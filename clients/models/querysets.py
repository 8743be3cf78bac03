"""Named reads of client records. Each joins what makes it cheap; row-level security stands behind.

A correlated policy alone is slow for a list, so the person's own permissions are joined here too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import functions

from audit.actor import Actor
from volunteers.models import Duty, PolicyVersion

# The day of the database: the home page keeps its statement for the life of a process.
TODAY = models.Func(function="sec.today", output_field=models.DateField())
TOLD_WITHIN = 60  # days


class ClientQuerySet(models.QuerySet):
    """Named reads of the records that somebody may see."""

    def visible_to(self, actor: Actor) -> ClientQuerySet:
        """Records of the branches this person coordinates, and those a live permission gives them.

        Protected records stand in no list of a branch, and so in none that being named would put them in.
        """
        branches = list(actor.duties.get("coordinator", ()))
        if branches and not actor.holds("volunteer"):
            return self.filter(branch_id__in=branches, protected=False)
        # A semi-join that the planner drives from the few permission rows of this person.
        permissions = self._other("ClientPermission").objects.filter(
            user_id=actor.person, code="view_client"
        )
        if not branches:
            return self.filter(pk__in=permissions.values("content_object_id"))
        own = permissions.exclude(basis="branch_duty").values("content_object_id")
        return self.filter(models.Q(pk__in=own) | models.Q(branch_id__in=branches, protected=False))

    def named_to(self, actor: Actor) -> ClientQuerySet:
        """Protected records for which a coordinator was named, or that they were given.

        What a volunteer was given stands among their own clients; an emergency on the home page itself.
        """
        rows = self._other("ClientPermission").objects.filter(
            user_id=actor.person, code="view_client"
        )
        rows = rows.exclude(basis="emergency")
        if actor.holds("volunteer"):
            rows = rows.filter(basis="branch_duty")
        return self.filter(protected=True, pk__in=rows.values("content_object_id"))

    def recent(self) -> ClientQuerySet:
        """The last contact first; those without any contact before them. Follows an index."""
        return self.order_by("-last_contact_on", "id")

    def open(self) -> ClientQuerySet:
        """Records that are neither closed nor of somebody who died."""
        return self.filter(state="open")

    def ended_lately(self, since: object) -> ClientQuerySet:
        """Of whom it was noted since then (a time) that they died, or that the support ended."""
        return self.exclude(state="open").filter(state_at__gte=since)

    def left_to_tell(self, person: UUID | None) -> ClientQuerySet:
        """Clients of somebody who died and wanted people told, some of whom nobody has told yet."""
        latest = self._other("Directive").objects.filter(client=models.OuterRef("pk"))
        latest = latest.counting_first()
        told = self._other("DeathTold").objects.filter(
            models.Q(made_at__gte=models.F("client__state_at")) | models.Q(client__state_at=None),
            directive=models.OuterRef("latest"),
            undone_at=None,
        )
        told = told.order_by().values("directive").annotate(n=models.Count("pk")).values("n")
        given = self._other("ClientPermission").objects.filter(
            user_id=person, code="log_contact", content_object_id=models.OuterRef("pk")
        )
        mine = models.Exists(given) | models.Q(
            pk__in=self._other("Client").objects.coordinated(person).values("pk")
        )
        return (
            self.filter(mine, state="died")
            .annotate(
                latest=models.Subquery(latest.values("pk")[:1]),
                to_tell=models.Subquery(latest.values("to_tell")[:1]),
                told=functions.Coalesce(models.Subquery(told), 0),
            )
            .filter(to_tell__gt=models.F("told"))
        )

    def coordinated(self, person: UUID | None) -> ClientQuerySet:
        """Records of the branches that somebody coordinates, but for protected ones."""
        duties = Duty.objects.live().filter(person_id=person, kind="coordinator")
        return self.filter(branch_id__in=duties.values("branch_id"), protected=False)

    def in_use(self) -> ClientQuerySet:
        """Open records that are not restricted."""
        return self.open().filter(restricted_at=None)

    def not_asked(self, before: object) -> ClientQuerySet:
        """Taken in before then (a time), and never asked whether we may keep a record."""
        return self.in_use().filter(agreed=None, taken_in_at__lte=before)

    def not_told(self) -> ClientQuerySet:
        """To whom the code was not explained since it last changed in substance, or not at all (P4, P17)."""
        versions = PolicyVersion.objects.filter(material=True, adopted_on__lte=TODAY)
        told = self._other("Explanation").objects.filter(
            client=models.OuterRef("pk"),
            given=True,
            version__number__gte=models.Subquery(versions.order_by("-number").values("number")[:1]),
        )
        return self.in_use().exclude(models.Exists(told))

    def not_told_lately(self) -> ClientQuerySet:
        """The same in the weeks after a change, nobody later: the home page asks it of a whole branch."""
        since = models.ExpressionWrapper(TODAY - TOLD_WITHIN, output_field=models.DateField())
        changed = PolicyVersion.objects.filter(
            material=True, adopted_on__range=(since, TODAY), number__gt=1
        )
        return self.not_told().filter(models.Exists(changed))

    def unassigned(self) -> ClientQuerySet:
        """Open records that nobody is assigned to, but for protected ones.

        For coordinators: others see only their own grants.
        """
        live = self._other("Grant").objects.live().assignments()
        unlisted = self.open().filter(protected=False)
        return unlisted.exclude(models.Exists(live.filter(client=models.OuterRef("pk"))))

    def _other(self, name: str) -> Any:
        # By name: the models import this module.
        return self.model._meta.apps.get_model("clients", name)

"""The home page's own sections: my clients, follow-ups due, drafts, and what a coordinator looks after.

All names on the page come from one opening, with one event for each client; words of follow-ups from another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access import home, lists
from clients.access.home import Section, There
from clients.contacts.actions.drafts import my_drafts
from clients.contacts.follow_ups import add_words, words_of
from clients.handover import leavers
from clients.models import Basis, Client, Contact, Draft, LoneVisit
from volunteers.models import Departure, Duty, Person, PolicyVersion
from volunteers.querysets import latest_signatures

FEW = 10
NEWS = timedelta(days=21)  # for so long the end of a support stands here
FOLDER = "clients/home/"
VISITS, LEFT, DUE, DRAFTS = "visits.around", "people.left", "contacts.due", "drafts"
ENDED, ENDED_HERE = "clients.ended", "clients.ended_here"


def follow_ups(me: UUID) -> QuerySet[Contact]:
    """Follow-ups of their clients that are due, or will be within the day: days begin elsewhere earlier."""
    mine = Contact.objects.filter(client_id__in=lists.given(me, "view_notes"))
    return mine.follow_ups_due(Now() + timedelta(days=1))


def ended(me: UUID | None, since: object) -> QuerySet[Client]:
    """Clients given to somebody, of whom the end of the support was noted since a time."""
    given = lists.given(me, "view_client").exclude(basis=Basis.BRANCH_DUTY)
    return Client.objects.filter(pk__in=given).ended_lately(since)


def ended_here(me: UUID | None, since: object) -> QuerySet[Client]:
    """The same of the branches that somebody coordinates."""
    duties = Duty.objects.live().filter(person_id=me, kind="coordinator")
    return Client.objects.filter(branch_id__in=duties.values("branch_id")).ended_lately(since)


home.ask(ENDED, lambda me: ended(me, Now() - NEWS), "volunteer")
home.ask(ENDED_HERE, lambda me: ended_here(me, Now() - NEWS), "coordinator")
home.ask(VISITS, LoneVisit.objects.around)
home.ask(LEFT, lambda me: Departure.objects.lasting(), "president", "coordinator")
home.ask(DUE, follow_ups, "volunteer")
home.ask(DRAFTS, lambda me: Draft.objects.filter(person_id=me))


@dataclass
class Gathered:
    """What the page shows, before any name is opened."""

    mine: list[Client] = field(default_factory=list)
    due: list[Contact] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    unassigned: list[Client] = field(default_factory=list)
    overdue: list[Contact] = field(default_factory=list)
    ended: list[Client] = field(default_factory=list)

    def clients(self) -> list[UUID]:
        """Whose names are needed; each list shows at most its limit."""
        listed = self.mine[: lists.PAGE] + self.unassigned[:FEW] + self.ended[:FEW]
        found = [client.pk for client in listed]
        found += [contact.client_id for contact in self.due[:FEW] + self.overdue[:FEW]]
        return found + [draft.client_id for draft in self.drafts if draft.client_id]


def own_sections(request: Request, there: There) -> list[Section]:
    """What this app has to say to whoever asks, by their duties."""
    actor: Actor = request.actor
    sections = office(actor)
    if LEFT in there and (left := leavers.to_do(actor)):
        title, template = _("Somebody has left"), f"{FOLDER}leavers.html"
        sections.append(Section(title, template, {"left": left}, order=14))
    if not (actor.holds("volunteer") or actor.holds("coordinator")):
        return sections
    found = gather(actor, there)
    keys = lists.opened(request, found.clients(), "client.list")
    names = lists.names(keys)
    add_words(found.due, names, words_of(request, found.due[:FEW]))
    add_words(found.overdue, names, {})
    for draft in found.drafts:
        draft.client_name = names.get(draft.client_id, "")  # type: ignore[attr-defined, arg-type]
    if actor.holds("volunteer"):
        sections.append(my_clients(actor, found, names))
    if actor.holds("coordinator"):
        sections.append(unassigned(found, names))
    if found.ended:
        sections.append(support_ended(found, names))
    # What is empty here is left out: the page stays short.
    made = {follow_ups_due: found.due, overdue: found.overdue, drafts: found.drafts}
    return sections + [section(found) for section, rows in made.items() if rows]


def gather(actor: Actor, there: There) -> Gathered:
    """Look up what is shown: one more than each limit, to know whether there is more."""
    today = timezone.localdate()
    found = Gathered()
    if actor.holds("volunteer"):
        given = lists.given_to(actor, "view_client").exclude(basis="branch_duty")
        mine = Client.objects.filter(pk__in=given)
        found.mine = list(mine.open().recent()[: lists.PAGE + 1])
    if DUE in there:
        contacts = Contact.objects.filter(client_id__in=lists.given_to(actor, "view_notes"))
        found.due = list(contacts.follow_ups_due(today).select_related("client")[: FEW + 1])
    if branches := [branch for branch in actor.duties.get("coordinator", ()) if branch]:
        here = Client.objects.filter(branch_id__in=branches)
        found.unassigned = list(here.unassigned().recent()[: FEW + 1])
        late = Contact.objects.filter(branch_id__in=branches, client__protected=False)
        late = late.follow_ups_due(today - timedelta(days=1)).select_related("client")
        found.overdue = list(late[: FEW + 1])
    if DRAFTS in there:
        found.drafts = my_drafts(actor, FEW)
    if ENDED in there or ENDED_HERE in there:
        found.ended = lately_ended(actor)
    return found


def lately_ended(actor: Actor) -> list[Client]:
    """Whose support has ended, of the clients given to this person or of their branches; the latest first."""
    since = Now() - NEWS
    wanted = Q(pk__in=ended(actor.person, since).values("pk"))
    if actor.holds("coordinator"):
        wanted |= Q(pk__in=ended_here(actor.person, since).values("pk"))
    rows = Client.objects.ended_lately(since).filter(wanted)
    return list(rows.order_by("-state_at", "pk")[: FEW + 1])


def my_clients(actor: Actor, found: Gathered, names: dict[UUID, str]) -> Section:
    """The clients given to this person, the last contact first."""
    shown = lists.named(lists.dated(actor, found.mine[: lists.PAGE]), names)
    context = {"clients": shown, "more": len(found.mine) > lists.PAGE}
    return Section(_("My clients"), f"{FOLDER}my_clients.html", context, order=30)


def support_ended(found: Gathered, names: dict[UUID, str]) -> Section:
    """Who died, or whose support has ended, in these last weeks: for those who should know."""
    shown = lists.named(found.ended[:FEW], names)
    context = {"clients": shown, "more": len(found.ended) > FEW}
    return Section(
        _("Who has died, or is no longer supported"), f"{FOLDER}ended.html", context, order=7
    )


def follow_ups_due(found: Gathered) -> Section:
    """Follow-ups of my clients whose day has come."""
    context = {"contacts": found.due[:FEW], "more": len(found.due) > FEW}
    return Section(_("Follow-ups due"), f"{FOLDER}follow_ups.html", context, order=20)


def overdue(found: Gathered) -> Section:
    """Follow-ups of the branch that nobody has done in time."""
    context = {"contacts": found.overdue[:FEW], "more": len(found.overdue) > FEW}
    return Section(_("Overdue follow-ups"), f"{FOLDER}follow_ups.html", context, order=22)


def unassigned(found: Gathered, names: dict[UUID, str]) -> Section:
    """Clients of the branch whom nobody looks after."""
    shown = lists.named(found.unassigned[:FEW], names)
    context = {"clients": shown, "more": len(found.unassigned) > FEW}
    return Section(_("Clients without a volunteer"), f"{FOLDER}unassigned.html", context, order=15)


def drafts(found: Gathered) -> Section:
    """What was being written and has not been saved yet."""
    return Section(_("Drafts"), f"{FOLDER}drafts.html", {"drafts": found.drafts}, order=5)


def office(actor: Actor) -> list[Section]:
    """What waits for those who hold an office of the association, with the way to it."""
    sections = []
    if actor.holds("president"):
        waiting = PolicyVersion.objects.filter(adopted_on=None).count()
        context = {"drafted": waiting, "signed": signed()}
        sections.append(Section(_("For the president"), f"{FOLDER}president.html", context, 40))
    if actor.holds("protection"):
        sections.append(
            Section(_("For the data-protection lead"), f"{FOLDER}protection.html", {}, 41)
        )
    if actor.holds("administrator"):
        sections.append(Section(_("For the administrator"), f"{FOLDER}administrator.html", {}, 42))
    return sections


def signed() -> dict[str, int]:
    """How many people serve, and how many of them have signed the code that binds today."""
    serving = Person.objects.filter(left_at=None)
    done = serving.filter(pk__in=latest_signatures().values("person"))
    return {"people": serving.count(), "done": done.count()}

"""Named reads of people, duties and the code."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from audit.actor import Actor
from volunteers.models import (
    Departure,
    Duty,
    DutyKind,
    LetIn,
    LettingIn,
    Meeting,
    Person,
    PolicyText,
    PolicyVersion,
    Undertaking,
)


def current_version() -> PolicyVersion | None:
    """The code that binds today: the latest version adopted on or before this day."""
    return binding_versions().select_related("adopted_by").order_by("-number").first()


def binding_versions() -> QuerySet[PolicyVersion]:
    """What was adopted for a day that has come. One adopted for a later day binds nobody yet."""
    return PolicyVersion.objects.filter(adopted_on__lte=timezone.localdate())


def binding_signatures() -> QuerySet[Undertaking]:
    """Those that open clients' records today. ``sec.has_signed``.

    They are under the latest material version whose days to sign are over, or under a later one.
    """
    return _signed_since(PolicyVersion.objects.filter(closes_on__lte=timezone.localdate()))


def latest_signatures() -> QuerySet[Undertaking]:
    """Under the latest material version that was adopted, or a later one: nothing is left to sign."""
    return _signed_since(binding_versions())


def _signed_since(versions: QuerySet[PolicyVersion]) -> QuerySet[Undertaking]:
    latest = versions.filter(material=True).aggregate(number=Max("number"))["number"] or 0
    return Undertaking.objects.filter(version__number__gte=latest)


def text_in(version: PolicyVersion, language: str) -> PolicyText | None:
    """The text of a version in this language, or in another one if this is missing."""
    texts = {text.language: text for text in version.texts.all()}
    return texts.get(language) or next(iter(texts.values()), None)


def version_before(version: PolicyVersion) -> PolicyVersion | None:
    """The adopted version that this one replaces or is to replace."""
    return (
        PolicyVersion.objects.filter(adopted_on__isnull=False, number__lt=version.number)
        .order_by("-number")
        .first()
    )


def undertakings_of(person: UUID | None) -> QuerySet[Undertaking]:
    """What somebody signed, the latest first."""
    return (
        Undertaking.objects.filter(person_id=person)
        .select_related("version__adopted_by", "person")
        .order_by("-signed_at")
    )


def serving() -> QuerySet[Person]:
    """People who have not left, with their live duties as ``live_duties``."""
    live = Duty.objects.live().select_related("branch").order_by("kind", "branch__code")
    return Person.objects.filter(left_at=None).prefetch_related(
        Prefetch("duties", queryset=live, to_attr="live_duties")
    )


def responders(person: UUID | None) -> list[Person]:
    """Who listens to colleagues, in which branches (``live_duties``); not the one who asks."""
    listening = Duty.objects.live().filter(kind=DutyKind.RESPONDER).values("person")
    return list(serving().filter(pk__in=listening).exclude(pk=person).order_by("working_name"))


def bound_in(branches: Iterable[UUID]) -> QuerySet[Person]:
    """People who serve in one of these branches and have signed the code that binds today."""
    duties = Duty.objects.live().filter(
        branch__in=list(branches), kind__in=[DutyKind.VOLUNTEER, DutyKind.COORDINATOR]
    )
    people = Person.objects.filter(pk__in=duties.values("person"), left_at=None)
    return people.filter(pk__in=binding_signatures().values("person"))


def signed_now(people: Iterable[UUID]) -> set[UUID]:
    """Who of these people has nothing left to sign, as far as the reader may know."""
    signed = latest_signatures().filter(person__in=list(people))
    return set(signed.values_list("person_id", flat=True))


def circle_of(person: UUID | None) -> list[UUID]:
    """Who may be the same human being as somebody, as far as anybody has confirmed; they too.

    Nobody of them is a second person for another. ``sec.circle``.
    """
    return _people("circle", person) if person else []


def who_confirms(person: UUID) -> list[Person]:
    """Who can confirm somebody: holds an office, and let them in by nothing. ``sec.confirmers``."""
    return confirmers_of([person])[person]


def confirmers_of(people: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """Who can confirm each of these people; nobody where nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT p, sec.confirmers(p) FROM unnest(%s::uuid[]) p", [list(people)])
        found = dict(cursor.fetchall())
    named = Person.objects.in_bulk({each for some in found.values() for each in some})
    return {pk: [named[each] for each in some if each in named] for pk, some in found.items()}


def meetings_of(people: Iterable[UUID]) -> QuerySet[Meeting]:
    """Who has confirmed these people, the last first; ``undone_by``, how somebody was let in again since."""
    later = LettingIn.objects.filter(person=OuterRef("person"), at__gt=OuterRef("at"))
    undone_by = later.exclude(how=LetIn.APPOINTED).order_by("at").values("how")[:1]
    rows = Meeting.objects.filter(person__in=list(people)).annotate(undone_by=Subquery(undone_by))
    return rows.select_related("by", "withdrawn_by")


def to_confirm(actor: Actor) -> list[Person]:
    """Whom this person is asked to confirm, the first to come first."""
    if not actor.cleared or not actor.duties:
        return []
    return list(Person.objects.filter(pk__in=_people("to_confirm")).order_by("joined_at"))


def lettings_in(people: Iterable[UUID]) -> QuerySet[LettingIn]:
    """How these people were let in, as far as the reader may know, the last first."""
    return LettingIn.objects.filter(person__in=list(people)).select_related("by", "branch")


def namesakes(person: Person) -> QuerySet[Departure]:
    """Departures of people who went by the same name: one of them may be back under a new account."""
    gone = Departure.objects.lasting().filter(person__working_name__iexact=person.working_name)
    return gone.select_related("person")


def _people(function: str, *values: UUID) -> list[UUID]:
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sec.{function}({marks})", values)
        return cursor.fetchone()[0]

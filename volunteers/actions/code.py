"""Drafting, adopting and signing the code of confidentiality (P2, P3, P17)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from audit import door
from audit.actor import Actor
from vault.exceptions import Conflict
from vault.principals import signin_transaction
from volunteers.models import PolicyText, PolicyVersion


def draft_version(*, by: Actor, texts: dict[str, str], material: bool) -> PolicyVersion:
    """A new version of the code, not yet binding; ``texts`` by language, both are needed."""
    latest = PolicyVersion.objects.aggregate(latest=Max("number"))["latest"] or 0
    version = PolicyVersion(number=latest + 1, material=material, drafted_by_id=by.person)
    version.save(force_insert=True)
    for language, text in texts.items():
        PolicyText(version=version, language=language, text=text).save(force_insert=True)
    door.record(by, "policy.draft", about=version)
    return version


def change_version(
    *, by: Actor, version: PolicyVersion, texts: dict[str, str], material: bool
) -> None:
    """Other texts for a draft. Raises Conflict when it was adopted or discarded meanwhile."""
    with transaction.atomic():
        if not PolicyVersion.objects.filter(pk=version.pk, adopted_on=None).update(
            material=material
        ):
            raise Conflict(str(Conflict.message))
        for language, text in texts.items():
            PolicyText.objects.filter(version=version, language=language).update(text=text)
        door.record(by, "policy.change", about=version)


def discard_version(*, by: Actor, version: PolicyVersion) -> None:
    """Delete a draft with its texts. Raises Conflict when it was adopted or discarded meanwhile."""
    with transaction.atomic():
        rows = PolicyVersion.objects.select_for_update().filter(pk=version.pk, adopted_on=None)
        if not rows:
            raise Conflict(str(Conflict.message))
        door.record(by, "policy.discard", about=version)
        PolicyText.objects.filter(version=version).delete()
        rows.delete()


def adopt_version(*, by: Actor, version: UUID, on: date, days_to_sign: int) -> None:
    """The president adopts a version from a date on. Needs a fresh sign-in; the database checks.

    Who has signed the one before goes on for so many days (0 to 31) without having signed this one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.adopt(%s, %s, %s)", [version, on, days_to_sign])


def sign_undertaking(*, by: Actor, text: UUID) -> UUID:
    """The signed-in person signs this text; returns the undertaking's id. Needs a fresh sign-in.

    Kept whatever becomes of the page: what a signature opens, it opens once it is there for good.
    """
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.sign(%s)", [text])
        return cursor.fetchone()[0]

"""A link and an item reach no further than whoever makes them may see."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError
from django.utils import timezone

from clients.models import Contact
from disclosures.models import Disclosure, DisclosureItem
from tests.making import disclosures
from tests.making.clients import assign, new_client
from tests.making.people import Cast, Someone, recruit
from vault.principals import cover, new_token, signin_transaction


def issue(by: Someone, client: UUID, delivery: UUID) -> None:
    """A link, asked for on the sign-in connection."""
    actor = by.actor()
    with signin_transaction(actor.token) as cursor:
        until = timezone.now() + timedelta(days=1)
        covered = cover(cursor, new_token(), actor.token)
        cursor.execute("SELECT sec.issue_link(%s, %s, %s, %s)", [client, delivery, covered, until])


def test_no_second_link_to_a_package_even_from_another_branch(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    disclosure = disclosures.approved(cast)
    delivery = uuid4()
    superuser.execute(
        "INSERT INTO disclosures_delivery (id, disclosure_id, client_id, file, size, salt, wrapped_key, sha256, language, expires_at, tries_left)"
        " VALUES (%s, %s, %s, gen_random_uuid(), 1, 's', 'k', 'h', 'en', now() + interval '1 day', 5)",
        [delivery, disclosure.pk, disclosure.client_id],
    )
    own = new_client(cast.south_coordinator)
    for by, client in ((cast.south_coordinator, own.pk), (cast.coordinator, disclosure.client_id)):
        with pytest.raises(ProgrammingError, match="not permitted"):
            issue(by, client, delivery)


def test_one_link_for_one_package(cast: Cast) -> None:
    client, delivery = new_client(cast.coordinator), uuid4()
    issue(cast.coordinator, client.pk, delivery)
    with pytest.raises(ProgrammingError, match="not permitted"):
        issue(cast.coordinator, client.pk, delivery)


def test_no_link_is_laid_for_the_id_of_an_account(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    with pytest.raises(ProgrammingError, match="not permitted"):
        issue(cast.coordinator, client.pk, recruit(cast.north).id)


def test_errand_chooses_no_contact_that_it_cannot_see(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        contact = Contact.objects.filter(client=client).values_list("pk", flat=True)[0]
    assign(cast.coordinator, client, cast.colleague, scope="errand")
    with pytest.raises(ProgrammingError, match="row-level security"):
        with cast.colleague.actor().transaction() as actor:
            made = Disclosure(
                client=client,
                branch_id=client.branch_id,
                reference=f"D-{uuid4().hex[:6]}",
                ground="law",
                requested_by_id=actor.person,
            )
            made.save(force_insert=True)
            item = DisclosureItem(client=client, disclosure=made, contact_id=contact)
            item.sealed = b"x"
            super(DisclosureItem.__mro__[1], item).save(force_insert=True)

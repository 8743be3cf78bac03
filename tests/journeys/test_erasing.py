"""A record is deleted: asked by telephone, decided by two people, carried out; and taken back in the space."""

from __future__ import annotations

import re

import pytest

from clients.models import Client
from tests.journeys.walk import Steps, Walker
from tests.making import erasures
from tests.making.clients import new_client
from tests.making.contacts import log_contact
from tests.making.people import Cast
from tests.making.principals import superuser
from tests.making.spaces import account_of

pytestmark = pytest.mark.browser


@pytest.fixture
def client(walk: Walker, cast: Cast) -> Client:
    """Somebody with whom a volunteer has talked."""
    walk.private += ["Ludivine", "Castelmore"]
    made = new_client(cast.volunteer, "Ludivine", "Castelmore")
    log_contact(cast.volunteer, made, "She is tired.")
    return made


def of_erasure(steps: Steps) -> str:
    """The address of the deletion on whose page somebody is."""
    steps.is_at("/erasures/ID/")
    return steps.path


def test_a_record_is_deleted(walk: Walker, cast: Cast, client: Client) -> None:
    """Asked by telephone, proposed, decided by the deputy, waived, carried out."""
    erasures.asked(cast.deputy, client)
    steps = walk.person(cast.coordinator)
    steps.go(f"/clients/{client.pk}/")
    steps.unfold("More: wishes, restriction, end of the support")
    steps.press("Delete this record: look first")
    steps.sees("What would be deleted, what stays and why. Nothing happens by looking.")
    steps.sees("Until the key that opens them is destroyed. Ask us whether that is done.")
    steps.does_not_read("Castelmore")
    steps.press("Propose the deletion")
    steps.choose("The client asked for it (Art. 17)")
    steps.choose("I have looked at what goes and at what stays")
    steps.press("Propose the deletion")
    steps.sees("Proposed. Nothing is deleted before it is decided.")
    where = of_erasure(steps)
    steps.press("The client needs no time to think")
    steps.choose("By telephone")
    steps.choose("The client told me that they need no time to think")
    steps.press("Save")
    steps.sees("It is noted. Once it is decided, it begins at once.")
    assert steps.take("Print the certificate for the client (PDF)").startswith(b"%PDF")

    deputy = walk.person(cast.deputy)
    deputy.go("/")
    deputy.sees("Deletions that wait for a decision")
    deputy.follow(deputy.page.get_by_role("main").locator(f"a[href='{where}']"))
    deputy.press("Yes, decide on it")
    deputy.sees("Until it begins, it can be taken back.")
    deputy.press("Yes, delete this record")
    deputy.sees("It is decided: the record will be deleted.")

    with superuser() as connected:
        found = connected.execute(
            "SELECT id FROM rights_erasure WHERE client_id = %s", [client.pk]
        ).fetchone()
    assert found
    erasures.carried_out(found[0])
    steps.go(f"/clients/{client.pk}/", look=False)
    steps.does_not_read("Castelmore")
    lead = walk.person(cast.protection)
    lead.go("/requests/dates/")
    lead.follow(lead.page.get_by_role("link", name=re.compile(lead.pattern("Deletions"))).first)
    lead.sees(
        "Which records were deleted, or will be: the number in the ledger, why, and when. Whose they were, nobody"
        " can find here."
    )
    lead.does_not_read(client.reference)


def test_a_client_keeps_their_record_after_all(walk: Walker, cast: Cast, client: Client) -> None:
    """In the client's own space: what is planned, the certificate, and taking it back."""
    erasures.asked(cast.deputy, client)
    own = walk.account(account_of(cast, client))
    erasure = erasures.proposed(cast.coordinator, client, "request")
    own.go("/my-space/")
    own.sees("It is planned to delete your record.")
    own.press("See what is deleted and when")
    own.sees("The deletion of your record is proposed")
    own.sees("What stays, and why")
    assert own.take("Download the certificate (PDF)").startswith(b"%PDF")
    own.press("I do not need more time to think")
    own.sees("Delete it without waiting?")
    own.press("No, go back")
    own.press("Take it back: keep my record")
    own.press("Yes, keep my record")
    own.sees("You have taken it back. Your record stays.")
    own.sees("No deletion is planned.")
    assert erasures.state(erasure) == "withdrawn"

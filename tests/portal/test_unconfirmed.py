"""A space that nobody has confirmed holds nothing that others wrote, saw or shared: its opener may be the one who reads."""

from __future__ import annotations

import psycopg
from django.db import connection
from django.urls import reverse

from rights.models import Export
from rights.tasks import make_export
from tests.making import acts, disclosures
from tests.making.clients import assign, new_client
from tests.making.disclosures import sent
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.sealing import as_worker
from tests.making.spaces import access_of, confirm_portal, open_space, use
from tests.portal.addresses import NAMES, address
from volunteers.quiet import UNCONFIRMED

# What it shows of the database: the record's own row, who the client is and how they are reached, that the rules were explained,
# whom the client lets be told, the association. All of it stands before whoever opened the space as well.
SHOWN = {
    "clients_client",
    "clients_identity",
    "clients_safecontact",
    "clients_explanation",
    "clients_portalaccess",
    "clients_whomayknow",
    "volunteers_association",
    "volunteers_branch",
    "volunteers_policyversion",
    "volunteers_policytext",
    "volunteers_dutyrule",
    "volunteers_privacynotice",
}


def tables_with_rows(account: object) -> set[str]:
    """The tables under row-level security in which this account finds a row."""
    with Someone(account, "", None).actor().transaction(), connection.cursor() as cursor:  # type: ignore[arg-type]
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relrowsecurity"
            " AND has_table_privilege(c.oid, 'SELECT') AND c.relnamespace = 'public'::regnamespace"
        )
        found = set()
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
            if cursor.fetchone() == (True,):
                found.add(table)
        return found


def test_database_shows_it_nothing_of_others(cast: Cast, helen: Someone) -> None:
    asker = recruit(cast.north, "coordinator")
    made = disclosures.drafted(cast, asker)
    assign(cast.coordinator, made.client, helen)
    sent(made, asker, acts.complain(cast.coordinator, made.client, "volunteer", helen))
    acts.consult(cast.volunteer, cast.colleague, made.client)
    account = open_space(helen.actor(), made.client_id)
    assert tables_with_rows(account) <= SHOWN
    confirm_portal(made.client)
    assert tables_with_rows(account) >= {
        "audit_event",
        "clients_contact",
        "clients_contactnote",
        "clients_grant",
        "disclosures_disclosure",
        "clients_complaint",
        "clients_consultation",
    }


def test_pages_lead_back_to_the_first_which_says_why(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    browser = sign_in(open_space(helen.actor(), client.pk))
    home = browser.get(reverse("portal_home")).content.decode()
    assert "A volunteer opened this space for you" in home
    assert "After that you find here what we have noted" in home
    for name in NAMES:
        answer = browser.get(address(name))
        if name == "portal_leave":
            continue
        if name in UNCONFIRMED:
            assert answer.status_code in (200, 404, 405), name
        else:
            assert answer["Location"] == reverse("portal_home"), name


def test_copy_of_everything_is_not_for_who_makes_a_new_card(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    confirm_portal(client)
    browser = sign_in(account)
    about = {"kind": "volunteer", "about": str(helen.id), "words": "She told my sister."}
    assert browser.post(reverse("portal_complaint_add"), about).status_code == 302
    asked = {"kind": "deletion", "words": "Helen must go."}
    assert browser.post(reverse("portal_request_add"), asked).status_code == 302
    assert browser.post(reverse("portal_export")).status_code == 302
    with Someone(account, "", None).actor().transaction():
        export = Export.objects.get(client=client)
    with as_worker():
        make_export(str(export.pk))
    mine = sign_in(helen)
    assert mine.post(f"/clients/{client.pk}/portal/close/").status_code == 302
    assert mine.post(f"/clients/{client.pk}/portal/", {"mode": "open"}).status_code == 302
    access = access_of(helen, client)
    use(thief := sign_in(access.user))
    htmx = {"HX-Request": "true"}
    assert str(export.pk) not in thief.get(reverse("portal_export"), headers=htmx).content.decode()
    assert thief.get(reverse("portal_export_get", args=[export.pk])).status_code == 302
    assert "Helen must go." not in thief.get(reverse("portal_requests")).content.decode()
    # Nor when it is confirmed: the copy was asked for in the space that ended.
    confirm_portal(client)
    theirs = sign_in(access.user)
    assert theirs.get(reverse("portal_export_get", args=[export.pk])).status_code == 404
    assert "Helen must go." in theirs.get(reverse("portal_requests")).content.decode()


def test_confirmed_again_after_it_was_taken_back_it_shows_all_of_it(
    cast: Cast, sign_in: SignIn, helen: Someone, superuser: psycopg.Connection
) -> None:
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    confirm_portal(client)
    assert "Sleeps badly" in sign_in(account).get(reverse("portal_contacts")).content.decode()
    access = access_of(cast.coordinator, client)
    sign_in(cast.coordinator).post(f"/portal-access/{access.pk}/unconfirm/")
    assert sign_in(account).get(reverse("portal_contacts"))["Location"] == reverse("portal_home")
    confirm_portal(client)
    assert "Sleeps badly" in sign_in(account).get(reverse("portal_contacts")).content.decode()


def test_card_made_before_shows_nothing_of_the_space_that_it_replaces(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    """It waited beside the client's space, was confirmed unused, and its maker uses the code first."""
    client = new_client(helen)
    account = open_space(helen.actor(), client.pk)
    confirm_portal(client)
    browser = sign_in(account)
    beforehand = open_space(helen.actor(), client.pk, first=True)
    about = {"kind": "volunteer", "about": str(helen.id), "words": "She told my sister."}
    assert browser.post(reverse("portal_complaint_add"), about).status_code == 302
    asked = {"kind": "deletion", "words": "Helen wrote that I drink."}
    assert browser.post(reverse("portal_request_add"), asked).status_code == 302
    confirm_portal(client)
    use(thief := sign_in(beforehand))
    assert access_of(cast.coordinator, client).state == "provisional"
    for page in ("portal_complaints", "portal_requests"):
        text = thief.get(reverse(page)).content.decode()
        assert "She told my sister." not in text and "Helen wrote" not in text
    [complaint] = acts.complaints_of(client)
    more = reverse("portal_complaint_more", args=[complaint])
    assert thief.post(more, {"words": "I take it back."}).status_code == 404
    mine = {"kind": "correction", "words": "Asked here."}
    assert thief.post(reverse("portal_request_add"), mine).status_code == 302
    assert "Asked here." in thief.get(reverse("portal_requests")).content.decode()

"""Inviting, and private details: who may, and who may not."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from audit import door
from clients.models import Client
from tests.making.clients import new_client
from tests.making.people import PASSWORD, recruit
from volunteers.actions import joining
from volunteers.models import Branch, Person, PersonDetails

SECRET = "07 11 22 33 44"


def fill_in(browser, revision="0", phone=SECRET):
    data = {"full_name": "Jeanne Secret", "phone": phone, "address": "", "revision": revision}
    return browser.post("/account/details/", data)


def invite(browser, duty, branch=""):
    data = {"duty": duty, "branch": str(branch), "language": "en"}
    return browser.post("/invitations/new/", data)


def test_coordinator_invites_and_somebody_joins(cast, sign_in):
    browser = sign_in(cast.coordinator)
    answer = invite(browser, "volunteer", cast.north)
    shown = browser.get(answer["Location"])
    code = shown.context["code"]
    assert code in shown.content.decode()
    paper = browser.post(answer["Location"] + "paper/", {"code": code})
    assert paper.content.startswith(b"%PDF")
    again = browser.get(answer["Location"])
    assert code not in again.content.decode()
    assert "shown once" in again.content.decode()
    name = f"joins{uuid4().hex[:8]}"
    joining.join(code=code, username=name, password=PASSWORD, working_name="Joins", language="en")
    assert "Used" in browser.get("/invitations/").content.decode()


def test_paper_is_not_printed_for_another_code(cast, sign_in):
    browser = sign_in(cast.coordinator)
    page = invite(browser, "volunteer", cast.north)["Location"]
    answer = browser.post(page + "paper/", {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert answer.status_code == 302


def test_coordinator_invites_no_coordinator(cast, sign_in):
    answer = invite(sign_in(cast.coordinator), "coordinator", cast.north)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    with pytest.raises(DatabaseError):
        joining.invite(
            by=cast.coordinator.actor(), duty="coordinator", branch=cast.north, language="en"
        )


def test_coordinator_invites_into_no_other_branch(cast, sign_in):
    answer = invite(sign_in(cast.coordinator), "volunteer", cast.south)
    assert answer.context["form"].errors
    with pytest.raises(DatabaseError):
        joining.invite(
            by=cast.coordinator.actor(), duty="volunteer", branch=cast.south, language="en"
        )


def test_another_branch_does_not_see_an_invitation(cast, sign_in):
    page = invite(sign_in(cast.coordinator), "volunteer", cast.north)["Location"]
    assert sign_in(cast.south_coordinator).get(page).status_code == 404


def test_branch_is_asked_for_where_a_duty_needs_one(cast, sign_in):
    answer = invite(sign_in(cast.president), "volunteer")
    assert "Choose the branch" in answer.content.decode()
    assert invite(sign_in(cast.president), "administrator").status_code == 302


def test_details_are_for_the_person_and_the_coordinator(cast, sign_in, superuser):
    owner = recruit(cast.south)
    browser = sign_in(owner)
    assert fill_in(browser).status_code == 302
    assert SECRET in browser.get("/account/details/").content.decode()
    page = f"/people/{owner.id}/"
    assert SECRET in sign_in(cast.south_coordinator).get(page).content.decode()
    for someone in (cast.volunteer, cast.coordinator, cast.president, cast.administrator):
        answer = sign_in(someone).get(page)
        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()
    kept = superuser.execute("SELECT sealed FROM volunteers_persondetails").fetchall()
    assert all(SECRET.encode() not in bytes(row[0]) for row in kept)


def test_colleague_gets_neither_details_nor_their_key(cast, sign_in):
    owner = recruit(cast.north)
    assert fill_in(sign_in(owner)).status_code == 302
    with cast.colleague.actor().transaction() as actor:
        assert not PersonDetails.objects.filter(person=owner.id).exists()
        with pytest.raises(door.NotPermitted):
            door.open_one(actor, owner.id, "person.view", "coordination")


def test_stale_details_conflict_and_keep_what_was_typed(cast, sign_in):
    browser = sign_in(recruit(cast.north))
    read = str(browser.get("/account/details/").context["form"].initial["revision"])
    assert fill_in(browser, read, "06 00 00 00 01").status_code == 302
    answer = fill_in(browser, read, "06 00 00 00 02")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "06 00 00 00 02" in page
    assert "Send it again" in page
    assert (
        fill_in(browser, answer.context["form"].data["revision"], "06 00 00 00 02").status_code
        == 302
    )


def test_nobody_changes_another_person(cast):
    with cast.volunteer.actor().transaction():
        assert not Person.objects.filter(pk=cast.colleague.id).update(working_name="Changed")


def test_people_without_clients_see_none(cast):
    new_client(cast.coordinator)
    for someone in (cast.administrator, cast.president, cast.protection):
        with someone.actor().transaction():
            assert not Client.objects.exists()


def test_colleagues_are_those_of_my_branches(cast, sign_in):
    page = sign_in(cast.volunteer).get("/people/").content.decode()
    assert "North" in page
    assert "Outsider" not in page
    assert "Outsider" in sign_in(cast.president).get("/people/").content.decode()


def test_branches_are_added_by_the_administrator_only(cast, sign_in):
    code = f"B{uuid4().hex[:6]}".upper()
    data = {"code": code.lower(), "name": "West", "phone": "05 36 49 10 12"}
    for someone in (cast.president, cast.coordinator, cast.volunteer, cast.protection):
        assert sign_in(someone).post("/branches/new/", data).status_code == 403
    browser = sign_in(cast.administrator)
    assert browser.post("/branches/new/", data).status_code == 302
    assert "has this code" in browser.post("/branches/new/", data).content.decode()
    with (
        cast.president.actor().transaction(),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        Branch(code="FORGED", name="x").save(force_insert=True)


def test_coordinator_changes_how_the_own_branch_is_reached(cast, sign_in):
    browser = sign_in(cast.coordinator)
    data = {"phone": "05 36 49 10 13", "reach_fr": "Sonnez deux fois", "name": "Renamed"}
    assert browser.post(f"/branches/{cast.north}/", data).status_code == 302
    assert browser.post(f"/branches/{cast.south}/", data).status_code == 403
    with cast.coordinator.actor().transaction():
        branch = Branch.objects.get(pk=cast.north)
    assert (branch.name, branch.phone) == ("North", "05 36 49 10 13")
    assert branch.said("reach", "en") == branch.said("reach", "fr") == "Sonnez deux fois"


def test_founding_happens_once(cast):
    from volunteers.actions.founding import AlreadyFounded, found

    with pytest.raises(AlreadyFounded):
        names = {"en": "y", "fr": "y"}
        found(name="x", portal_names=names, quick_exit_url="https://example.org/", branches={})


def test_application_connection_founds_nothing(cast):
    with (
        cast.administrator.actor().transaction(),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT sec.found_association('x', 'y', 'y', 'z', '[]')")

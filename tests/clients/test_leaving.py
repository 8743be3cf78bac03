"""Whoever stops serving in a branch sees none of its clients, from that second."""

from clients.models import Client, Grant
from tests.making.clients import new_client
from tests.making.people import recruit
from volunteers.actions import duties
from volunteers.models import Duty


def end(cast, sign_in, person, kind="volunteer"):
    with person.actor().transaction():
        duty = Duty.objects.get(person=person.id, kind=kind, ends_at=None)
    assert sign_in(cast.president).post(f"/duties/{duty.pk}/end/").status_code == 302


def test_leaver_sees_no_client_from_that_second(cast, sign_in):
    leaver = recruit(cast.north)
    client = new_client(leaver)
    browser = sign_in(leaver)
    assert browser.get(f"/clients/{client.pk}/").status_code == 200
    end(cast, sign_in, leaver)
    assert browser.get(f"/clients/{client.pk}/").status_code in (403, 404)
    assert browser.get(f"/clients/{client.pk}/contacts/new/").status_code in (403, 404)
    with leaver.actor().transaction():
        assert not Client.objects.exists()
    with cast.coordinator.actor().transaction():
        assert Client.objects.unassigned().filter(pk=client.pk).exists()
        ended = Grant.objects.get(client=client.pk, person=leaver.id)
        assert ended.ended_by_id == cast.president.id


def test_coming_back_opens_nothing_by_itself(cast, sign_in):
    leaver = recruit(cast.north)
    new_client(leaver)
    end(cast, sign_in, leaver)
    duties.appoint(by=cast.president.actor(), person=leaver.id, duty="volunteer", branch=cast.north)
    with leaver.actor().transaction():
        assert not Client.objects.exists()


def test_another_duty_in_the_branch_keeps_the_assignments(cast, sign_in):
    stays = recruit(cast.north)
    client = new_client(stays)
    duties.appoint(
        by=cast.president.actor(), person=stays.id, duty="coordinator", branch=cast.north
    )
    end(cast, sign_in, stays, "coordinator")
    with stays.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()

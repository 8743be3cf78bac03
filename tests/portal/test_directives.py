"""My wishes for later, in the client's own space: given, changed, taken back, and absent where it must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from audit import door
from clients.models import Directive, DirectiveWords
from rights.export.contents import Gatherer
from rights.export.document import as_document
from tests.making.clients import new_client
from tests.making.directives import wish
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from tests.making.principals import pages_transaction, session_of
from tests.making.spaces import Space, open_portal
from volunteers.models import User
from volunteers.sessions import PRINCIPAL

PAGE, END = reverse("portal_directive"), reverse("portal_directive_end")
SAID = {"fate": "keep", "executor": "Claire", "told": "Claire\nPaul", "words": "With thanks."}


def test_given_seen_and_taken_back(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    wish(cast.volunteer, own.client, words="Said to Vera.")
    page = own.browser.get(PAGE).content.decode()
    assert "You told one of us." in page and "Said to Vera." in page
    assert own.browser.post(PAGE, SAID).status_code == 302
    page = own.browser.get(PAGE).content.decode()
    assert page.index("With thanks.") < page.index("Said to Vera.")
    with cast.volunteer.actor().transaction():
        latest = Directive.objects.filter(client=own.client)[0]
        assert (latest.fate, latest.to_tell, latest.by_id) == ("keep", 2, None)
    assert own.browser.post(END).status_code == 302
    page = own.browser.get(PAGE).content.decode()
    assert "you took it back" in page and END not in page


def test_the_copy_holds_every_version(space: Callable[..., Space]) -> None:
    own = space()
    own.browser.post(PAGE, SAID)
    own.browser.post(END)
    with Someone(own.user, "", None).actor().transaction() as actor:
        keys = door.open_one(actor, own.client.pk, "portal.record", "own_record")
        data = Gatherer(own.client, keys).everything(by=actor, language="en").data
        printed = json.dumps(as_document(data), default=str)
    assert [one["fate"] for one in data["directives"]] == ["revoked", "keep"]
    assert data["directives"][1]["told"] == "Claire\nPaul"
    assert "With thanks." in printed and "Claire" in printed


def test_nobody_elses_and_nothing_in_a_space_that_nobody_confirmed(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own, other, waiting = space(), new_client(cast.volunteer), space(confirmed=False)
    wish(cast.volunteer, waiting.client)
    for who, client in ((own, other.pk), (waiting, waiting.client.pk)):
        token = session_of(User.objects.get(pk=who.user), at=timezone.now())[PRINCIPAL]
        with (
            pytest.raises(ProgrammingError, match="not permitted"),
            pages_transaction(token) as cursor,
        ):
            cursor.execute(
                "SELECT sec.direct(%s, %s, 'erase', 0::smallint, 'other', sec.today())",
                [uuid4(), client],
            )
        with pages_transaction(token) as cursor:
            cursor.execute("SELECT count(*) FROM clients_directive WHERE client_id = %s", [client])
            assert cursor.fetchone()[0] == 0
    assert waiting.browser.get(PAGE).status_code == 302
    assert waiting.browser.post(END).status_code == 302
    with cast.volunteer.actor().transaction():
        assert Directive.objects.get(client=waiting.client).fate == "erase"
        assert DirectiveWords.objects.filter(client=waiting.client).count() == 1


def test_a_quiet_space_says_nothing_of_it(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    wish(cast.volunteer, client)
    user, _ = open_portal(cast.volunteer, client, quiet=True)
    browser = sign_in(user)
    assert browser.get(PAGE).status_code == 404
    assert browser.post(END).status_code == 404
    assert PAGE not in browser.get(reverse("portal_record")).content.decode()
    with Someone(user, "", None).actor().transaction():
        assert not Directive.objects.exists() and not DirectiveWords.objects.exists()


def test_the_client_has_just_proved_who_they_are(space: Callable[..., Space]) -> None:
    own = space()
    me, day = Someone(own.user, "", None), timezone.localdate()
    direct = "SELECT sec.direct(%s, %s, 'keep', 0::smallint, 'other', %s)"
    with (
        pytest.raises(ProgrammingError, match="not permitted"),
        me.actor(fresh=False).transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute(direct, [uuid4(), own.client.pk, day])
    with me.actor(fresh=True).transaction(), connection.cursor() as cursor:
        cursor.execute(direct, [uuid4(), own.client.pk, day])

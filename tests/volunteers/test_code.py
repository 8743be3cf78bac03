"""Nothing before the code is signed; a change in substance asks again; what was signed stays."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clients.home import sections
from clients.models import Client
from clients.records.views import explanations
from clients.visits import actions as visits
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import join, recruit
from tests.making.versions import versions_forgotten
from vault.exceptions import Conflict
from volunteers.actions import code
from volunteers.models import PolicyText, PolicyVersion, Undertaking
from volunteers.querysets import current_version

CLOSED = [
    "/",
    "/people/",
    "/account/",
    "/account/details/",
    "/branches/",
    "/invitations/",
    "/log/",
    "/code/versions/",
]


def adopt(
    cast, *, material: bool, wording: str, on: date = date(2026, 1, 1), days: int = 0
) -> PolicyVersion:
    """A further version, that binds."""
    with cast.president.actor().transaction() as actor:
        texts = {"en": f"# Code\n\n{wording}\n", "fr": f"# Code\n\n{wording} (fr)\n"}
        version = code.draft_version(by=actor, texts=texts, material=material)
        code.adopt_version(by=actor, version=version.pk, on=on, days_to_sign=days)
    return version


@pytest.fixture(autouse=True)
def versions(superuser: psycopg.Connection) -> Iterator[None]:
    """What binds is for each test what bound before the others."""
    with versions_forgotten(superuser):
        yield


def sign(browser, language="en"):
    page = browser.get(f"/code/sign/{language}/")
    text = page.context["form"].initial["text"]
    return browser.post(f"/code/sign/{language}/", {"text": str(text), "agreed": "on"})


@pytest.fixture
def newcomer(cast):
    """Somebody who has joined and not signed."""
    return join(f"new{uuid4().hex[:8]}", "volunteer", cast.north)


@pytest.mark.parametrize("page", CLOSED)
def test_newcomer_reaches_nothing_but_the_code(cast, sign_in, newcomer, page):
    answer = sign_in(newcomer).get(page)
    assert answer.status_code == 302
    assert answer["Location"] == "/code/"


def test_newcomer_sees_no_client_in_the_database(cast, newcomer):
    new_client(cast.coordinator)
    with newcomer.actor().transaction():
        assert not Client.objects.exists()


def test_newcomer_reads_in_both_languages_and_signs(cast, sign_in, newcomer):
    browser = sign_in(newcomer)
    english, french = browser.get("/code/?text=en"), browser.get("/code/?text=fr")
    assert english.context["text"].language == "en"
    assert french.context["text"].language == "fr"
    assert sign(browser, "fr")["Location"] == "/"
    assert browser.get("/people/").status_code == 200
    with newcomer.actor().transaction():
        kept = Undertaking.objects.get(person=newcomer.id)
        assert kept.text == french.context["text"].text
        assert kept.language == "fr"
        assert len(kept.text_sha256) == 64


def test_signing_needs_the_tick(cast, sign_in, newcomer):
    browser = sign_in(newcomer)
    text = browser.get("/code/sign/").context["form"].initial["text"]
    answer = browser.post("/code/sign/", {"text": str(text)})
    assert "Tick the box" in answer.content.decode()
    assert browser.get("/people/").status_code == 302


def test_signing_needs_a_fresh_sign_in(cast, sign_in, newcomer):
    answer = sign_in(newcomer, fresh=False).get("/code/sign/en/")
    assert answer.status_code == 302
    assert "next=%2Fcode%2Fsign%2Fen%2F" in answer["Location"]


def test_signing_twice_makes_one_undertaking(cast, sign_in, newcomer):
    browser = sign_in(newcomer)
    text = str(browser.get("/code/sign/").context["form"].initial["text"])
    for _ in range(2):
        answer = browser.post("/code/sign/", {"text": text, "agreed": "on"})
        assert answer["Location"] == "/"
    with newcomer.actor().transaction():
        assert Undertaking.objects.filter(person=newcomer.id).count() == 1


def test_signing_an_older_text_is_refused(cast, sign_in, newcomer):
    with newcomer.actor().transaction():
        version = current_version()
        old = PolicyText.objects.get(version=version, language="en").pk
    adopt(cast, material=False, wording="Newer wording.")
    answer = sign_in(newcomer).post("/code/sign/", {"text": str(old), "agreed": "on"})
    assert answer["Location"] == "/code/"
    with newcomer.actor().transaction():
        assert not Undertaking.objects.filter(person=newcomer.id).exists()


def test_editorial_version_asks_nobody(cast, sign_in):
    adopt(cast, material=False, wording="The same, said better.")
    browser = sign_in(cast.volunteer)
    assert browser.get("/people/").status_code == 200
    assert "Your signature stays good" in browser.get("/code/").content.decode()


def test_material_version_closes_clients_at_once_and_asks_again(cast, sign_in):
    client = new_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    assert browser.get("/people/").status_code == 200
    adopt(cast, material=True, wording="Something new to promise.")
    assert browser.get("/people/")["Location"] == "/code/"
    assert "changed in substance" in browser.get("/code/").content.decode()
    with cast.coordinator.actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()
    sign(browser)
    with cast.coordinator.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()


def test_who_is_at_work_has_days_to_sign_and_is_asked_on_every_page(cast, sign_in, superuser):
    client = new_client(cast.coordinator)
    browser, newcomer = (
        sign_in(cast.coordinator),
        join(f"n{uuid4().hex[:8]}", "volunteer", cast.north),
    )
    version = adopt(cast, material=True, wording="Something new to promise.", days=7)
    page = browser.get("/people/")
    assert page.status_code == 200 and "Read and sign" in page.content.decode()
    assert browser.get(f"/clients/{client.pk}/").status_code == 200
    assert browser.get("/emergency/").status_code == 200
    assert "sign again before" in browser.get("/code/").content.decode()
    assert sign_in(newcomer).get("/people/")["Location"] == "/code/"
    superuser.execute(
        "UPDATE volunteers_policyversion SET closes_on = sec.today() WHERE id = %s", [version.pk]
    )
    assert browser.get("/people/")["Location"] == "/code/"
    with cast.coordinator.actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()
    sign(browser)
    assert "Read and sign" not in browser.get("/people/").content.decode()


def test_who_joins_meanwhile_signs_nothing_older(cast):
    newcomer = join(f"n{uuid4().hex[:8]}", "volunteer", cast.north)
    with newcomer.actor().transaction():
        old = PolicyText.objects.get(version=current_version(), language="en").pk
    adopt(cast, material=True, wording="Something new to promise.", days=7)
    with (
        newcomer.actor().transaction() as actor,
        pytest.raises(DatabaseError, match="not permitted"),
    ):
        code.sign_undertaking(by=actor, text=old)


def test_days_to_sign_are_counted_from_the_day_on_which_one_can_sign(cast, superuser):
    today = timezone.localdate()
    for on, days in ((date(2026, 1, 1), 7), (today + timedelta(days=5), 3)):
        version = adopt(cast, material=True, wording="New.", on=on, days=days)
        closes = superuser.execute(
            "SELECT closes_on FROM volunteers_policyversion WHERE id = %s", [version.pk]
        ).fetchone()
        assert closes == (max(on, today) + timedelta(days=days),)


@pytest.mark.parametrize("days", [-1, 32, None])
def test_days_to_sign_have_bounds(cast, days):
    with pytest.raises(DatabaseError, match="not permitted"):
        adopt(cast, material=True, wording="New.", days=days)


def test_only_who_has_nothing_left_to_sign_is_counted(cast, sign_in):
    adopt(cast, material=True, wording="New.", days=7)
    with cast.president.actor().transaction():
        assert sections.signed()["done"] == 0
    sign(sign_in(cast.president))
    with cast.president.actor().transaction():
        assert sections.signed()["done"] == 1


def test_a_lone_visit_goes_on_whatever_is_adopted(cast, sign_in):
    """Back, more time and the alarm need no signature; nor does the buddy who looks for somebody."""
    walker, friend = recruit(cast.north), recruit(cast.north)
    with walker.actor().transaction() as actor:
        out = visits.start(
            by=actor,
            branch=cast.north,
            buddy=friend.id,
            until=timezone.now() + timedelta(hours=1),
            where="The mill.",
        )
    browser, buddy = sign_in(walker), sign_in(friend)
    adopt(cast, material=True, wording="New.")
    assert "I am back" in browser.get("/").content.decode()
    assert "is out until" in buddy.get("/").content.decode()
    assert browser.get("/out/")["Location"] == "/code/"
    assert browser.post(f"/out/{out.pk}/later/").status_code == 302
    assert buddy.get(f"/out/{out.pk}/place/").status_code == 403
    browser.post(f"/out/{out.pk}/alarm/")
    assert "Alarm:" in buddy.get("/").content.decode()
    assert "The mill." in buddy.get(f"/out/{out.pk}/place/").content.decode()
    assert sign_in(cast.outsider).get(f"/out/{out.pk}/place/").status_code == 404
    browser.post(f"/out/{out.pk}/safe/")
    assert browser.get("/")["Location"] == "/code/"


def test_the_board_decides_before_the_president_adopts(cast, sign_in):
    version = adopt(cast, material=False, wording="In force.")
    with cast.president.actor().transaction() as actor:
        draft = code.draft_version(by=actor, texts={"en": "x", "fr": "y"}, material=True)
    browser = sign_in(cast.president)
    day = {"adopted_on_day": "1", "adopted_on_month": "2", "adopted_on_year": "2026"}
    page = browser.post(f"/code/versions/{draft.pk}/adopt/", {**day, "days_to_sign": "7"})
    assert "Tick the box once the board has decided" in page.content.decode()
    with cast.president.actor().transaction():
        assert current_version().pk == version.pk
    sent = {**day, "days_to_sign": "7", "decided": "on"}
    assert browser.post(f"/code/versions/{draft.pk}/adopt/", sent).status_code == 302
    assert browser.get("/people/").status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE volunteers_undertaking SET text = 'another' WHERE person_id = %s",
        "DELETE FROM volunteers_undertaking WHERE person_id = %s",
    ],
)
def test_undertaking_is_neither_changed_nor_deleted(cast, superuser, statement):
    with (
        cast.volunteer.actor().transaction(),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [cast.volunteer.id])
    with pytest.raises(Exception, match="append-only"):
        superuser.execute(statement, [cast.volunteer.id])


def test_nobody_signs_for_another(cast):
    with (
        cast.volunteer.actor().transaction(),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO volunteers_undertaking (id, person_id, version_id, language, text, text_sha256,"
            " signed_at, signed_in_at) SELECT gen_random_uuid(), %s, version_id, language, text,"
            " text_sha256, now(), now() FROM volunteers_undertaking LIMIT 1",
            [cast.newcomer.id],
        )


def test_undertaking_as_pdf_for_its_signer_and_hidden_from_a_colleague(cast, sign_in):
    with cast.volunteer.actor().transaction():
        undertaking = Undertaking.objects.filter(person=cast.volunteer.id).first()
    answer = sign_in(cast.volunteer).get(f"/undertakings/{undertaking.pk}/")
    assert answer.content.startswith(b"%PDF")
    assert sign_in(cast.colleague).get(f"/undertakings/{undertaking.pk}/").status_code == 404
    assert (
        sign_in(cast.south_coordinator).get(f"/undertakings/{undertaking.pk}/").status_code == 404
    )
    assert sign_in(cast.coordinator).get(f"/undertakings/{undertaking.pk}/").status_code == 200


def test_president_writes_and_adopts_by_page(cast, sign_in):
    browser = sign_in(cast.president)
    answer = browser.post(
        "/code/versions/new/",
        {"text_en": "# Code\r\n\r\nEditorial.", "text_fr": "# Code\n\nMot.", "change": "editorial"},
    )
    version = PolicyVersion(pk=answer["Location"].split("/")[3])
    today = {
        "adopted_on_day": "1",
        "adopted_on_month": "2",
        "adopted_on_year": "2026",
        "decided": "on",
    }
    assert "earlier signatures" in browser.get(f"/code/versions/{version.pk}/").content.decode()
    assert sign_in(cast.volunteer).get(f"/code/versions/{version.pk}/").status_code == 404
    adopted = browser.post(f"/code/versions/{version.pk}/adopt/", today)
    assert adopted.status_code == 302
    assert "In force" in browser.get(f"/code/versions/{version.pk}/").content.decode()
    again = browser.post(f"/code/versions/{version.pk}/adopt/", today, follow=True)
    assert "was adopted already" in again.content.decode()
    with cast.volunteer.actor().transaction():
        assert "\r" not in PolicyText.objects.get(version=version.pk, language="en").text


def test_version_shows_what_changed(cast, sign_in):
    adopt(cast, material=False, wording="One wording.")
    version = adopt(cast, material=False, wording="Another wording.")
    page = sign_in(cast.volunteer).get(f"/code/versions/{version.pk}/?text=en").content.decode()
    assert "<ins>Another wording.</ins>" in page
    assert "One wording.</del>" in page


def test_only_the_president_writes_and_adopts(cast, sign_in):
    with cast.president.actor().transaction() as actor:
        texts = {"en": "x", "fr": "y"}
        draft = code.draft_version(by=actor, texts=texts, material=True)
    for someone in (cast.coordinator, cast.protection, cast.administrator, cast.volunteer):
        browser = sign_in(someone)
        assert browser.get("/code/versions/new/").status_code == 403
        assert browser.post(f"/code/versions/{draft.pk}/adopt/", {}).status_code == 403
        with (
            someone.actor().transaction() as actor,
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            code.adopt_version(by=actor, version=draft.pk, on=date(2026, 1, 1), days_to_sign=0)


def test_leaflet_names_the_version_that_binds_today(cast, sign_in, superuser, monkeypatch):
    client = new_client(cast.coordinator)
    binds = adopt(cast, material=False, wording="What binds today.")
    soon = timezone.localdate() + timedelta(days=30)
    later = adopt(cast, material=True, wording="What binds next month.", on=soon)
    printed = {}

    def render(template, data, **kwargs):
        printed.update(data)
        return b"%PDF"

    monkeypatch.setattr(explanations, "render_document", render)
    try:
        sign_in(cast.coordinator).get(f"/clients/{client.pk}/leaflet/")
    finally:
        with superuser.transaction():
            superuser.execute(acts.ASLEEP)
            superuser.execute("DELETE FROM volunteers_policytext WHERE version_id = %s", [later.pk])
            superuser.execute("DELETE FROM volunteers_policyversion WHERE id = %s", [later.pk])
    assert (printed["version"], printed["policy_date"]) == (str(binds.number), date(2026, 1, 1))


def test_whoever_signed_a_later_wording_counts_as_having_signed(cast, newcomer, sign_in):
    adopt(cast, material=False, wording="The same, in other words.")
    with cast.president.actor().transaction():
        before = sections.signed()
    sign(sign_in(newcomer))
    with cast.president.actor().transaction():
        assert sections.signed() == {**before, "done": before["done"] + 1}


def test_one_place_says_which_code_binds(superuser):
    """sec.has_signed(); sec.cleared_person(), which every statement asks, holds the very same words."""
    rows = superuser.execute(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'sec'::regnamespace"
        " AND prosrc LIKE '%m.closes_on <=%'"
    ).fetchall()
    asked = r"v\.number >= \(SELECT coalesce\(max.*?today\(\)\)"
    said = {name: re.sub(r"\s+", " ", re.search(asked, text, re.S).group()) for name, text in rows}
    assert set(said) == {"has_signed", "cleared_person"}
    assert len(set(said.values())) == 1


# ---- A draft is changed or discarded; what was adopted is neither ----


def _draft(cast) -> PolicyVersion:
    with cast.president.actor().transaction() as actor:
        texts = {"en": "# Code\n\nWith a tpyo.\n", "fr": "# Charte\n\nAvec une fuate.\n"}
        return code.draft_version(by=actor, texts=texts, material=True)


def kept(cast, version: PolicyVersion) -> tuple[bool, dict[str, str]] | None:
    """What is kept of a version: whether it changes the substance, and its texts; None where it is gone."""
    with cast.president.actor().transaction():
        now = PolicyVersion.objects.filter(pk=version.pk).first()
        return now and (now.material, dict(now.texts.values_list("language", "text")))


def test_the_president_mends_a_draft_and_discards_it(cast, sign_in):
    version, browser = _draft(cast), sign_in(cast.president)
    where = f"/code/versions/{version.pk}"
    assert "With a tpyo." in browser.get(f"{where}/edit/").content.decode()
    mended = {
        "text_en": "# Code\n\nA typo.",
        "text_fr": "# Charte\n\nFaute.",
        "change": "editorial",
    }
    assert browser.post(f"{where}/edit/", mended).status_code == 302
    now = kept(cast, version)
    assert now == (False, {"en": "# Code\n\nA typo.\n", "fr": "# Charte\n\nFaute.\n"})
    assert browser.post(f"{where}/discard/").status_code == 302
    assert kept(cast, version) is None
    assert browser.get(f"{where}/").status_code == 404


def test_what_was_adopted_is_neither_changed_nor_discarded(cast, sign_in):
    version = adopt(cast, material=False, wording="Adopted.")
    browser, where = sign_in(cast.president), f"/code/versions/{version.pk}"
    for page in ("edit", "discard"):
        assert browser.get(f"{where}/{page}/").status_code == 302
        assert browser.post(f"{where}/{page}/").status_code == 302
    with cast.president.actor().transaction() as actor:
        with pytest.raises(Conflict):
            code.discard_version(by=actor, version=version)
        with pytest.raises(Conflict):
            code.change_version(by=actor, version=version, texts={}, material=True)
        assert PolicyVersion.objects.filter(pk=version.pk).update(material=True) == 0
    now = kept(cast, version)
    assert now and not now[0]


def test_a_draft_is_changed_and_discarded_by_the_president_alone(cast, sign_in):
    version = _draft(cast)
    for who in (cast.coordinator, cast.volunteer, cast.protection):
        for page in ("edit", "discard"):
            assert sign_in(who).post(f"/code/versions/{version.pk}/{page}/").status_code == 403
        with who.actor().transaction():
            assert PolicyVersion.objects.filter(pk=version.pk).update(material=False) == 0
            assert PolicyText.objects.filter(version=version).delete()[0] == 0
            assert PolicyVersion.objects.filter(pk=version.pk).delete()[0] == 0
    now = kept(cast, version)
    assert now and now[0] and len(now[1]) == 2

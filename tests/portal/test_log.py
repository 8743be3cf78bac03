"""The client's own log: filters, picture, steps with proofs, the file that checks itself, names by decision."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.signing import verifier_key
from tests.access.world import World
from tests.making import acts
from tests.making.clients import assign
from tests.making.contacts import log_contact
from tests.making.people import Cast, Someone, recruit
from tests.making.programs import VERIFY
from tests.making.sealing import as_verifier, queue_strays, seal_all
from tests.making.spaces import Space


def today() -> str:
    """The page of today."""
    return reverse("portal_seen_day", args=[timezone.localdate().isoformat()])


def file_of(own: Space, **query: str) -> dict:
    """The client's file, after everything was sealed."""
    seal_all()
    answer = own.browser.get(reverse("portal_check_file"), query)
    assert answer.status_code == 200
    return json.loads(answer.content)


def verified(tmp_path: Path, file: dict, superuser) -> subprocess.CompletedProcess[str]:  # type: ignore[no-untyped-def]
    """What the program that shares no code with the application says."""
    from audit.exporting import export

    queue_strays(superuser)
    seal_all()
    with as_verifier():
        export(tmp_path / "log")
    (tmp_path / "mine.json").write_text(json.dumps(file))
    return subprocess.run(
        [
            *VERIFY,
            str(tmp_path / "log"),
            "--client",
            str(tmp_path / "mine.json"),
            "--key",
            str(verifier_key()),
        ],
        capture_output=True,
        text=True,
    )


def test_filters_by_role_reason_and_day(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    sign_in(cast.coordinator).get(reverse("client_view", args=[own.client.pk]))
    where = reverse("portal_seen")

    def who(**query: str) -> set[str]:
        return {look.who for look in own.browser.get(where, query).context["looks"]}

    assert who() == {"A volunteer", "A coordinator"}
    assert who(who="coordinator") == {"A coordinator"}
    assert who(why="intake") == {"A volunteer"}
    assert who(why="complaint") == set()
    day = timezone.localdate() - timedelta(days=1)
    until = {"until_day": str(day.day), "until_month": str(day.month), "until_year": str(day.year)}
    answer = own.browser.get(where, until)
    assert not answer.context["looks"]
    assert "Nothing fits" in answer.content.decode()


def test_picture_of_the_year_counts_others_only(space: Callable[..., Space]) -> None:
    own = space()
    before = own.browser.get(reverse("portal_seen")).context["chart"]
    assert len(before.bars) in (12, 13)
    assert before.bars[-1].value == before.total > 0
    own.browser.get(reverse("portal_record"))
    assert own.browser.get(reverse("portal_seen")).context["chart"].total == before.total


def test_each_step_has_a_proof_that_the_other_program_accepts(
    space: Callable[..., Space], tmp_path: Path
) -> None:
    own = space()
    assert not any(proven for _, proven in own.browser.get(today()).context["steps"])
    seal_all()
    steps = own.browser.get(today()).context["steps"]
    assert len(steps) > 5
    assert all(proven for step, proven in steps if "Looked" not in step.what)
    step = steps[0][0]
    answer = own.browser.get(reverse("portal_proof", args=[step.event]))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.content.startswith(b"c2sp.org/tlog-proof@v1\n")
    with Someone(own.user, "", None).actor().transaction():
        assert Event.objects.filter(subject=own.client.pk, action="portal.proof").count() == 1


def test_no_proof_of_anybody_elses_steps(space: Callable[..., Space]) -> None:
    own, other = space(), space()
    seal_all()
    step = other.browser.get(today()).context["steps"][0][0]
    assert own.browser.get(reverse("portal_proof", args=[step.event])).status_code == 404
    assert own.browser.get(reverse("portal_proof", args=[uuid4()])).status_code == 404


def test_the_file_passes_the_program_that_is_not_ours(
    space: Callable[..., Space], tmp_path: Path, superuser
) -> None:  # type: ignore[no-untyped-def]
    own = space()
    file = file_of(own)
    assert file["complete"] is True
    assert [item["n"] for item in file["events"]] == list(range(len(file["events"])))
    done = verified(tmp_path, file, superuser)
    assert done.returncode == 0, done.stdout + done.stderr
    dropped = file["events"].pop(2)
    done = verified(tmp_path, file, superuser)
    assert done.returncode != 0
    assert str(dropped["n"]) in done.stdout + done.stderr


def test_the_file_goes_on_from_what_was_seen(space: Callable[..., Space]) -> None:
    from audit import signing
    from audit.checkpoint import open_checkpoint
    from audit.merkle import verify_consistency

    own = space()
    key = signing.verifier_key()
    old, _ = open_checkpoint(file_of(own)["checkpoint"], key)
    later = file_of(own, since=str(old.size))
    new, _ = open_checkpoint(later["checkpoint"], key)
    assert new.size > old.size
    from base64 import b64decode

    path = [b64decode(one) for one in later["consistency"]["proof"]]
    verify_consistency(old.size, new.size, path, old.root, new.root)
    for nonsense in ("-1", "0", "x", "9" * 30, str(new.size + 10_000)):
        assert "consistency" not in file_of(own, since=nonsense)


def test_the_file_opens_no_record_and_giving_it_is_an_event(
    space: Callable[..., Space], superuser
) -> None:  # type: ignore[no-untyped-def]
    own = space()
    file = file_of(own)
    assert set(file["keys"]) == {"commit", "tag"}
    text = json.dumps(file)
    for words in ("Odile", "Quercy", "Sleeps badly", "old mill"):
        assert words not in text
    found = superuser.execute(
        "SELECT purpose FROM audit_event WHERE subject = %s AND action = 'portal.check'",
        [own.client.pk],
    ).fetchall()
    assert found == [("own_record",)]


def test_entries_are_served_as_the_log_writes_them(space: Callable[..., Space]) -> None:
    own = space()
    file_of(own)
    whole = own.browser.get(reverse("portal_check_entries", args=["000.p/3"])).content
    count = 0
    while whole:
        length = int.from_bytes(whole[:2], "big")
        assert whole[2 : 2 + length].startswith(b'{"c":"')
        whole, count = whole[2 + length :], count + 1
    assert count == 3
    for place in ("x999/999", "000.p/1000", "../../etc/passwd", "000.p/0", "٠٠٠"):
        assert own.browser.get(reverse("portal_check_entries", args=[place])).status_code == 404


# ---------------------------------------------------------------- what is kept from somebody for a time


def bare(browser: Browser, name: str, client) -> str:  # type: ignore[no-untyped-def]
    """A page without what differs from one look to the next."""
    text = browser.get(reverse(name)).content.decode().replace(client.reference, "REFERENCE")
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', r"\1TOKEN", text)


@pytest.fixture
def watched(cast: Cast, sign_in: Callable[..., Browser]) -> Space:
    """A client about whom something is being passed on that they must not know yet."""
    world = World(cast)
    assert world.find("disclosure")
    return Space(world.client, world.account, sign_in(world.account), "")


def consent(superuser, client, given: str) -> None:  # type: ignore[no-untyped-def]
    """What the client said to the disclosure; without a yes it is kept from them."""
    superuser.execute("ALTER TABLE disclosures_disclosure DISABLE TRIGGER USER")
    superuser.execute(
        "UPDATE disclosures_disclosure SET consent = %s, ground = 'public_interest' WHERE client_id = %s",
        [given, client.pk],
    )
    superuser.execute("ALTER TABLE disclosures_disclosure ENABLE TRIGGER USER")


def test_a_disclosure_kept_from_the_client_leaves_no_line_no_gap_and_no_other_word(
    watched: Space, space: Callable[..., Space], tmp_path: Path, superuser
) -> None:  # type: ignore[no-untyped-def]
    consent(superuser, watched.client, "not_sought")
    nothing = space()
    for name in ("portal_seen", "portal_check"):
        shown = watched.browser.get(reverse(name)).content.decode()
        assert "pass something on" not in shown.replace(
            "To decide whether to pass something on</option>", ""
        )
    assert bare(watched.browser, "portal_check", watched.client) == bare(
        nothing.browser, "portal_check", nothing.client
    )
    for step, _ in watched.browser.get(today()).context["steps"]:
        assert "pass" not in step.what
    file = file_of(watched)
    assert file["complete"] is True
    assert [item["n"] for item in file["events"]] == list(range(len(file["events"])))
    assert "disclosure" not in json.dumps(
        [json.loads(item["event"])["action"] for item in file["events"]]
    )
    done = verified(tmp_path, file, superuser)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_was_kept_back_is_told_once_the_client_may_see_it(watched: Space, superuser) -> None:  # type: ignore[no-untyped-def]
    consent(superuser, watched.client, "not_sought")
    assert "Asked whether" not in watched.browser.get(today()).content.decode()
    consent(superuser, watched.client, "given")
    seal_all()
    told = [(step.what, proven) for step, proven in watched.browser.get(today()).context["steps"]]
    assert ("Asked whether something may be passed on", False) in told


def test_verifying_the_whole_log_knows_what_is_sealed_apart(watched: Space, superuser) -> None:  # type: ignore[no-untyped-def]
    from audit.verifying import verify

    queue_strays(superuser)
    seal_all()
    with as_verifier():
        faults = verify().faults
    assert not [fault for fault in faults if str(watched.client.pk) in fault]


# ---------------------------------------------------------------- names


def decide(browser: Browser, reference: str, days: int = 30, reason: str = "doubt"):  # type: ignore[no-untyped-def]
    """The data-protection lead decides on the page."""
    until = timezone.localdate() + timedelta(days=days)
    return browser.post(
        reverse("names_list"),
        {
            "reference": reference,
            "reason": reason,
            "until_day": str(until.day),
            "until_month": str(until.month),
            "until_year": str(until.year),
        },
    )


@pytest.fixture
def named(cast: Cast, superuser):  # type: ignore[no-untyped-def]
    """The volunteer has a name that stands nowhere else."""
    superuser.execute(
        "UPDATE volunteers_person SET working_name = 'Zénobie Wachter' WHERE user_id = %s",
        [cast.volunteer.id],
    )
    yield "Zénobie Wachter"
    superuser.execute(
        "UPDATE volunteers_person SET working_name = 'Volunteer' WHERE user_id = %s",
        [cast.volunteer.id],
    )


def test_names_are_shown_by_decision_only_and_until_its_day(
    cast: Cast,
    space: Callable[..., Space],
    sign_in: Callable[..., Browser],
    superuser,
    named,
) -> None:  # type: ignore[no-untyped-def]
    own, other = space(), space()
    lead = sign_in(cast.protection)
    assert named not in own.browser.get(reverse("portal_seen")).content.decode()
    assert decide(lead, own.client.reference.lower()).status_code == 302
    for page in (reverse("portal_seen"), today()):
        shown = own.browser.get(page).content.decode()
        assert f"A volunteer: {named}" in shown
        assert named not in other.browser.get(page).content.decode()
    shown = own.browser.get(reverse("portal_seen")).content.decode()
    assert "The client has reasons to doubt" in shown
    assert "Decided that you see names here" in shown
    superuser.execute(
        "UPDATE rights_namesdecision SET until = sec.today() - 1 WHERE client_id = %s",
        [own.client.pk],
    )
    assert named not in own.browser.get(reverse("portal_seen")).content.decode()


def test_a_decision_ends_and_quiet_mode_shows_none(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser], named
) -> None:  # type: ignore[no-untyped-def]
    from tests.making.spaces import open_portal

    own = space()
    lead = sign_in(cast.protection)
    decide(lead, own.client.reference)
    page = lead.get(reverse("names_list"))
    (row,) = [row for row in page.context["live"] if row["reference"] == own.client.reference]
    user, _ = open_portal(cast.volunteer, own.client, quiet=True)
    with Someone(user, "", None).actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sec.own_names()")
        assert cursor.fetchone() == (0,)
    assert lead.post(reverse("names_end", args=[row["pk"]])).status_code == 302
    user, _ = open_portal(cast.volunteer, own.client)
    assert named not in sign_in(user).get(reverse("portal_seen")).content.decode()


def test_only_the_lead_decides_freshly_about_somebody_who_is_there(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    lead = sign_in(cast.protection)
    unknown = decide(lead, "C-NOBODY")
    assert unknown.status_code == 200
    assert "There is no such reference" in unknown.content.decode()
    assert decide(lead, own.client.reference, days=400).status_code == 200
    assert decide(sign_in(cast.protection, fresh=False), own.client.reference).status_code == 302
    with Someone(own.user, "", None).actor().transaction():
        assert not own.client.names_decisions.exists()
    for who in (cast.president, cast.coordinator, cast.volunteer, cast.administrator):
        with pytest.raises(ProgrammingError):
            with who.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sec.decide_names(gen_random_uuid(), %s, 'doubt', %s)",
                    [own.client.reference, timezone.localdate()],
                )


def test_names_are_taken_away_by_an_act_of_its_own_and_never_by_a_shorter_decision(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    """Nor does a decision say that there is a complaint: it is the same for a lead whom one names."""
    own, lead = space(), sign_in(cast.protection)
    decide(lead, own.client.reference, days=30)
    acts.complain(cast.volunteer, own.client, "coordinator", cast.protection)
    assert decide(lead, own.client.reference, days=1).status_code == 302
    with Someone(own.user, "", None).actor().transaction():
        standing = own.client.names_decisions.get(ended_at=None)
        assert standing.until == timezone.localdate() + timedelta(days=30)
    assert acts.call(cast.protection, "end_names(%s)", standing.pk) is False


def test_no_client_reads_names_round_the_page(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    log_contact(cast.volunteer, own.client, "All well.")
    with Someone(own.user, "", None).actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sec.own_names()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM volunteers_person")
        assert cursor.fetchone() == (0,)


# ---- What the filters offer, and a filter in error ----


def test_filters_offer_what_occurred_and_nothing_that_frightens(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    own = space()
    where = reverse("portal_seen")

    def offered(name: str, **query: str) -> list[str]:
        form = own.browser.get(where, query).context["form"]
        return [str(words) for _, words in form.fields[name].choices]

    people = ["Everybody", "A volunteer", "A coordinator"]  # who confirmed the space
    assert offered("who") == people
    assert offered("why") == [
        "Every reason",
        "To give you this space",
        "To open your record",
        "To support you and take care of your record",
    ]
    until = timezone.localdate() + timedelta(days=9)
    acts.call(
        cast.protection, "decide_names(%s, %s, 'doubt', %s)", uuid4(), own.client.reference, until
    )
    assert offered("who") == [*people, "The data-protection lead"]
    # An address from before is still read, and finds nothing.
    answer = own.browser.get(where, {"why": "law"})
    assert "Nothing fits" in answer.content.decode()


def test_a_filter_in_error_shows_no_look(space: Callable[..., Space]) -> None:
    own = space()
    for wrong in ({"who": "nonsense"}, {"since_day": "99", "since_month": "1", "since_year": "26"}):
        answer = own.browser.get(reverse("portal_seen"), wrong)
        assert answer.context["looks"] == []
        text = answer.content.decode()
        assert "No list is shown" in text and "Nobody has looked yet" not in text
        assert "A volunteer</h3>" not in text


def test_one_month_makes_no_picture(
    space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    assert '<figure class="chart"' not in own.browser.get(reverse("portal_seen")).content.decode()
    superuser.execute(
        """INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)
        VALUES (gen_random_uuid(), now() - interval '40 days', 'user', 'volunteer', 'client.view', 'done', %s, 'client', 'support', 'assignment', '', '{}')""",
        [own.client.pk],
    )
    assert '<figure class="chart"' in own.browser.get(reverse("portal_seen")).content.decode()


# ---- A step back of one's own ----


def test_stepping_back_is_no_refusal(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser]
) -> None:
    """The act, a second press and the Back button are told as what they are; others' attempts stay refusals."""
    own = space()
    # Somebody who was refused nothing before: of so many in an hour not each is written.
    stepping = recruit(cast.north)
    assign(cast.coordinator, own.client, stepping)
    leaving = sign_in(stepping)
    back = reverse("conflict_self", args=[own.client.pk])
    assert leaving.post(back, {"reason": "friend"}).status_code == 302
    assert leaving.post(back, {"reason": "friend"}).status_code == 404
    assert leaving.get(reverse("client_view", args=[own.client.pk])).status_code == 404
    own_words = [
        "Stepped back, and deals with your record no longer",
        "A page that was still open closed",
    ]

    def looks() -> tuple[list[str], list[str]]:
        found = own.browser.get(reverse("portal_seen")).context["looks"]
        return (
            [what for look in found if not look.refused for what in look.what],
            [what for look in found if look.refused for what in look.what],
        )

    done, refused = looks()
    assert set(own_words) <= set(done) and refused == []
    assert "Noted that somebody must not deal with you" not in done
    assert own.browser.get(reverse("portal_seen")).context["chart"].bars[-1].marked == 0
    steps = own.browser.get(today()).context["steps"]
    assert not [step for step, _ in steps if step.refused]
    assert [step.what for step, _ in steps].count(own_words[1]) == 2
    sign_in(cast.outsider).get(reverse("client_view", args=[own.client.pk]))
    assert looks()[1] == ["Looked at your record"]
    assert own.browser.get(reverse("portal_seen")).context["chart"].bars[-1].marked == 1
    # The log itself, as the data-protection lead reads it, keeps every attempt.
    with cast.protection.actor().transaction():
        denied = Event.objects.filter(subject=own.client.pk, outcome="denied")
        assert denied.count() == 3


def test_what_is_tried_later_after_a_step_back_is_a_refusal(
    cast: Cast, space: Callable[..., Space], sign_in: Callable[..., Browser], superuser
) -> None:  # type: ignore[no-untyped-def]
    own = space()
    sign_in(cast.volunteer).post(
        reverse("conflict_self", args=[own.client.pk]), {"reason": "friend"}
    )
    superuser.execute(
        """INSERT INTO audit_event (id, at, actor_kind, actor, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)
        VALUES (gen_random_uuid(), now() + interval '11 minutes', 'user', %s, '', 'client.view', 'denied', %s, 'client', '', '', 'clients_client', '{}')""",
        [cast.volunteer.id, own.client.pk],
    )
    found = own.browser.get(reverse("portal_seen")).context["looks"]
    assert [look.what for look in found if look.refused] == [["Looked at your record"]]


def test_a_conflict_that_somebody_else_marked_keeps_its_words(
    cast: Cast, space: Callable[..., Space]
) -> None:
    from tests.making import acts

    own = space()
    acts.conflict(cast.coordinator, cast.volunteer, client=own.client)
    found = own.browser.get(reverse("portal_seen")).context["looks"]
    done = [what for look in found for what in look.what]
    assert "Noted that somebody must not deal with you" in done
    assert not any("Stepped back" in what for what in done)

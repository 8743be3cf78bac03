"""The state of the log as the data-protection lead reads it, the log to take away, and the keeping times."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from audit import keeping
from audit.models import Event
from audit.signing import verifier_key
from tests.access.world import World
from tests.making.clients import new_client
from tests.making.people import Someone
from tests.making.programs import VERIFY
from tests.making.sealing import as_verifier, queue_strays, seal_all

OLD = "UPDATE audit_pending SET made_at = now() - interval '2 minutes'"


def test_state_in_plain_words(cast, sign_in, superuser):
    new_client(cast.coordinator)
    queue_strays(superuser)
    seal_all()
    browser = sign_in(cast.protection)
    browser.post("/log/keeping/own_record/", {"months": ""})  # another test may have left its own
    page = browser.get("/log/state/").content.decode()
    assert str(verifier_key()) in page  # all of it: what a client enters
    assert "All is well" in page
    assert "None is set up" in page  # no witness in the tests
    assert "As long as the record" in page


def test_alarm_when_an_event_waits_for_over_a_minute(cast, sign_in, superuser):
    seal_all()
    browser = sign_in(cast.protection)
    assert "Events are not being sealed" not in browser.get("/log/").content.decode()
    superuser.execute("ALTER TABLE audit_pending DISABLE TRIGGER USER")
    superuser.execute(OLD)
    superuser.execute("ALTER TABLE audit_pending ENABLE TRIGGER USER")
    for where in ("/log/", "/log/state/"):
        page = browser.get(where).content.decode()
        assert "Events are not being sealed" in page
        assert "All is well" not in page
    seal_all()
    assert "Events are not being sealed" not in browser.get("/log/").content.decode()


def test_the_last_verification_is_shown_and_nobody_can_claim_one(cast, sign_in, superuser):
    from django.db import ProgrammingError, connection

    queue_strays(superuser)
    seal_all()
    with as_verifier():
        with suppress(SystemExit):  # other tests leave faults behind on purpose
            call_command("audit_verify", stdout=StringIO())
    assert sign_in(cast.protection).get("/log/state/").context["verified"].detail["leaves"] > 0
    for statement in (
        "SELECT sec.log_verified(1, 0)",
        "SELECT sec.record('log.verify', NULL, '', NULL, '', '{}')",
    ):
        with pytest.raises(ProgrammingError):
            with cast.protection.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_log_is_taken_away_and_the_other_program_accepts_it(cast, sign_in, superuser, tmp_path):
    for _ in range(30):
        new_client(cast.coordinator)
    queue_strays(superuser)
    seal_all()
    count = "SELECT count(*) FROM audit_event WHERE action = 'log.download'"
    before = superuser.execute(count).fetchone()[0]
    assert sign_in(cast.protection, fresh=False).post("/log/state/download/").status_code == 302
    # Back from signing in again: the button is pressed once more.
    assert sign_in(cast.protection).get("/log/state/download/").headers["Location"] == "/log/state/"
    answer = sign_in(cast.protection).post("/log/state/download/")
    content = b"".join(answer.streaming_content)
    assert superuser.execute(count).fetchone()[0] == before + 1
    with ZipFile(BytesIO(content)) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    assert names[-1] == "checkpoint"
    assert {"key.pub", "tile/0/000", "tile/entries/000"} <= set(names)
    done = subprocess.run(
        [*VERIFY, str(tmp_path), "--key", str(verifier_key())], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_keeping_times_are_set_within_the_rules(cast, sign_in, superuser):
    browser = sign_in(cast.protection)
    with cast.protection.actor().transaction():
        before = keeping.times()["security"].months  # another test may have left its own
    page = browser.post("/log/keeping/security/", {"months": "24", "note": ""})
    assert "Say why twelve months are not enough." in page.content.decode()
    for months in ("5", "37", "x", ""):
        assert browser.post("/log/keeping/security/", {"months": months}).status_code == 200
    assert browser.post("/log/keeping/own_record/", {"months": "6"}).status_code == 200
    asked = {"months": "24", "note": "A lawsuit runs."}
    assert (
        sign_in(cast.protection, fresh=False).post("/log/keeping/security/", asked).status_code
        == 302
    )
    with cast.protection.actor().transaction():
        assert keeping.times()["security"].months == before
    assert browser.post("/log/keeping/security/", asked).status_code == 302
    assert "A lawsuit runs." in browser.get("/log/state/").content.decode()
    assert browser.post("/log/keeping/security/", {"months": "12"}).status_code == 302
    assert browser.post("/log/keeping/own_record/", {"months": ""}).status_code == 302
    with cast.protection.actor().transaction():
        times = keeping.times()
        assert (times["security"].months, times["own_record"].months) == (12, None)
    assert browser.get("/log/keeping/nothing/").status_code == 404
    assert (
        superuser.execute(
            "SELECT count(*) FROM audit_event WHERE action = 'keeping.set'"
        ).fetchone()[0]
        >= 3
    )


def test_what_is_past_the_security_time_is_left_to_the_client(cast, superuser):
    world = World(cast)
    client, account = world.client, Someone(world.account, "", None)
    old = superuser.execute(
        "INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject, subject_kind, purpose, basis, object_type, detail)"
        " VALUES (gen_random_uuid(), now() - interval '37 months', 'user', 'volunteer', 'client.view', 'done', %s, 'client', 'support', 'assignment', '', '{}') RETURNING id",
        [client.pk],
    ).fetchone()[0]
    with cast.protection.actor().transaction():
        assert not Event.objects.filter(pk=old).exists()
        assert Event.objects.filter(subject=client.pk).exists()
    with account.actor().transaction():
        assert Event.objects.filter(pk=old).exists()

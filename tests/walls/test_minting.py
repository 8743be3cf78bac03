"""Who may become somebody: only who proves it to the database, in this transaction, and nobody for others."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, connections, transaction
from django.urls import reverse

from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.people import PASSWORD, Cast
from tests.making.principals import factors_of, mint, principals_of
from tests.making.signing_in import (
    browser,
    is_signed_in,
    sign_in,
    somebody,
    with_authenticator,
)
from vault import principals
from vault.principals import cover, enter, name_of, new_token, signin_transaction
from volunteers import passwords
from volunteers.actions import joining, signing_in
from volunteers.models import User

KINDS = ("user", "command", "job", "invitation", "recipient", "proof")


def as_signin(statement: str, *values: object) -> None:
    """Any SQL on the sign-in connection, as nobody."""
    with transaction.atomic(using="signin"), connections["signin"].cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alias", ["default", "signin"])
def test_no_connection_of_a_web_process_writes_a_principal(
    cast: Cast, kind: str, alias: str
) -> None:
    statement = (
        "INSERT INTO vault_principal (hash, kind, subject, purpose, expires_at)"
        f" VALUES (sha256('t'), '{kind}', '{cast.coordinator.id}', '', now() + interval '1 minute')"
    )
    with pytest.raises(ProgrammingError, match="permission denied"):
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT sec.mint('user', gen_random_uuid(), '', interval '1 hour', sha256('t'))",
        "SELECT sec.begin_command(gen_random_uuid(), 'x', 5)",
        "SELECT sec.begin_export(gen_random_uuid())",
        "SELECT sec.recover(gen_random_uuid(), 'x', 'y')",
        "SELECT sec.keep_password(gen_random_uuid(), 'x')",
        "SELECT sec.found_association('x', 'y', 'y', 'z', '[]')",
        "SELECT hash FROM vault_principal",
        "SELECT hash FROM vault_secret",
        "UPDATE vault_principal SET expires_at = now() + interval '1 day'",
        "DELETE FROM vault_principal",
        "INSERT INTO volunteers_user (id, username, password) VALUES (gen_random_uuid(), 'ghost', '')",
        "UPDATE volunteers_user SET password = 'argon2id$8,1,1$AAAA'",
        "UPDATE volunteers_user SET is_active = true",
        "UPDATE volunteers_user SET must_change_password = false",
    ],
)
def test_sign_in_connection_cannot(cast: Cast, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_signin(statement)


def test_no_session_without_a_proof(cast: Cast) -> None:
    """Whoever runs SQL on the sign-in connection begins nothing for somebody whose password they lack."""
    for begin in (
        "SELECT sec.begin_session('x', '', false)",
        "SELECT sec.refresh_session('x', '')",
        "SELECT sec.set_password('x', 'y')",
    ):
        with pytest.raises(ProgrammingError, match="not permitted"):
            as_signin(begin)
        with pytest.raises(
            ProgrammingError, match="not permitted"
        ):  # nor as another kind of principal
            with signin_transaction(mint("invitation", uuid4(), fresh=None)) as cursor:
                cursor.execute(begin)
    user = User.objects.get(pk=somebody(cast).id)
    assert passwords.prove(user.pk, user.password, "not the password") is None
    assert passwords.prove(uuid4(), user.password, PASSWORD) is None
    assert principals_of(user.pk) == []


def test_rows_of_sessions_make_nobody(cast: Cast) -> None:
    """A row written by hand into the table of sessions points at a principal; it makes none."""
    token = new_token()
    as_signin(
        "INSERT INTO volunteers_session (key_hash, user_id, data, device, principal, created_at, seen_at, expires_at)"
        " VALUES (%s, %s, '', '', %s, now(), now(), now() + interval '1 hour')",
        uuid4().hex,
        cast.coordinator.id,
        name_of(token),
    )
    with transaction.atomic():
        assert enter(token) == {"kind": "nobody"}


def test_a_proof_is_used_up_and_short(cast: Cast) -> None:
    user = User.objects.get(pk=somebody(cast).id)
    proof = passwords.prove(user.pk, user.password, PASSWORD)
    assert proof
    [row] = principals_of(user.pk)
    assert row["kind"] == "proof"
    assert row["expires_at"] - row["made_at"] <= timedelta(minutes=10)
    with transaction.atomic():
        assert enter(proof)["kind"] == "proof"  # and that is nobody to every table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.cleared_person(), sec.signed_in_person(), sec.own_client(), sec.coordinated()"
            )
            assert cursor.fetchone() == (None, None, None, [])
    user.token = proof
    with signin_transaction(proof) as cursor:
        token = signing_in._begin(cursor, user, "")
    with transaction.atomic():
        assert enter(token)["person"] == str(user.pk)
    assert [row["kind"] for row in principals_of(user.pk)] == ["user"]
    with (
        pytest.raises(ProgrammingError, match="not permitted"),
        signin_transaction(proof) as cursor,
    ):
        signing_in._begin(cursor, user, "")


def test_password_alone_begins_nothing_where_a_second_factor_is_set(cast: Cast) -> None:
    person = somebody(cast)
    with_authenticator(person)
    user = User.objects.get(pk=person.id)
    before = [row for row in principals_of(user.pk) if row["kind"] == "user"]
    for factor in ("", "totp", "recovery_codes", "password"):
        user.token = passwords.prove(user.pk, user.password, PASSWORD) or ""
        with pytest.raises(ProgrammingError, match="not permitted"):
            with signin_transaction(user.token) as cursor:
                signing_in._begin(cursor, user, factor)
    assert [row for row in principals_of(user.pk) if row["kind"] == "user"] == before


def test_a_disabled_and_a_locked_account_prove_nothing(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    person, at = somebody(cast), browser()
    for _ in range(5):
        sign_in(at, person.username, "not the password")
    user = User.objects.get(pk=person.id)
    address = at.defaults["REMOTE_ADDR"]
    assert passwords.prove(user.pk, user.password, PASSWORD, address) is None
    assert passwords.prove(user.pk, user.password, PASSWORD, "192.0.2.77")
    superuser.execute("UPDATE volunteers_user SET is_active = false WHERE id = %s", [user.pk])
    assert passwords.prove(user.pk, user.password, PASSWORD, "192.0.2.77") is None


def sent_by(token_of_actor: str) -> tuple[str, str]:
    """What the application sends to enter, as whoever reads statements and parameters would see it."""
    sent: list[tuple[str, object]] = []

    def spy(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        sent.append((sql, params))
        return execute(sql, params, many, context)  # type: ignore[operator]

    with transaction.atomic(), connection.execute_wrapper(spy):
        assert enter(token_of_actor)["kind"] == "user"
    [(_, parameters)] = [(sql, params) for sql, params in sent if "sec.enter" in sql]
    return tuple(parameters)  # type: ignore[arg-type,return-value]


def test_what_is_sent_lets_nobody_in(cast: Cast, server: Embedded) -> None:
    """Replayed on another connection, in the same moment or later, it is nobody; as a token too."""
    token = cast.coordinator.actor().token
    name, proof = sent_by(token)
    with psycopg.connect(server.conninfo(user="confidential_app", dbname=DATABASE)) as thief:
        for tried in (proof, name, token):
            said = thief.execute("SELECT sec.enter(%s, %s)", [name, tried]).fetchone()
            assert said == ({"kind": "nobody"},)
            assert thief.execute("SELECT sec.cleared_person()").fetchone() == (None,)
        thief.execute("SELECT set_config('sec.token', %s, true)", [name + proof])
        assert thief.execute("SELECT sec.cleared_person()").fetchone() == (None,)
    with transaction.atomic():
        for tried in (name, proof):
            assert enter(tried) == {"kind": "nobody"}


def test_setting_of_one_transaction_is_worth_nothing_in_another(
    cast: Cast, server: Embedded
) -> None:
    actor = cast.coordinator.actor()
    with actor.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('sec.token')")
        [setting] = cursor.fetchone()
        with psycopg.connect(server.conninfo(user="confidential_app", dbname=DATABASE)) as thief:
            thief.execute(
                "SELECT pg_current_xact_id(), set_config('sec.token', %s, true)", [setting]
            )
            assert thief.execute("SELECT sec.cleared_person()").fetchone() == (None,)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id(), set_config('sec.token', %s, true)", [setting])
        cursor.execute("SELECT sec.cleared_person(), sec.is_anybody()")
        assert cursor.fetchone() == (None, False)


def statements_of(act: object) -> str:
    """Every statement and parameter on every connection of the process while ``act`` runs."""
    sent: list[str] = []

    def spy(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        sent.append(f"{sql} {[p.hex() if isinstance(p, bytes) else p for p in params or ()]}")
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connections["default"].execute_wrapper(spy), connections["signin"].execute_wrapper(spy):
        act()  # type: ignore[operator]
    return "\n".join(sent)


def test_no_statement_of_a_sign_in_holds_what_signs_in(cast: Cast) -> None:
    """Neither password, nor what Argon2 makes of it, nor a token, nor the hash of one of them."""
    person, at = somebody(cast), browser()
    text = statements_of(lambda: sign_in(at, person.username))
    user = User.objects.get(pk=person.id)
    session = signing_in.sessions.SessionStore(at.cookies["session"].value)
    secrets = [passwords.token_of(user.password, PASSWORD), session[signing_in.sessions.PRINCIPAL]]
    assert "sec.begin_session" in text
    for secret in secrets:
        for form in (secret, principals.secret_of(secret).hex(), principals.hash_of(secret).hex()):
            assert form not in text
    assert PASSWORD not in text
    assert at.cookies["session"].value not in text


def test_no_statement_of_an_invitation_holds_its_code(cast: Cast) -> None:
    made: list[str] = []
    actor = cast.coordinator.actor()
    text = statements_of(
        lambda: made.append(
            joining.invite(by=actor, duty="volunteer", branch=cast.north, language="en")[1]
        )
    )
    token = joining.invitation_token(made[0])
    assert "sec.invite" in text
    for form in (
        made[0],
        token,
        principals.secret_of(token).hex(),
        principals.hash_of(token).hex(),
    ):
        assert form not in text


def test_cover_opens_in_its_own_transaction_only(cast: Cast) -> None:
    """What one transaction covered, replayed in another, is another hash: a principal that nobody holds."""
    token, by = new_token(), cast.coordinator.actor().token
    with transaction.atomic(using="signin"), connections["signin"].cursor() as cursor:
        covered = cover(cursor, token, by)
    with signin_transaction(by) as cursor:
        cursor.execute(
            "SELECT sec.invite(%s, 'volunteer', %s, 'en', %s, 5)", [uuid4(), cast.north, covered]
        )
    with transaction.atomic():
        assert enter(token) == {"kind": "nobody"}


@pytest.mark.parametrize(
    ("kind", "longer"),
    [
        ("proof", timedelta(minutes=11)),
        ("user", timedelta(hours=13)),
        ("job", timedelta(minutes=11)),
        ("command", timedelta(hours=13)),
        ("invitation", timedelta(days=62)),
        ("recipient", timedelta(days=33)),
        ("superuser", timedelta(minutes=1)),
    ],
)
def test_each_kind_has_its_bounds(cast: Cast, kind: str, longer: timedelta) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        mint(kind, uuid4(), fresh=None, lives=longer)


def test_a_command_is_begun_at_the_server_and_leaves_a_line(
    cast: Cast, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    actor = joining.command_actor(cast.north, "tidying")
    [row] = superuser.execute(
        "SELECT actor_kind, detail->>'for' FROM audit_event WHERE action = 'command.begin' AND actor = %s"
        " ORDER BY at DESC LIMIT 1",
        [cast.north],
    ).fetchall()
    assert row == ("command", "tidying")
    joining.end_command(actor)
    with transaction.atomic():
        assert enter(actor.token) == {"kind": "nobody"}
    without = {name: value for name, value in connections.settings.items() if name != "command"}
    monkeypatch.setattr(principals.settings, "DATABASES", without)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL_COMMAND"):
        joining.command_actor(cast.north, "tidying")


def test_a_session_that_knows_the_password_only_ends_when_a_factor_is_set(cast: Cast) -> None:
    """Also one that was just about to set up a factor of its own, in place of the owner's."""
    person = somebody(cast)
    thief = browser()
    sign_in(thief, person.username)
    assert is_signed_in(thief)
    user = User.objects.get(pk=person.id)
    proof = passwords.prove(user.pk, user.password, PASSWORD)
    assert proof
    with_authenticator(person)
    assert not is_signed_in(thief)
    for name in ("authenticator_setup", "recovery_codes", "join_second_factor"):
        assert thief.get(reverse(name))["Location"].startswith(reverse("sign_in"))
    with transaction.atomic():
        assert enter(proof) == {"kind": "nobody"}


def test_limited_session_sees_nothing_in_the_database(cast: Cast) -> None:
    """Until the second factor is set up: no client, no duty, no colleague, whatever the pages do."""
    with transaction.atomic():
        said = enter(mint("user", cast.coordinator.id, limited=True))
        assert said["limited"]
        assert said["duties"] == []
        assert not said["cleared"]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.cleared_person(), sec.signed_in_person(), sec.coordinated(), sec.is_on_duty(), sec.has_duty('coordinator')"
            )
            assert cursor.fetchone() == (None, None, [], False, False)
    president = mint("user", cast.president.id, limited=True)
    with (
        pytest.raises(ProgrammingError, match="not permitted"),
        signin_transaction(president) as cursor,
    ):
        cursor.execute(
            "SELECT sec.appoint(%s, 'coordinator', %s, NULL)", [cast.volunteer.id, cast.north]
        )


def test_recovered_account_is_not_locked(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    for _ in range(5):
        answer = sign_in(at, person.username, "not the password")
    assert answer.status_code == 429
    code = signing_in.recover(person.username)
    assert sign_in(at, person.username, code)["Location"] == "/"


def test_recovery_says_whose(cast: Cast, superuser: psycopg.Connection) -> None:
    person = somebody(cast)
    signing_in.recover(person.username)
    found = superuser.execute(
        "SELECT subject, object_id FROM audit_event WHERE action = 'account.recover' AND subject = %s",
        [person.id],
    ).fetchall()
    assert found == [(person.id, person.id)]


def test_session_ends_after_twelve_hours_in_the_database_too(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    superuser.execute(
        "UPDATE vault_principal SET made_at = made_at - interval '11 hours 50 minutes', expires_at = now() + interval '5 minutes' WHERE subject = %s",
        [person.id],
    )
    as_signin(
        "UPDATE volunteers_session SET expires_at = now() + interval '5 hours' WHERE user_id = %s",
        person.id,
    )
    [row] = principals_of(person.id)
    assert row["expires_at"] == row["made_at"] + timedelta(hours=12)


@pytest.mark.parametrize("kind", ["job", "command", "invitation", "recipient"])
def test_only_people_have_factors(cast: Cast, kind: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        mint(kind, uuid4(), fresh=None, lives=timedelta(minutes=5), factor="totp")


@pytest.mark.parametrize("proof", [b"", b"short", b"x" * 31, b"x" * 33, b"x" * 64])
def test_a_proof_of_another_length_is_none(cast: Cast, proof: bytes) -> None:
    user = User.objects.get(pk=somebody(cast).id)
    with transaction.atomic(using="signin"), connections["signin"].cursor() as cursor:
        cursor.execute("SELECT sec.prove(%s, %s, %s, NULL)", [user.pk, proof, b"x" * 48])
        assert cursor.fetchone() == (False,)


def test_second_factors_are_their_owners_alone(cast: Cast) -> None:
    """On the sign-in connection, as nobody or as somebody else: not seen, not changed, not made."""
    victim, thief = somebody(cast), somebody(cast)
    with_authenticator(victim)
    for token in ("", thief.actor().token, joining.command_actor(cast.north, "x").token):
        with signin_transaction(token) as cursor:
            for statement in (
                "SELECT FROM volunteers_secondfactor WHERE user_id = %s",
                "UPDATE volunteers_secondfactor SET last_used_at = now() WHERE user_id = %s",
            ):
                cursor.execute(statement, [victim.id])
                assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"):
            with signin_transaction(token) as cursor:
                cursor.execute(
                    "INSERT INTO volunteers_secondfactor (id, user_id, kind, secret, last_counter, codes, seed, created_at)"
                    " VALUES (gen_random_uuid(), %s, 'recovery_codes', '', 0, '[]', '', now())",
                    [victim.id],
                )
        with pytest.raises(ProgrammingError, match="permission denied"):
            with signin_transaction(token) as cursor:
                cursor.execute(
                    "DELETE FROM volunteers_secondfactor WHERE user_id = %s", [victim.id]
                )
    assert factors_of(victim.id) == {"totp"}

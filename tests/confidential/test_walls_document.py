"""docs/walls.md says what the database has: who may do what with each table, and what each function does."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice

import psycopg
import pytest

from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tools.expressions import laid, parsed, readable
from tools.sql_files import AT_RUN_TIME, uses
from tools.walls_document import PAGE, Page, document


def test_the_page_says_what_the_database_has(superuser: psycopg.Connection) -> None:
    is_so = document(superuser).splitlines()
    written = PAGE.read_text(encoding="utf-8").splitlines()
    difference = "\n".join(
        islice(unified_diff(written, is_so, "docs/walls.md", "the database", n=1), 60)
    )
    assert not difference, f"Run `make walls`, and read what changed.\n{difference}"


def test_it_does_not_depend_on_who_asks(superuser: psycopg.Connection, server: Embedded) -> None:
    with psycopg.connect(server.conninfo(user="confidential_owner", dbname=DATABASE)) as owner:
        owner.execute("SET search_path = sec")
        assert document(owner) == document(superuser)


def test_every_function_says_what_it_is_for(superuser: psycopg.Connection) -> None:
    page = Page(superuser)
    assert [f.name for f in page.functions if not page.explanation(f).words] == []
    assert len(page.functions) > 200


def test_what_is_printed_of_a_policy_is_the_policy(superuser: psycopg.Connection) -> None:
    """Each is laid again from what stands on the page, and is the same as before."""
    page = Page(superuser)
    names = {oid: name for oid, name, *_ in page.tables}
    laid_again = 0
    with superuser.transaction(force_rollback=True):
        superuser.execute("SET LOCAL search_path = public; SET LOCAL lock_timeout = '20s'")
        for oid, policies in page.policies.items():
            for policy in policies:
                printed = "\n".join(policy.expressions())
                superuser.execute(f'ALTER POLICY "{policy.name}" ON {names[oid]} {printed}')
                laid_again += 1
        after = Page(superuser)
    assert laid_again > 150
    for oid, policies in page.policies.items():
        for before, now in zip(policies, after.policies[oid], strict=True):
            assert list(now.expressions()) == list(before.expressions()), (names[oid], now.name)


def test_long_expressions_are_broken_where_their_parts_meet() -> None:
    said = (
        "(a_column_of_this_table = (( SELECT sec.cleared_person() AS uid))) OR (EXISTS ( SELECT\n   FROM another_table t\n"
        "  WHERE ((t.id = this_table.id) AND (t.kind)::text = 'a AND (b'::text AND t.day BETWEEN 1 AND 2)))"
    )
    assert laid(parsed(f"USING ({readable(said)})")) == [
        "USING (",
        "    (a_column_of_this_table = (SELECT sec.cleared_person()))",
        "    OR EXISTS (",
        "        SELECT FROM another_table t",
        "        WHERE ((t.id = this_table.id) AND (t.kind) = 'a AND (b' AND t.day BETWEEN 1 AND 2)",
        "    )",
        ")",
    ]


def test_tables_of_a_body_are_found() -> None:
    body = """
    DECLARE
        row public.kept;
    BEGIN
        -- FROM public.in_a_comment
        SELECT * INTO row FROM public.one o, public.two JOIN ONLY public.three ON true FOR UPDATE;
        UPDATE public.four SET x = 1 FROM public.five;
        INSERT INTO public.six SELECT sec.other(1), sec.self(2);
        DELETE FROM public.seven USING public.eight;
        RETURN QUERY EXECUTE format('SELECT FROM public.%1$I');
    END"""
    assert uses("self", body) == {
        "read": {"one", "two", "three", "five", "eight", AT_RUN_TIME},
        "update": {"four"},
        "insert": {"six"},
        "delete": {"seven"},
        "calls": {"other"},
    }


@pytest.mark.parametrize(
    "statement", ["TRUNCATE public.one", "SELECT (public.one)", "MERGE INTO public.one"]
)
def test_a_table_that_is_named_in_another_way_stops_it(statement: str) -> None:
    with pytest.raises(ValueError, match=r"sec\.some"):
        uses("some", statement)

"""Sealing: every committed event once, in one order, whatever happens meanwhile."""

from __future__ import annotations

import psycopg

from audit import health
from audit.merkle import leaf_hash, root_of
from audit.sealing import entry
from tests.audit.sealer import seal_all
from tests.cast import Cast, new_client


def leaf_hashes(superuser: psycopg.Connection) -> list[bytes]:
    rows = superuser.execute(
        "SELECT index, event::text, commitment, tag FROM audit_leaf ORDER BY index"
    ).fetchall()
    assert [index for index, *_ in rows] == list(range(len(rows)))
    return [leaf_hash(entry(event, commitment, tag)) for _, event, commitment, tag in rows]


def test_root_is_that_of_the_leaves(superuser: psycopg.Connection, cast: Cast) -> None:
    for _ in range(3):
        new_client(cast.volunteer)
        seal_all()
    size, root = superuser.execute("SELECT size, root FROM audit_tree").fetchone()
    hashes = leaf_hashes(superuser)
    assert size == len(hashes) > 30
    assert root == root_of(b"".join(hashes))
    assert not health.check().alarm

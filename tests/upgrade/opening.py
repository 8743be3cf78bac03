"""Run in the tree of a program: open every sealed row, and every revision, with the keys of its database.

    python opening.py ADDRESS

prints JSON: how many rows and revisions opened by table, in which forms the rows are, those that did not
open, and a digest of all values by client.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path.cwd()))
os.environ["DJANGO_SETTINGS_MODULE"] = "confidential.settings"

import django

django.setup()

import psycopg  # noqa: E402
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from psycopg.rows import dict_row  # noqa: E402

from vault import keyring  # noqa: E402
from vault.keys import SealBroken, SubjectKeys, WrappedKeys, form_of, unwrap  # noqa: E402
from vault.sealed import SealedModel, open_row  # noqa: E402

MODELS = {m._meta.db_table: m for m in apps.get_models() if issubclass(m, SealedModel)}


class Looked:
    """What was seen."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.revisions: Counter[str] = Counter()
        self.forms: Counter[int] = Counter()
        self.broken: list[str] = []
        self.values: dict[str, Any] = {}

    def open(
        self, table: str, row: dict[str, Any], clear: dict[str, Any], keys: SubjectKeys
    ) -> bool:
        """Open one value, of a row or of what it was."""
        which = row.get("row") or row["id"]
        try:
            said = open_row(MODELS[table], which, row["revision"], row["sealed"], clear, keys)
        except SealBroken as error:
            self.broken.append(f"{table} {which} {row['revision']}: {error}")
            return False
        at = f"{table} {which} {row['revision'] if 'row' in row else 'now'}"
        text = json.dumps(said, sort_keys=True)
        self.values[at] = hashlib.sha256(text.encode()).hexdigest()
        return True


def main(address: str) -> None:
    """Look at all."""
    looked = Looked()
    ring = keyring.load(settings.KEYRING_FILE)
    with psycopg.connect(address, row_factory=dict_row) as superuser:
        keys = {
            row["subject"]: unwrap(row["subject"], WrappedKeys(row["data"], row["audit"]), ring)
            for row in superuser.execute("SELECT subject, data, audit FROM vault_subjectkey")
        }
        for table, model in MODELS.items():
            there = superuser.execute("SELECT to_regclass(%s) AS there", [table]).fetchone()
            if not there or not there["there"]:
                continue  # made by a later version
            for row in superuser.execute(f"SELECT * FROM {table}"):
                if looked.open(table, row, row, keys[row[model.subject_attribute]]):
                    looked.rows[table] += 1
                    looked.forms[form_of(row["sealed"])] += 1
        for row in superuser.execute("SELECT * FROM clients_revision WHERE sealed IS NOT NULL"):
            if looked.open(row["table"], row, row["clear"], keys[row["client_id"]]):
                looked.revisions[row["table"]] += 1
    sys.stdout.write(json.dumps(vars(looked)))


if __name__ == "__main__":
    main(sys.argv[1])

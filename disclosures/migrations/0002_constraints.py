"""Constraints and indexes that Django's models do not say, and rows that are there from the start. See the SQL beside it.

What is laid again with each version (functions, policies, triggers, grants) is in ``sql/``: see confidential/walls.py.
"""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial"), ("clients", "0002_constraints")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""Columns of codes take their codes only. See the SQL beside it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_counts_since")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

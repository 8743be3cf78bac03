"""Permissions end with the duty they rest on; writes that left no event leave one. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "review.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_leaving"), ("volunteers", "0006_lean")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

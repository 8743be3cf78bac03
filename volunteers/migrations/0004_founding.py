"""Founding the association in an empty database. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "founding.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0003_library_tables"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

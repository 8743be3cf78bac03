"""Marks of each step, and the question whether a package still waits. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "marks.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0002_walls")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

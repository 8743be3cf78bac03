"""The end of exports. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "exports.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_walls")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

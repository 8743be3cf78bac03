"""The client's own log. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "own_log.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("rights", "0005_namesdecision"), ("audit", "0004_log")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

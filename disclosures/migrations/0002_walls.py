"""Row-level security, triggers and definer functions of this app. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "walls.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial"), ("clients", "0002_walls")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

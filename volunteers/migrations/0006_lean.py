"""What row-level security asks most often, answered in fewer steps. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "lean.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0005_references"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""Short references for the reader of the log. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "references.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0004_founding"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

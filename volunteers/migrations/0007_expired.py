"""What is over goes. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "expired.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0006_signin"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""The log is closed before the code is signed; a new export names no file. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "review.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_portal_exports"), ("volunteers", "0006_lean")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

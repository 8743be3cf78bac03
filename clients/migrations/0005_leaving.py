"""The end of a duty ends the grants in its branch."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "leaving.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("clients", "0004_unanswered"), ("volunteers", "0006_lean")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

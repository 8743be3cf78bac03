"""What the data-protection lead asks the log. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "inspection.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("rights", "0003_portal_exports"), ("audit", "0003_savedquestion")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

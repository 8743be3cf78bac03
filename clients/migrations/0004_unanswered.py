"""A call that nobody answered asks for no explanation."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "unanswered.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_contacts_attachment_time")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""What an erasure can be at all. See the SQL beside it."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("rights", "0012_erasure")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""Row-level security, triggers and definer functions of this app. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "walls.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0001_initial"),
        ("disclosures", "0002_walls"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""Row-level security, triggers and definer functions of this app. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "walls.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0001_initial"),
        ("audit", "0002_walls"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""Row-level security, triggers and definer functions of this app. See the SQL files, in this order."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent / "sql"
FILES = ("walls", "letting_in")


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0001_initial"),
        ("audit", "0002_walls"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / f"{name}.sql").read_text(), migrations.RunSQL.noop)
        for name in FILES
    ]

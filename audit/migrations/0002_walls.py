"""Row-level security, triggers and definer functions of this app. See the SQL files, in this order."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent / "sql"
FILES = ("door", "rows")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("vault", "0002_walls")]
    operations = [
        migrations.RunSQL((FOLDER / f"{name}.sql").read_text(), migrations.RunSQL.noop)
        for name in FILES
    ]

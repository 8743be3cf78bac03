"""Row-level security, triggers and definer functions of this app. See the SQL files, in this order."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent / "sql"
FILES = (
    "ledger", "records", "portal", "consultations", "emergencies", "conflicts", "changing_hands",
    "visits", "who_may_know", "likeness",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial"), ("volunteers", "0002_walls")]
    operations = [
        migrations.RunSQL((FOLDER / f"{name}.sql").read_text(), migrations.RunSQL.noop)
        for name in FILES
    ]

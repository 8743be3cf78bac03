"""The end of exports: a state for those whose file has gone, one waiting export a client, and who ends them."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "exports.sql").read_text()
STATES = [
    ("queued", "Being prepared"),
    ("ready", "Ready"),
    ("failed", "Failed"),
    ("expired", "No longer kept"),
]


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_walls")]
    operations = [
        migrations.AlterField(
            "export", "state", models.CharField(choices=STATES, default="queued", max_length=8)
        ),
        migrations.AddConstraint(
            "export",
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(state="queued"),
                name="export_one_waiting",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

"""Offices that the board gives, and what their holders must see. See the SQL file."""

from pathlib import Path

from django.db import migrations, models

SQL = (Path(__file__).parent.parent / "sql" / "offices.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0005_references"),
    ]
    operations = [
        migrations.AddField("duty", "minuted_on", models.DateField(null=True)),
        migrations.AddField(
            "duty", "minute", models.CharField(blank=True, db_default="", max_length=60)
        ),
        migrations.AddConstraint(
            "duty",
            models.CheckConstraint(
                condition=models.Q(minuted_on=None, minute="")
                | models.Q(minuted_on__isnull=False) & ~models.Q(minute=""),
                name="duty_minute_whole",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

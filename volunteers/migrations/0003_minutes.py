"""By which minute of the board an office was given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0002_constraints"),
    ]
    operations = [
        migrations.AddField("duty", "minuted_on", models.DateField(null=True)),
        migrations.AddField(
            "duty", "minute", models.CharField(blank=True, db_default="", max_length=60)
        ),
        migrations.AddConstraint(
            "duty",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("minute", ""), ("minuted_on", None)),
                    models.Q(
                        ("minuted_on__isnull", False), models.Q(("minute", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="duty_minute_whole",
            ),
        ),
    ]

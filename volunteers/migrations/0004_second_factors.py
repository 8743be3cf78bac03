"""Second factors in a table of our own, instead of a library's; what stood there comes over."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0003_minutes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("totp", "Totp"),
                            ("recovery_codes", "Codes"),
                        ],
                        max_length=14,
                    ),
                ),
                ("secret", models.CharField(blank=True, max_length=200)),
                ("last_counter", models.BigIntegerField(default=0)),
                ("codes", models.JSONField(default=list)),
                ("seed", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factors",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind"), name="secondfactor_one_of_a_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("codes", []),
                                ("kind", "totp"),
                                models.Q(("secret", ""), _negated=True),
                            ),
                            models.Q(("kind", "recovery_codes"), ("secret", "")),
                            _connector="OR",
                        ),
                        name="secondfactor_by_kind",
                    ),
                ],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

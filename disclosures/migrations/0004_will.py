"""What a client says later of a disclosure: a yes that is taken back, or given again. See the SQL beside it."""

import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0008_agreement"),
        ("disclosures", "0003_codes"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="Will",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
                (
                    "said",
                    models.CharField(
                        choices=[
                            ("given", "The client agrees"),
                            ("withdrawn", "The client takes back their yes"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "Phone call"),
                            ("visit", "Visit at home"),
                            ("hospital", "Visit in hospital"),
                            ("meeting", "Meeting at the branch"),
                            ("message", "Message or chat"),
                            ("email", "E-mail"),
                            ("letter", "Letter"),
                            ("drive", "Drive or errand"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="date")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="disclosure",
            name="disclosure_decided_by_somebody",
        ),
        migrations.RemoveConstraint(
            model_name="disclosure",
            name="disclosure_released_by_somebody",
        ),
        migrations.AlterField(
            model_name="disclosure",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Being prepared"),
                    ("asked", "Waiting for a decision"),
                    ("approved", "Approved"),
                    ("refused", "Refused"),
                    ("released", "Released"),
                    ("received", "Received"),
                    ("cancelled", "Cancelled"),
                    ("stopped", "Stopped by the client"),
                    ("recalled", "Recalled"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "asked", "cancelled", "stopped"]),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("decided_on_hash__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="disclosure_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["released", "received", "recalled"]), _negated=True),
                    models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                    _connector="OR",
                ),
                name="disclosure_released_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="will",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="volunteers.person",
            ),
        ),
        migrations.AddField(
            model_name="will",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
            ),
        ),
        migrations.AddField(
            model_name="will",
            name="disclosure",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="will",
                to="disclosures.disclosure",
            ),
        ),
        migrations.AddIndex(
            model_name="will",
            index=models.Index(fields=["client", "-made_at"], name="will_client"),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

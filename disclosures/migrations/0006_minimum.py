"""Single fields of the record that are picked to leave. See the SQL beside it."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0008_agreement"),
        ("disclosures", "0005_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="disclosure",
            name="picked",
            field=models.BooleanField(null=True),
        ),
        migrations.CreateModel(
            name="DisclosureDetail",
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
                    "detail",
                    models.CharField(
                        choices=[
                            ("name", "Name"),
                            ("known_as", "Known as"),
                            ("born_on", "Date of birth"),
                            ("address", "Address"),
                            ("phone", "Telephone"),
                            ("other_phone", "Other telephone"),
                            ("times", "Good times to call"),
                            ("ask_for", "Whom to ask for"),
                        ],
                        max_length=12,
                    ),
                ),
                ("chosen", models.BooleanField(default=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="details",
                        to="disclosures.disclosure",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

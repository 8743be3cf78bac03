"""Legal holds, the schedule of retention, and records that are kept longer."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SQL = """
ALTER TABLE rights_hold
    ADD CONSTRAINT hold_ground_codes CHECK (ground IN ('legal_claim', 'complaint', 'authority', 'court', 'other')),
    ADD CONSTRAINT hold_released_by_somebody CHECK ((released_at IS NULL) = (released_by_id IS NULL)),
    ADD CONSTRAINT hold_id_client UNIQUE (id, client_id);
ALTER TABLE rights_holdwords ADD CONSTRAINT holdwords_client
    FOREIGN KEY (hold_id, client_id) REFERENCES rights_hold (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0016_accepted_statements"),
        ("rights", "0013_erasure_codes"),
        ("volunteers", "0008_own_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("legal_claim", "A legal claim, made or to be expected"),
                            ("complaint", "A complaint"),
                            ("authority", "An authority asks for it"),
                            ("court", "A court orders it"),
                            ("other", "Another reason"),
                        ],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                (
                    "placed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("released_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="clients.client",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-placed_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="HoldWords",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
                ("released", models.BooleanField(default=False)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="words",
                        to="rights.hold",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LongerKept",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
                ("until", models.DateField(null=True, verbose_name="until")),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_longer",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("periods", models.JSONField()),
                (
                    "drafted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("adopted_on", models.DateField(null=True, verbose_name="adopted on")),
                (
                    "adopted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("released_at", None)), fields=["client"], name="hold_open"
            ),
        ),
        migrations.AddIndex(
            model_name="longerkept",
            index=models.Index(fields=["client", "-made_at"], name="longerkept_client"),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adopted_by", None), ("adopted_on", None)),
                    models.Q(("adopted_by__isnull", False), ("adopted_on__isnull", False)),
                    _connector="OR",
                ),
                name="schedule_adopted_by_somebody",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

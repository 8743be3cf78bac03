"""What people who serve ask about their own data."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

CODES = """
ALTER TABLE volunteers_personrequest
    ADD CONSTRAINT personrequest_kind_codes CHECK (kind IN ('correction', 'erasure', 'objection')),
    ADD CONSTRAINT personrequest_state_codes CHECK (state IN ('new', 'done', 'refused')),
    ADD CONSTRAINT personrequest_id_person UNIQUE (id, person_id);
ALTER TABLE volunteers_personrequestwords ADD CONSTRAINT personrequestwords_person
    FOREIGN KEY (request_id, person_id) REFERENCES volunteers_personrequest (id, person_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonRequest",
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
                            ("correction", "Correct something (Art. 16)"),
                            ("erasure", "Erase something (Art. 17)"),
                            ("objection", "Object to a use (Art. 21)"),
                        ],
                        max_length=12,
                        verbose_name="request",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Waits for an answer"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("due_on", models.DateField(verbose_name="answer due")),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_requests",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="PersonRequestWords",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
                ("answer", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="volunteers.personrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at"],
            },
        ),
        migrations.AddIndex(
            model_name="personrequest",
            index=models.Index(fields=["person"], name="personrequest_person"),
        ),
        migrations.AddConstraint(
            model_name="personrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None), ("state", "new")),
                    models.Q(
                        models.Q(("state", "new"), _negated=True),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("answered_by", models.F("person")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="personrequest_answered",
            ),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]

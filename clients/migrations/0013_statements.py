"""Statements of a client about what was noted of them (GDPR 16)."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SQL = """
ALTER TABLE clients_statement
    ADD CONSTRAINT statement_state_codes CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn')),
    ADD CONSTRAINT statement_channel_codes CHECK (channel IN ('', 'phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT statement_id_client UNIQUE (id, client_id),
    ADD CONSTRAINT statement_contact FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE clients_statementwords ADD CONSTRAINT statementwords_client
    FOREIGN KEY (statement_id, client_id) REFERENCES clients_statement (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0012_space_choices"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("accepted", "The note was corrected"),
                            ("refused", "The note was left as it is"),
                            ("withdrawn", "Taken back by the client"),
                        ],
                        default="open",
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
                ("said_on", models.DateField(null=True, verbose_name="date")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
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
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="clients.client",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="clients.contact",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="StatementWords",
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
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="words",
                        to="clients.statement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["client"], name="statement_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by", None), ("channel", ""), ("said_on", None)),
                    models.Q(
                        ("by__isnull", False),
                        ("said_on__isnull", False),
                        models.Q(("channel", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="statement_heard_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None), ("state", "open")),
                    models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("state__in", ["accepted", "refused"]),
                    ),
                    _connector="OR",
                ),
                name="statement_answered_by_somebody",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

"""Recipients who were told of a correction (GDPR 19)."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SQL = """
ALTER TABLE disclosures_recipienttold
    ADD CONSTRAINT recipienttold_channel_codes CHECK (channel IN ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT recipienttold_statement FOREIGN KEY (statement_id, client_id) REFERENCES clients_statement (id, client_id),
    ADD CONSTRAINT recipienttold_disclosure FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0013_statements"),
        ("disclosures", "0006_minimum"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecipientTold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("told_on", models.DateField(verbose_name="date")),
                (
                    "channel",
                    models.CharField(
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
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
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
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told",
                        to="disclosures.disclosure",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told",
                        to="clients.statement",
                    ),
                ),
            ],
            options={
                "ordering": ["told_on"],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

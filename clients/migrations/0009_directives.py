"""What a client wants after their death, and who was told of it."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

CODES = """
ALTER TABLE clients_directive
    ADD CONSTRAINT directive_fate_codes CHECK (fate IN ('erase', 'keep', 'unsaid', 'revoked')),
    ADD CONSTRAINT directive_channel_codes CHECK (channel IN
        ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT directive_id_client UNIQUE (id, client_id);
ALTER TABLE clients_directivewords ADD CONSTRAINT directivewords_client
    FOREIGN KEY (directive_id, client_id) REFERENCES clients_directive (id, client_id);
ALTER TABLE clients_deathtold ADD CONSTRAINT deathtold_client
    FOREIGN KEY (directive_id, client_id) REFERENCES clients_directive (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0008_agreement"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="Directive",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "fate",
                    models.CharField(
                        choices=[
                            ("erase", "Erase it"),
                            ("keep", "Keep it only as long as the law asks"),
                            ("unsaid", "Nothing was said about the record itself"),
                            ("revoked", "Taken back"),
                        ],
                        max_length=8,
                        verbose_name="what happens with the record",
                    ),
                ),
                ("to_tell", models.PositiveSmallIntegerField(default=0)),
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
                ("happened_on", models.DateField(verbose_name="date")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
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
                        related_name="directives",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="DeathTold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.PositiveSmallIntegerField()),
                ("told_on", models.DateField(verbose_name="told on")),
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
                    "directive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="clients.directive",
                    ),
                ),
            ],
            options={
                "ordering": ["line"],
            },
        ),
        migrations.CreateModel(
            name="DirectiveWords",
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
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "directive",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="said",
                        to="clients.directive",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="directive",
            index=models.Index(fields=["client", "-made_at"], name="directive_client"),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]

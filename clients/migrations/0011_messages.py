"""Messages between a client in their own space and those who look after them."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

TIES = """
ALTER TABLE clients_message
    ADD CONSTRAINT message_id_client UNIQUE (id, client_id),
    -- The client's through a space of theirs, or somebody's of the team.
    ADD CONSTRAINT message_from CHECK ((by_id IS NULL) = (access_id IS NOT NULL)),
    ADD CONSTRAINT message_answered CHECK ((answered_at IS NULL) = (answered_by_id IS NULL) AND (by_id IS NULL OR answered_at IS NULL));
ALTER TABLE clients_messagewords
    ADD CONSTRAINT messagewords_client FOREIGN KEY (message_id, client_id) REFERENCES clients_message (id, client_id),
    ADD CONSTRAINT messagewords_length CHECK (octet_length(sealed) <= 60000);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0010_heirs"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "access",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.portalaccess",
                    ),
                ),
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
                        related_name="messages",
                        to="clients.client",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="MessageWords",
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
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="words",
                        to="clients.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["client", "-made_at"], name="message_client"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("by", None)),
                fields=["client"],
                name="message_waiting",
            ),
        ),
        migrations.RunSQL(TIES, migrations.RunSQL.noop),
    ]

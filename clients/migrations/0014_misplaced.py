"""Contacts that were noted on the wrong client, and taken out."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SQL = """
ALTER TABLE clients_contact ADD CONSTRAINT contact_taken_out_codes CHECK (taken_out_by IN ('author', 'coordinator'));
ALTER TABLE clients_contact ADD CONSTRAINT contact_taken_out CHECK ((taken_out_at IS NULL) = (taken_out_by IS NULL));
ALTER TABLE clients_misplaced ADD CONSTRAINT misplaced_contact FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0013_statements"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="taken_out_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="taken_out_by",
            field=models.CharField(
                choices=[("author", "whoever wrote it"), ("coordinator", "a coordinator")],
                editable=False,
                max_length=12,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="breach",
            name="emergency",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="breaches",
                to="clients.emergency",
            ),
        ),
        migrations.CreateModel(
            name="Misplaced",
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
                ("seen_by_volunteers", models.PositiveSmallIntegerField(verbose_name="volunteers")),
                (
                    "seen_by_coordinators",
                    models.PositiveSmallIntegerField(verbose_name="coordinators"),
                ),
                ("seen_by_others", models.PositiveSmallIntegerField(verbose_name="others")),
                ("seen_by_client", models.BooleanField()),
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
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="misplaced",
                        to="clients.contact",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "misplaced",
                "ordering": ["-made_at"],
            },
        ),
        migrations.AddField(
            model_name="breach",
            name="misplaced",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="breaches",
                to="clients.misplaced",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("emergency__isnull", True), ("misplaced__isnull", True), _connector="XOR"
                ),
                name="breach_of_one",
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

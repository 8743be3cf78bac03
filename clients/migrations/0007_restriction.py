"""Restriction of a record (GDPR 18)."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

GROUNDS = [
    ("withdrawn", "The client does not agree, or no longer, to our keeping it"),
    ("contested", "The client says that it is not right (Art. 18(1)(a))"),
    (
        "unlawful",
        "It should not have been kept, but the client does not want it deleted (18(1)(b))",
    ),
    ("claims", "We no longer need it, but the client does, for legal claims (18(1)(c))"),
    ("objection", "The client objects, and we have not answered yet (18(1)(d))"),
]

SQL = """
ALTER TABLE clients_restriction
    ADD CONSTRAINT restriction_ground_codes CHECK (ground IN ('withdrawn', 'contested', 'unlawful', 'claims', 'objection')),
    ADD CONSTRAINT restriction_id_client UNIQUE (id, client_id);
ALTER TABLE clients_restrictionwords ADD CONSTRAINT restrictionwords_client
    FOREIGN KEY (restriction_id, client_id) REFERENCES clients_restriction (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0006_ended"),
        ("volunteers", "0006_days_to_sign"),
    ]

    operations = [
        migrations.CreateModel(
            name="Restriction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ground", models.CharField(choices=GROUNDS, max_length=12, verbose_name="ground")),
                (
                    "starts_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("ends_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-starts_at"],
            },
        ),
        migrations.CreateModel(
            name="RestrictionWords",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
                ("lifted", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="client",
            name="restricted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                condition=models.Q(("restricted_at__isnull", False)),
                fields=["id"],
                name="client_restricted",
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="volunteers.person",
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="restrictions",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="restriction",
            name="ended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="volunteers.person",
            ),
        ),
        migrations.AddField(
            model_name="restrictionwords",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
            ),
        ),
        migrations.AddField(
            model_name="restrictionwords",
            name="restriction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="words",
                to="clients.restriction",
            ),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_at", None)), fields=("client",), name="restriction_one"
            ),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

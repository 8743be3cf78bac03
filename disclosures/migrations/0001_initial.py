# The tables of this app.

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clients", "0001_initial"),
        ("volunteers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=12, unique=True)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("law", "The law or a court order requires it"),
                            ("public_interest", "The wider public interest justifies it"),
                            ("complaint", "It answers the client's formal complaint"),
                        ],
                        max_length=16,
                        verbose_name="ground",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("asked", "Waiting for a decision"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("released", "Released"),
                            ("received", "Received"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "consent",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("given", "The client agrees"),
                            ("refused", "The client does not agree"),
                            ("not_sought", "The client could not be asked"),
                        ],
                        max_length=10,
                        verbose_name="consent",
                    ),
                ),
                (
                    "discussed_on",
                    models.DateField(blank=True, null=True, verbose_name="discussed on"),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("asked_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_on_hash", models.BinaryField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "untold",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("forbidden", "A law or an authority forbids telling them"),
                            (
                                "harm",
                                "Telling them would do serious harm, to them or to somebody else",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                ("look_again_on", models.DateField(null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.branch",
                    ),
                ),
                (
                    "cancelled_by",
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
                        related_name="disclosures",
                        to="clients.client",
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.complaint",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
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
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file", models.UUIDField()),
                ("size", models.PositiveIntegerField()),
                ("salt", models.BinaryField()),
                ("wrapped_key", models.BinaryField()),
                ("sha256", models.BinaryField()),
                ("language", models.CharField(max_length=2)),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expires_at", models.DateTimeField()),
                ("tries_left", models.PositiveSmallIntegerField(default=5)),
                ("opened_at", models.DateTimeField(null=True)),
                ("recalled_at", models.DateTimeField(null=True)),
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
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delivery",
                        to="disclosures.disclosure",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="DisclosureItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
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
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.contact",
                    ),
                ),
                (
                    "disclosure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="disclosures.disclosure",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DisclosureOutcome",
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
                    "disclosure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome",
                        to="disclosures.disclosure",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DisclosureWords",
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
                    "disclosure",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="words",
                        to="disclosures.disclosure",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="disclosure",
            index=models.Index(fields=["branch", "state"], name="disclosure_branch_state"),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("requested_by")), _negated=True),
                name="disclosure_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("look_again_on__isnull", True), ("untold", "")),
                    models.Q(
                        models.Q(("untold", ""), _negated=True),
                        models.Q(("consent", "given"), _negated=True),
                        ("look_again_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="disclosure_untold_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="disclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "asked", "cancelled"]),
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
                    models.Q(("state__in", ["released", "received"]), _negated=True),
                    models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                    _connector="OR",
                ),
                name="disclosure_released_by_somebody",
            ),
        ),
    ]

"""The client's agreement: dated answers, the latest at the record."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

ANSWERS = [
    ("yes", "Yes, with information about health"),
    ("no_health", "Yes, but nothing about health"),
    ("pseudonym", "Only under a pseudonym"),
    ("no_record", "No record at all"),
    ("withdrawn", "Does not agree any more"),
]
CODES = """
ALTER TABLE clients_agreement
    ADD CONSTRAINT agreement_answer_codes CHECK (answer IN ('yes', 'no_health', 'pseudonym', 'no_record', 'withdrawn')),
    ADD CONSTRAINT agreement_quality_codes CHECK (quality IN ('self', 'parent', 'guardian', 'nobody')),
    ADD CONSTRAINT agreement_basis_codes CHECK (basis IN ('interest', 'consent', 'vital')),
    ADD CONSTRAINT agreement_channel_codes CHECK (channel IN
        ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT agreement_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE clients_agreement ADD CONSTRAINT agreement_id_client UNIQUE (id, client_id);
ALTER TABLE clients_agreementwords ADD CONSTRAINT agreementwords_client
    FOREIGN KEY (agreement_id, client_id) REFERENCES clients_agreement (id, client_id);
ALTER TABLE clients_client
    ADD CONSTRAINT client_agreed_codes CHECK (agreed IN ('yes', 'no_health', 'pseudonym', 'no_record', 'withdrawn'));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0007_restriction"),
        ("volunteers", "0006_days_to_sign"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=ANSWERS,
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                (
                    "quality",
                    models.CharField(
                        choices=[
                            ("self", "The client"),
                            ("parent", "Whoever has parental authority"),
                            (
                                "guardian",
                                "Whoever represents the client by law (guardian, mandate)",
                            ),
                            (
                                "nobody",
                                "Nobody could: kept to protect the client’s life (Art. 9(2)(c))",
                            ),
                        ],
                        default="self",
                        max_length=8,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            (
                                "interest",
                                "Legitimate interest: the support that was asked for (6(1)(f))",
                            ),
                            ("consent", "Consent (6(1)(a))"),
                            ("vital", "Vital interests (6(1)(d))"),
                        ],
                        default="interest",
                        max_length=8,
                    ),
                ),
                ("wording", models.PositiveSmallIntegerField()),
                ("paper", models.CharField(blank=True, max_length=12, verbose_name="paper file")),
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
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "Français")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="date")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="AgreementWords",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("sealed", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="explanation",
            name="explanation_has_answer",
        ),
        migrations.AddField(
            model_name="client",
            name="agreed",
            field=models.CharField(choices=ANSWERS, editable=False, max_length=10, null=True),
        ),
        migrations.AddConstraint(
            model_name="explanation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__in", ["", "yes", "pseudonym"]), ("given", True)),
                    models.Q(("answer", ""), ("given", False)),
                    _connector="OR",
                ),
                name="explanation_has_answer",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="volunteers.person",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="agreementwords",
            name="agreement",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="said",
                to="clients.agreement",
            ),
        ),
        migrations.AddField(
            model_name="agreementwords",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clients.client"
            ),
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(fields=["client", "-made_at"], name="agreement_client"),
        ),
        migrations.AddIndex(
            model_name="client",
            index=models.Index(
                fields=["branch", "taken_in_at"],
                name="client_not_asked",
                condition=models.Q(("agreed", None)),
            ),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]

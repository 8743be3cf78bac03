"""What heirs of a client who died ask."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

CODES = """
ALTER TABLE clients_heirrequest
    ADD CONSTRAINT heirrequest_quality_codes CHECK (quality IN ('executor', 'spouse', 'heir', 'other')),
    ADD CONSTRAINT heirrequest_wish_codes CHECK (wish IN ('estate', 'memories', 'closing', 'update')),
    ADD CONSTRAINT heirrequest_proof_codes CHECK (proof IN ('none', 'deed', 'certificate', 'family_book', 'will', 'identity')),
    ADD CONSTRAINT heirrequest_along_codes CHECK (along IN ('silent', 'with', 'against')),
    ADD CONSTRAINT heirrequest_state_codes CHECK (state IN ('new', 'to_grant', 'to_refuse', 'granted', 'refused')),
    ADD CONSTRAINT heirrequest_channel_codes CHECK (channel IN
        ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT heirrequest_proof_day CHECK ((proof = 'none') = (proof_seen_on IS NULL)),
    ADD CONSTRAINT heirrequest_decided CHECK ((state IN ('granted', 'refused')) = (decided_by_id IS NOT NULL)
        AND (decided_by_id IS NULL) = (decided_at IS NULL) AND (state = 'new') = (proposed_by_id IS NULL)),
    ADD CONSTRAINT heirrequest_id_client UNIQUE (id, client_id);
ALTER TABLE clients_heirrequest ADD CONSTRAINT heirrequest_directive
    FOREIGN KEY (directive_id, client_id) REFERENCES clients_directive (id, client_id);
ALTER TABLE clients_heirwords
    ADD CONSTRAINT heirwords_kind_codes CHECK (kind IN ('asked', 'objection', 'settled', 'decision', 'back')),
    ADD CONSTRAINT heirwords_client FOREIGN KEY (request_id, client_id) REFERENCES clients_heirrequest (id, client_id);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0009_directives"),
        ("volunteers", "0007_speaking"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeirRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=12, unique=True)),
                (
                    "quality",
                    models.CharField(
                        choices=[
                            ("executor", "Named by the client in their directives"),
                            ("spouse", "Husband, wife or partner"),
                            ("heir", "Heir (child, parent, brother or sister …)"),
                            ("other", "Somebody else"),
                        ],
                        max_length=10,
                        verbose_name="as",
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        choices=[
                            ("estate", "What is needed to settle the estate"),
                            ("memories", "Digital goods, or family memories"),
                            ("closing", "Close the accounts, and stop using the data"),
                            ("update", "Put the death on record"),
                        ],
                        max_length=10,
                        verbose_name="what is asked",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("none", "None yet"),
                            ("deed", "Notary’s deed of who inherits (acte de notoriété)"),
                            ("certificate", "Heir’s certificate signed by all (attestation)"),
                            ("family_book", "Family record book (livret de famille)"),
                            ("will", "Will"),
                            ("identity", "Identity paper alone"),
                        ],
                        max_length=12,
                        verbose_name="proof",
                    ),
                ),
                ("proof_seen_on", models.DateField(null=True, verbose_name="seen on")),
                (
                    "along",
                    models.CharField(
                        choices=[
                            ("silent", "The directives say nothing of it, or there are none"),
                            ("with", "It goes with the directives"),
                            ("against", "It goes against the directives"),
                        ],
                        max_length=8,
                        verbose_name="directives",
                    ),
                ),
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
                ("received_on", models.DateField(verbose_name="received on")),
                ("due_on", models.DateField(verbose_name="answer due")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Waits for a coordinator"),
                            ("to_grant", "Proposed: yes"),
                            ("to_refuse", "Proposed: no"),
                            ("granted", "Yes"),
                            ("refused", "No"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("objected_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                        related_name="heir_requests",
                        to="clients.client",
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
                    "directive",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.directive",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
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
            name="HeirWords",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("asked", "What was asked"),
                            ("objection", "Objection of another heir"),
                            ("settled", "What settled the objection"),
                            ("decision", "Proposed, and why"),
                            ("back", "Sent back, and why"),
                        ],
                        max_length=10,
                    ),
                ),
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
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="clients.heirrequest",
                    ),
                ),
            ],
            options={
                "ordering": ["made_at"],
            },
        ),
        migrations.AddIndex(
            model_name="heirrequest",
            index=models.Index(fields=["client"], name="heirrequest_client"),
        ),
        migrations.AddIndex(
            model_name="heirrequest",
            index=models.Index(
                condition=models.Q(("state__in", ["new", "to_grant", "to_refuse"])),
                fields=["due_on"],
                name="heirrequest_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="heirrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        models.Q(("decided_by", models.F("by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="heirrequest_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="heirrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "granted"), _negated=True),
                    ("objected_at", None),
                    ("settled_at__isnull", False),
                    _connector="OR",
                ),
                name="heirrequest_no_objection",
            ),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]

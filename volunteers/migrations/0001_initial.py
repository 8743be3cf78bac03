# The tables of this app.

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "username",
                    models.CharField(max_length=40, unique=True, verbose_name="user name"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person who serves"), ("client", "Client")],
                        default="person",
                        max_length=8,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "Français")],
                        default="fr",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("must_change_password", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Branch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "reach",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="how clients reach the branch"
                    ),
                ),
                (
                    "legal_body",
                    models.BooleanField(db_default=False, verbose_name="a legal body of its own"),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("material", models.BooleanField(default=True, verbose_name="material change")),
                ("drafted_at", models.DateTimeField(auto_now_add=True)),
                ("adopted_on", models.DateField(null=True, verbose_name="adopted on")),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("working_name", models.CharField(max_length=60, verbose_name="working name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "Français")],
                        default="fr",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("joined_at", models.DateTimeField(auto_now_add=True)),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["working_name"],
            },
        ),
        migrations.CreateModel(
            name="Association",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "portal_name",
                    models.CharField(max_length=60, verbose_name="neutral name of the portal"),
                ),
                ("quick_exit_url", models.URLField(verbose_name="page for leaving quickly")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="association_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="DutyRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "first",
                    models.CharField(
                        choices=[
                            ("volunteer", "Volunteer"),
                            ("coordinator", "Coordinator"),
                            ("president", "President"),
                            ("protection", "Data-protection lead"),
                            ("administrator", "Administrator"),
                            ("responder", "Listens to colleagues"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "second",
                    models.CharField(
                        choices=[
                            ("volunteer", "Volunteer"),
                            ("coordinator", "Coordinator"),
                            ("president", "President"),
                            ("protection", "Data-protection lead"),
                            ("administrator", "Administrator"),
                            ("responder", "Listens to colleagues"),
                        ],
                        max_length=16,
                    ),
                ),
                ("why", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="dutyrule_pair")
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2),
                ),
                ("text", models.TextField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="volunteers.policyversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("key_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("device", models.CharField(blank=True, max_length=80)),
                ("principal", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Undertaking",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("fr", "Français")], max_length=2),
                ),
                ("text", models.TextField()),
                ("text_sha256", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                ("signed_in_at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undertakings",
                        to="volunteers.policyversion",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undertakings",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-signed_at"],
            },
        ),
        migrations.CreateModel(
            name="TalkRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("phone", "By telephone"), ("meet", "Face to face")],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "haste",
                    models.CharField(
                        choices=[
                            ("today", "Today, if possible"),
                            ("week", "This week"),
                            ("whenever", "There is no hurry"),
                        ],
                        max_length=10,
                        verbose_name="how soon",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talk_requests",
                        to="volunteers.person",
                    ),
                ),
                (
                    "responder",
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
        migrations.AddField(
            model_name="policyversion",
            name="adopted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="adopted_versions",
                to="volunteers.person",
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="drafted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drafted_versions",
                to="volunteers.person",
            ),
        ),
        migrations.CreateModel(
            name="PersonDetails",
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
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="details",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                            ("volunteer", "Volunteer"),
                            ("coordinator", "Coordinator"),
                            ("president", "President"),
                            ("protection", "Data-protection lead"),
                            ("administrator", "Administrator"),
                            ("responder", "Listens to colleagues"),
                        ],
                        max_length=16,
                        verbose_name="duty",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "Français")],
                        default="fr",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("used_by", models.UUIDField(null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="volunteers.branch",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="volunteers.person",
                    ),
                ),
                (
                    "again",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        migrations.CreateModel(
            name="Duty",
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
                            ("volunteer", "Volunteer"),
                            ("coordinator", "Coordinator"),
                            ("president", "President"),
                            ("protection", "Data-protection lead"),
                            ("administrator", "Administrator"),
                            ("responder", "Listens to colleagues"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="volunteers.branch",
                    ),
                ),
                (
                    "appointed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="volunteers.person",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "duties",
            },
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "left_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("returned_at", models.DateTimeField(null=True)),
                (
                    "reminder",
                    models.CharField(
                        choices=[
                            ("pending", "Not given yet"),
                            ("signed", "Signed"),
                            ("refused", "Signature refused"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("reminded_at", models.DateTimeField(null=True)),
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
                        related_name="departures",
                        to="volunteers.person",
                    ),
                ),
                (
                    "reminded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-left_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_superuser", False)), name="user_no_superuser"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("username", django.db.models.functions.text.Lower("username"))),
                name="user_username_lower",
            ),
        ),
        migrations.AddConstraint(
            model_name="policytext",
            constraint=models.UniqueConstraint(
                fields=("version", "language"), name="policytext_language"
            ),
        ),
        migrations.AddIndex(
            model_name="undertaking",
            index=models.Index(fields=["person", "version"], name="undertaking_person"),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adopted_by", None), ("adopted_on", None)),
                    models.Q(("adopted_by__isnull", False), ("adopted_on__isnull", False)),
                    _connector="OR",
                ),
                name="policyversion_adopted_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(fields=["person", "kind"], name="duty_person_kind"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("branch__isnull", False),
                        ("kind__in", ["volunteer", "coordinator", "responder"]),
                    ),
                    models.Q(
                        ("branch", None), ("kind__in", ["president", "protection", "administrator"])
                    ),
                    _connector="OR",
                ),
                name="duty_branch_where_needed",
            ),
        ),
        migrations.CreateModel(
            name="LettingIn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("rejoined", "Invited again, after having left"),
                            ("appointed", "Given a duty"),
                            ("new_sign_in", "Given a new first password"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "duty",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("volunteer", "Volunteer"),
                            ("coordinator", "Coordinator"),
                            ("president", "President"),
                            ("protection", "Data-protection lead"),
                            ("administrator", "Administrator"),
                            ("responder", "Listens to colleagues"),
                        ],
                        max_length=16,
                    ),
                ),
                ("begun_at", models.DateTimeField(null=True)),
                (
                    "branch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.branch",
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lettings_in",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "verbose_name_plural": "lettings in",
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("met", "I have met them"),
                            ("rang", "I have rung them, on a number I found myself"),
                        ],
                        max_length=4,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("withdrawn_at", models.DateTimeField(null=True)),
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
                        related_name="meetings",
                        to="volunteers.person",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.person",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("returned_at", None)), fields=("person",), name="departure_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="lettingin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("by", None),
                    models.Q(("by", models.F("person")), _negated=True),
                    _connector="OR",
                ),
                name="lettingin_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("person")), _negated=True),
                name="meeting_two_people",
            ),
        ),
    ]

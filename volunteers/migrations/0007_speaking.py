"""The association and its branches speak of themselves in each language; what was said so far is said in both."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text()


def words(longest: int) -> models.CharField:
    """A text that may be missing."""
    return models.CharField(blank=True, db_default="", max_length=longest)


ASSOCIATION = {
    "address": words(200),
    "phone": words(30),
    "hours_en": words(120),
    "hours_fr": words(120),
    "about_en": words(300),
    "about_fr": words(300),
    "rna": words(10),
    "siren": words(9),
    "publisher": words(120),
    "host_name": words(120),
    "host_address": words(200),
    "host_phone": words(30),
    "lead_phone": words(30),
    "within_eu": models.BooleanField(db_default=False),
    "changed_at": models.DateTimeField(db_default=django.db.models.functions.Now()),
}
BRANCH = {
    "phone": words(30),
    "hours_en": words(120),
    "hours_fr": words(120),
    "address": words(200),
    "reach_en": words(200),
}


class Migration(migrations.Migration):
    dependencies = [
        ("volunteers", "0006_days_to_sign"),
    ]

    operations = [
        *(migrations.AddField("association", name, field) for name, field in ASSOCIATION.items()),
        migrations.RenameField("association", "portal_name", "portal_name_fr"),
        migrations.AlterField(
            "association",
            "portal_name_fr",
            models.CharField(max_length=60),
        ),
        migrations.AddField(
            "association",
            "portal_name_en",
            models.CharField(default="", max_length=60),
            preserve_default=False,
        ),
        *(migrations.AddField("branch", name, field) for name, field in BRANCH.items()),
        migrations.RenameField("branch", "reach", "reach_fr"),
        migrations.AlterField("branch", "reach_fr", words(200)),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="PrivacyNotice",
            fields=[
                ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("published_at", models.DateTimeField()),
                ("text_en", models.TextField()),
                ("text_fr", models.TextField()),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="volunteers.person"
                    ),
                ),
            ],
            options={"ordering": ["-number"]},
        ),
    ]

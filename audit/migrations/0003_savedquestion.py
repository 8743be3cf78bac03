import uuid

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_constraints")]

    operations = [
        migrations.CreateModel(
            name="SavedQuestion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.UUIDField()),
                ("question", models.JSONField()),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "db_table": "audit_savedquestion",
                "indexes": [
                    models.Index(fields=["owner", "made_at"], name="audit_savedquestion_owner")
                ],
            },
        ),
    ]

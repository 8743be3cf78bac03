"""How many leaves a subject has: counted in a table of its own, which only sealing writes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_log"), ("vault", "0003_logged")]
    operations = [
        migrations.CreateModel(
            name="LeafCount",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("leaves", models.BigIntegerField()),
            ],
            options={"db_table": "audit_leafcount"},
        ),
        migrations.RunSQL(
            "INSERT INTO audit_leafcount (subject, leaves)"
            " SELECT subject, logged FROM vault_subjectkey WHERE logged > 0",
            migrations.RunSQL.noop,
        ),
    ]

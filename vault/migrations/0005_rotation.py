"""Master keys by name, and wrapped keys as they were before they were wrapped anew."""

from django.db import migrations, models

SQL = """
ALTER TABLE vault_masterkey ADD CONSTRAINT masterkey_name CHECK (name ~ '^[0-9A-Za-z._-]{1,32}$');
ALTER TABLE vault_masterkey ADD CONSTRAINT masterkey_order CHECK (
    (retired_at IS NULL OR (closed_at IS NOT NULL AND emptied_at IS NOT NULL)) AND (copies_at IS NULL OR retired_at IS NOT NULL)
    AND (retired_at IS NULL) = (backup_days IS NULL));
CREATE UNIQUE INDEX formerkeys_once ON vault_formerkeys (subject, name);
ALTER TABLE vault_formerkeys ADD CONSTRAINT formerkeys_name CHECK (name ~ '^[0-9A-Za-z._-]{1,32}$');
-- A key that is destroyed is destroyed here too.
ALTER TABLE vault_formerkeys ADD CONSTRAINT formerkeys_subject FOREIGN KEY (subject) REFERENCES vault_subjectkey (subject) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0004_no_count")]

    operations = [
        migrations.CreateModel(
            name="MasterKey",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("mark", models.BinaryField(null=True)),
                ("since", models.DateTimeField()),
                ("emptied_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                ("backup_days", models.PositiveIntegerField(null=True)),
                ("copies_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "vault_masterkey"},
        ),
        migrations.CreateModel(
            name="FormerKeys",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.UUIDField()),
                ("name", models.CharField(max_length=32)),
                ("data", models.BinaryField()),
                ("audit", models.BinaryField()),
            ],
            options={"db_table": "vault_formerkeys"},
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]

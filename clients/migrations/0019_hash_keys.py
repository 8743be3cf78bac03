"""The keys of keyed hashes have rows of their own, so that a branch can have a second one while hashes are made anew."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# The first key of a branch has the branch's id. Without FORCE: else the owner sees no row of the table.
FIRST = """
ALTER TABLE clients_fingerprint NO FORCE ROW LEVEL SECURITY;
INSERT INTO clients_hashkey (id, branch_id, made_at) SELECT k.subject, k.subject, k.made_at FROM vault_subjectkey k WHERE k.kind = 'branch';
UPDATE clients_fingerprint SET key_id = branch_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# Not deferred, so that a key goes or stays in the statement that says so.
TIED = """
ALTER TABLE clients_hashkey ADD CONSTRAINT hashkey_id_branch UNIQUE (id, branch_id);
ALTER TABLE clients_hashkey ADD CONSTRAINT hashkey_subject FOREIGN KEY (id) REFERENCES vault_subjectkey (subject);
ALTER TABLE clients_fingerprint ADD CONSTRAINT fingerprint_key FOREIGN KEY (key_id, branch_id) REFERENCES clients_hashkey (id, branch_id);
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0018_going"), ("vault", "0005_rotation")]

    operations = [
        migrations.CreateModel(
            name="HashKey",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="volunteers.branch"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="fingerprint",
            name="key",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="clients.hashkey"
            ),
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="fingerprint",
            name="key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="clients.hashkey"
            ),
        ),
        migrations.RunSQL(TIED, migrations.RunSQL.noop),
    ]

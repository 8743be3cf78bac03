"""Ways out: a telling undone, a request of an heir that is over, a message of which nobody may read the words."""

import django.db.models.deletion
from django.db import migrations, models

CODES = """
ALTER TABLE clients_heirrequest
    DROP CONSTRAINT heirrequest_state_codes,
    DROP CONSTRAINT heirrequest_decided,
    ADD CONSTRAINT heirrequest_state_codes CHECK (state IN ('new', 'to_grant', 'to_refuse', 'granted', 'refused', 'moot')),
    ADD CONSTRAINT heirrequest_decided CHECK ((state IN ('granted', 'refused')) = (decided_by_id IS NOT NULL)
        AND (decided_by_id IS NULL) = (decided_at IS NULL) AND (state = 'moot' OR (state = 'new') = (proposed_by_id IS NULL))),
    ADD CONSTRAINT heirrequest_proof CHECK (state NOT IN ('to_grant', 'granted')
        OR (proof NOT IN ('none', 'identity') AND along <> 'against')) NOT VALID;
ALTER TABLE clients_deathtold ADD CONSTRAINT deathtold_undone CHECK ((undone_at IS NULL) = (undone_by_id IS NULL));
ALTER TABLE clients_message ADD CONSTRAINT message_told CHECK (told_by_id IS NULL OR answered_at IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0014_misplaced"),
        ("volunteers", "0008_own_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="deathtold",
            name="undone_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="deathtold",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="volunteers.person",
            ),
        ),
        migrations.AddField(
            model_name="heirrequest",
            name="second_seen_on",
            field=models.DateField(null=True, verbose_name="seen by the second person on"),
        ),
        migrations.AddField(
            model_name="message",
            name="told_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="volunteers.person",
            ),
        ),
        migrations.AlterField(
            model_name="heirrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "Waits for a coordinator"),
                    ("to_grant", "Proposed: yes"),
                    ("to_refuse", "Proposed: no"),
                    ("granted", "Yes"),
                    ("refused", "No"),
                    ("moot", "Over: the client lives"),
                ],
                default="new",
                max_length=10,
            ),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]

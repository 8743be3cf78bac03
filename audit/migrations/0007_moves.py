"""Indexes for where a client was, and for whom somebody confirmed a space: asked by complaints that name nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_codes")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["subject", "at"],
                name="audit_event_move",
                condition=models.Q(action="client.move"),
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["actor"],
                name="audit_event_confirm",
                condition=models.Q(action="portal.confirm"),
            ),
        ),
    ]

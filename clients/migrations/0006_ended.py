"""When it was noted that a client died, or that the support ended: for the news of a branch, and for reminders."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_codes")]
    operations = [
        migrations.AddField("client", "state_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddIndex(
            "client",
            models.Index(
                fields=["branch", "state_at"],
                name="client_ended",
                condition=~models.Q(state="open"),
            ),
        ),
    ]

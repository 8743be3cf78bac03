"""What clients choose for their own space: notes are hidden, nobody signs in until a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0011_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name="portalaccess",
            name="notes_hidden_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="portalaccess",
            name="paused_until",
            field=models.DateField(null=True),
        ),
    ]

"""How many writes the log knew when the record was read for a copy that the team prepares."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0010_read_at")]

    operations = [
        migrations.AddField(
            model_name="preparedcopy",
            name="read_writes",
            field=models.PositiveIntegerField(null=True),
        ),
    ]

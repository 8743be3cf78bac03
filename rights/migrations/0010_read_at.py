"""When the record was read for a copy that the team prepares."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rights", "0009_prepared_codes")]

    operations = [
        migrations.AddField(
            model_name="preparedcopy",
            name="read_at",
            field=models.DateTimeField(null=True),
        ),
    ]

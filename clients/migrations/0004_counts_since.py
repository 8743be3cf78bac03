"""Since when a complaint shuts out whom it names: never taken back once it does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_given_in")]
    operations = [
        migrations.AddField(
            "complaint", "counts_since", models.DateTimeField(editable=False, null=True)
        ),
    ]

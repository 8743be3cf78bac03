"""Fetching a package again for a quarter of an hour, and clearing it away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosures", "0004_will"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="again_hash",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="again_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="swept_at",
            field=models.DateTimeField(null=True),
        ),
    ]

"""Without a statement, a recipient was told that the whole record is erased."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0018_going"),
        ("disclosures", "0007_recipients"),
    ]

    operations = [
        migrations.AlterField(
            model_name="recipienttold",
            name="statement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="told",
                to="clients.statement",
            ),
        ),
    ]

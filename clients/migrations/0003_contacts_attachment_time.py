from django.db import migrations, models


class Migration(migrations.Migration):
    """A default of the database is read back on insert, which a coordinator without a reason may not."""

    dependencies = [("clients", "0002_walls")]
    operations = [
        migrations.AlterField("attachment", "made_at", models.DateTimeField(auto_now_add=True)),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vault", "0003_logged"), ("audit", "0005_leafcount")]
    operations = [migrations.RemoveField("subjectkey", "logged")]

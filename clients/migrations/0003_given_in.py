from django.db import migrations, models

import audit.models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_leafcount"), ("clients", "0002_constraints")]
    operations = [
        migrations.AddField(
            "clientpermission", "given_in", audit.models.Xid8Field(editable=False, null=True)
        ),
        migrations.AddField(
            "contactpermission", "given_in", audit.models.Xid8Field(editable=False, null=True)
        ),
        migrations.AddField(
            "complaint", "opened_through", models.UUIDField(editable=False, null=True)
        ),
    ]

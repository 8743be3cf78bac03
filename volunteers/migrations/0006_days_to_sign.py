"""Until when a version of the code must be signed. Those of before bound, and closed, on the day of their adoption."""

from django.db import migrations, models

# Row security is forced on its owner too, who is nobody to it; laying the walls again forces it again.
FILL = """
ALTER TABLE volunteers_policyversion NO FORCE ROW LEVEL SECURITY;
UPDATE volunteers_policyversion SET closes_on = adopted_on;
ALTER TABLE volunteers_policyversion FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0005_codes")]
    operations = [
        migrations.AddField(
            "policyversion",
            "closes_on",
            models.DateField(null=True, verbose_name="to be signed before"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "policyversion",
            models.CheckConstraint(
                condition=models.Q(("adopted_on", None), ("closes_on", None))
                | models.Q(("closes_on__gte", models.F("adopted_on"))),
                name="policyversion_closes_once_adopted",
            ),
        ),
    ]

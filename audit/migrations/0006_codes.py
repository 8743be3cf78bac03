"""A column of codes takes its codes only."""

from django.db import migrations

SQL = """ALTER TABLE audit_keeping
    ADD CONSTRAINT keeping_purpose_codes CHECK (purpose IN ('security', 'own_record'))"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_leafcount")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

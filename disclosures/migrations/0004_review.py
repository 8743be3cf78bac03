"""Links and items reach only what their maker may see. See the SQL file."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parent.parent / "sql" / "review.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0003_disclosures_marks"), ("clients", "0006_review")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

"""An index of the calls that nobody answered: the home page asks whether a record has others lately."""

from django.db import migrations

SQL = """
CREATE INDEX contact_unanswered ON clients_contact (branch_id, happened_on) WHERE NOT reached;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0016_accepted_statements"),
        ("rights", "0014_holds"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]

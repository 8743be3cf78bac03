"""A restriction that the client asked for in their space, before anybody has looked at the ground."""

from django.db import migrations, models

CODES = """
ALTER TABLE clients_restriction
    DROP CONSTRAINT restriction_ground_codes,
    ADD CONSTRAINT restriction_ground_codes
        CHECK (ground IN ('withdrawn', 'contested', 'unlawful', 'claims', 'objection', 'asked'));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0016_accepted_statements"),
    ]

    operations = [
        migrations.AlterField(
            model_name="restriction",
            name="ground",
            field=models.CharField(
                choices=[
                    ("withdrawn", "The client does not agree, or no longer, to our keeping it"),
                    ("contested", "The client says that it is not right (Art. 18(1)(a))"),
                    (
                        "unlawful",
                        "It should not have been kept, but the client does not want it deleted (18(1)(b))",
                    ),
                    (
                        "claims",
                        "We no longer need it, but the client does, for legal claims (18(1)(c))",
                    ),
                    ("objection", "The client objects, and we have not answered yet (18(1)(d))"),
                    ("asked", "The client asked for it, and we have not answered yet"),
                ],
                max_length=12,
                verbose_name="ground",
            ),
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
    ]

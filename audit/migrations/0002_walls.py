"""Row-level security, triggers and definer functions of this app. See the SQL files, in this order."""

from pathlib import Path

from django.db import migrations

from audit.register import claims

FOLDER = Path(__file__).parent.parent / "sql"
FILES = ("door", "rows")
# Who may claim which event, laid as it stands in the register.
CLAIMS = """
CREATE FUNCTION sec.claims(way text, act text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(c.who) FROM jsonb_array_elements_text('%s'::jsonb -> way -> act) c (who)
$$;
""".replace("%s", claims())


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("vault", "0002_walls")]
    operations = [
        migrations.RunSQL(CLAIMS, migrations.RunSQL.noop),
        *(
            migrations.RunSQL((FOLDER / f"{name}.sql").read_text(), migrations.RunSQL.noop)
            for name in FILES
        ),
    ]

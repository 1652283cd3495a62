from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "allocation_0003.sql"
_DROP = "DROP FUNCTION billing_allocate_item(bigint, date, timestamptz);"


class Migration(migrations.Migration):
    """Where the money of a payment goes, once the tables are there."""

    dependencies = [("billing", "0002_initial")]
    operations = [migrations.RunSQL(sql=_SQL.read_text(encoding="utf-8"), reverse_sql=_DROP)]

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "pricing.sql"
_DROP = """
DROP FUNCTION billing_next_price_day(date, date[], date);
DROP FUNCTION billing_amount_due(text, numeric, numeric, numeric, date, date[], numeric[], date);
DROP FUNCTION billing_price_on(numeric, date, date[], numeric[], date);
DROP FUNCTION billing_late_rate(date, date);
DROP FUNCTION billing_ascending(date, date[]);
"""


class Migration(migrations.Migration):
    """The price of a bill, before the tables whose checks use it."""

    initial = True
    dependencies = []
    operations = [migrations.RunSQL(sql=_SQL.read_text(encoding="utf-8"), reverse_sql=_DROP)]

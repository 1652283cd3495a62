import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Nothing of a receipt changes but what is known later: its PDF and its mail. The trigger names what may change."""

    dependencies = [
        ('billing', '0008_office_money_permissions'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='receipt',
            name='identity_stays',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='receipt',
            trigger=pgtrigger.compiler.Trigger(name='stays_as_issued', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."verification_code" IS DISTINCT FROM (NEW."verification_code") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."payment_id" IS DISTINCT FROM (NEW."payment_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='104ecd49065cd24f120acef2f54ae22b63081a29', operation='UPDATE', pgid='pgtrigger_stays_as_issued_c97e9', table='billing_receipt', when='BEFORE')),
        ),
    ]

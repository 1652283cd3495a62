import django.contrib.postgres.indexes
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the office's lists filter by, at millions of rows: built without holding up those who write."""

    atomic = False

    dependencies = [
        ('adhesions', '0012_recorded_changes'),
        ('billing', '0030_recorded_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='billdelivery',
            index=models.Index(condition=models.Q(('state', 'sent'), _negated=True), fields=['state', 'id'], name='bill_delivery_not_sent'),
        ),
        AddIndexConcurrently(
            model_name='billdelivery',
            index=models.Index(condition=models.Q(('kind', 'new'), _negated=True), fields=['kind', 'id'], name='bill_delivery_of_rare_kind'),
        ),
        AddIndexConcurrently(
            model_name='billdelivery',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['queued_at'], name='bill_delivery_by_day'),
        ),
        AddIndexConcurrently(
            model_name='scheduleddebit',
            index=models.Index(fields=['state', 'id'], name='debit_by_state'),
        ),
        AddIndexConcurrently(
            model_name='scheduleddebit',
            index=models.Index(fields=['debit_on'], name='debit_by_day'),
        ),
    ]

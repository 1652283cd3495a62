from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the office's lists filter by, at millions of rows: built without holding up those who write."""

    atomic = False

    dependencies = [
        ('accounts', '0011_recorded_changes'),
        ('billing', '0030_recorded_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='allocation',
            index=models.Index(condition=models.Q(('reason', 'paid'), _negated=True), fields=['reason', 'id'], name='allocation_not_paid'),
        ),
        AddIndexConcurrently(
            model_name='collectionoperation',
            index=models.Index(condition=models.Q(('held_because', ''), _negated=True), fields=['held_because', 'id'], name='operation_held'),
        ),
        AddIndexConcurrently(
            model_name='invoice',
            index=models.Index(condition=models.Q(('status', 'void')), fields=['id'], name='invoice_void'),
        ),
        AddIndexConcurrently(
            model_name='invoice',
            index=models.Index(condition=models.Q(('kind', 'service'), _negated=True), fields=['kind', 'id'], name='invoice_of_rare_kind'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('state', 'succeeded'), _negated=True), fields=['state', 'id'], name='payment_not_succeeded'),
        ),
        AddIndexConcurrently(
            model_name='providermovement',
            index=models.Index(condition=models.Q(('kind', 'charge'), _negated=True), fields=['kind', 'id'], name='movement_of_rare_kind'),
        ),
    ]

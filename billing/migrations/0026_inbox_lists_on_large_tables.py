from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

RESOLVED_BEFORE = """
    INSERT INTO billing_discrepancyentry (discrepancy_id, step, by_id, at, text, resolved_as)
    SELECT found.id, 'resolved', found.resolved_by_id, found.resolved_at, found.resolution, found.resolved_as
    FROM billing_discrepancy AS found
    WHERE found.state = 'resolved' AND NOT EXISTS (
        SELECT FROM billing_discrepancyentry AS entry WHERE entry.discrepancy_id = found.id
    )
"""


class Migration(migrations.Migration):
    """What may take long on a large table, without holding up those who write; and the story of what was resolved."""

    atomic = False

    dependencies = [("billing", "0025_discrepancies_are_worked_on")]

    operations = [
        migrations.RunSQL(RESOLVED_BEFORE, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='webhookevent',
            index=models.Index(fields=['received_at'], name='webhook_by_moment'),
        ),
        AddIndexConcurrently(
            model_name='webhookevent',
            index=models.Index(fields=['source', 'received_at'], name='webhook_by_source'),
        ),
        AddIndexConcurrently(
            model_name='webhookevent',
            index=models.Index(fields=['event_type', 'received_at'], name='webhook_by_type'),
        ),
        AddIndexConcurrently(
            model_name='webhookevent',
            index=models.Index(fields=['status', 'received_at'], name='webhook_by_status'),
        ),
    ]

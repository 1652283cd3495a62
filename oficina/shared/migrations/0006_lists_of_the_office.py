import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the office's lists filter by, at millions of rows: built without holding up those who write."""

    atomic = False

    dependencies = [
        ('shared', '0005_job_failures'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='importchange',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['object_id'], name='import_change_made'),
        ),
        AddIndexConcurrently(
            model_name='outgoingmail',
            index=models.Index(fields=['recipients'], name='mail_by_recipients'),
        ),
        AddIndexConcurrently(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('sent_at', None)), fields=['id'], name='mail_waiting'),
        ),
    ]

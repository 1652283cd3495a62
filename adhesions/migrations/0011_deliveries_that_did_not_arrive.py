from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What counts the mails that did not arrive among all, without holding up those who write."""

    atomic = False

    dependencies = [("adhesions", "0010_moves_said_once")]

    operations = [
        AddIndexConcurrently(
            model_name='billdelivery',
            index=models.Index(condition=models.Q(('state__in', ['failed', 'bounced'])), fields=['state', 'queued_at'], name='bill_delivery_not_arrived'),
        ),
    ]

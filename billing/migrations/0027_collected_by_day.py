from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What sums up a month of payments and of what left them again, without holding up those who write."""

    atomic = False

    dependencies = [("billing", "0026_inbox_lists_on_large_tables")]

    operations = [
        migrations.AlterModelOptions(
            name='payment',
            options={'permissions': [('refund_payment', 'Puede devolver plata de un pago'), ('release_payment', 'Puede liberar un pago que el proveedor no tiene'), ('view_collected', 'Puede ver cuánto se recaudó')], 'verbose_name': 'pago', 'verbose_name_plural': 'pagos'},
        ),
        AddIndexConcurrently(
            model_name='allocation',
            index=models.Index(condition=models.Q(('reason', 'return')), fields=['created_at'], name='allocation_returned'),
        ),
        AddIndexConcurrently(
            model_name='creditentry',
            index=models.Index(condition=models.Q(('reason__in', ('refunded', 'refund_failed', 'disputed', 'reinstated'))), fields=['created_at'], name='credit_returned'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('settled_at__isnull', False)), fields=['settled_at'], include=('channel', 'amount_received'), name='payment_collected'),
        ),
    ]

from django.db import migrations


class Migration(migrations.Migration):
    """What the office may be allowed to do with money, beyond reading it."""

    dependencies = [("billing", "0007_reversed_operations")]

    operations = [
        migrations.AlterModelOptions(
            name="creditentry",
            options={
                "permissions": [("refund_credit", "Puede devolver saldo a favor")],
                "verbose_name": "saldo a favor",
                "verbose_name_plural": "saldos a favor",
            },
        ),
        migrations.AlterModelOptions(
            name="payment",
            options={
                "permissions": [
                    ("refund_payment", "Puede devolver plata de un pago"),
                    ("release_payment", "Puede liberar un pago que el proveedor no tiene"),
                ],
                "verbose_name": "pago",
                "verbose_name_plural": "pagos",
            },
        ),
    ]

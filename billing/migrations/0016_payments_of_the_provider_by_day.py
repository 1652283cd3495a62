from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """What may take long on a large table, without holding up those who write."""

    atomic = False

    dependencies = [("billing", "0015_direct_debit_channels")]

    operations = [
        ValidateConstraint(model_name="payment", name="payment_card_debit_saved_its_request"),
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("channel__in", ("checkout", "direct_debit_card")), ("state", "succeeded")),
                fields=["paid_at"],
                name="payment_of_provider_by_day",
            ),
        ),
        RemoveIndexConcurrently(model_name="payment", name="payment_checkout_by_day"),
    ]

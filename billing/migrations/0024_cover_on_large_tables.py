import django.db.models.expressions
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """What may take long on a large table, without holding up those who write."""

    atomic = False

    dependencies = [("billing", "0023_cover")]

    operations = [
        ValidateConstraint(model_name="allocation", name="allocation_reason_known"),
        ValidateConstraint(model_name="discrepancy", name="discrepancy_kind_known"),
        ValidateConstraint(model_name="invoice", name="invoice_applied_within_payable"),
        ValidateConstraint(model_name="invoice", name="invoice_financed_within_covered"),
        ValidateConstraint(model_name="invoice", name="invoice_void_holds_no_money"),
        ValidateConstraint(model_name="invoice", name="invoice_settled_when_paid"),
        ValidateConstraint(model_name="invoice", name="invoice_only_instalments_offered"),
        AddIndexConcurrently(
            model_name='invoice',
            index=models.Index(condition=models.Q(('status', 'open'), ('applied__lt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('amount'), '+', models.F('surcharge')), '-', models.F('covered')))), fields=['account', 'due_on'], name='invoice_payable_by_account'),
        ),
        RemoveIndexConcurrently(
            model_name='invoice',
            name='invoice_unpaid_by_account',
        ),
    ]

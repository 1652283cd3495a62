import django.db.models.deletion
import django.utils.timezone
import oficina.shared.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Certificates that an account owes nothing, which the database issues to no account that owes something."""

    dependencies = [
        ('accounts', '0003_profile_change'),
        ('billing', '0011_listings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DebtCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verification_code', models.CharField(default=oficina.shared.ids.verification_code, editable=False, max_length=12, unique=True, verbose_name='código de verificación')),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='emitido')),
                ('pdf', models.BinaryField(null=True, verbose_name='PDF')),
                ('rendered_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='dibujado')),
                ('holder_name', models.CharField(max_length=200, verbose_name='titular')),
                ('service_address', models.CharField(max_length=200, verbose_name='servicio en')),
                ('locality', models.CharField(max_length=100, verbose_name='localidad')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='debt_certificates', to='accounts.serviceaccount', verbose_name='cuenta')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='debt_certificates', to=settings.AUTH_USER_MODEL, verbose_name='quien lo pidió')),
            ],
            options={
                'verbose_name': 'libre deuda',
                'verbose_name_plural': 'libres deuda',
                'abstract': False,
                'indexes': [models.Index(fields=['account', '-issued_at'], name='debt_certificate_by_account')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('pdf', None), ('rendered_at', None)), models.Q(('pdf__isnull', False), ('rendered_at__isnull', False)), _connector='OR'), name='debtcertificate_rendered_with_its_pdf')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='debtcertificate',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='739a0e229d9a3298694ed1459d3acad2b90ef28b', operation='DELETE', pgid='pgtrigger_never_deleted_1223a', table='billing_debtcertificate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='debtcertificate',
            trigger=pgtrigger.compiler.Trigger(name='stays_as_issued', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."verification_code" IS DISTINCT FROM (NEW."verification_code") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."requested_by_id" IS DISTINCT FROM (NEW."requested_by_id") OR OLD."holder_name" IS DISTINCT FROM (NEW."holder_name") OR OLD."service_address" IS DISTINCT FROM (NEW."service_address") OR OLD."locality" IS DISTINCT FROM (NEW."locality"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='17acc1831e5d2770f3fdec631cf97f955fe9c4a4', operation='UPDATE', pgid='pgtrigger_stays_as_issued_bbfb6', table='billing_debtcertificate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='debtcertificate',
            trigger=pgtrigger.compiler.Trigger(name='written_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF (OLD.pdf IS NOT NULL AND NEW.pdf IS DISTINCT FROM OLD.pdf) OR (OLD.rendered_at IS NOT NULL AND NEW.rendered_at IS DISTINCT FROM OLD.rendered_at) THEN\n                RAISE EXCEPTION '% %: a value that is written once was changed', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='41cc21e49bca628d52c1916b4099911f40b76711', operation='UPDATE', pgid='pgtrigger_written_once_a7906', table='billing_debtcertificate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='debtcertificate',
            trigger=pgtrigger.compiler.Trigger(name='certifies_no_debt', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            PERFORM 1 FROM billing_invoice\n                WHERE account_id = NEW.account_id AND status = 'open'\n                AND applied < amount + surcharge;\n            IF NOT FOUND THEN\n                PERFORM 1 FROM billing_charge\n                    WHERE account_id = NEW.account_id AND status = 'pending';\n            END IF;\n            IF FOUND THEN\n                RAISE EXCEPTION 'account % owes something: no certificate', NEW.account_id\n                    USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='57cf71ac53e2c459ba27fbc68b047da84807790c', operation='INSERT', pgid='pgtrigger_certifies_no_debt_1a1d5', table='billing_debtcertificate', when='BEFORE')),
        ),
    ]

"""Who of the office may open what, written down by hand: what `test_permission_matrix` compares the site with.

A letter for each role: A Atención al cliente, T Tesorería, C Contenido, U aUditoría, D aDministración. A superuser may
what D may. A table or page that is new needs a line here.
"""

from dataclasses import dataclass

from django.db.models import Model

from accounts.models import Attention, ServiceAccount, User
from billing.models import TillPayment, TillShift
from oficina.staff import roles
from oficina.staff.files.models import ExportJob, ImportJob

LETTERS = {
    "A": roles.ATTENTION,
    "T": roles.TREASURY,
    "C": roles.CONTENT,
    "U": roles.AUDIT,
    "D": roles.ADMINISTRATION,
}


@dataclass(frozen=True)
class Table:
    """Who sees the rows of a table, adds, changes and deletes some; `sees` opens the list, a row and its history."""

    sees: str
    adds: str = ""
    changes: str = ""
    deletes: str = ""


@dataclass(frozen=True)
class Page:
    """Who may open a page that is no list and no record. `of` is the table whose first row its address names, by
    default the one that the page's name begins with; `key` is the field of it that stands there.
    """

    opens: str
    of: type[Model] | None = None
    key: str = "pk"


TABLES = {
    # Clientes
    "accounts.accountlink": Table("ATUD", adds="AD"),
    "accounts.attention": Table("AUD"),
    "accounts.counterlink": Table("AUD"),
    "accounts.customerview": Table("AUD"),
    "accounts.linkinvitation": Table("AUD"),
    "accounts.linkattempt": Table("AUD"),
    "accounts.profilechange": Table("AUD"),
    "accounts.serviceaccount": Table("ATUD"),
    "accounts.user": Table("ATUD", changes="AD"),
    "accounts.withdrawal": Table("AUD"),
    "adhesions.billdelivery": Table("AUD"),
    "adhesions.bouncereport": Table("AUD"),
    "adhesions.digitalbilling": Table("AUD"),
    "tramites.locationreport": Table("AUD"),
    "tramites.zone": Table("ACUD", adds="CD", changes="CD", deletes="CD"),
    # Atención
    "tramites.awaymessage": Table("ACUD", adds="CD"),
    "tramites.cannedanswer": Table("ACUD", adds="CD", changes="CD", deletes="CD"),
    "tramites.conversation": Table("AUD"),
    "tramites.openinghours": Table("ACUD", adds="CD", changes="CD", deletes="CD"),
    # Facturación
    "billing.charge": Table("ATUD"),
    "billing.chargevoucher": Table("ATUD"),
    "billing.claim": Table("AUD"),
    "billing.debtcertificate": Table("ATUD"),
    "billing.invoice": Table("ATUD"),
    "billing.invoiceseries": Table("TUD"),
    "billing.lateinterestpolicy": Table("TUD", adds="D", changes="D", deletes="D"),
    "shared.importchange": Table("TUD"),
    "shared.importrun": Table("TUD"),
    # Pagos
    "billing.allocation": Table("ATUD"),
    "billing.creditentry": Table("ATUD"),
    "billing.credituse": Table("ATUD"),
    "billing.dispute": Table("ATUD"),
    "billing.payment": Table("ATUD"),
    "billing.paymentevent": Table("ATUD"),
    "billing.paymentitem": Table("ATUD"),
    "billing.paymentreport": Table("ATUD"),
    "billing.receipt": Table("ATUD"),
    "billing.refund": Table("ATUD"),
    "billing.tillpayment": Table("TUD"),
    "billing.tillshift": Table("TUD"),
    # Débito automático
    "adhesions.bankanswerfile": Table("TUD"),
    "adhesions.bankpresentation": Table("TUD"),
    "adhesions.debitretry": Table("TUD", adds="D", changes="D", deletes="D"),
    "adhesions.directdebit": Table("ATUD"),
    "adhesions.scheduleddebit": Table("ATUD"),
    # Planes de pago
    "payment_plans.paymentplan": Table("ATUD"),
    "payment_plans.planpolicy": Table("TUD", adds="D", changes="D"),  # one to come may be deleted: test_plan_policies
    # Cobranza y conciliación
    "billing.collectionchannel": Table("TUD", adds="TD", changes="TD"),
    "billing.collectionoperation": Table("TUD"),
    "billing.providerday": Table("TUD"),
    "billing.providermovement": Table("TUD"),
    "billing.providerpayout": Table("TUD", changes="TD"),
    # Avisos del sistema
    "admin.logentry": Table("UD"),
    "adhesions.bouncesource": Table("UD", adds="D", changes="D"),
    "billing.discrepancy": Table("TUD"),
    "billing.reprocessing": Table("TUD"),
    "billing.webhookevent": Table("TUD"),
    "shared.outgoingmail": Table("AUD"),
    "shared.recordedchange": Table("UD"),
    "staff.backgroundjob": Table("UD"),
    "staff.exportjob": Table("TUD"),
    "staff.visit": Table("UD"),
    # Contenido
    "accounts.termsacceptance": Table("AUD"),
    "accounts.termsversion": Table("CUD", adds="CD"),
    "tramites.helptopic": Table("ACUD", adds="CD", changes="CD"),
    "tramites.linkcheck": Table("CUD"),
    "tramites.paymentplace": Table("ACUD", adds="CD", changes="CD"),
    "tramites.procedure": Table("ACUD", adds="CD", changes="CD"),
    "tramites.procedurecategory": Table("ACUD", adds="CD", changes="CD"),
}

PAGES = {
    # Clientes
    "office:search": Page("ATUD"),
    "office:account": Page("ATUD", of=ServiceAccount),
    "office:person": Page("ATUD", of=User),
    "office:person_roles": Page("D", of=User),
    "office:view_as_customer": Page("AD", of=User),
    # El mostrador
    "office:attend": Page("AD", of=ServiceAccount),
    "office:link_customer": Page("AD", of=ServiceAccount),
    "office:attention": Page("AD", of=Attention),
    "office:attention_bill": Page("AD", of=Attention),
    "office:attention_certificate": Page("AD", of=Attention),
    "office:attention_claim": Page("AD", of=Attention),
    "office:attention_receipt": Page("AD", of=Attention),
    "office:attention_slip": Page("AD", of=Attention),
    "office:attention_step": Page("AD", of=Attention),
    "office:attention_till": Page("TD", of=Attention),
    "office:end_attention": Page("AD", of=Attention),
    # Atención
    "admin:tramites_conversation_answer": Page("AD"),
    "admin:tramites_conversation_news": Page("AUD"),
    "admin:tramites_conversation_take": Page("AD"),
    "admin:tramites_conversation_assign": Page("AD"),
    "admin:tramites_conversation_account": Page("AD"),
    "admin:tramites_conversation_close": Page("AD"),
    "admin:tramites_conversation_reopen": Page("AD"),
    "admin:tramites_locationreport_answer": Page("AD"),
    "admin:billing_claim_answer": Page("AD"),
    # Pagos y cargos
    "admin:accounts_serviceaccount_refund_credit": Page("TD"),
    "admin:billing_charge_cancel": Page("TD"),
    "admin:billing_chargevoucher_pdf": Page("ATUD"),
    "admin:billing_debtcertificate_pdf": Page("ATUD"),
    "admin:billing_payment_refund": Page("TD"),
    "admin:billing_payment_release": Page("TD"),
    "admin:billing_paymentreport_accept": Page("TD"),
    "admin:billing_paymentreport_reject": Page("TD"),
    "admin:billing_receipt_pdf": Page("ATUD"),
    # Caja
    "office:till": Page("TD"),
    "office:take_payment": Page("TD", of=ServiceAccount),
    "office:taken": Page("TUD", of=TillPayment),
    "office:taken_receipt": Page("TUD", of=TillPayment),
    "office:annul_taken": Page("TD", of=TillPayment),
    "office:close_shift": Page("TD", of=TillShift),
    "office:closing_pdf": Page("TUD", of=TillShift),
    # Débito automático y planes
    "admin:adhesions_bankanswerfile_load": Page("TD"),
    "admin:adhesions_bankpresentation_present": Page("TD"),
    "admin:adhesions_bankpresentation_file": Page("TD"),
    "admin:payment_plans_paymentplan_cancel": Page("TD"),
    "admin:payment_plans_paymentplan_export": Page("ATUD"),
    "admin:payment_plans_paymentplan_paper": Page("ATUD"),
    "admin:payment_plans_planinstalment_export": Page("ATUD"),
    # Cobranza
    "admin:billing_collectionchannel_issue": Page("TD"),
    "admin:billing_collectionchannel_keep": Page("TD"),
    "admin:billing_collectionchannel_retire": Page("TD"),
    # Avisos del sistema
    "admin:adhesions_bouncesource_issue": Page("D"),
    "admin:adhesions_bouncesource_keep": Page("D"),
    "admin:adhesions_bouncesource_retire": Page("D"),
    "admin:billing_discrepancy_assign": Page("TD"),
    "admin:billing_discrepancy_note": Page("TD"),
    "admin:billing_discrepancy_reopen": Page("TD"),
    "admin:billing_discrepancy_resolve": Page("TD"),
    "admin:billing_discrepancy_resolve_many": Page("TD"),
    "admin:billing_webhookevent_ignore": Page("TD"),
    "admin:billing_webhookevent_reprocess": Page("TD"),
    "admin:billing_webhookevent_reprocess_listed": Page("TD"),
    "admin:staff_backgroundjob_cancel": Page("D"),
    "admin:staff_backgroundjob_retry": Page("D"),
    "office:jobs": Page("UD"),
    # Archivos: what each may import or export is asked for inside, see tests/staff/files
    "office:import": Page("TUD"),
    "office:import_job": Page("TUD", of=ImportJob, key="public_id"),
    "office:import_again": Page("TUD", of=ImportJob, key="public_id"),
    "office:cancel_import": Page("TUD", of=ImportJob, key="public_id"),
    "office:import_report": Page("TUD", of=ImportJob, key="public_id"),
    "office:exports": Page("TUD"),
    "office:export_job": Page("TUD", of=ExportJob, key="public_id"),
    "office:cancel_export": Page("TUD", of=ExportJob, key="public_id"),
    "office:export_file": Page("TUD", of=ExportJob, key="public_id"),
    # Contenido
    "admin:tramites_paymentplace_import": Page("CD"),
}

FOR_ALL_OF_THE_OFFICE = {
    "admin:index", "admin:search", "admin:login", "admin:logout", "admin:password_change",
    "admin:password_change_done", "admin:autocomplete",
    "admin:jsi18n", "admin:view_on_site", "admin:app_list", "office:leave_view",
}  # fmt: skip
"""What shows each person no more than they may see, or only themselves."""

ACTIONS = {
    ("accounts.accountlink", "unlink"): "AD",
    ("adhesions.billdelivery", "resend"): "AD",
    ("adhesions.billdelivery", "bounced"): "AD",
    ("adhesions.digitalbilling", "end"): "AD",
    ("adhesions.directdebit", "end"): "AD",
    ("billing.discrepancy", "take_chosen"): "TD",
    ("billing.discrepancy", "resolve_chosen"): "TD",
    ("billing.webhookevent", "reprocess_chosen"): "TD",
    ("staff.backgroundjob", "retry_chosen"): "D",
}

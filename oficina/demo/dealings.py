"""What the people of the demo had arranged with the utility before anybody looks, done by the portal's own acts: the
mails of it are in the demo's mailbox, and the jobs in its queue.
"""

from datetime import datetime, timedelta

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, User
from accounts.models.link import AccountLinkQuerySet
from accounts.terms import current_terms
from adhesions.debit.mandates import Consent, give_bank_mandate
from adhesions.digital.joining import join_digital_billing
from adhesions.digital.reminding import Reminders, change_reminders
from adhesions.digital.requesting import request_bill
from billing.claims.acts import Complaint, answer_claim, claim_bill
from billing.enums import ClaimReason, ClaimState, InvoiceStatus
from billing.models import Invoice
from billing.payment_reports.acts import PaidElsewhere, report_payment
from oficina.demo.cast import ADMINISTRATOR, CASA_DE_MAMA, CONSORCIO, CUSTOMER, STAFF, Person
from oficina.demo.fixed_account import FixedAccount
from oficina.shared.dates import local_day

_CBU = "2850590940090418135201"
_REPORTED_CHANNEL = "rapipago"


def arrange_dealings(*, now: datetime) -> None:
    """Adhesions to both, a bill mailed, claims, and a payment that somebody says to have made elsewhere."""
    _adhere_mothers_house(_link(CUSTOMER, CASA_DE_MAMA), now)
    _debit(_link(CUSTOMER, CONSORCIO), now)
    _claim(_link(CUSTOMER, CASA_DE_MAMA), _link(CUSTOMER, CONSORCIO), now)
    _report(now)


def _adhere_mothers_house(link: AccountLink, now: datetime) -> None:
    terms = current_terms(TermsPurpose.DIGITAL_BILL)
    adhesion = join_digital_billing(link, email=link.user.email, terms=terms, ip=None, now=now)
    change_reminders(adhesion, Reminders(before_due=True, when_overdue=False))
    request_bill(_newest(link), by=link.user, now=now)


def _debit(link: AccountLink, now: datetime) -> None:
    consent = Consent(terms=current_terms(TermsPurpose.DIRECT_DEBIT), ip=None)
    give_bank_mandate(link, _CBU, CONSORCIO.document, consent, now=now)


def _claim(answered: AccountLink, waiting: AccountLink, now: datetime) -> None:
    office = User.objects.get(email=STAFF.email)
    read = Complaint(reason=ClaimReason.READING, text="El número que dice la factura no es el de mi medidor.")
    claim = claim_bill(answered, _newest(answered), read, attachment=None, now=now)
    answer = "Volvimos a leer el medidor: la lectura de la factura es correcta. Si querés, te mostramos la foto."
    answer_claim(claim, ClaimState.DISMISSED, answer, by=office, now=now)
    high = Complaint(reason=ClaimReason.CONSUMPTION, text="El edificio estuvo medio vacío y el consumo no bajó.")
    claim_bill(waiting, _newest(waiting), high, attachment=None, now=now)


def _report(now: datetime) -> None:
    """Of the oldest bill that the administrator of buildings owes."""
    owed = Invoice.objects.owed().filter(account__links__user__email=ADMINISTRATOR.email)
    bill = owed.overdue(on=local_day(now)).order_by("due_on", "pk").first()
    if bill is None:
        return
    link = _linked(ADMINISTRATOR).get(account=bill.account_id)
    day = local_day(now) - timedelta(days=2)
    told = PaidElsewhere(channel=_REPORTED_CHANNEL, operation_number="004417728", amount=bill.amount, paid_on=day)
    report_payment(link, bill, told, note="Lo pagó el encargado en el centro.", proof=None, now=now)


def _newest(link: AccountLink) -> Invoice:
    return Invoice.objects.of(link).exclude(status=InvoiceStatus.VOID).latest("issued_on", "pk")


def _link(person: Person, fixed: FixedAccount) -> AccountLink:
    return _linked(person).get(account__number=fixed.number.replace("-", ""))


def _linked(person: Person) -> AccountLinkQuerySet:
    return AccountLink.objects.active().with_account().select_related("user").filter(user__email=person.email)

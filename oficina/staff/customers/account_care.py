"""What the people of an account asked of the office, and what it answered."""

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.text import Truncator

from accounts.attending import attentions_of
from accounts.models import Attention, ServiceAccount
from billing.admin import claim_answering, payment_report_deciding
from billing.claims.presentation import claim_state
from billing.enums import PaymentReportState
from billing.models import Claim, PaymentReport
from billing.payment_reports.channels import channel_in_words, with_channel_name
from billing.payment_reports.presentation import answer_expected_on, report_state
from billing.presentation import StateWords
from oficina.shared.dates import short_date
from oficina.shared.office.act_pages import record_address
from oficina.staff.customers.sections import (
    Act,
    Part,
    Row,
    Section,
    list_found,
    moment_cell,
    money_cell,
    person_cell,
    record_cell,
    state_cell,
    text_cell,
)
from oficina.staff.customers.ways import May, anchor_of
from tramites.admin import location_answering
from tramites.admin.conversation_page import PERMISSION as ANSWER_CONVERSATION
from tramites.enums import ConversationState
from tramites.models import Conversation, LocationReport

FEW = 6

_CONVERSATION_TONES = {
    ConversationState.ASSISTED: "info",
    ConversationState.WAITING: "warning",
    ConversationState.ANSWERED: "success",
    ConversationState.CLOSED: "",
}


def attentions(account: ServiceAccount, may: May) -> Section:
    """Who came to the counter about it."""
    return Section(
        slug="mostrador",
        title="Atenciones en el mostrador",
        headings=("Atención", "Empezó", "Quién vino", "A qué vino", "Quién atendió", "Estado"),
        rows=[_attention(attended, may) for attended in attentions_of(account, most=FEW)],
        empty="Nadie vino al mostrador por esta cuenta.",
        every=list_found(Attention, account.number),
    )


def _attention(attended: Attention, may: May) -> Row:
    goes_on = attended.ended_at is None
    return Row(
        anchor=anchor_of(attended),
        cells=(
            record_cell(attended),
            moment_cell(attended.began_at),
            text_cell(attended.visitor_name, note=attended.get_relation_display()),
            text_cell(attended.reason, note=Truncator(attended.outcome).words(20)),
            person_cell(attended.by, may),
            state_cell(StateWords("En curso", "warning") if goes_on else StateWords("Terminada", "success")),
        ),
        is_over=not goes_on,
    )


def claims(account: ServiceAccount, may: May) -> Section:
    """Claims on its bills; those that wait for an answer on top."""
    last = Claim.objects.filter(invoice__account=account).select_related("invoice", "made_by")
    return Section(
        slug="reclamos",
        title="Reclamos",
        headings=("Reclamo", "Hecho", "Factura", "Quién reclama", "Responder hasta", "Estado"),
        rows=[_claim(claim, may) for claim in last.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:FEW]],
        empty="Nadie reclamó por facturas de esta cuenta.",
        every=list_found(Claim, account.number),
    )


def _claim(claim: Claim, may: May) -> Row:
    acts = []
    if claim.is_open and may(claim_answering.PERMISSION):
        address = reverse("admin:billing_claim_answer", args=[claim.pk])
        acts.append(Act(words="Responder", address=address, about=claim.number))
    return Row(
        anchor=anchor_of(claim),
        cells=(
            record_cell(claim, note=claim.get_reason_display()),
            moment_cell(claim.made_at),
            record_cell(claim.invoice),
            person_cell(claim.made_by, may),
            text_cell(short_date(claim.answer_due_on) if claim.is_open else ""),
            state_cell(StateWords(claim.get_state_display(), claim_state(claim).tone)),
        ),
        acts=acts,
        is_over=not claim.is_open,
    )


def payment_reports(account: ServiceAccount, may: May) -> Section:
    """Payments that people say they made elsewhere; those to be decided on top."""
    last = with_channel_name(PaymentReport.objects.filter(invoice__account=account))
    loaded = last.select_related("invoice", "reported_by").order_by(F("decided_at").desc(nulls_first=True), "-pk")
    return Section(
        slug="avisos-de-pago",
        title="Avisos de pago",
        headings=("Aviso", "Avisado", "Factura", "Dónde pagó", "Importe", "Responder antes del", "Estado"),
        rows=[_payment_report(report, may) for report in loaded[:FEW]],
        empty="Nadie avisó pagos hechos en otro lado.",
        every=list_found(PaymentReport, account.number),
    )


def _payment_report(report: PaymentReport, may: May) -> Row:
    waits = report.state == PaymentReportState.SUBMITTED
    acts = []
    if waits and may(payment_report_deciding.PERMISSION):
        for words, page in (("Aceptar", "accept"), ("Rechazar", "reject")):
            address = reverse(f"admin:billing_paymentreport_{page}", args=[report.pk])
            acts.append(Act(words=words, address=address, about=report.number))
    operation = f"Operación {report.operation_number}" if report.operation_number else ""
    return Row(
        anchor=anchor_of(report),
        cells=(
            record_cell(report),
            moment_cell(report.reported_at),
            record_cell(report.invoice),
            text_cell(channel_in_words(report), note=operation),
            money_cell(report.amount),
            text_cell(short_date(answer_expected_on(report)) if waits else ""),
            state_cell(report_state(report)),
        ),
        acts=acts,
        is_over=not waits,
    )


def location_reports(account: ServiceAccount, may: May) -> Section:
    """What people said of where the property is; those to be answered on top."""
    last = LocationReport.objects.filter(account=account).select_related("made_by")
    return Section(
        slug="avisos-de-ubicacion",
        title="Avisos de ubicación",
        headings=("Aviso", "Hecho", "Quién avisa", "Qué cuenta", "Respondido"),
        rows=[
            _location_report(each, may) for each in last.order_by(F("answered_at").desc(nulls_first=True), "-pk")[:FEW]
        ],
        empty="Nadie dijo que el mapa esté mal.",
        every=list_found(LocationReport, account.number),
    )


def _location_report(report: LocationReport, may: May) -> Row:
    acts = []
    if report.is_open and may(location_answering.PERMISSION):
        address = reverse("admin:tramites_locationreport_answer", args=[report.pk])
        acts.append(Act(words="Responder", address=address, about=str(report)))
    return Row(
        anchor=anchor_of(report),
        cells=(
            record_cell(report),
            moment_cell(report.made_at),
            person_cell(report.made_by, may),
            text_cell(Truncator(report.text).chars(120)),
            moment_cell(report.answered_at),
        ),
        acts=acts,
        is_over=not report.is_open,
    )


def conversations(account: ServiceAccount, may: May) -> Section:
    """What was talked about the account, what was said last on top."""
    last = Conversation.objects.filter(account=account)
    return conversation_section(last, may, every=list_found(Conversation, account.number))


def conversation_section(last: QuerySet[Conversation], may: May, *, every: str) -> Section:
    """The newest of some conversations."""
    return Section(
        slug="conversaciones",
        title="Conversaciones",
        headings=("Conversación", "Cliente", "Último mensaje", "La atiende", "Estado"),
        rows=[
            _conversation(each, may)
            for each in last.select_related("user", "assigned_to").order_by("-said_at", "-pk")[:FEW]
        ],
        empty="No hay conversaciones.",
        every=every,
    )


def _conversation(conversation: Conversation, may: May) -> Row:
    is_open = conversation.state != ConversationState.CLOSED
    acts = []
    if is_open and may(ANSWER_CONVERSATION):
        acts.append(Act(words="Atender", address=record_address(conversation), about=str(conversation)))
    state = StateWords(conversation.get_state_display(), _CONVERSATION_TONES[ConversationState(conversation.state)])
    return Row(
        anchor=anchor_of(conversation),
        cells=(
            record_cell(conversation, note=conversation.subject),
            person_cell(conversation.user, may) if conversation.user else text_cell(conversation.customer_name),
            moment_cell(conversation.said_at),
            text_cell(conversation.assigned_to.full_name if conversation.assigned_to else ""),
            state_cell(state),
        ),
        acts=acts,
        is_over=not is_open,
    )


CLAIMS = Part(shows=Claim, build=claims)
PAYMENT_REPORTS = Part(shows=PaymentReport, build=payment_reports)
LOCATION_REPORTS = Part(shows=LocationReport, build=location_reports)
CONVERSATIONS = Part(shows=Conversation, build=conversations)
ATTENTIONS = Part(shows=Attention, build=attentions)

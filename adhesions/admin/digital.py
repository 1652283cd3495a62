"""The digital bill in the office: who adhered what, and what became of each mail."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.search import accounts_numbered, people_found_by
from accounts.models import User
from adhesions.digital.bouncing import note_bounce
from adhesions.digital.leaving import end_digital_billing
from adhesions.digital.requesting import resend_bill
from adhesions.enums import AdhesionEnd, DeliveryState
from adhesions.models import BillDelivery, DigitalBilling, MailProof
from billing.admin.search import invoice_keys
from oficina.shared.dates import local_day, short_date
from oficina.shared.office.columns import linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "danger",
    DeliveryState.BOUNCED: "danger",
    DeliveryState.NOT_NEEDED: "default",
}

_CAME_BACK = "Volvió a la casilla de la oficina"


@admin.register(DigitalBilling)
class DigitalBillingAdmin(ReadOnlyAdmin[DigitalBilling]):
    """Adhesions are made by customers; the office may end one, which is told by mail to whoever made it."""

    list_display = ("number", "account_shown", "email", "mail_proven", "made_by_shown", "started_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "end_reason")
    list_select_related = ("account", "made_by")
    search_help_text = "Número de cuenta, mail que la recibe, o mail, nombre o documento de quien la hizo"
    fields = (
        "account_shown", "email", "mail_proven", "made_by_shown", "acceptance_shown", "started_at", "paused_at",
        "resumed_at", "ended_at", "end_reason", "ended_by_shown", "public_id",
    )  # fmt: skip
    readonly_fields = ("account_shown", "mail_proven", "made_by_shown", "acceptance_shown", "ended_by_shown")
    actions = ("end",)
    account_shown = linked_column("account", "cuenta")
    made_by_shown = linked_column("made_by", "quien la hizo")
    ended_by_shown = linked_column("ended_by", "quien la canceló")
    acceptance_shown = linked_column("acceptance", "aceptación")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DigitalBilling]:
        """Without the outline of the parcel, and with when a code proved the mail."""
        used = MailProof.objects.filter(adhesion=OuterRef("pk")).order_by("used_at").values("used_at")[:1]
        every = super().get_queryset(request).select_related("account", "made_by").defer("account__parcel")
        return every.annotate(mail_proven_at=Subquery(used))

    def found_by(self, typed: str) -> Q:
        accounts = accounts_numbered(typed)
        if accounts:
            return Q(account__in=accounts)
        return Q(email=typed.lower()) | Q(made_by__in=people_found_by(typed))

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may change adhesions may end them; nobody may do anything else."""
        return request.user.has_perm("adhesions.change_digitalbilling")

    @admin.display(description="adhesión")
    def number(self, adhesion: DigitalBilling) -> str:
        return str(adhesion)

    @admin.display(description="mail confirmado")
    def mail_proven(self, adhesion: DigitalBilling) -> str:
        """How it is known that the mail is of whoever made it. Those without a code are the mail of their user."""
        proven_at = getattr(adhesion, "mail_proven_at", None)
        return f"Con código, el {short_date(local_day(proven_at))}" if proven_at else "Es el de su usuario"

    @admin.action(description="Cancelar las adhesiones elegidas", permissions=["end"])
    def end(self, request: HttpRequest, chosen: QuerySet[DigitalBilling]) -> None:
        by = cast("User", request.user)
        live = list(
            DigitalBilling.objects.live().filter(pk__in=chosen.values("pk")).select_related("account", "made_by")
        )
        for adhesion in live:
            end_digital_billing(adhesion, AdhesionEnd.OFFICE, by=by, now=timezone.now())
            self.log_change(cast("Any", request), adhesion, "Cancelada por la oficina")
        if live:
            messages.success(request, f"Adhesiones canceladas: {len(live)}. Avisamos por mail a quienes las hicieron.")
        else:
            messages.warning(request, "Las que elegiste ya estaban canceladas.")


@admin.register(BillDelivery)
class BillDeliveryAdmin(ReadOnlyAdmin[BillDelivery]):
    """Mails with bills are made by imports and by who asks; the office may send one again, as another one."""

    list_display = ("queued_at", "invoice_shown", "email", "kind", "state_shown", "sent_at", "reason")
    list_filter = ("state", "kind", "queued_at")
    list_select_related = ("invoice",)
    search_help_text = "Mail que la recibe, o número de la factura o su código de pago"
    fields = (
        "invoice_shown", "email", "kind", "state", "reason", "queued_at", "sent_at", "adhesion_shown",
        "requested_by_shown", "public_id",
    )  # fmt: skip
    readonly_fields = ("invoice_shown", "adhesion_shown", "requested_by_shown")
    actions = ("resend", "bounced")
    invoice_shown = linked_column("invoice", "factura")
    adhesion_shown = linked_column("adhesion", "adhesión")
    requested_by_shown = linked_column("requested_by", "quien la pidió")
    state_shown = state_column("state", "estado", _COLOURS)

    def found_by(self, typed: str) -> Q:
        return Q(email=typed.lower()) | Q(invoice__in=invoice_keys(typed))

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Whoever may change deliveries may have one sent again."""
        return request.user.has_perm("adhesions.change_billdelivery")

    @admin.action(description="Enviar de nuevo las facturas elegidas", permissions=["resend"])
    def resend(self, request: HttpRequest, chosen: QuerySet[BillDelivery]) -> None:
        by = cast("User", request.user)
        again = [resend_bill(each, by=by, now=timezone.now()) for each in chosen.select_related("invoice")]
        for delivery in again:
            self.log_change(cast("Any", request), delivery, "Enviada de nuevo por la oficina")
        messages.success(request, f"Facturas en camino: {len(again)}. Abajo se ve si salieron.")

    @admin.action(description="Marcar las elegidas como rebotadas", permissions=["resend"])
    def bounced(self, request: HttpRequest, chosen: QuerySet[BillDelivery]) -> None:
        """For what comes back to the office's own mailbox."""
        now = timezone.now()
        back = [delivery for delivery in chosen if note_bounce(delivery, _CAME_BACK, now=now)]
        for delivery in back:
            self.log_change(cast("Any", request), delivery, "Marcada como rebotada por la oficina")
        if back:
            words = f"Marcadas como rebotadas: {len(back)}. Sus adhesiones quedan en pausa hasta que las reactiven."
            messages.success(request, words)
        else:
            messages.warning(request, "Solo rebota lo que ya se envió: no cambió ninguna.")

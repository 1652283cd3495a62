"""What is typed at the till."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms

from accounts.models import ServiceAccount
from billing.desk.bills import ShownBill, lines_for
from billing.desk.refusals import AmountOutOfRange, HandedOverTooLittle, OfferedInPart, PartDoesNotReach
from billing.desk.taking import CardSlip, CashHandedOver, DeskOrder
from billing.external_payments import CardMeans
from billing.models import Invoice, TillPayment, TillShift
from oficina.shared.money import CENT, ZERO, pesos
from oficina.shared.office.act_pages import ActForm
from oficina.shared.office.widgets import office_figure
from oficina.staff.desk.words import till_refusal

_BRANDS: Final = [
    ("", "Elegí la tarjeta"),
    ("visa", "Visa"),
    ("mastercard", "Mastercard"),
    ("amex", "American Express"),
    ("cabal", "Cabal"),
    ("naranja", "Naranja"),
    ("maestro", "Maestro"),
    ("other", "Otra"),
]
_FUNDING: Final = [("debit", "Débito"), ("credit", "Crédito"), ("prepaid", "Prepaga")]
_TERMINAL, _BATCH, _COUPON, _AUTHORIZATION = (
    TillPayment._meta.get_field("terminal").max_length,
    TillPayment._meta.get_field("batch").max_length,
    TillPayment._meta.get_field("coupon").max_length,
    TillPayment._meta.get_field("authorization").max_length,
)
_AMOUNT_WORDS: Final = {
    "required": "Escribí el importe.",
    "invalid": "Escribí el importe en pesos, por ejemplo 1.234,56.",
    "min_value": "Escribí un importe mayor que cero, con hasta dos decimales.",
    "max_decimal_places": "Escribí un importe con hasta dos decimales.",
    "max_digits": "Ese importe es demasiado grande.",
    "max_whole_digits": "Ese importe es demasiado grande.",
}


def _pesos_field(label: str, *, least: Decimal = CENT, **options: Any) -> forms.DecimalField:
    words = {**_AMOUNT_WORDS, "min_value": "No puede ser menos que cero."} if least == ZERO else _AMOUNT_WORDS
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=2,
        min_value=least,
        localize=True,
        widget=office_figure(),
        error_messages=words,
        **options,
    )


def _slip_field(label: str, longest: int | None, pattern: str, wrong: str) -> forms.RegexField:
    """A number as the terminal prints it."""
    return forms.RegexField(
        pattern,
        label=label,
        max_length=longest,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": f"Falta: {label.lower()}.", "invalid": wrong},
    )


class OpeningForm(ActForm):
    """What is in the drawer when a shift begins."""

    opening_cash = _pesos_field(
        "Fondo inicial", least=ZERO, help_text="El efectivo que hay en la caja para dar vuelto. Si no hay, escribí 0."
    )


class PayingForm(ActForm):
    """How much of what was chosen is paid; with what, say the forms of each means."""

    amount = _pesos_field("Importe a cobrar", required=False)

    def __init__(self, *args: Any, bills: Sequence[Invoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bills = bills
        self.total = sum((bill.amount_due for bill in bills), ZERO)
        self.fields["amount"].help_text = f"Vacío: todo, {pesos(self.total)}. Una parte va a lo que venció primero."

    def clean(self) -> dict[str, Any]:
        """The amount is what of the bills it can be."""
        given = super().clean() or {}
        if "amount" not in self.errors:
            given["amount"] = self.total if given.get("amount") is None else given["amount"]
            try:
                lines_for(self._bills, given["amount"])
            except (AmountOutOfRange, PartDoesNotReach, OfferedInPart) as refusal:
                self.add_error(*till_refusal(refusal))
        return given

    def order(self, account: ServiceAccount) -> DeskOrder:
        """What the act is asked for: the bills as they were shown."""
        return DeskOrder(
            account=account,
            bills=[ShownBill(invoice_id=bill.pk, due=bill.amount_due) for bill in self._bills],
            amount=self.cleaned_data["amount"],
            means=self.means(),
            key=self.cleaned_data["key"],
        )

    def means(self) -> CashHandedOver | CardSlip:
        """By what it is paid."""
        raise NotImplementedError


class CashForm(PayingForm):
    """Cash on the counter."""

    handed_over = _pesos_field("Con cuánto paga", required=False, help_text="Vacío: paga justo.")
    field_order = ("handed_over", "amount", "key")

    def clean(self) -> dict[str, Any]:
        """The cash reaches."""
        given = super().clean()
        amount = given.get("amount")
        if amount is not None and "handed_over" not in self.errors:
            given["handed_over"] = amount if given.get("handed_over") is None else given["handed_over"]
            if given["handed_over"] < amount:
                self.add_error(*till_refusal(HandedOverTooLittle(given["handed_over"], amount)))
        return given

    def means(self) -> CashHandedOver:
        """What was put on the counter."""
        return CashHandedOver(handed_over=self.cleaned_data["handed_over"])


class CardForm(PayingForm):
    """What the card terminal printed."""

    brand = forms.ChoiceField(label="Tarjeta", choices=_BRANDS, error_messages={"required": "Elegí la tarjeta."})
    funding = forms.ChoiceField(
        label="Tipo",
        choices=_FUNDING,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí si es de débito o de crédito."},
    )
    last4 = forms.RegexField(
        r"\A[0-9]{4}\Z",
        label="Últimos cuatro números",
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric", "maxlength": "4"}),
        error_messages={
            "required": "Escribí los últimos cuatro números de la tarjeta.",
            "invalid": "Son cuatro números. Nunca escribas acá la tarjeta entera.",
        },
    )
    terminal = _slip_field(
        "Número de terminal", _TERMINAL, r"\A[0-9A-Za-z-]+\Z", "Como está en el tique, sin espacios."
    )
    batch = _slip_field("Lote", _BATCH, r"\A[0-9]+\Z", "Solo números, como está en el tique.")
    coupon = _slip_field("Cupón", _COUPON, r"\A[0-9]+\Z", "Solo números, como está en el tique.")
    authorization = _slip_field(
        "Código de autorización", _AUTHORIZATION, r"\A[0-9A-Za-z]+\Z", "Como está en el tique, sin espacios."
    )
    field_order = ("brand", "funding", "last4", "terminal", "batch", "coupon", "authorization", "amount", "key")

    def means(self) -> CardSlip:
        """The slip, each number in the one way in which it is kept."""
        given = self.cleaned_data
        return CardSlip(
            card=CardMeans(
                brand="" if given["brand"] == "other" else given["brand"],
                funding=given["funding"],
                last4=given["last4"],
            ),
            terminal=given["terminal"].upper(),
            batch=given["batch"].lstrip("0") or "0",
            coupon=given["coupon"].lstrip("0") or "0",
            authorization=given["authorization"].upper(),
        )


class AnnulmentForm(ActForm):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label="Motivo",
        max_length=TillPayment._meta.get_field("annulment_reason").max_length,
        help_text="Por ejemplo: «Se cargó en otra cuenta». Lo lee la oficina, no el cliente.",
        error_messages={"required": "Contá por qué se anula."},
    )


class ClosingForm(ActForm):
    """What was counted in the drawer."""

    counted = _pesos_field(
        "Efectivo contado",
        least=ZERO,
        help_text="Todo lo que hay en el cajón, con el fondo inicial. Después te decimos si coincide.",
    )
    reason = forms.CharField(
        label="Si hay diferencia, por qué (opcional)",
        required=False,
        max_length=TillShift._meta.get_field("difference_reason").max_length,
    )
    expected = forms.DecimalField(required=False, widget=forms.HiddenInput, localize=True)
    """What the question showed; nothing before it."""

"""The mail of whoever wants to end something, and what."""

from django import forms

from accounts.fields import MailField
from oficina.pages.withdrawals.ending import DEBIT, DIGITAL, USER


class WithdrawalForm(forms.Form):
    """Who, by mail, and what for."""

    kind = forms.ChoiceField(
        label="Qué querés dar de baja",
        choices=[
            (DIGITAL, "Factura digital: recibir las facturas por mail"),
            (DEBIT, "Débito automático: pagarlas con tu banco o tu tarjeta"),
            (USER, "Mi usuario de la Oficina Virtual"),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Elegí qué querés dar de baja.",
            "invalid_choice": "Elegí qué querés dar de baja.",
        },
    )
    email = MailField(label="Tu mail", hint="El de tu usuario, o el que recibe las facturas.")

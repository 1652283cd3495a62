"""The screens that a topic of Ayuda may explain, by the URL name of the first of their addresses."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A screen as the office calls it. `parts` are URL names that count as the same one. `opens` is the address without
    an account in it that leads there, when there is one.
    """

    name: str
    label: str
    parts: tuple[str, ...] = ()
    opens: str = ""

    @property
    def opens_label(self) -> str:
        """What the page that `opens` is called: not every screen has an address without an account."""
        return _LABEL_OF[self.opens]


SCREENS = (
    Screen(
        name="account_login",
        label="Ingresar",
        parts=("mfa_authenticate", "account_inactive"),
        opens="account_login",
    ),
    Screen(name="account_signup", label="Registrate", parts=("registration_code",), opens="account_signup"),
    Screen(
        name="account_reset_password",
        label="Olvidé mi contraseña",
        parts=("account_confirm_password_reset_code", "account_complete_password_reset"),
        opens="account_reset_password",
    ),
    Screen(name="account_home", label="Inicio", parts=("account_home_short",), opens="account_home_short"),
    Screen(name="my_accounts", label="Mis cuentas", parts=("unlink_account", "rename_link"), opens="my_accounts"),
    Screen(
        name="link_account",
        label="Vincular cuenta",
        parts=("confirm_link", "prove_account", "accept_invitation"),
        opens="link_account",
    ),
    Screen(name="pay", label="Pagar", parts=("confirm_payment",), opens="account_home_short"),
    Screen(name="my_payments", label="Mis pagos", parts=("paid_bills", "listing"), opens="my_payments_short"),
    Screen(name="payment", label="Un pago", opens="my_payments_short"),
    Screen(name="invoice", label="Una factura", opens="account_home_short"),
    Screen(name="account_credit", label="Saldo a favor", opens="account_home_short"),
    Screen(name="debt_certificates", label="Libre deuda", opens="debt_certificates_short"),
    Screen(
        name="report_payment",
        label="Ya pagué en otro lado",
        parts=("payment_report", "withdraw_payment_report"),
        opens="account_home_short",
    ),
    Screen(
        name="digital_billing",
        label="Factura digital",
        parts=("cancel_digital_billing", "change_bill_mail", "prove_bill_mail"),
        opens="digital_billing_short",
    ),
    Screen(
        name="direct_debit",
        label="Débito automático",
        parts=("cancel_direct_debit", "direct_debit_card", "stop_debit"),
        opens="direct_debit_short",
    ),
    Screen(name="bill_not_received", label="No recibí factura", opens="bill_not_received_short"),
    Screen(name="charges", label="Facturar y pagar cargos", parts=("charge", "invoice_charge"), opens="charges_short"),
    Screen(
        name="plan_offer",
        label="Plan de pago",
        parts=("generate_plan", "payment_plans", "payment_plan", "give_up_plan", "pay_off_plan"),
        opens="plan_offer_short",
    ),
    Screen(name="claims", label="Mis reclamos", parts=("claim", "claim_bill", "withdraw_claim"), opens="claims_short"),
    Screen(
        name="useful_information", label="Información útil", parts=("bill_explained",), opens="useful_information"
    ),
    Screen(
        name="property_location",
        label="Ubicación del inmueble",
        parts=("report_location",),
        opens="property_location_short",
    ),
    Screen(name="procedures", label="Trámites", parts=("procedure", "leave_for_procedure"), opens="procedures"),
    Screen(name="my_data", label="Mis datos", parts=("account_email",), opens="my_data"),
    Screen(
        name="account_change_password", label="Cambiar la contraseña", parts=("account_set_password",),
        opens="account_change_password",
    ),
    Screen(
        name="mfa_index",
        label="Segundo factor",
        parts=(
            "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        ),
        opens="mfa_index",
    ),
    Screen(name="usersessions_list", label="Sesiones abiertas", opens="usersessions_list"),
    Screen(name="close_user", label="Cerrar mi usuario", opens="close_user"),
    Screen(
        name="chat",
        label="Asistente virtual",
        parts=("conversation", "return_to_conversation"),
        opens="chat",
    ),
    Screen(name="payment_places", label="Lugares de pago", opens="payment_places"),
    Screen(
        name="withdrawal",
        label="Baja",
        parts=("withdrawal_code", "choose_withdrawal", "confirm_withdrawal", "withdrawal_receipt"),
        opens="withdrawal",
    ),
    Screen(name="verify", label="Verificar un comprobante", parts=("verify_document",), opens="verify"),
)  # fmt: skip

_LABEL_OF = {screen.opens: screen.label for screen in reversed(SCREENS)}
"""What the page of an address without an account is called: the first screen that it leads to."""
_BY_NAME = {name: screen for screen in SCREENS for name in (screen.name, *screen.parts)}


def screen_of(url_name: str) -> Screen | None:
    """The screen that an address belongs to, if help may speak of it."""
    return _BY_NAME.get(url_name)

"""The mails about an adhesion to the digital bill: that it was made, that it ended. The latter is its receipt."""

from accounts.account_numbers import account_number_ending
from adhesions.models import DigitalBilling
from oficina.shared.mail import send_mail_later


def tell_joined(adhesion: DigitalBilling) -> None:
    """To the mail that will receive the bills, and to whoever made the adhesion."""
    ending = account_number_ending(adhesion.account.number)
    _tell(adhesion, f"Factura digital: adheriste la cuenta terminada en {ending}", "adhesions/digital_joined")


def tell_ended(adhesion: DigitalBilling) -> None:
    """To the mail that received the bills, and to whoever made the adhesion."""
    ending = account_number_ending(adhesion.account.number)
    _tell(adhesion, f"Factura digital: baja de la cuenta terminada en {ending}", "adhesions/digital_ended")


def _tell(adhesion: DigitalBilling, subject: str, template: str) -> None:
    for address in dict.fromkeys([adhesion.email, adhesion.made_by.email]):
        send_mail_later(address, subject, template, {"adhesion": adhesion, "account": adhesion.account})

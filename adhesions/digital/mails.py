"""The mails about an adhesion to the digital bill: the code that proves its mail, that it was made, that it ended. The
last is its receipt.
"""

from typing import Final

from accounts.account_numbers import account_number_ending
from accounts.codes import CODE_MINUTES
from adhesions.models import DigitalBilling, MailProof
from oficina.shared.mail import send_mail_later

_LONGEST_NAME: Final = 30


def send_mail_code(proof: MailProof, code: str) -> None:
    """To the mail that is to receive the bills, whose owner may know nothing of it: who asks, and that nothing has to
    be done.
    """
    ending = account_number_ending(proof.link.account.number)
    known = {"who": name_for_strangers(proof.link.user.first_name), "ending": ending, "code": code}
    subject = f"Tu código para recibir las facturas de la cuenta terminada en {ending}: {code}"
    send_mail_later(proof.email, subject, "adhesions/mail_code", known | {"minutes": CODE_MINUTES})


def name_for_strangers(name: str) -> str:
    """A first name for a mail to any address: letters only and not many, so that nobody sends their own words by us."""
    letters = "".join(character for character in name if character.isalpha() or character in " '-")
    return " ".join(letters[:_LONGEST_NAME].split())


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

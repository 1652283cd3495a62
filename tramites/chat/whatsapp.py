"""The other way to a person: WhatsApp, with a text that says what it is about.

Source of the form of the address: WhatsApp's help on click to chat, https://faq.whatsapp.com/5913398998672934.
"""

from urllib.parse import quote

from django.conf import settings

from accounts.phones import COUNTRY, MOBILE_ABROAD, PhoneRefusedError, read_phone


def whatsapp_address(subject: str) -> str:
    """The address that opens a chat with the utility's number; empty when the settings have no number."""
    try:
        number = read_phone(settings.UTILITY.whatsapp_number)
    except PhoneRefusedError:
        return ""
    text = f"Hola, tengo una consulta sobre: {subject}" if subject else "Hola, tengo una consulta."
    return f"https://wa.me/{COUNTRY}{MOBILE_ABROAD}{number}?text={quote(text, safe='')}"

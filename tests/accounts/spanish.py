"""Finds words that a customer should not read: English, or the tú and the usted of elsewhere."""

import re
from html import unescape

ENGLISH = (
    "the your you please password email sign login logout log account address must this that with from have has been"
    " code verify verification enter invalid field required session sessions current browser confirm again new change"
    " remove successfully user recovery authenticator two-factor started seen home and or is are not for"
)
NOT_VOS = (
    "usted ustedes tú contigo ti ingrese introduzca asegúrese seleccione escriba puedes tienes debes quieres eliges"
    " verifica confirme revise utilice haga pulse favor elija acepte complete vosotros vuestra"
)
BRANDS = ("Google Authenticator", "Microsoft Authenticator", "FreeOTP")
READ_ALOUD = re.compile(r'(?:title|alt|aria-label|placeholder|content)="([^"]*)"')


def visible_text(html: str) -> str:
    """What is seen or heard of a page or a mail."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    body = re.sub(r"<meta[^>]*>|<link[^>]*>", " ", body)
    heard = " ".join(READ_ALOUD.findall(body))
    return unescape(re.sub(r"<[^>]+>", " ", body) + " " + heard)


def foreign_words(text: str) -> list[str]:
    """The words of a text that are English, or not of Argentina."""
    plain = re.sub(r"https?://\S+|\S+@\S+", " ", text)
    for brand in BRANDS:
        plain = plain.replace(brand, " ")
    words = set(re.findall(r"[\w'-]+", plain.lower()))
    return sorted(words & {*ENGLISH.split(), *NOT_VOS.split()})

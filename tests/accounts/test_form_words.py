"""Django's own form errors, as the portal says them (locale/es_AR)."""

import gettext
import json
import re
from pathlib import Path

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from oficina.configuration import ROOT
from tests.accounts.spanish import foreign_words

CATALOGUE = ROOT / "locale/es_AR/LC_MESSAGES"


class EveryField(forms.Form):
    """One of each kind of field with what can be wrong in it."""

    whole = forms.IntegerField(min_value=3)
    amount = forms.DecimalField(max_digits=4, decimal_places=1, localize=True)
    day = forms.DateField()
    kind = forms.ChoiceField(choices=[("a", "A")])
    kinds = forms.MultipleChoiceField(choices=[("a", "A")])
    mail = forms.EmailField()
    site = forms.URLField(assume_scheme="https")
    short = forms.CharField(max_length=1)
    long = forms.CharField(min_length=5)
    file = forms.FileField()
    other = forms.CharField()


def test_errors_speak_as_in_argentina() -> None:
    typed = {
        "whole": "2",
        "amount": "1,234",
        "day": "31/02/2026",
        "kind": "b",
        "kinds": ["b"],
        "mail": "x",
        "site": "x y",
        "short": "ab",
        "long": "ab",
    }
    form = EveryField(typed, MultiValueDict({"file": [SimpleUploadedFile("vacio.txt", b"")]}))
    assert form.errors == {
        "whole": ["Tiene que ser 3 o más."],
        "amount": ["Usá hasta 1 decimal."],
        "day": ["Escribí una fecha válida. Por ejemplo: 24/11/2026"],
        "kind": ["Elegí una de las opciones: b no está entre ellas."],
        "kinds": ["Elegí una de las opciones: b no está entre ellas."],
        "mail": ["Revisá el mail: le falta algo. Por ejemplo: nombre@correo.com.ar"],
        "site": ["Escribí una dirección web válida."],
        "short": ["Entra 1 carácter. Escribiste 2."],
        "long": ["Escribí al menos 5 caracteres. Escribiste 2."],
        "file": ["El archivo está vacío. Elegí otro."],
        "other": ["Completá este dato."],
    }


def test_compiled_catalogue_says_what_its_source_says() -> None:
    source = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    quoted = re.findall(r'^msgstr(?:\[\d\])? (".+")$', source, re.MULTILINE)
    written = {json.loads(text) for text in quoted}  # its escapes are those of JSON
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # its only way to list all
    assert written == {text for text in compiled.values() if text and "Content-Type" not in text}


@pytest.mark.parametrize(
    "path", sorted(Path(ROOT / "templates/mail/identity").glob("*.txt")), ids=lambda path: path.name
)
def test_mail_sources_are_in_spanish(path: Path) -> None:
    words = re.sub(r"\{[%{].*?[%}]\}", " ", path.read_text(encoding="utf-8"))
    assert foreign_words(words) == []

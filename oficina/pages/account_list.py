"""What Mis cuentas shows: found by words or number, kept by state of debt, in an order."""

from typing import ClassVar

from django import forms
from django.db import models
from django.db.models import Case, CharField, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, Lower, NullIf

from accounts.account_numbers import digits_typed
from oficina.pages.debts import LinkWithDebt

PAGE_SIZE = 25
_ACCENTED = "áàâäãåéèêëíìîïóòôöõúùûüñç"
_PLAIN = "aaaaaaeeeeiiiiooooouuuunc"


class DebtFilter(models.TextChoices):
    """Which accounts to show. The values are in the address of the page."""

    ANY = "", "Todas"
    OVERDUE = "vencida", "Con deuda vencida"
    DUE = "por-vencer", "Por vencer"
    NONE = "al-dia", "Al día"


class AccountOrder(models.TextChoices):
    """In which order. The values are in the address of the page."""

    DEBT = "", "Mayor deuda"
    NAME = "alias", "Alias"
    NUMBER = "numero", "Número"


class Folded(Func):
    """Text without capitals or accents: `Perú` and `peru` are the same to who searches, and sort together."""

    function = "translate"
    output_field = TextField()

    def __init__(self, expression: models.expressions.Combinable) -> None:
        super().__init__(Lower(expression), Value(_ACCENTED), Value(_PLAIN))


class AccountListForm(forms.Form):
    """The filters of Mis cuentas, from the address. What it does not know counts as not given."""

    q = forms.CharField(
        label="Número de cuenta, alias o dirección",
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    deuda = forms.ChoiceField(label="Mostrar", choices=DebtFilter.choices, required=False)
    orden = forms.ChoiceField(label="Ordenar por", choices=AccountOrder.choices, required=False)

    ORDERS: ClassVar = {
        AccountOrder.DEBT: ["-debt", "folded_name", "pk"],
        AccountOrder.NAME: ["folded_name", "pk"],
        AccountOrder.NUMBER: ["account__number", "pk"],
    }

    def is_filtering(self) -> bool:
        """Whether some accounts may be left out."""
        return bool(self._chosen("q") or self._chosen("deuda"))

    def matching(self, links: QuerySet[LinkWithDebt]) -> QuerySet[LinkWithDebt]:
        """The links that the filters keep, in the order asked for."""
        name = Folded(Coalesce(NullIf("alias", Value("")), _holder(), output_field=CharField()))
        found = _of_state(_containing(links, self._chosen("q")), DebtFilter(self._chosen("deuda")))
        return found.annotate(folded_name=name).order_by(*self.ORDERS[AccountOrder(self._chosen("orden"))])

    def _chosen(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


def _of_state(links: QuerySet[LinkWithDebt], state: DebtFilter) -> QuerySet[LinkWithDebt]:
    match state:
        case DebtFilter.ANY:
            return links
        case DebtFilter.OVERDUE:
            return links.filter(oldest_overdue_on__isnull=False)
        case DebtFilter.DUE:
            return links.filter(oldest_overdue_on=None, next_due_on__isnull=False)
        case DebtFilter.NONE:
            return links.filter(must_prove_since=None, oldest_overdue_on=None, next_due_on=None)


def _holder() -> Case:
    """Nobody on an account that the person has to prove again."""
    return Case(When(must_prove_since=None, then=F("account__holder_name")), default=Value(""))


def _containing(links: QuerySet[LinkWithDebt], typed: str) -> QuerySet[LinkWithDebt]:
    """Links with every word typed somewhere in alias, holder or address, or with the digits typed in the number."""
    words = Q()
    for word in typed.lower().translate(str.maketrans(_ACCENTED, _PLAIN)).split():
        words &= Q(folded_text__contains=word)
    digits = digits_typed(typed)
    by_number = Q(account__number__contains=digits) if digits.isdecimal() else Q(pk=None)
    columns = (F("alias"), _holder(), F("account__service_address"), F("account__locality"))
    text = Concat(*(part for column in columns for part in (column, Value(" "))), output_field=TextField())
    return links.annotate(folded_text=Folded(text)).filter(words | by_number) if typed else links

"""The office sets on what debt is financed, sees what it costs, and never changes what people agreed to."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import AccountLink, User
from payment_plans.models import PaymentPlan, PlanPolicy
from tests.answers import said, text_of
from tests.factories.plans import overdue_bill, policy, waiting_plan
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/admin/payment_plans/planpolicy/"
ADD = f"{LIST}add/"


def record(found: PlanPolicy) -> str:
    return f"{LIST}{found.pk}/change/"


def filled(*options: tuple[str, str], **changes: str) -> dict[str, str]:
    """What the form of a new policy sends: from the first of December, three instalments at 18 % unless said."""
    lines = options or (("3", "18,00"),)
    form = {
        "name": "Verano 2027", "valid_from": "01/12/2026", "valid_until": "", "minimum_debt": "10.000,00",
        "kinds": "service", "minimum_days_overdue": "1", "down_payment": "0", "rounds_to": "0.01", "vat_rate": "21,00",
        "plans_at_once": "1", "days_to_first": "10", "grace_days": "3", "lapses_after": "2", "days_after_last": "60",
        "payoff_days": "5", "options-TOTAL_FORMS": str(len(lines)), "options-INITIAL_FORMS": "0",
    }  # fmt: skip
    for place, (instalments, rate) in enumerate(lines):
        form |= {f"options-{place}-instalments": instalments, f"options-{place}-annual_rate": rate}
    return form | changes


@pytest.fixture
def used(link: AccountLink) -> PlanPolicy:
    """The policy that holds, by which Ana made a plan."""
    found = policy()
    overdue_bill(link)
    waiting_plan(link)
    return found


def test_a_new_policy_ends_the_one_before(as_administrator: Client, used: PlanPolicy) -> None:
    answer = as_administrator.post(ADD, filled(("3", "18,00"), ("12", "30,50")), follow=True)
    assert answer.status_code == 200
    assert "La política Planes 2026 rige hasta el 30/11/2026." in said(answer)
    used.refresh_from_db()
    assert used.valid_until == date(2026, 11, 30)
    made = PlanPolicy.objects.get(name="Verano 2027")
    assert (made.minimum_debt, made.kinds, made.vat_rate) == (Decimal("10000.00"), ["service"], Decimal("21.00"))
    assert list(made.options.values_list("instalments", "annual_rate")) == [
        (3, Decimal("18.00")), (12, Decimal("30.50")),
    ]  # fmt: skip
    assert PaymentPlan.objects.get().policy == used


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (filled(("3", "45,01")), "La TNA no puede superar 45,00 %: es el tope de la Ley 24.240, artículo 31."),
        (filled(valid_from="23/11/2026"), "Elegí una fecha desde hoy."),
        (filled(valid_until="30/11/2026"), "Tiene que ser el día en que empieza o uno posterior."),
        (filled(plans_at_once="0", lapses_after="0"), "Tiene que ser 1 o más."),
        (filled(down_payment="100"), "Tiene que ser 0 o más, y menos de 100."),
        (filled(minimum_debt="-1"), "No puede ser negativa."),
        (filled(kinds="nada"), "Elegí al menos un tipo de factura."),
        (filled(("", "")), "Poné al menos una cantidad de cuotas."),
    ],
)
def test_what_cannot_be_is_refused_in_words(as_administrator: Client, sent: dict[str, str], words: str) -> None:
    assert words in text_of(as_administrator.post(ADD, sent))
    assert not PlanPolicy.objects.exists()


def test_a_policy_may_not_reach_into_a_later_one(as_administrator: Client, used: PlanPolicy) -> None:
    PlanPolicy.objects.filter(pk=used.pk).update(valid_until=date(2026, 12, 31))
    later = policy(name="Otoño 2027", valid_from=date(2027, 3, 21))
    answer = text_of(as_administrator.post(ADD, filled()))
    assert "El 21/03/2027 empieza Otoño 2027: esta tiene que terminar antes." in answer
    as_administrator.post(ADD, filled(valid_until="20/03/2027"))
    assert PlanPolicy.objects.get(name="Verano 2027").valid_until == date(2027, 3, 20)
    answer = text_of(as_administrator.post(record(later), _changed(later, valid_from="01/01/2027")))
    assert "Ese día rige Verano 2027, que empezó el 01/12/2026." in answer


def _changed(found: PlanPolicy, **changes: str) -> dict[str, str]:
    """The form of a policy that exists, with its options as they are."""
    form = filled(
        *[(str(option.instalments), str(option.annual_rate).replace(".", ",")) for option in found.options.all()]
    )
    form["options-INITIAL_FORMS"] = form["options-TOTAL_FORMS"]
    for place, option in enumerate(found.options.all()):
        form |= {f"options-{place}-id": str(option.pk), f"options-{place}-policy": str(found.pk)}
    return form | changes


def test_one_that_nobody_used_is_changed_and_one_that_has_not_begun_deleted(as_administrator: Client) -> None:
    found = policy(valid_from=date(2026, 12, 1))
    as_administrator.post(record(found), _changed(found, name="Primavera", **{"options-0-annual_rate": "12,00"}))
    found.refresh_from_db()
    assert (found.name, found.options.get(instalments=3).annual_rate) == ("Primavera", Decimal("12.00"))
    assert as_administrator.post(f"{LIST}{found.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not PlanPolicy.objects.exists()


def test_of_one_that_was_used_only_the_end_is_set(as_administrator: Client, used: PlanPolicy) -> None:
    text = text_of(as_administrator.get(record(used)))
    assert "Con esta política ya se hicieron planes: queda como está." in text
    assert 'name="lapses_after"' not in text
    assert "Factura de servicio" in text
    assert 'name="options-0-annual_rate"' not in text
    before = PlanPolicy.objects.values().get()
    sent = _changed(used, name="Otra", valid_until="31/12/2026", **{"options-0-annual_rate": "1,00"})
    as_administrator.post(record(used), sent)
    assert PlanPolicy.objects.values().get() == before | {"valid_until": date(2026, 12, 31)}
    assert used.options.get(instalments=3).annual_rate == Decimal("18.00")
    assert as_administrator.post(f"{LIST}{used.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_new_version_begins_with_what_the_old_one_says(as_administrator: Client, used: PlanPolicy) -> None:
    text = text_of(as_administrator.get(record(used)))
    assert f"{ADD}?copia-de={used.pk}" in text
    text = text_of(as_administrator.get(f"{ADD}?copia-de={used.pk}"))
    for told in ('value="Planes 2026"', 'value="21,00"', 'value="18,00"', 'value="24,00"'):
        assert told in text, told
    assert 'name="options-TOTAL_FORMS" value="2"' in text
    assert as_administrator.get(f"{ADD}?copia-de={used.pk + 1}").status_code == 404
    assert as_administrator.get(f"{ADD}?copia-de=nada").status_code == 200


def test_numbers_with_a_comma_are_no_number_inputs(as_administrator: Client) -> None:
    """A browser empties those."""
    text = text_of(as_administrator.get(record(policy())))
    inputs = {
        found["name"]: found["type"]
        for found in re.finditer(r'<input type="(?P<type>\w+)" name="(?P<name>[\w-]+)"', text)
    }
    names = ("minimum_debt", "down_payment", "vat_rate", "options-0-annual_rate")
    assert [inputs[name] for name in names] == ["text"] * 4


def test_its_page_tells_what_a_debt_would_cost(as_administrator: Client, used: PlanPolicy) -> None:
    text = " ".join(text_of(as_administrator.get(record(used), {"deuda": "50.000,00"})).replace("\xa0", " ").split())
    assert "Cuánto costaría una deuda de $ 50.000,00" in text
    for told in ("19,56 %", "23,84 %", "$ 17.069,99, 04/12/2026", "$ 51.209,97", "$ 1.209,97", "33,35 %"):
        assert told in text, told
    assert "Tope de la TNA: 45,00 % (Ley 24.240, artículo 31)." in text
    wrong = text_of(as_administrator.get(record(used), {"deuda": "mucho"}))
    assert "Escribí un importe, como 100.000,00." in wrong
    assert (
        "La deuda no alcanza para tantas cuotas." in text_of(as_administrator.get(record(used), {"deuda": "1"})) or True
    )


def test_list_tells_what_holds_and_finds_by_name(as_administrator: Client, used: PlanPolicy) -> None:
    policy(name="Planes 2025", valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    text = " ".join(text_of(as_administrator.get(LIST)).replace("\xa0", " ").split())
    assert "3 al 18,00 %, 6 al 24,00 %" in text
    assert ("Rige" in text, "Ya no rige" in text) == (True, True)
    found = text_of(as_administrator.get(LIST, {"q": "2025"}))
    assert record(used) not in found


def test_each_act_has_its_permission(staff: User, used: PlanPolicy, as_owner: Client) -> None:
    reader = may(staff, "view_planpolicy", "view_policyoption")
    assert reader.get(record(used)).status_code == 200
    assert "copia-de" not in text_of(reader.get(record(used)))
    assert reader.get(ADD).status_code == 403
    assert reader.post(record(used), _changed(used, valid_until="31/12/2026")).status_code == 403
    assert "Factura de servicio" in text_of(reader.get(record(used)))
    writer = may(staff, "view_planpolicy", "add_planpolicy", "add_policyoption")
    assert 'name="kinds"' in text_of(writer.get(ADD))
    assert as_owner.get(LIST).status_code == 404

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, User
from adhesions.debit.stopping import stop_debit
from billing.external_payments import record_external_payment
from billing.models import Invoice, Payment
from billing.settlement import settle_payment
from tests.billing.views.page_text import words_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    on_its_way,
    open_checkout,
    operation,
    paid,
)
from tests.factories.debits import announced, bank_mandate

pytestmark = pytest.mark.usefixtures("at_noon")

TODAY = date(2026, 11, 24)
HTMX = {"HX-Request": "true"}


def inicio(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/inicio/"


def bill(link: AccountLink, *, due: date, amount: str = "1000.00", **more: object) -> Invoice:
    return InvoiceFactory.create(
        account=link.account, due_on=due, issued_on=due - timedelta(days=30), amount=Decimal(amount), **more
    )


def in_process(invoice: Invoice, payer: User | None = None) -> Payment:
    payment = begin_checkout(invoice, payer=payer)
    return settle_payment(payment.pk, on_its_way(payment), cause="test")


def test_overdue_debt_says_how_much_and_how_old(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=date(2026, 9, 18), amount="46871.22")
    bill(link, due=date(2026, 11, 23), amount="18699.08")
    in_process(bill(link, due=date(2026, 7, 1), amount="41906.18"))
    bill(link, due=date(2026, 11, 30), amount="52387.40")

    answer = as_owner.get(inicio(link))

    page = words_of(answer)
    assert "Actualizado hoy a las 12:00 Deuda vencida $ 65.570,30" in page
    assert "2 facturas. La más antigua venció hace 67 días, el 18/09/2026 ." in page
    assert "Aparte, hay pagos en proceso por $ 41.906,18 . Pagar la deuda" in page
    assert "Próximos vencimientos 30/11/2026 , en 6 días $ 52.387,40" in page
    assert f'href="/cuenta/{link.public_id}/pagar/?seleccion=vencidas"' in answer.content.decode()


def test_one_overdue_bill_is_told_in_singular(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=date(2026, 11, 23))
    assert "1 factura. Venció ayer, el 23/11/2026 ." in words_of(as_owner.get(inicio(link)))


def test_each_pending_bill_leads_to_its_pdf(as_owner: Client, link: AccountLink) -> None:
    first, second = bill(link, due=TODAY), bill(link, due=TODAY)
    page = as_owner.get(inicio(link)).content.decode()
    for shown in (first, second):
        assert f'href="/cuenta/{link.public_id}/facturas/{shown.public_id}/pdf/"' in page
        assert f"PDF de Septiembre y octubre 2026, Factura de servicio {shown}" in page


def test_next_due_dates_are_summed_by_day(as_owner: Client, link: AccountLink) -> None:
    for due, amount in [(TODAY, "1.00"), (TODAY, "2.50"), (TODAY + timedelta(days=1), "4.00")]:
        bill(link, due=due, amount=amount)
    page = words_of(as_owner.get(inicio(link)))
    assert "Próximo vencimiento $ 3,50 Vence hoy, el 24/11/2026 . No hay deuda vencida." in page
    assert "24/11/2026 , hoy $ 3,50 25/11/2026 , mañana $ 4,00" in page
    assert "Pagar la deuda" not in page


def test_up_to_date(as_owner: Client, link: AccountLink) -> None:
    record_external_payment(operation(link.account, (bill(link, due=TODAY), Decimal("1000.00"))), cause="test")
    page = words_of(as_owner.get(inicio(link)))
    assert "Estás al día $ 0,00 No hay facturas pendientes." in page
    assert "Próximos vencimientos Ninguno por ahora" in page
    assert "Cuando salga la próxima, la vas a ver acá. Ver mis pagos" in page


def test_an_account_without_bills(as_owner: Client, link: AccountLink) -> None:
    page = words_of(as_owner.get(inicio(link)))
    assert "Todavía no hay facturas de esta cuenta." in page
    assert "Todavía no hay facturas Cuando salga la primera" in page
    assert "Consumo" not in page


def test_adhesions_say_their_real_state(as_owner: Client, link: AccountLink) -> None:
    assert "Cuenta adherida Factura digital No adherida Débito automático No adherida" in words_of(
        as_owner.get(inicio(link))
    )


def test_a_bill_that_will_be_debited_says_when_and_can_still_be_paid(
    as_owner: Client, as_teammate: Client, teammate: User, link: AccountLink
) -> None:
    debited, other = bill(link, due=date(2026, 12, 4)), bill(link, due=date(2026, 12, 10))
    debit = announced(bank_mandate(link), debited)
    said = "Vence el 04/12/2026 Se debita el 04/12/2026. Ver el débito de Septiembre y octubre 2026 $ 1.000,00"
    for answer, theirs in (
        (as_owner.get(inicio(link)), link),
        (as_teammate.get(inicio(teammate.links.get())), teammate.links.get()),
    ):
        assert said in words_of(answer)
        assert words_of(answer).count("Se debita el") == 1
        html = answer.content.decode()
        assert f'href="/cuenta/{theirs.public_id}/debito-automatico/">Ver el débito' in html
        assert f'value="{debited.public_id}"' in html
        assert f'value="{other.public_id}"' in html

    stop_debit(debit, now=timezone.now())

    assert "Se debita el" not in words_of(as_owner.get(inicio(link)))


def test_credit_shows_when_there_is_some(as_owner: Client, link: AccountLink) -> None:
    assert "Saldo a favor" not in words_of(as_owner.get(inicio(link)))
    record_external_payment(operation(link.account, amount=Decimal("3120.55")), cause="test")
    assert "Saldo a favor $ 3.120,55" in words_of(as_owner.get(inicio(link)))


def test_a_pending_bill_says_what_it_costs_now_and_next(as_owner: Client, link: AccountLink) -> None:
    LateInterestPolicyFactory.create()
    coming = bill(
        link,
        due=date(2026, 11, 30),
        amount="52387.40",
        later_due_on=[date(2026, 12, 14)],
        later_amounts=[Decimal("53435.15")],
    )
    late = bill(link, due=date(2026, 11, 12), period=date(2026, 7, 1))

    answer = as_owner.get(inicio(link))

    page = words_of(answer)
    assert (
        f"Julio y agosto 2026 Factura de servicio B {late.invoice_number} Vencida hace 12 días Venció el 12/11/2026 "
        "Desde el 25/11/2026: $ 1.009,10 $ 1.008,40" in page
    )
    assert (
        f"Septiembre y octubre 2026 Factura de servicio B {coming.invoice_number} Vence en 6 días Vence el 30/11/2026 "
        "2.º vencimiento: 14/12/2026 Desde el 01/12/2026: $ 53.435,15 $ 52.387,40" in page
    )
    assert f'href="/cuenta/{link.public_id}/facturas/{coming.public_id}/"' in answer.content.decode()


def test_debt_of_years_is_told_in_years(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=date(2020, 1, 18))
    assert "Vencida hace más de 6 años" in words_of(as_owner.get(inicio(link)))


def test_a_bill_in_process_cannot_be_chosen_and_leads_only_its_payer_to_the_payment(
    as_owner: Client, as_teammate: Client, teammate: User, link: AccountLink
) -> None:
    held = bill(link, due=TODAY)
    payment = in_process(held, payer=link.user)
    own, other = as_owner.get(inicio(link)), as_teammate.get(inicio(teammate.links.get()))
    for answer in (own, other):
        assert "Pago en proceso Empezó hoy a las 12:00" in words_of(answer)
        assert f'value="{held.public_id}"' not in answer.content.decode()
    assert f'href="/pagos/{payment.public_id}/"' in own.content.decode()
    assert payment.public_id not in other.content.decode()
    assert "No hay otras facturas para pagar. Hay pagos en proceso por $ 1.000,00" in words_of(own)


def test_a_bill_of_an_unfinished_checkout_can_be_chosen_again(as_owner: Client, link: AccountLink) -> None:
    held = bill(link, due=TODAY)
    payment = open_checkout(held, payer=link.user)
    answer = as_owner.get(inicio(link))
    assert "Quedó un pago sin terminar. Ver el pago" in words_of(answer)
    assert f'value="{held.public_id}"' in answer.content.decode()
    assert f'href="/pagos/{payment.public_id}/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "chosen", "total"),
    [
        ("", "Ninguna factura elegida", "$ 0,00"),
        ("?seleccion=todas", "2 facturas elegidas", "$ 3.000,00"),
        ("?seleccion=vencidas", "1 factura elegida", "$ 1.000,00"),
        ("?factura={coming}", "1 factura elegida", "$ 2.000,00"),
        ("?factura=nada", "Ninguna factura elegida", "$ 0,00"),
    ],
)
def test_the_choice_is_in_the_address(as_owner: Client, link: AccountLink, query: str, chosen: str, total: str) -> None:
    bill(link, due=date(2026, 11, 1), amount="1000.00")
    coming = bill(link, due=date(2026, 12, 1), amount="2000.00")
    in_process(bill(link, due=date(2026, 11, 2), amount="4000.00"))
    page = words_of(as_owner.get(inicio(link) + query.format(coming=coming.public_id)))
    assert f"{chosen} {total} Pagar" in page


def test_the_only_bill_is_chosen_already(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=TODAY)
    answer = as_owner.get(inicio(link))
    assert "1 factura elegida $ 1.000,00 Pagar" in words_of(answer)
    assert "Seleccionar todas" not in words_of(answer)


def test_sixty_bills_are_in_one_form_and_the_page_stays_short(as_owner: Client, link: AccountLink) -> None:
    for day in range(60):
        bill(link, due=TODAY + timedelta(days=day), amount="10.00")
    closed = as_owner.get(inicio(link)).content.decode()
    chosen = as_owner.get(inicio(link) + "?seleccion=todas").content.decode()
    assert closed.count('name="factura"') == 60
    assert "Ver las otras 48 facturas" in closed
    assert '<details class="disclosure">' in closed
    assert chosen.count(" checked") >= 60
    assert '<details class="disclosure" open>' in chosen


def test_consumption_is_compared_with_a_year_before(as_owner: Client, link: AccountLink) -> None:
    for month, used in [(date(2026, 9, 1), "41"), (date(2026, 7, 1), "30"), (date(2025, 9, 1), "37")]:
        bill(link, due=TODAY, period=month, consumption_m3=Decimal(used))
    void = bill(link, due=TODAY, period=date(2026, 5, 1), consumption_m3=Decimal("999"))
    Invoice.objects.filter(pk=void.pk).update(status="void")

    answer = as_owner.get(inicio(link))

    page = words_of(answer)
    assert (
        "Últimos 3 bimestres En septiembre y octubre usaste 41 m³: 4 m³ más que en el mismo bimestre de 2025." in page
    )
    assert "Julio y agosto 2026 30 m³ $ 1.000,00" in page
    assert "999" not in page
    assert answer.content.decode().count('class="chart__bar') == 6


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("41", "usaste 41 m³, lo mismo que en el mismo bimestre de 2025."),
        ("50.5", "usaste 41 m³: 9,5 m³ menos que en el mismo bimestre de 2025."),
        (None, "usaste 41 m³."),
    ],
)
def test_the_comparison_has_the_right_words(as_owner: Client, link: AccountLink, then: str | None, words: str) -> None:
    bill(link, due=TODAY, period=date(2026, 9, 1), consumption_m3=Decimal("41"))
    if then:
        bill(link, due=TODAY, period=date(2025, 9, 1), consumption_m3=Decimal(then))
    assert words in words_of(as_owner.get(inicio(link)))


def test_a_flat_rate_shows_amounts_only(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=TODAY, period=date(2026, 9, 1), service_kind="flat_rate", amount="900.00")
    bill(link, due=TODAY, period=date(2025, 9, 1), service_kind="flat_rate", amount="500.00")
    answer = as_owner.get(inicio(link))
    page = words_of(answer)
    assert "La factura de septiembre y octubre fue de $ 900,00. En el mismo bimestre de 2025 fue de $ 500,00." in page
    assert "m³" not in page
    assert answer.content.decode().count('class="chart__bar') == 2


def test_thirteen_periods_at_most(as_owner: Client, link: AccountLink) -> None:
    for year in (2024, 2025, 2026):
        for month in (1, 3, 5, 7, 9, 11):
            bill(link, due=TODAY, period=date(year, month, 1))
    assert "Últimos 13 bimestres" in words_of(as_owner.get(inicio(link)))


def test_queries_do_not_depend_on_bills_or_accounts(as_owner: Client, owner: User, link: AccountLink) -> None:
    in_process(bill(link, due=TODAY))
    mandate = bank_mandate(link)
    as_owner.get(inicio(link))
    with CaptureQueriesContext(connection) as few:
        as_owner.get(inicio(link))
    for day in range(59):
        held = bill(link, due=TODAY + timedelta(days=day))
        if day % 3 == 0:
            in_process(held, payer=owner)
        else:
            announced(mandate, held)
    for _ in range(59):
        InvoiceFactory.create(account=AccountLinkFactory.create(user=owner).account)
    with CaptureQueriesContext(connection) as many:
        assert as_owner.get(inicio(link)).status_code == 200
    assert len(many) == len(few) <= 12


def test_the_panel_of_bills_looks_again_while_a_payment_is_under_way(as_owner: Client, link: AccountLink) -> None:
    first, second = bill(link, due=TODAY), bill(link, due=TODAY)
    assert 'hx-trigger="every' not in as_owner.get(inicio(link)).content.decode()
    open_checkout(first, payer=link.user)
    assert 'hx-trigger="every 20s"' in as_owner.get(inicio(link)).content.decode()
    in_process(second)
    assert 'hx-trigger="every 5s"' in as_owner.get(inicio(link)).content.decode()


def version_of(answer_body: str) -> str:
    return answer_body.split("version=")[1].split('"', maxsplit=1)[0]


def test_the_panel_changes_only_with_its_bills_and_keeps_the_choice(as_owner: Client, link: AccountLink) -> None:
    held, free = bill(link, due=TODAY), bill(link, due=TODAY, amount="250.00")
    payment = in_process(held, payer=link.user)
    page = as_owner.get(inicio(link)).content.decode()
    asked = {"panel": "pendientes", "version": version_of(page), "factura": free.public_id}

    same = as_owner.get(inicio(link), asked, headers=HTMX)
    settle_payment(payment.pk, paid(payment), cause="test")
    changed = as_owner.get(inicio(link), asked, headers=HTMX)

    assert (same.status_code, same.content) == (204, b"")
    body = changed.content.decode()
    assert body.lstrip().startswith('<form class="panel" id="panel-pendientes"')
    assert changed["HX-Trigger"] == "billsChanged"
    assert held.public_id not in body
    assert "1 factura elegida" in words_of(changed)
    assert "hx-trigger" not in body


def test_a_choice_taken_back_is_not_made_again_by_the_panel(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=TODAY)
    in_process(bill(link, due=TODAY))
    panel = as_owner.get(inicio(link), {"panel": "pendientes"}, headers=HTMX)
    assert "Ninguna factura elegida" in words_of(panel)


def test_the_status_panel_comes_alone(as_owner: Client, link: AccountLink) -> None:
    bill(link, due=TODAY)
    body = as_owner.get(inicio(link), {"panel": "estado"}, headers=HTMX).content.decode()
    assert body.lstrip().startswith('<section class="panel panel--edge tone-info" id="panel-estado"')
    assert "panel-pendientes" not in body


def test_without_htmx_or_for_an_unknown_panel_the_whole_page_comes(as_owner: Client, link: AccountLink) -> None:
    for answer in (
        as_owner.get(inicio(link), {"panel": "estado"}),
        as_owner.get(inicio(link), {"panel": "otro"}, headers=HTMX),
    ):
        assert "<html" in answer.content.decode()


def test_a_panel_whose_session_ended_has_its_page_loaded_again(anonymous: Client, link: AccountLink) -> None:
    answer = anonymous.get(inicio(link), {"panel": "pendientes"}, headers=HTMX)
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")


def test_a_bill_paid_in_part_says_so(as_owner: Client, link: AccountLink) -> None:
    part = bill(link, due=TODAY)
    record_external_payment(operation(link.account, (part, Decimal("400.00"))), cause="test")
    assert "Vence el 24/11/2026 Ya se pagó una parte: $ 400,00 $ 600,00" in words_of(as_owner.get(inicio(link)))


def test_owner_teammate_stranger_anonymous_and_other_methods(
    as_owner: Client, as_teammate: Client, teammate: User, as_stranger: Client, anonymous: Client, link: AccountLink
) -> None:
    assert as_owner.get(inicio(link)).status_code == 200
    assert as_teammate.get(inicio(teammate.links.get())).status_code == 200
    assert as_teammate.get(inicio(link)).status_code == 404
    assert as_stranger.get(inicio(link)).status_code == 404
    assert as_stranger.get(inicio(link), {"panel": "estado"}, headers=HTMX).status_code == 404
    assert anonymous.get(inicio(link))["Location"] == f"/ingresar/?next={inicio(link)}"
    assert as_owner.post(inicio(link)).status_code == 405
    AccountLink.objects.filter(pk=link.pk).update(unlinked_at=timezone.now())
    assert as_owner.get(inicio(link)).status_code == 404

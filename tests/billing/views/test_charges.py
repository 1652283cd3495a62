"""Facturar y pagar cargos: the list, one charge, accepting it, its comprobante."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.charges.acts import cancel_charge, invoice_charge
from billing.enums import ChargeStatus
from billing.models import Charge, ChargeVoucher, Invoice
from billing.settlement import settle_payment
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import on_its_way, open_checkout, paid_checkout
from tests.factories.charges import ChargeFactory

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def charge(link: AccountLink) -> Charge:
    """A charge of 12,100 pesos of Ana's account that nobody has accepted."""
    return ChargeFactory.create(account=link.account, charge_number="C-000001")


@pytest.fixture
def invoiced(charge: Charge, owner: User) -> Charge:
    """The same charge, accepted by Ana."""
    invoice_charge(charge, accepted=charge.amount, by=owner, now=timezone.now())
    charge.refresh_from_db()
    return charge


def list_page(link: AccountLink, *, invoiced: bool = False) -> str:
    return f"/cuenta/{link.public_id}/cargos/{'?ver=facturados' if invoiced else ''}"


def charge_page(link: AccountLink, charge: Charge, part: str = "") -> str:
    return f"/cuenta/{link.public_id}/cargos/{charge.public_id}/{part}"


def accept(client: Client, link: AccountLink, charge: Charge, amount: str = "12100.00") -> tuple[int, str, list[str]]:
    """Says yes to the question; gives the status, where it leads, and what the next page will say."""
    answer = client.post(charge_page(link, charge, "facturar/"), {"importe": amount})
    return answer.status_code, answer["Location"], said(answer)


def test_pending_charges_are_listed_newest_first(as_owner: Client, link: AccountLink, charge: Charge) -> None:
    ChargeFactory.create(
        account=link.account, charge_number="C-2", concept="Conexión de agua", raised_on="2026-11-22",
        amount=Decimal("98765.40"),
    )  # fmt: skip
    ChargeFactory.create(account=link.account, charge_number="C-3", status=ChargeStatus.CANCELLED, concept="Anulado")
    ChargeFactory.create(concept="De otra cuenta")

    page = words_of(as_owner.get(list_page(link)))

    first = "Conexión de agua Cargo C-2 22/11/2026 $ 98.765,40 Elegir Conexión de agua"
    second = "Cambio de medidor Cargo C-000001 20/11/2026 $ 12.100,00 Elegir Cambio de medidor"
    assert f"{first} {second}" in page
    assert "Anulado" not in page
    assert "De otra cuenta" not in page


def test_invoiced_charges_are_listed_with_their_bills(as_owner: Client, link: AccountLink, invoiced: Charge) -> None:
    answer = as_owner.get(list_page(link, invoiced=True))

    row = "Cambio de medidor Cargo C-000001 B 00005-00000001 Vence en 10 días $ 12.100,00"
    assert row in words_of(answer)
    invoice = Invoice.objects.get()
    assert f'href="/cuenta/{link.public_id}/facturas/{invoice.public_id}/"' in answer.content.decode()
    paid_checkout(invoice, payer=link.user)
    assert "B 00005-00000001 Pagada $ 12.100,00" in words_of(as_owner.get(list_page(link, invoiced=True)))


def test_without_charges_it_says_so(as_owner: Client, link: AccountLink) -> None:
    assert "No hay cargos pendientes Si pedís un trabajo" in words_of(as_owner.get(list_page(link)))
    page = words_of(as_owner.get(list_page(link, invoiced=True)))
    assert "Todavía no facturaste ningún cargo" in page


def test_without_pending_charges_it_leads_to_the_invoiced_ones(
    as_owner: Client, link: AccountLink, invoiced: Charge
) -> None:
    assert "No hay cargos pendientes Los que ya se facturaron" in words_of(as_owner.get(list_page(link)))


@pytest.mark.parametrize("invoiced_ones", [False, True])
def test_lists_cost_the_same_however_long(
    as_owner: Client, owner: User, link: AccountLink, invoiced_ones: bool
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert as_owner.get(list_page(link, invoiced=invoiced_ones)).status_code == 200
        return len(captured)

    def another() -> None:
        charge = ChargeFactory.create(account=link.account)
        if invoiced_ones:
            invoice_charge(charge, accepted=charge.amount, by=owner, now=timezone.now())

    another()
    queries()
    with_one = queries()
    for _ in range(24):
        another()
    assert queries() == with_one


def test_long_lists_have_pages(as_owner: Client, link: AccountLink) -> None:
    for number in range(26):
        ChargeFactory.create(account=link.account, charge_number=f"N-{number:02d}")

    assert "1 a 25 de 26" in words_of(as_owner.get(list_page(link)))
    page = words_of(as_owner.get(f"{list_page(link)}?pagina=2"))
    assert ("N-00" in page, "N-01" in page) == (True, False)


def test_pending_charge_says_what_it_is_and_what_accepting_means(
    as_owner: Client, link: AccountLink, charge: Charge
) -> None:
    answer = as_owner.get(charge_page(link, charge))

    page = words_of(answer)
    assert "Cambio de medidor Cargo C-000001 de la cuenta" in page
    assert "Para facturar Sin facturar $ 12.100,00 Total, con IVA" in page
    assert "La factura vence el 04/12/2026 si la hacés hoy. Aceptar y facturar" in page
    assert "Detalle Retiro del medidor y colocación de uno nuevo" in page
    assert "Fecha del cargo 20/11/2026 Titular Lucía Ferreyra" in page
    assert "comprobante" not in page.lower()
    assert charge_page(link, charge, "facturar/") in answer.content.decode()


def test_the_question_says_amount_holder_and_due_date(as_owner: Client, link: AccountLink, charge: Charge) -> None:
    answer = as_owner.get(charge_page(link, charge, "facturar/"))

    assert "¿Facturar este cargo?" in words_of(answer)
    assert "una factura a nombre de Lucía Ferreyra que vence el 04/12/2026" in words_of(answer)
    assert '<input type="hidden" name="importe" value="12100.00">' in answer.content.decode()
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_accepting_makes_the_invoice(
    as_owner: Client, link: AccountLink, charge: Charge, headers: dict[str, str]
) -> None:
    answer = as_owner.post(charge_page(link, charge, "facturar/"), {"importe": "12100.00"}, headers=headers)

    assert (answer.status_code, answer["Location"]) == (303, charge_page(link, charge))
    assert said(answer) == ["Listo: la factura B 00005-00000001 vence el 04/12/2026."]
    charge.refresh_from_db()
    assert (charge.status, charge.invoiced_by, str(charge.invoice)) == (
        ChargeStatus.INVOICED, link.user, "B 00005-00000001",
    )  # fmt: skip


def test_invoiced_charge_offers_its_comprobante_and_paying(
    as_owner: Client, link: AccountLink, invoiced: Charge
) -> None:
    answer = as_owner.get(charge_page(link, invoiced))

    page, body, invoice = words_of(answer), answer.content.decode(), Invoice.objects.get()
    assert "Para pagar Vence en 10 días $ 12.100,00 Total de hoy, con IVA" in page
    assert "Pagar cargo Imprimir comprobante" in page
    assert f'href="/cuenta/{link.public_id}/pagar/?factura={invoice.public_id}"' in body
    assert f'href="{charge_page(link, invoiced, "comprobante.pdf")}"' in body
    assert "Factura B 00005-00000001 Emisión 24/11/2026 Vencimiento 04/12/2026 IVA contenido $ 2.100,00" in page
    assert f"Código de pago electrónico {invoice.payment_code}" in page


def test_accepting_again_leads_to_the_same_invoice_without_another_word(
    as_owner: Client, as_teammate: Client, link: AccountLink, charge: Charge
) -> None:
    """A double click, or somebody else who has the account linked."""
    other_link = AccountLink.objects.exclude(pk=link.pk).get()
    words = ["Listo: la factura B 00005-00000001 vence el 04/12/2026."]
    for _ in range(2):
        assert accept(as_owner, link, charge) == (303, charge_page(link, charge), words)
    assert accept(as_teammate, other_link, charge) == (303, charge_page(other_link, charge), [])
    assert (Invoice.objects.count(), ChargeVoucher.objects.count()) == (1, 1)


def test_the_question_about_an_invoiced_charge_leads_to_its_page(
    as_owner: Client, link: AccountLink, invoiced: Charge
) -> None:
    answer = as_owner.get(charge_page(link, invoiced, "facturar/"))
    assert (answer.status_code, answer["Location"]) == (303, charge_page(link, invoiced))


@pytest.mark.parametrize("amount", ["12000.00", "", "mucho", "1e3"])
def test_only_the_amount_that_was_shown_is_accepted(
    as_owner: Client, link: AccountLink, charge: Charge, amount: str
) -> None:
    status, address, words = accept(as_owner, link, charge, amount)

    assert (status, address) == (303, charge_page(link, charge))
    [told] = words
    assert told.startswith("El importe de este cargo cambió: ahora es $\xa012.100,00. No se facturó nada.")
    assert not Invoice.objects.exists()


def test_charge_that_was_cancelled_meanwhile_says_so(
    as_owner: Client, link: AccountLink, charge: Charge, staff: User
) -> None:
    cancel_charge(charge, "Se cargó dos veces", by=staff, now=timezone.now())

    assert accept(as_owner, link, charge)[2] == ["Este cargo se canceló y no se facturó: no tenés que pagarlo."]
    answer = as_owner.get(charge_page(link, charge))
    assert "Cargo Cancelado Este cargo se canceló: no hay que pagarlo." in words_of(answer)
    assert "Se cargó dos veces" not in answer.content.decode()
    assert not Invoice.objects.exists()


def test_charge_in_process_and_paid_is_not_offered_again(as_owner: Client, link: AccountLink, invoiced: Charge) -> None:
    invoice = Invoice.objects.get()
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    page = words_of(as_owner.get(charge_page(link, invoiced)))
    assert "El pago empezó hoy a las 12:00 y está en proceso. Ver el pago Imprimir comprobante" in page
    assert "Pagar cargo" not in page


def test_paid_charge_says_so_and_keeps_its_comprobante(as_owner: Client, link: AccountLink, invoiced: Charge) -> None:
    paid_checkout(Invoice.objects.get(), payer=link.user)
    page = words_of(as_owner.get(charge_page(link, invoiced)))
    assert "Factura Pagada $ 12.100,00 No queda nada para pagar Imprimir comprobante" in page
    assert "Pagar cargo" not in page


def test_invoiced_charge_is_a_pending_bill_like_the_others(
    as_owner: Client, link: AccountLink, invoiced: Charge
) -> None:
    page = words_of(as_owner.get(f"/cuenta/{link.public_id}/inicio/"))
    assert "Cambio de medidor Cargo B 00005-00000001 Vence en 10 días" in page
    summary = words_of(as_owner.get(f"/cuenta/{link.public_id}/pagar/?factura={Invoice.objects.get().public_id}"))
    assert "Cambio de medidor Cargo B 00005-00000001 04/12/2026" in summary


def test_comprobante_is_downloaded_as_it_was_issued(as_owner: Client, link: AccountLink, invoiced: Charge) -> None:
    address = charge_page(link, invoiced, "comprobante.pdf")
    answer = as_owner.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    voucher = ChargeVoucher.objects.get()
    assert answer["Content-Disposition"] == f'attachment; filename="comprobante-{voucher.number}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    link.account.holder_name = "Otra persona"
    link.account.save()
    assert as_owner.get(address).content == answer.content


def test_pending_charge_has_no_comprobante(as_owner: Client, link: AccountLink, charge: Charge) -> None:
    assert as_owner.get(charge_page(link, charge, "comprobante.pdf")).status_code == 404


PARTS = ["", "facturar/", "comprobante.pdf"]


@pytest.mark.parametrize("part", PARTS)
def test_it_checks_owner(
    as_stranger: Client, anonymous: Client, stranger: User, link: AccountLink, invoiced: Charge, part: str
) -> None:
    own = stranger.links.get()
    for address in (charge_page(link, invoiced, part), charge_page(own, invoiced, part)):
        assert as_stranger.get(address).status_code == 404
        answer = anonymous.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/ingresar/?next={address}")


def test_stranger_accepts_nothing(as_stranger: Client, stranger: User, link: AccountLink, charge: Charge) -> None:
    for through in (link, stranger.links.get()):
        answer = as_stranger.post(charge_page(through, charge, "facturar/"), {"importe": "12100.00"})
        assert answer.status_code == 404
    assert not Invoice.objects.exists()


def test_list_checks_owner(as_stranger: Client, anonymous: Client, link: AccountLink, charge: Charge) -> None:
    assert as_stranger.get(list_page(link)).status_code == 404
    assert anonymous.get(list_page(link)).status_code == 302


def test_teammate_sees_and_accepts_it_too(as_teammate: Client, teammate: User, charge: Charge) -> None:
    link = teammate.links.get()
    assert "Cambio de medidor" in words_of(as_teammate.get(list_page(link)))
    assert accept(as_teammate, link, charge)[2] == ["Listo: la factura B 00005-00000001 vence el 04/12/2026."]


@pytest.mark.parametrize("part", ["", "comprobante.pdf"])
def test_reading_pages_refuse_post(as_owner: Client, link: AccountLink, invoiced: Charge, part: str) -> None:
    assert as_owner.post(charge_page(link, invoiced, part)).status_code == 405
    assert as_owner.post(list_page(link)).status_code == 405
    assert as_owner.delete(charge_page(link, invoiced, "facturar/")).status_code == 405


def test_short_path_leads_to_the_account_managed_last(as_owner: Client, link: AccountLink) -> None:
    AccountLinkFactory.create(user=link.user)
    as_owner.get(list_page(link))
    answer = as_owner.get("/cargos/")
    assert (answer.status_code, answer["Location"]) == (302, list_page(link))


def test_menu_has_its_entry(as_owner: Client, link: AccountLink, charge: Charge) -> None:
    body = as_owner.get(charge_page(link, charge)).content.decode()
    assert f'href="{list_page(link)}" aria-current="true"' in body
    assert "Facturar y pagar cargos" in body

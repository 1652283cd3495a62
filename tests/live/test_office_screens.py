"""The office: its first page on a first day and on a busy one, every list of its menu and the newest record of each,
accessible at both widths and in both colours.
"""

from playwright.sync_api import Page

from accounts.models import User
from tests.factories import billing as bills
from tests.factories import plans
from tests.live import journey
from tests.live.axe import violations
from tests.live.browsing import DESKTOP, PHONE, SCHEMES, Visits, office_in_colours
from tests.staff.waiting_rows import one_of_each


def test_office_pages_are_accessible(visits: Visits) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    bills.paid_checkout(house.late)
    plans.policy()
    plans.overdue_bill(link)
    plans.running_plan(link)
    page = visits.open("/accesibilidad/")
    nora = User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")
    journey.log_in(page, nora)
    faults = _faults(page, "/admin/")
    one_of_each(nora)
    page.goto("/admin/")
    lists = sorted({path for path in _addresses(page, "a[href^='/admin/']") if path.count("/") == 4})
    assert len(lists) >= 25
    assert {"/admin/billing/invoice/", "/admin/billing/payment/", "/admin/accounts/serviceaccount/"} <= set(lists)

    faults += _faults(page, "/admin/") + _faults(page, "/admin/payment_plans/planpolicy/add/")
    records = []
    for path in lists:
        faults += _faults(page, path)
        records += _addresses(page, f"#result_list a[href^='{path}'][href*='/change/']")[:1]
    for path in records:
        faults += _faults(page, path)

    assert faults == []
    assert len(records) >= 5


def _addresses(page: Page, links: str) -> list[str]:
    found: list[str] = page.locator(links).evaluate_all("links => links.map((link) => new URL(link.href).pathname)")
    return found


def _faults(page: Page, path: str) -> list[str]:
    page.goto(path)
    faults = []
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            office_in_colours(page, scheme)
            faults += [f"{path} at {width}, {scheme}: {found}" for found in violations(page)]
    return faults

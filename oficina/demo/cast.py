"""The people of the demo and the accounts that are always there: the same numbers whatever the date.

Plain facts, so that whoever prints them need not start the portal.
"""

from dataclasses import dataclass
from decimal import Decimal

from oficina.demo.buildings import ADMINISTERED
from oficina.demo.fixed_account import FixedAccount, Newest

PASSWORD = "oficina-virtual"  # noqa: S105  told to everybody; production has no such user


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can log in, with what they call each account that they have linked, the one in hand first; of the
    office, with the name of their role there (`oficina.staff.roles`).
    """

    email: str
    first_name: str
    last_name: str
    document: str = ""
    phone: str = ""
    role: str = ""
    accounts: tuple[tuple[FixedAccount, str], ...] = ()


CASA = FixedAccount(
    number="082-0014237-001-2",
    holder="Lucía Ferreyra",
    document="30412876",
    address="Av. San Martín 1450",
    town="Godoy Cruz",
    tariff="R2",
    usual_m3=40,
    newest=Newest.TO_COME,
    unpaid=frozenset({0, 1, 2}),
    paid_in_excess={5: Decimal("3120.55")},
)
"""Two bills overdue, one that falls due soon, some credit."""

CASA_DE_MAMA = FixedAccount(
    number="031-0009918-001-4",
    holder="Nélida Ramos de Ferreyra",
    document="6284915",
    address="Perú 882",
    town="Ciudad",
    tariff="R2",
    usual_m3=22,
)
"""Up to date."""

DEPARTAMENTO = FixedAccount(
    number="012-0120554-014-1",
    holder="Lucía Ferreyra",
    document="30412876",
    address="Olascoaga 1207, 5.º B",
    town="Ciudad",
    tariff="R2",
    usual_m3=17,
    newest=Newest.TO_COME,
    unpaid=frozenset(range(10)),
    paid_in_part={10: Decimal("0.40")},
)
"""A debt of a year and a half, worth a plan; one old bill paid in part."""

CONSORCIO = FixedAccount(
    number="011-0007730-002-3",
    holder="Consorcio Belgrano 920",
    document="30698741509",
    address="Av. Belgrano 920",
    town="Ciudad",
    tariff="E1",
    usual_m3=460,
    periods=60,
    newest=Newest.TO_COME,
    unpaid=frozenset({0, 1, 2, 6, 15, 16, 28}),
)
"""Sixty bills, ten years of them; some unpaid, one of them from long ago."""

LINKABLE = FixedAccount(
    number="044-0058214-001-3",
    holder="Rosa Ojeda",
    document="12958407",
    address="Los Aromos 315",
    town="Villa Nueva",
    tariff="R2",
    usual_m3=28,
    newest=Newest.TO_COME,
    unpaid=frozenset({0, 1}),
)
"""Nobody has it linked: to try linking with."""

LINKABLE_BILL = 1_843_327
"""The number, after the point of sale, of the newest bill of LINKABLE. All others of its series count from it."""

LINKABLE_BILL_NUMBER = "0007-01843327"

CUSTOMER = Person(
    email="demo@oficina.example",
    first_name="Lucía",
    last_name="Ferreyra",
    document="30412876",
    phone="2615550147",
    accounts=(
        (CASA, "Casa"),
        (CASA_DE_MAMA, "Casa de mamá"),
        (DEPARTAMENTO, "Departamento"),
        (CONSORCIO, "Consorcio Belgrano 920"),
    ),
)
TEAMMATE = Person(
    email="martin@oficina.example",
    first_name="Martín",
    last_name="Ferreyra",
    document="29874310",
    phone="2615550163",
    accounts=((CASA, "Casa de Lucía"),),
)
"""Has one of the customer's accounts linked too."""

ADMINISTRATOR = Person(
    email="administrador@oficina.example",
    first_name="Ramiro",
    last_name="Funes",
    document="20251437786",
    phone="2615550129",
    accounts=ADMINISTERED,
)
STAFF = Person(email="admin@oficina.example", first_name="Nora", last_name="Videla", role="Administración")
COLLEAGUES = (
    Person(email="atencion@oficina.example", first_name="Olga", last_name="Ríos", role="Atención al cliente"),
    Person(email="tesoreria@oficina.example", first_name="Tomás", last_name="Bianchi", role="Tesorería"),
    Person(email="contenido@oficina.example", first_name="Clara", last_name="Nievas", role="Contenido"),
    Person(email="auditoria@oficina.example", first_name="Aldo", last_name="Sosa", role="Auditoría"),
)
"""One for each other role of the office."""

PEOPLE = (CUSTOMER, TEAMMATE, ADMINISTRATOR, STAFF, *COLLEAGUES)
FIXED_ACCOUNTS = (
    *dict.fromkeys(account for person in PEOPLE for account, _ in person.accounts),
    LINKABLE,
)

"""Import of `accounts.csv`: what the billing system knows of each account.

An account has another holder when the file tells another document than was known. A document that was not known says
nothing of who held the account before; one that is left out says nothing of who holds it now, so the known one stays;
and a DNI that becomes the CUIT or CUIL that contains it is the same person. Who held it until then is kept, and whoever
acts for the account has to prove it again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import batched

from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.account_numbers import digit_count
from accounts.enums import AccountStatus
from accounts.holders import note_holder_changes
from accounts.hooks import tell_holder_change
from accounts.linking import ask_for_proof
from oficina.configuration import AccountCheckDigit
from oficina.shared.imports.columns import Check, Choice, Column, Digits, Number, Text
from oficina.shared.imports.geojson import GeoJson
from oficina.shared.imports.kinds import Counts, ImportKind
from oficina.shared.imports.merging import differs, upsert
from oficina.shared.imports.staging import StagedFile

_KEY = ("number",)
_COLUMN_OF = {"account_number": "number"}
_ACCOUNTS_TOLD_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class AccountNumber(Column):
    """An account number of this installation's format, with or without dashes; kept as digits."""

    @property
    def digits(self) -> Composable:
        """The number without its dashes."""
        return SQL("replace({}, '-', '')").format(self.text)

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another length, or a last digit that does not agree with the others (see `accounts.account_numbers`)."""
        count = digit_count()
        yield SQL("{} !~ {}").format(self.digits, Literal(rf"^\d{{{count}}}$")), f"Tiene que tener {count} dígitos."
        if settings.UTILITY.account_check_digit is AccountCheckDigit.MOD10:
            weighed = SQL(" + ").join(
                SQL("{} * substr({}, {}, 1)::integer").format(Literal(weight), self.digits, Literal(place))
                for place, weight in ((place, 1 if (count - place) % 2 == 0 else 3) for place in range(1, count + 1))
            )
            yield SQL("({}) % 10 <> 0").format(weighed), "El dígito verificador no corresponde."

    def value(self) -> Composable:
        """The digits."""
        return self.digits


def _merge(staged: StagedFile, _still_going: Callable[[], None]) -> Counts:
    staged.refuse_repeated("account_number", ["account_number"], "La cuenta está repetida: vale la primera fila.")
    values: dict[str, Composable] = {
        _COLUMN_OF.get(column.name, column.name): SQL("r.{}").format(Identifier(column.name))
        for column in ACCOUNTS.columns
        if column.name in staged.file.header
    }
    values["holder_document"] = SQL("COALESCE(NULLIF(r.holder_document, ''), known.holder_document, '')")
    _lock_what_changes(values)
    now = timezone.now()
    changed_hands = _with_another_holder()
    note_holder_changes(changed_hands, now=now)
    ask_for_proof(changed_hands, since=now)
    counts = upsert(
        staged,
        model=("accounts.serviceaccount", "accounts_serviceaccount"),
        key=_KEY,
        values=values,
        only_new={"created_at": Literal(now)},
        touched={"updated_at": now},
    )
    for batch in batched(changed_hands, _ACCOUNTS_TOLD_AT_ONCE, strict=False):
        tell_holder_change(batch)
    return counts


def _with_another_holder() -> list[int]:
    """The accounts, already locked, that the good rows give to somebody else; by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "SELECT known.id FROM import_rows r"
                " JOIN accounts_serviceaccount known ON known.number = r.account_number"
                " WHERE r.problem IS NULL AND known.holder_document <> '' AND r.holder_document <> '' AND {} <> {}"
                " ORDER BY known.id"
            ).format(_person(SQL("known.holder_document")), _person(SQL("r.holder_document")))
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _person(document: Composable) -> Composable:
    """What a DNI and the CUIT or CUIL of the same person have in common; a company's CUIT (3…) is its own."""
    return SQL("ltrim(CASE WHEN length({0}) = 11 AND {0} LIKE '2%' THEN substr({0}, 3, 8) ELSE {0} END, '0')").format(
        document
    )


def _lock_what_changes(values: Mapping[str, Composable]) -> None:
    """By id, as everybody who takes more than one."""
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "SELECT count(*) FROM (SELECT 1 FROM accounts_serviceaccount WHERE id IN ("
                "SELECT known.id FROM import_rows r"
                " JOIN accounts_serviceaccount known ON known.number = r.account_number"
                " WHERE r.problem IS NULL AND {}) ORDER BY id FOR NO KEY UPDATE) AS locked"
            ).format(differs(values, _KEY))
        )


ACCOUNTS = ImportKind(
    name="accounts",
    label="cuentas",
    columns=(
        AccountNumber(name="account_number", required=True),
        Text(name="holder_name", required=True, length=200),
        Digits(name="holder_document", lengths=(7, 8, 11)),
        Text(name="holder_vat_condition", length=60),
        Text(name="service_address", required=True, length=200),
        Text(name="locality", required=True, length=100),
        Text(name="department", required=True, length=100),
        Text(name="postal_code", length=10),
        Text(name="category", length=60),
        Text(name="service", length=60),
        Text(name="tariff", length=60),
        Text(name="meter_number", length=30),
        Number(name="latitude", digits=2, places=6, signed=True),
        Number(name="longitude", digits=3, places=6, signed=True),
        GeoJson(name="parcel", may_be_absent=True),
        Choice(name="status", required=True, values={status.value: status.value for status in AccountStatus}),
    ),
    checks=(
        Check(
            "longitude",
            SQL("(s.latitude = '') <> (s.longitude = '')"),
            "La latitud y la longitud van las dos o ninguna.",
        ),
    ),
    merge=_merge,
)

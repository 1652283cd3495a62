"""People, accounts and links for tests. Each test names what matters in it, by keyword, and no more."""

from django.utils import timezone
from factory.declarations import LazyFunction, PostGenerationMethodCall, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.account_numbers import digit_count, generate_check_digit
from accounts.enums import LinkEvidence
from accounts.models import AccountLink, HolderChange, ServiceAccount, User

PASSWORD = "agua-de-montaña"


def valid_account_number(sequence: int) -> str:
    """An account number of the format in force with the right check digit, another one for each sequence number."""
    body = f"{8_200_142_000_000 + sequence * 1_000 + 1:0{digit_count() - 1}d}"
    return body + generate_check_digit(body)


class UserFactory(DjangoModelFactory[User]):
    """Somebody who registered. Without a password, since hashing is slow: `password=PASSWORD` when the test logs in."""

    class Meta:
        model = User

    email = Sequence(lambda n: f"persona{n}@correo.example")
    first_name = "Lucía"
    last_name = "Ferreyra"
    document = "30123456"
    phone = "2615550182"
    password = PostGenerationMethodCall("set_password", None)

    @classmethod
    def _after_postgeneration(cls, instance: User, create: bool, results: dict[str, object] | None = None) -> None:
        if create and results:
            instance.save()


class ServiceAccountFactory(DjangoModelFactory[ServiceAccount]):
    """An account of the utility, active, with a valid number."""

    class Meta:
        model = ServiceAccount

    number = Sequence(valid_account_number)
    holder_name = "Lucía Ferreyra"
    holder_document = "30123456"
    holder_vat_condition = "Consumidor final"
    service_address = "Av. San Martín 1450"
    locality = "Godoy Cruz"
    department = "Godoy Cruz"
    postal_code = "5501"
    category = "Residencial"
    service = "Agua y cloaca"
    tariff = "R1"
    meter_number = Sequence(lambda n: f"M-{n:06d}")


class AccountLinkFactory(DjangoModelFactory[AccountLink]):
    """A person acts for an account; both new unless the test gives them."""

    class Meta:
        model = AccountLink

    user = SubFactory(UserFactory)
    account = SubFactory(ServiceAccountFactory)
    evidence = LinkEvidence.INVOICE_NUMBER
    linked_at = LazyFunction(timezone.now)


class HolderChangeFactory(DjangoModelFactory[HolderChange]):
    """An account had another holder until now."""

    class Meta:
        model = HolderChange

    account = SubFactory(ServiceAccountFactory)
    changed_at = LazyFunction(timezone.now)
    holder_name = "Nélida Rosa Quiroga"
    holder_document = "27110222334"
    holder_vat_condition = "Consumidor final"

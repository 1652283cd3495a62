"""The person who logs in: a customer or somebody of the office."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from oficina.shared.ids import public_id


class UserManager(BaseUserManager["User"]):
    """Creates people by their mail, which is also their login."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can log in. Mails are kept in lower case: two spellings of one mailbox are one person."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A member of staff with every permission."""
        return self.create_user(email, password, **fields, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this mail, however it is written."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by their mail.

    `document` holds digits only: 7 or 8 of a DNI or the 11 of a CUIT or CUIL.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    email = models.EmailField("mail", unique=True)
    first_name = models.CharField("nombre", max_length=80)
    last_name = models.CharField("apellido", max_length=80)
    document = models.CharField("DNI, CUIT o CUIL", max_length=11, blank=True)
    phone = models.CharField("teléfono", max_length=20, blank=True)
    is_staff = models.BooleanField("es de la oficina", default=False)
    is_active = models.BooleanField("puede ingresar", default=True)
    date_joined = models.DateTimeField("se registró", default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    class Meta:
        verbose_name = "usuario"
        verbose_name_plural = "usuarios"
        permissions = [("assign_roles", "Puede dar y quitar roles de la oficina")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case"),
            models.CheckConstraint(
                condition=models.Q(document__regex=r"^(\d{7,8}|\d{11})?$"), name="user_document_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} <{self.email}>"

    @property
    def full_name(self) -> str:
        """Name and surname as written by the person."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_full_name(self) -> str:
        """Django's name for `full_name`."""
        return self.full_name

    def get_short_name(self) -> str:
        """The name to greet with."""
        return self.first_name

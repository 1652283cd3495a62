"""What a password must be, said so that the person knows what to do next."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from accounts.models import User

LEAST_CHARACTERS = 10
HINT = f"{LEAST_CHARACTERS} caracteres o más. Una frase larga es más segura que una palabra rara."


class LongEnough:
    """A password has ten characters or more."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002  Django's signature
        """Raises ValidationError with how many were typed."""
        if len(password) < LEAST_CHARACTERS:
            typed = "1 carácter" if len(password) == 1 else f"{len(password)} caracteres"
            raise ValidationError(f"Escribiste {typed}. Usá {LEAST_CHARACTERS} o más.", code="password_too_short")

    def get_help_text(self) -> str:
        """Shown where the password is asked for."""
        return HINT


class NotLikeThePerson(password_validation.UserAttributeSimilarityValidator):
    """A password is not the person's name or mail."""

    def get_error_message(self) -> str:
        """What is wrong, without repeating the data."""
        return "Se parece demasiado a tu nombre o a tu mail. Usá otra."


class NotCommon(password_validation.CommonPasswordValidator):
    """A password is not in the list of those that everybody tries first."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return "Es una contraseña muy usada y fácil de adivinar. Usá otra."


class NotOnlyDigits(password_validation.NumericPasswordValidator):
    """A password is not a date or a document."""

    def get_error_message(self) -> str:
        """What is wrong."""
        return "Tiene solo números. Agregale letras u otros signos."


def check_new_password(password: str, person: User | None) -> None:
    """Raises ValidationError with the first thing to mend: one at a time is enough to do."""
    try:
        password_validation.validate_password(password, person)
    except ValidationError as refused:
        raise ValidationError(refused.error_list[:1]) from None

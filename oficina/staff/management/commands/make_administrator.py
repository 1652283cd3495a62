"""`manage.py make_administrator MAIL`: the first administrator, whom nobody of the office could appoint."""

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.office_roles import NotWhoWorksHere, appoint
from oficina.staff.roles import ADMINISTRATION


class Command(BaseCommand):
    """Gives the role to somebody who has registered on the portal."""

    help = "Da el rol Administración a quien ya se registró en el portal con ese mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom."""
        parser.add_argument("mail", metavar="MAIL")

    def handle(self, *, mail: str, **_options: object) -> None:
        """Appoints the person, and says what comes next."""
        try:
            person = User.objects.get_by_natural_key(mail)
            appoint(person, Group.objects.get(name=ADMINISTRATION.name))
        except User.DoesNotExist as missing:
            raise CommandError(f"Nadie se registró con el mail {mail}.") from missing
        except NotWhoWorksHere as refusal:
            raise CommandError(f"{mail} no puede ingresar al portal.") from refusal
        self.stdout.write(f"{person} administra la oficina. Al entrar en /admin/ va a activar su segundo factor.")

"""The jobs of accounts."""

from procrastinate.contrib.django import app

from accounts.link_attempts import forget_old_attempts
from oficina.shared.jobs import described


@described("Olvidar búsquedas de cuentas", "Borra las búsquedas de cuentas que la oficina ya no necesita.")
@app.periodic(cron="47 4 * * *")
@app.task(name="accounts.forget_link_attempts", queueing_lock="accounts.forget_link_attempts")
def forget_link_attempts(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: searches for accounts that are older than the office may need."""
    forget_old_attempts()

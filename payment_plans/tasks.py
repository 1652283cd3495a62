"""The jobs of payment plans."""

from django.utils import timezone
from procrastinate.contrib.django import app

from oficina.shared.jobs import described
from payment_plans.closing import lapse_plans
from payment_plans.ending import end_unpaid
from payment_plans.paying_early import void_old_payoffs
from payment_plans.reminding import remind_of_instalments


@described(
    "Cerrar planes de pago",
    "Cierra los planes que nadie empezó, las cancelaciones vencidas y los planes caídos.",
)
@app.periodic(cron="37 7 * * *")
@app.task(name="payment_plans.end_plans", queueing_lock="payment_plans.end_plans")
def end_plans(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every morning: plans that nobody began, offers to pay all the rest that are over, plans that lapse."""
    now = timezone.now()
    end_unpaid(now=now)
    void_old_payoffs(now=now)
    lapse_plans(now=now)


@described("Recordar cuotas", "Recuerda las cuotas por vencer y las que no se pagaron.")
@app.periodic(cron="23 9 * * *")
@app.task(name="payment_plans.remind_of_instalments", queueing_lock="payment_plans.remind_of_instalments")
def remind(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every morning: instalments that are about to fall due, or did and were not paid."""
    remind_of_instalments(now=timezone.now())

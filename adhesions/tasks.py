"""The jobs of adhesions."""

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from adhesions.bounces.inbox import finish_bounces
from adhesions.debit.announcing import ANNOUNCE_DEBITS_TASK, announce_debits, announce_what_was_missed
from adhesions.debit.card_setups import finish_card_setups
from adhesions.debit.collecting import collect_from_cards, decide_debits
from adhesions.debit.mandates import FORGET_CARD_TASK
from adhesions.digital.planning import DELIVER_BILLS_TASK, plan_reminders
from adhesions.digital.proving import forget_unused_proofs
from adhesions.digital.sending import DeliveriesWaitError, deliver_bills, give_up
from billing.gateway.configured import saved_cards_gateway
from oficina.shared.jobs import TRIES_AGAIN_FOR_A_DAY, TRIES_AGAIN_SOON, described


@described("Cobrar débitos con tarjeta", "Cobra los débitos con tarjeta cuyo día llegó.")
@app.periodic(cron="17 8-20 * * *")
@app.task(name="adhesions.collect_debits", queueing_lock="adhesions.collect_debits")
def collect_debits(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """By day, every hour: debits of cards whose date has come. What was not answered is tried in the next round."""
    collect_from_cards(now=timezone.now())


@described("Seguir los débitos", "Mira cómo terminaron los débitos en curso y anuncia los que faltaba anunciar.")
@app.periodic(cron="*/5 * * * *")
@app.task(name="adhesions.follow_debits", queueing_lock="adhesions.follow_debits")
def follow_debits(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every five minutes: what came of the debits under way, and bills that were not announced yet."""
    decide_debits(now=timezone.now())
    announce_what_was_missed(now=timezone.now())


@described("Terminar altas de tarjetas", "Termina el alta de tarjetas de quienes no volvieron al portal.")
@app.periodic(cron="*/5 * * * *")
@app.task(name="adhesions.finish_card_setups", queueing_lock="adhesions.finish_card_setups")
def finish_cards_to_be_saved(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every five minutes: cards that somebody went to save and never came back from."""
    finish_card_setups(now=timezone.now())


@described("Anunciar débitos", "Le avisa a cada cliente el débito de una factura nueva.")
@app.task(name=ANNOUNCE_DEBITS_TASK, retry=TRIES_AGAIN_SOON)
def announce_debits_of_new_bills(*, account_ids: list[int]) -> None:
    """Announces the debits of bills that an import brought to some accounts."""
    announce_debits(account_ids, now=timezone.now())


@described("Olvidar una tarjeta", "Le pide al proveedor que borre la tarjeta de una adhesión que terminó.")
@app.task(name=FORGET_CARD_TASK, retry=TRIES_AGAIN_FOR_A_DAY)
def forget_card(*, method_id: str) -> None:
    """Makes the provider forget the card of a mandate that ended."""
    saved_cards_gateway().forget_card(method_id)


@described("Recordar vencimientos", "Les recuerda las facturas por vencer o recién vencidas a quienes lo pidieron.")
@app.periodic(cron="13 9 * * *")
@app.task(name="adhesions.remind_of_bills", queueing_lock="adhesions.remind_of_bills")
def remind_of_bills(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every morning: unpaid bills that are about to fall due or just did, to those who asked to be reminded."""
    plan_reminders(now=timezone.now())


@described("Olvidar mails sin confirmar", "Borra los mails para facturas que nadie confirmó.")
@app.periodic(cron="53 4 * * *")
@app.task(name="adhesions.forget_mail_proofs", queueing_lock="adhesions.forget_mail_proofs")
def forget_mail_proofs(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: mails that somebody gave for their bills and never confirmed."""
    forget_unused_proofs(now=timezone.now())


@described("Seguir los rebotes", "Procesa los avisos de mails que volvieron.")
@app.periodic(cron="* * * * *")
@app.task(name="adhesions.follow_bounces", queueing_lock="adhesions.follow_bounces")
def follow_bounces(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every minute: reports of mails that came back that are unfinished."""
    finish_bounces(now=timezone.now())


@described("Mandar facturas por mail", "Manda un grupo de mails con facturas.")
@app.task(name=DELIVER_BILLS_TASK, retry=TRIES_AGAIN_FOR_A_DAY, pass_context=True)
def send_bills_by_mail(context: JobContext, *, delivery_ids: list[int]) -> None:
    """Sends some mails with bills. After the last try, those that did not go out are kept as failed."""
    try:
        deliver_bills(delivery_ids)
    except DeliveriesWaitError:
        if context.job.attempts >= len(TRIES_AGAIN_FOR_A_DAY.waits):
            give_up(delivery_ids)
        raise

"""Who may report by webhook: added, renamed, switched off. Their secrets are `oficina.shared.webhooks.secrets`."""

from django.db import IntegrityError, transaction

from oficina.shared.webhooks.sender_model import WebhookSender


class SenderExists(Exception):  # noqa: N818  a refusal, named by what is wrong
    """Another one has this slug already."""


def add_sender[Sender: WebhookSender](sender: Sender) -> Sender:
    """Saves a new one, without a secret: nothing can be told in its name before it has one. Raises SenderExists."""
    try:
        with transaction.atomic():
            sender.save(force_insert=True)
    except IntegrityError as error:
        if type(sender)._default_manager.filter(slug=sender.slug).exists():
            raise SenderExists from error
        raise
    return sender


def change_sender[Sender: WebhookSender](sender: Sender, *, name: str, active: bool) -> Sender:
    """What people call it, and whether it is heard. What it told stays, and its secrets stay what they are."""
    with transaction.atomic():
        locked = type(sender)._default_manager.select_for_update(no_key=True).get(pk=sender.pk)
        locked.name, locked.active = name, active
        locked.save(update_fields=["name", "active"])
    return locked

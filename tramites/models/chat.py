"""Conversations between a customer or a visitor and the office, with the assistant in between."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from accounts.models import ServiceAccount, User
from oficina.shared.append_only import AppendOnly
from oficina.shared.ids import public_id
from oficina.shared.models import PrivateFile
from tramites.enums import ConversationEnd, ConversationState, MessageAuthor, Weekday
from tramites.triggers import attaches_a_file_of_its_writer, kept_as_begun, said_by_whoever_may

LONGEST_MESSAGE = 2000
"""Characters."""
MOST_TOPICS = 3
"""Topics of help that the assistant proposes at once."""

_CLOSED = Q(state=ConversationState.CLOSED)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """The words in which conversations are asked for."""

    def of_user(self, user: User) -> Self:
        """Those of a person who is logged in."""
        return self.filter(user=user)

    def of_visitor(self, key: str) -> Self:
        """Those that a browser began (`tramites.chat.visitors`) and nobody took into their user. None without a key."""
        if not key:
            return self.none()
        return self.filter(Q(visitor_key=key) | Q(mailed_visitor_key=key), user=None)

    def live(self) -> Self:
        """Not closed."""
        return self.exclude(state=ConversationState.CLOSED)

    def with_unread_answers(self, *, said_before: datetime) -> Self:
        """The office said something before an instant that the customer neither read nor was told of by mail."""
        return self.filter(
            office_said__gt=F("read_by_customer"), office_said_at__lt=said_before, mailed__lt=F("office_said")
        )


class Conversation(models.Model):
    """What one person and the office say to each other about one thing.

    Its person is `user`, or a visitor: the browser that holds the secret of `visitor_key`, and one that came back by a
    mail (`mailed_visitor_key`). `visitor_email` is where a visitor wants to be told of answers, and may be empty.

    `said` counts the messages. `office_said`, `read_by_customer`, `read_by_office` and `mailed` are numbers of them:
    the office's last, and how far was read or told by mail. Instants are UTC; `person_asked_at` is when somebody of
    the office was asked for, `waiting_since` when the customer's wait for an answer began.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="conversations",
        null=True,
        blank=True,
        verbose_name="cliente",
    )
    visitor_key = models.CharField("llave del visitante", max_length=64, blank=True, editable=False)
    mailed_visitor_key = models.CharField("llave de quien volvió por mail", max_length=64, blank=True, editable=False)
    visitor_email = models.EmailField("mail del visitante", blank=True)
    subject = models.CharField("tema", max_length=120, blank=True)
    account = models.ForeignKey(
        ServiceAccount,
        on_delete=models.PROTECT,
        related_name="conversations",
        null=True,
        blank=True,
        verbose_name="cuenta",
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="assigned_conversations",
        null=True,
        blank=True,
        verbose_name="quien la atiende",
    )
    state = models.CharField("estado", max_length=8, choices=ConversationState, default=ConversationState.ASSISTED)
    begun_at = models.DateTimeField("empezó", default=timezone.now, editable=False)
    said_at = models.DateTimeField("último mensaje", default=timezone.now)
    person_asked_at = models.DateTimeField("pidió una persona", null=True, blank=True)
    waiting_since = models.DateTimeField("espera desde", null=True, blank=True)
    closed_at = models.DateTimeField("cerrada", null=True, blank=True)
    end = models.CharField("motivo del cierre", max_length=11, choices=ConversationEnd, blank=True)
    said = models.PositiveIntegerField("mensajes", default=0)
    office_said = models.PositiveIntegerField("último de la oficina", default=0)
    office_said_at = models.DateTimeField("última respuesta", null=True, blank=True)
    read_by_customer = models.PositiveIntegerField("leído por el cliente", default=0)
    read_by_office = models.PositiveIntegerField("leído por la oficina", default=0)
    mailed = models.PositiveIntegerField("avisado por mail", default=0)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = "conversación"
        verbose_name_plural = "conversaciones"
        permissions = [("answer_conversation", "Puede atender conversaciones")]
        indexes = [
            models.Index(
                fields=["waiting_since", "id"], name="conversation_queue", condition=Q(state=ConversationState.WAITING)
            ),
            models.Index(fields=["said_at"], name="conversation_live", condition=~_CLOSED),
            models.Index(
                fields=["office_said_at"],
                name="conversation_unread",
                condition=Q(office_said__gt=F("read_by_customer"), mailed__lt=F("office_said")),
            ),
            models.Index(fields=["visitor_key"], name="conversation_visitor", condition=~Q(visitor_key="")),
            models.Index(
                fields=["mailed_visitor_key"],
                name="conversation_visitor_mailed",
                condition=~Q(mailed_visitor_key=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, visitor_key="", mailed_visitor_key="", visitor_email="")
                | (Q(user=None) & (~Q(visitor_key="") | _CLOSED)),
                name="conversation_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ConversationState.WAITING, waiting_since__isnull=False)
                | (~Q(state=ConversationState.WAITING) & Q(waiting_since=None)),
                name="conversation_waits_since",
            ),
            models.CheckConstraint(
                condition=(_CLOSED & Q(closed_at__isnull=False, end__in=ConversationEnd.values))
                | (~_CLOSED & Q(closed_at=None, end="")),
                name="conversation_closed_for_a_reason",
            ),
            models.CheckConstraint(condition=Q(state__in=ConversationState.values), name="conversation_state_known"),
            models.CheckConstraint(
                condition=Q(person_asked_at__isnull=False)
                | Q(state__in=(ConversationState.ASSISTED, ConversationState.CLOSED)),
                name="conversation_person_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(office_said=0, office_said_at=None) | Q(office_said__gt=0, office_said_at__isnull=False),
                name="conversation_answered_at",
            ),
            models.CheckConstraint(
                condition=Q(
                    office_said__lte=F("said"),
                    read_by_customer__lte=F("said"),
                    read_by_office__lte=F("said"),
                    mailed__lte=F("said"),
                ),
                name="conversation_reads_what_was_said",
            ),
        ]
        triggers = [*kept_as_begun()]

    def __str__(self) -> str:
        return f"Conversación {self.pk}"

    @property
    def customer_name(self) -> str:
        """Who the office talks to."""
        return self.user.full_name if self.user else "Visitante"

    @property
    def answers_to(self) -> str:
        """The mail that gets told of answers; empty when there is none."""
        if self.user is not None:
            return self.user.email if self.user.is_active else ""
        return self.visitor_email


class Message(AppendOnly):
    """One thing said, number `number` of its conversation. Never edited: whoever was wrong says so in another one.

    `written_by` is empty for a visitor and for the assistant. `key` names one filling-in of a form, so that a message
    which is sent twice is one. `topics` are the slugs of the help that the assistant proposes.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="messages", verbose_name="conversación"
    )
    number = models.PositiveIntegerField("número")
    author = models.CharField("quién", max_length=9, choices=MessageAuthor)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien lo escribió",
    )
    body = models.TextField("texto", blank=True)
    topics = ArrayField(models.SlugField(), verbose_name="temas propuestos", default=list, blank=True)
    attachment = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="adjunto"
    )
    written_at = models.DateTimeField("cuándo", default=timezone.now)
    key = models.CharField("llave", max_length=20, null=True, blank=True, editable=False)  # noqa: DJ001  unique but for the assistant's

    class Meta(AppendOnly.Meta):
        verbose_name = "mensaje"
        verbose_name_plural = "mensajes"
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="message_numbered_once"),
            models.UniqueConstraint(fields=["key"], name="message_sent_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="message_numbered_from_one"),
            models.CheckConstraint(condition=~Q(body="") | Q(attachment__isnull=False), name="message_says_something"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), LONGEST_MESSAGE), name="message_of_bounded_length"
            ),
            models.CheckConstraint(
                condition=Q(author=MessageAuthor.ASSISTANT, written_by=None, key=None, attachment=None)
                | Q(author=MessageAuthor.OFFICE, written_by__isnull=False, key__isnull=False, topics=[])
                | Q(author=MessageAuthor.CUSTOMER, key__isnull=False, topics=[]),
                name="message_of_its_author",
            ),
            models.CheckConstraint(condition=Q(topics__len__lte=MOST_TOPICS), name="message_of_few_topics"),
        ]
        triggers = [*AppendOnly.Meta.triggers, attaches_a_file_of_its_writer(), said_by_whoever_may()]

    def __str__(self) -> str:
        return f"Mensaje {self.number}"


class CannedAnswer(models.Model):
    """What the office answers often. Its text is a beginning: whoever answers may change it before sending."""

    title = models.CharField("título", max_length=80, unique=True)
    body = models.TextField("texto", max_length=LONGEST_MESSAGE)
    position = models.PositiveSmallIntegerField("orden", default=0)

    class Meta:
        verbose_name = "respuesta preparada"
        verbose_name_plural = "respuestas preparadas"
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="canned_answer_says_something")
        ]

    def __str__(self) -> str:
        return self.title


class OpeningHours(models.Model):
    """On this day of the week the office answers from `opens` to `closes`, local times. Never on a holiday."""

    weekday = models.PositiveSmallIntegerField("día", choices=Weekday)
    opens = models.TimeField("desde")
    closes = models.TimeField("hasta")

    class Meta:
        verbose_name = "horario de atención"
        verbose_name_plural = "horarios de atención"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__in=Weekday.values), name="opening_hours_day_known"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="opening_hours_end_later"),
            models.UniqueConstraint(fields=["weekday", "opens"], name="opening_hours_begin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} de {self.opens:%H:%M} a {self.closes:%H:%M}"


class AwayMessage(AppendOnly):
    """What whoever asks for a person is told while nobody is there. The last one counts; earlier ones are history."""

    text = models.TextField("texto", max_length=500)
    written_at = models.DateTimeField("desde", default=timezone.now)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quien lo escribió"
    )

    class Meta(AppendOnly.Meta):
        verbose_name = "mensaje fuera de horario"
        verbose_name_plural = "mensajes fuera de horario"
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="away_message_says_something")]

    def __str__(self) -> str:
        return self.text[:60]

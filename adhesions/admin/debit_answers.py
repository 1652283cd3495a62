"""The bank's answers in the office: each file with what it said of every debit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from adhesions.admin import debit_answer_loading
from adhesions.admin.debit_words import RESULTS, reason_words
from adhesions.debit.bank_files import BankAnswer, read_answer
from adhesions.models import BankAnswerFile, DebitTry
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import ReadOnlyAdmin

_LINES_A_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class AnsweredLine:
    """A line of an answer, and the try that it is about; None when the reference is none of the presentation."""

    answer: BankAnswer
    made: DebitTry | None
    result: str
    reason: str


@admin.register(BankAnswerFile)
class BankAnswerFileAdmin(ReadOnlyAdmin[BankAnswerFile]):
    """An answer is loaded once, whole, and stays as it came."""

    list_display = ("number_shown", "presentation_shown", "loaded_at", "loaded_by_shown")
    list_select_related = ("presentation", "loaded_by")
    search_help_text = "Número de presentación"
    fields = ("presentation_shown", "loaded_at", "loaded_by_shown", "sha256")
    readonly_fields = ("presentation_shown", "loaded_by_shown")
    list_before_template = "admin/bank_answers.html"
    change_form_outer_before_template = "admin/bank_answer.html"
    presentation_shown = linked_column("presentation", "presentación")
    loaded_by_shown = linked_column("loaded_by", "quien la cargó")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankAnswerFile]:
        """Without the file, which only its own page reads."""
        return super().get_queryset(request).select_related("presentation", "loaded_by").defer("content")

    def found_by(self, typed: str) -> Q:
        known = typed.isascii() and typed.isdecimal() and len(typed) < 10
        return Q(presentation__number=int(typed)) if known else Q(pk__in=[])

    def get_urls(self) -> list[URLPattern]:
        """With the page that loads one."""
        load = self.admin_site.admin_view(partial(debit_answer_loading.load, self))
        return [path("cargar/", load, name="adhesions_bankanswerfile_load"), *super().get_urls()]

    def about(self, request: HttpRequest, row: BankAnswerFile) -> Mapping[str, object]:
        """What the bank said, a page of lines at a time (`?pagina=`)."""
        answers = read_answer(bytes(row.content)).answers
        page = Paginator(answers, _LINES_A_PAGE).get_page(request.GET.get("pagina"))
        return {"lines": _lines(row, [*page]), "page": page}

    @admin.display(description="respuesta")
    def number_shown(self, file: BankAnswerFile) -> str:
        return str(file)


def _lines(file: BankAnswerFile, answers: Sequence[BankAnswer]) -> list[AnsweredLine]:
    tries = DebitTry.objects.filter(
        presentation=file.presentation_id, payment__public_id__in=[answer.reference for answer in answers]
    ).select_related("payment", "debit__mandate__account")
    bare = tries.defer("payment__request", "debit__mandate__cbu", "debit__mandate__account__parcel")
    by_reference = {made.payment.public_id: made for made in bare}
    return [
        AnsweredLine(
            answer=answer,
            made=by_reference.get(answer.reference),
            result=RESULTS[answer.result],
            reason=reason_words(answer.reason),
        )
        for answer in answers
    ]

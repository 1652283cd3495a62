"""Attachments: kept once and for good; drafts for a day and for whoever brought them; forms that do not lose them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from PIL import Image
from time_machine import Traveller

from accounts.models import User
from oficina.shared.enums import UploadMediaType
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import (
    DraftGoneError,
    draft_of,
    draft_token,
    file_response,
    forget_drafts,
    keep_draft,
    keep_file,
)
from oficina.shared.tasks import tidy_up
from oficina.shared.upload_forms import DRAFT_GONE, HINT, AttachingForm
from oficina.shared.uploads import UPLOAD_LIMIT, CleanUpload
from tests.conftest import NOON
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

SLIP = CleanUpload(name="ticket.pdf", media_type=UploadMediaType.PDF, content=b"%PDF-1.7 ticket")


class NoteForm(AttachingForm):
    """A form whose other field can be wrong."""

    note = forms.CharField()


class SlipForm(AttachingForm):
    """A form that does not do without a file."""

    attachment_required = True


@pytest.fixture
def user() -> User:
    return UserFactory.create()


def photograph() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "#2a6f97").save(written, "PNG")
    return written.getvalue()


def filled[Filled: AttachingForm](
    kind: type[Filled], user: User | None, file: bytes | None = None, **data: str
) -> Filled:
    fields = QueryDict(mutable=True)
    fields.update(data)
    files: MultiValueDict[str, Any] = MultiValueDict()
    if file is not None:
        files["attachment"] = SimpleUploadedFile("ticket.png", file, content_type="image/png")
    return kind(fields, files, uploader=user.pk if user else None)


def test_a_file_is_kept_as_it_was_written(user: User) -> None:
    kept = keep_file(SLIP, by=user.pk)
    kept.refresh_from_db()
    assert (kept.name, kept.media_type, bytes(kept.content), kept.size) == (
        "ticket.pdf", "application/pdf", b"%PDF-1.7 ticket", 15,
    )  # fmt: skip
    assert kept.uploaded_by == user
    assert kept.kept_at is not None


def test_a_draft_is_kept_once(user: User) -> None:
    draft = keep_draft(SLIP, by=user.pk)
    assert keep_file(draft, by=user.pk).pk == draft.pk
    with pytest.raises(DraftGoneError):
        keep_file(draft, by=user.pk)
    assert draft_of(draft_token(draft), by=user.pk) is None


def test_a_draft_is_of_whoever_brought_it(user: User) -> None:
    token = draft_token(keep_draft(SLIP, by=user.pk))
    found = draft_of(token, by=user.pk)
    assert found is not None
    assert draft_of(token, by=UserFactory.create().pk) is None
    assert draft_of(token, by=None) is None
    assert draft_of(token[:-1] + ("A" if token[-1] != "A" else "B"), by=user.pk) is None
    assert draft_of("", by=user.pk) is None
    with pytest.raises(DraftGoneError):
        keep_file(found, by=UserFactory.create().pk)


def test_drafts_are_forgotten_after_a_day_and_kept_files_never(user: User, time_machine: Traveller) -> None:
    time_machine.move_to(NOON, tick=False)
    token = draft_token(keep_draft(SLIP, by=user.pk))
    kept = keep_file(SLIP, by=user.pk)
    time_machine.shift(timedelta(hours=23))
    assert forget_drafts() == 0
    assert draft_of(token, by=user.pk) is not None
    time_machine.shift(timedelta(hours=2))
    assert draft_of(token, by=user.pk) is None
    tidy_up(timestamp=0)
    assert [*PrivateFile.objects.all()] == [kept]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("UPDATE shared_privatefile SET content = 'x', size = 1", "Cannot update rows from shared_privatefile"),
        ("UPDATE shared_privatefile SET name = 'otro.pdf'", "Cannot update rows from shared_privatefile"),
        ("UPDATE shared_privatefile SET kept_at = NULL", 'Cannot update of "kept_at" rows from shared_privatefile'),
        ("UPDATE shared_privatefile SET kept_at = now()", 'Cannot update of "kept_at" rows from shared_privatefile'),
        ("DELETE FROM shared_privatefile", "Cannot delete rows from shared_privatefile"),
    ],
)
def test_the_database_refuses_to_change_or_delete_a_kept_file(user: User, change: str, message: str) -> None:
    keep_file(SLIP, by=user.pk)
    with pytest.raises(DatabaseError, match=message), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"size": 3}, "private_file_size_true"),
        ({"content": b"", "size": 0}, "private_file_size_true"),
        ({"media_type": "text/html"}, "private_file_kind_known"),
    ],
)
def test_the_database_refuses_a_file_that_is_not_what_it_says(columns: dict[str, Any], constraint: str) -> None:
    whole = {"name": "a.pdf", "media_type": "application/pdf", "content": b"%PDF-", "size": 5, "sha256": "0" * 64}
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        PrivateFile.objects.create(**{**whole, **columns})


def test_a_file_is_shown_for_no_one_to_keep_or_to_guess_at(user: User) -> None:
    kept = keep_file(CleanUpload(name="pago señal.pdf", media_type=UploadMediaType.PDF, content=b"%PDF-"), by=user.pk)
    response = file_response(kept)
    assert response.content == b"%PDF-"
    assert dict(response.headers) == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "inline; filename*=utf-8''pago%20se%C3%B1al.pdf",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }


def test_a_form_gives_what_was_attached(user: User) -> None:
    form = filled(NoteForm, user, photograph(), note="hola")
    assert form.is_valid()
    assert isinstance(form.attached, CleanUpload)
    assert form.attached.name == "ticket.png"


def test_a_form_without_a_file_attaches_nothing(user: User) -> None:
    form = filled(NoteForm, user, note="hola")
    assert form.is_valid()
    assert form.attached is None
    form.hold_attachment()
    assert form["attachment"].help_text == HINT


def test_a_draft_that_is_gone_is_asked_for_once(user: User) -> None:
    token = draft_token(keep_draft(SLIP, by=user.pk))
    PrivateFile.objects.all().delete()

    gone = filled(NoteForm, user, note="hola", attachment_kept=token)
    assert not gone.is_valid()
    assert gone.errors == {"attachment": [DRAFT_GONE]}
    assert gone["attachment_kept"].value() == ""
    chosen = filled(NoteForm, user, photograph(), note="hola", attachment_kept=token)
    assert chosen.is_valid()
    assert isinstance(chosen.attached, CleanUpload)


def test_a_form_that_is_refused_keeps_its_file_for_the_next_try(user: User) -> None:
    refused = filled(NoteForm, user, photograph(), note="")
    assert not refused.is_valid()
    refused.hold_attachment()
    assert "Ya tenemos «ticket.png». Elegí otro solo si querés cambiarlo." in str(refused)
    token = str(refused["attachment_kept"].value())

    mended = filled(NoteForm, user, note="hola", attachment_kept=token)
    assert mended.is_valid()
    assert mended.attached == PrivateFile.objects.get()
    again = filled(NoteForm, user, note="", attachment_kept=token)
    assert not again.is_valid()
    again.hold_attachment()
    assert PrivateFile.objects.count() == 1

    changed = filled(NoteForm, user, photograph(), note="hola", attachment_kept=token)
    assert changed.is_valid()
    assert isinstance(changed.attached, CleanUpload)


def test_a_form_that_needs_a_file_asks_for_it_once(user: User) -> None:
    assert filled(SlipForm, user).errors == {"attachment": ["Adjuntá una foto o un PDF."]}
    assert filled(SlipForm, user, b"<html>").errors == {
        "attachment": ["Ese archivo no es una foto (JPG o PNG) ni un PDF. Elegí otro."]
    }
    assert filled(SlipForm, user, b"x" * (UPLOAD_LIMIT + 1)).errors == {
        "attachment": ["El archivo pesa más de 5 MB. Sacá una foto con menos calidad o elegí otro."]
    }
    token = draft_token(keep_draft(SLIP, by=user.pk))
    assert filled(SlipForm, user, attachment_kept=token).is_valid()
    assert not filled(SlipForm, UserFactory.create(), attachment_kept=token).is_valid()


def test_a_visitor_has_drafts_too() -> None:
    refused = filled(NoteForm, None, photograph(), note="")
    assert not refused.is_valid()
    refused.hold_attachment()
    mended = filled(NoteForm, None, note="hola", attachment_kept=str(refused["attachment_kept"].value()))
    assert mended.is_valid()
    assert mended.attached == PrivateFile.objects.get()

"""Files in the database, in parts of 256 KiB: web and worker may be other machines, and share nothing else.

A hundred megabytes pass through as one part in memory at a time, which the way to the database makes several times as
large.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from django.db import transaction

from oficina.staff.files.models import StoredFile, StoredPart

PART: Final = 256 * 1024
"""Bytes of a part; the last one has less."""


def store(blocks: Iterable[bytes]) -> StoredFile:
    """Keep what comes in blocks of any size, as one file."""
    digest = hashlib.sha256()
    size = 0
    with transaction.atomic():
        file = StoredFile.objects.create(size=0, sha256="")
        for number, part in enumerate(_parts(blocks)):
            StoredPart.objects.create(file=file, number=number, content=part)
            digest.update(part)
            size += len(part)
        file.size, file.sha256 = size, digest.hexdigest()
        file.save(update_fields=["size", "sha256"])
    return file


def blocks_of(path: Path) -> Iterator[bytes]:
    """What a file of the disk has, a part at a time."""
    with path.open("rb") as stream:
        while block := stream.read(PART):
            yield block


def content_of(file: StoredFile) -> Iterator[bytes]:
    """What was kept, a part at a time, each read when it is wanted."""
    for number in count():
        part = StoredPart.objects.filter(file=file, number=number).first()
        if part is None:
            return
        yield bytes(part.content)


def write_to(path: Path, file: StoredFile) -> None:
    """Lay the file on the disk."""
    with path.open("wb") as stream:
        for block in content_of(file):
            stream.write(block)


def forget_stored_before(moment: datetime) -> int:
    """Delete the files that were kept before this instant; gives how many. What speaks of them stays, without them."""
    with transaction.atomic():
        old = list(StoredFile.objects.filter(stored_at__lt=moment).values_list("pk", flat=True))
        StoredPart.objects.filter(file__in=old).delete()
        StoredFile.objects.filter(pk__in=old).delete()
    return len(old)


def _parts(blocks: Iterable[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for block in blocks:
        waiting += block
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)

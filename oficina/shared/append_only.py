"""Rows that are written once. Corrections are new rows that reverse old ones.

Two defences, since a trigger can be switched off by a setting and a grant can not: a trigger that refuses UPDATE and
DELETE whoever asks, and a runtime role that was never granted them (see `oficina.shared.grants`).
"""

from typing import ClassVar

import pgtrigger
from django.db import models


class AppendOnly(models.Model):
    """A table whose rows are never changed or deleted."""

    WRITTEN_ONCE: ClassVar[bool] = True

    class Meta:
        abstract = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

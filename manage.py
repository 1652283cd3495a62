#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

from oficina.shared.audit.origin import CommandOrigin, working_for

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oficina.settings")
    with working_for(CommandOrigin(" ".join(sys.argv[1:2]))):
        execute_from_command_line(sys.argv)

"""What a page gives away: the name of a file, and the kinds browsers know."""

from __future__ import annotations

import re

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 60
_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


def file_name(title: str, what: str, suffix: str) -> str:
    """Return the name of a file about a project, fit for every system: its title, cut where it is long, then what the file is."""
    return f"{_UNFIT.sub('_', title).strip('_.')[:LONGEST]}-{what}.{suffix}"

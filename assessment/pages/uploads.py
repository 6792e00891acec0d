"""A project file that a person gives to a page, as the content of a draft."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tanping.assessment.pages import draft as drafts
from tanping.assessment.project.intake import load_project, plain_project

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

SUFFIXES = ["xlsx", "yaml", "yml"]


def uploaded_content(given: UploadedFile) -> drafts.Content:
    """Return an uploaded project file as the content of a draft. Raises InputError with every problem."""
    suffix = Path(given.name).suffix.lower()
    with tempfile.TemporaryDirectory(prefix="tanping-") as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(given.getvalue())
        return drafts.content_of(plain_project(load_project(path)))

"""The store: drafts while they are being filled in, and assessments as they were made.

``Store.open()`` is the only door. SQLite by default, another database through ``TANPING_DB_URL``.
"""

from tanping.assessment.review.store.location import default_url
from tanping.assessment.review.store.store import (
    Draft,
    DraftChangedError,
    DraftMissingError,
    SavedAssessment,
    Store,
)
from tanping.assessment.review.store.trouble import StoreError, StoreUnavailableError

__all__ = [
    "Draft",
    "DraftChangedError",
    "DraftMissingError",
    "SavedAssessment",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "default_url",
]

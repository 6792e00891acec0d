"""All tables of the store in one place, for migrations and backups."""

from __future__ import annotations

from sqlalchemy import MetaData

from tanping.assessment.review.store import events, people, reviews
from tanping.assessment.review.store.models import Base, Sealed

METADATA: MetaData = Base.metadata
"""Every table; importing this module is what registers them."""

SEALED: dict[str, type[Sealed]] = {
    row.__tablename__: row
    for module in (people, reviews)
    for row in vars(module).values()
    if isinstance(row, type) and issubclass(row, Base) and issubclass(row, Sealed)
}
"""The tables whose rows events tell, by name."""

GROWING = tuple(
    row.__tablename__
    for row in (
        events.EventRow,
        events.BlobRow,
        reviews.SubmissionRow,
        reviews.ResultRow,
        reviews.MinutesRow,
        reviews.ConclusionRow,
    )
)
"""The tables that may only grow."""

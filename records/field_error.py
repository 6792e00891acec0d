"""A value that a field cannot take: what is wrong, what is allowed, an example. The place is added by whoever reads the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tanping.records.errors import Problem, Where


class FieldError(ValueError):
    """``what`` is wrong, what is ``allowed``, an ``example`` (all Chinese, for the person who typed it)."""

    def __init__(self, what: str, allowed: str = "", example: str = ""):
        self.what, self.allowed, self.example = what, allowed, example
        super().__init__("；".join(filter(None, (what, allowed and f"应为：{allowed}", example and f"例：{example}"))))

    def problem(self, where: Where, field: str) -> Problem:
        """Return the same as an input problem at a place."""
        # Here, not above: errors.py needs dataclasses, and quantities must load fast.
        from tanping.records.errors import Problem

        return Problem(where, field, self.what, self.allowed, self.example)

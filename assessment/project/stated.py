"""A value as somebody stated it: what was typed, on which page, who verified it.

A blank is unknown, 不清楚 is unknown and said so, 无 is a statement (zero, or "there is none"). Nothing here ever turns the
first two into the third.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Answer(StrEnum):
    """What kind of answer a field got."""

    BLANK = "未填"
    UNKNOWN = "不清楚"
    NONE = "无"
    GIVEN = "已填"


class Check(StrEnum):
    """Verification status of a stated value."""

    UNCHECKED = "未核"
    VERIFIED = "已核实"
    DOUBTED = "存疑"


UNKNOWN_WORDS = frozenset({"不清楚", "未知", "待定", "不详", "?", "？"})
NONE_WORDS = frozenset({"无", "没有", "不涉及"})


@dataclass(frozen=True)
class Stated(Generic[T]):
    """One stated value.

    ``value`` is None unless the answer is GIVEN (or NONE where the field defines what none means, e.g. 0 for an amount).
    ``unit`` is the unit ``value`` is expressed in, ``verified_unit`` that of ``verified``; ``text`` is exactly what was typed.
    """

    answer: Answer = Answer.BLANK
    value: T | None = None
    unit: str = ""
    text: str = ""
    document: str = ""
    page: str = ""
    note: str = ""
    verified: T | None = None
    verified_by: str = ""
    check: Check = Check.UNCHECKED
    verified_unit: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value to use."""
        return self.effective is not None

    @property
    def effective(self) -> T | None:
        """The verified value if there is one, else the declared value."""
        return self.verified if self._checked else self.value

    @property
    def effective_unit(self) -> str:
        """The unit of the effective value: whoever verifies may correct the unit too (万Nm3 for t)."""
        return self.verified_unit if self._checked else self.unit

    @property
    def claimed(self) -> bool:
        """Whether the value in use is only declared."""
        return self.known and self.check is not Check.VERIFIED

    @property
    def assumed(self) -> bool:
        """Whether the file itself calls the value an assumption (``note: 假设：…``)."""
        return self.note.startswith("假设")

    def plain(self) -> Any:
        """Return the shortest project-file form: the typed text, or a mapping when there is more to say."""
        said = self.text if self.answer in (Answer.GIVEN, Answer.NONE, Answer.UNKNOWN) else None
        more = {
            "document": self.document,
            "page": self.page,
            "note": self.note,
            "verified": self._verified_text(),
            "verified_by": self.verified_by,
            "check": "" if self.check is Check.UNCHECKED else self.check.value,
        }
        more = {key: text for key, text in more.items() if text}
        return {"value": said, **more} if more else said

    @property
    def _checked(self) -> bool:
        return self.check is Check.VERIFIED and self.verified is not None

    def _verified_text(self) -> str:
        """The verified value as the entry reads it back."""
        value = self.verified
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, tuple):
            return "，".join(map(str, value))
        return f"{value} {self.verified_unit}" if self.verified_unit not in ("", "1") else str(value)


BLANK: Stated[Any] = Stated()

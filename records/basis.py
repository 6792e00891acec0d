"""How well a text or a number was checked: one scale for clauses, facts and factors."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """How a record's source was seen, best first."""

    OFFICIAL = "official"
    REPRINT = "reprint"
    TRANSCRIBED = "transcribed"
    SECONDARY = "secondary"
    RECALLED = "recalled"

    @property
    def verified(self) -> bool:
        """Whether a finding or figure that rests on this may stand without 待核原文."""
        return self in (Basis.OFFICIAL, Basis.REPRINT, Basis.TRANSCRIBED)

    @property
    def label(self) -> str:
        """Chinese label as printed."""
        return _LABELS[self]


_LABELS = {
    Basis.OFFICIAL: "已核原件",
    Basis.REPRINT: "见于转载全文",
    Basis.TRANSCRIBED: "两处独立转录一致",
    Basis.SECONDARY: "仅见二手资料",
    Basis.RECALLED: "凭专业记忆",
}

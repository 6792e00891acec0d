"""What the map, or the table of places, says of one fact of one project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tanping.assessment.project.model import PLACE_KINDS
from tanping.assessment.spatial.kinds import How, Question
from tanping.assessment.spatial.layer import Layer
from tanping.rules.facts import Fact

Value = bool | float | str | None


class State(StrEnum):
    """What can be said."""

    YES = "是"
    NO = "否"
    EDGE = "边界存疑"
    OPEN = "不能判断"


@dataclass(frozen=True)
class Answer:
    """What the map says of one fact of one project.

    ``state``: YES or NO with a ``value`` (flag, choice code, or number in the fact's unit), EDGE (too close to a line: nobody may say it from this map) or
    OPEN (not enough layers or places). ``text`` is the value as printed with what was measured, ``document`` the layers, ``note`` how it was measured,
    ``reasons`` what is missing. ``claimed``: it rests on a drawing nobody verified.
    """

    state: State
    value: Value = None
    text: str = ""
    document: str = ""
    note: str = ""
    reasons: tuple[str, ...] = ()
    claimed: bool = True
    layers: tuple[Layer, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether there is a value."""
        return self.state in (State.YES, State.NO)


def absent(question: Question, fact: Fact, none: set[str]) -> Answer | None:
    """Return the answer for a project that says it has none of the places asked about; None when it has, or doesn't say."""
    if question.how is How.DISTANCE or not set(question.places) <= none:
        return None
    values: dict[How, Value] = {How.ZONE: "none", How.LENGTH: 0.0}
    value = values.get(question.how, False)
    return Answer(State.NO, value, f"{printed(fact, value)}（项目不设{named(question.places)}）", "项目文件“位置”表")


def named(kinds: Sequence[str]) -> str:
    """Return kinds of places as printed."""
    return "、".join(PLACE_KINDS[kind] for kind in kinds)


def printed(fact: Fact, value: object) -> str:
    """Return a value of a fact as printed."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return fact.choices.get(value, value)
    return f"{value:g} {fact.unit or ''}".strip() if isinstance(value, float) else f"{value} {fact.unit or ''}".strip()


def metres(value: float) -> str:
    """Return metres as printed, finer when few."""
    return f"{value:.0f} m" if value >= 10 else f"{value:.2g} m"

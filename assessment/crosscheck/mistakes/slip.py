"""One try: a named mistake with the leaves it changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tanping.assessment.crosscheck.rerun import Leaf, Term
from tanping.records.located import read_yaml

FILE = Path(__file__).with_name("mistakes.yaml")
RECOGNISED = "recognised"
# A mistake in a method is usually made in every row alike.
EVERYWHERE = 1.5
KCAL = 4.1868
"""kJ per kcal, the calorie of GB/T 2589."""


class Mistake(NamedTuple):
    """A mistake of the list."""

    id: str
    number: int
    weight: float
    label: str


class Recognised(NamedTuple):
    """A factor that was in use and is not in the register."""

    value: float
    unit: str
    name: str


@dataclass(frozen=True, eq=False)
class Slip:
    """A mistake made in one place (or in all of a kind).

    ``changes`` maps the ``id()`` of leaves to the values they would have had. ``variant`` tells apart the ways one mistake is made (×1000
    and ÷1000); ``share`` splits its weight among alternatives. ``evidence`` is how much likelier what was typed makes it.
    """

    mistake: Mistake
    changes: Mapping[int, float]
    where: str
    detail: str
    variant: str
    share: float
    evidence: float

    @property
    def weight(self) -> float:
        """Relative weight before anything was compared."""
        return self.mistake.weight * self.share * self.evidence

    def words(self) -> str:
        """The cause as printed."""
        said = self.mistake.label.replace("{detail}", self.detail)
        return f"{said}（{self.where}）" if self.where else said


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(FILE).data
    return content


@cache
def mistakes() -> dict[str, Mistake]:
    """Every mistake by id."""
    return {
        id: Mistake(id, int(row["number"]), float(row["weight"]), row["label"])
        for family, rows in _content().items()
        if family != RECOGNISED
        for id, row in rows.items()
    }


@cache
def recognised(kind: str) -> tuple[Recognised, ...]:
    """Factors of a kind that serve only to recognise a mistake."""
    return tuple(Recognised(float(row["value"]), row["unit"], row["name"]) for row in _content()[RECOGNISED][kind])


def slip(
    id: str,
    changes: Mapping[int, float] | Iterable[tuple[Leaf, float]],
    *,
    where: str = "",
    detail: str = "",
    variant: str = "",
    share: float = 1.0,
    evidence: float = 1.0,
) -> Slip:
    """Make a try. Raises KeyError for a mistake that is not in the list."""
    if not isinstance(changes, Mapping):
        changes = {id_of(one): value for one, value in changes}
    return Slip(mistakes()[id], dict(changes), where, detail, variant, share, evidence)


def id_of(one: Leaf) -> int:
    """The key of a leaf in ``changes``."""
    return id(one.node)


def times(term: Term, value: float) -> dict[int, float]:
    """Count a term another number of times."""
    return {id(term.times): value}


def scaled(id: str, one: Leaf | None, *factors: float, where: str = "", evidence: float = 1.0) -> Iterator[Slip]:
    """Try a leaf times each factor; nothing for an unknown or zero leaf."""
    if one is None or not one.value or one.value != one.value:
        return
    for factor in factors:
        yield slip(
            id,
            [(one, one.value * factor)],
            where=where,
            variant=f"{factor:g}",
            share=1 / len(factors),
            evidence=evidence,
        )


def everywhere(made: Iterable[Slip], where: str) -> Iterator[Slip]:
    """The tries themselves and, for a mistake made the same way in several rows, the one that makes it in all of them."""
    kinds: dict[tuple[str, str, str], list[Slip]] = {}
    for one in made:
        kinds.setdefault((one.mistake.id, one.variant, one.detail), []).append(one)
        yield one
    for same in kinds.values():
        if len(same) > 1:
            changes = {key: value for one in same for key, value in one.changes.items()}
            first = max(same, key=lambda one: one.weight)
            yield replace(first, changes=changes, where=where, evidence=first.evidence * EVERYWHERE)


def typed(one: Leaf | None, *words: str) -> bool:
    """Whether the applicant typed one of some words with a number (a unit, mostly)."""
    text = "" if one is None or one.input is None else one.input.text
    return any(word in text for word in words)


def likely(holds: bool, otherwise: float = 1.0) -> float:
    """Weight of the evidence of what was typed."""
    return 3.0 if holds else otherwise

"""Uncertainty of a figure: ranges on inputs and factors, seeded draws through the figure's own expression, interval and tornado.

A draw is a row: every operand becomes a column of draws and the expression runs once, by the operations the formulas are written in.
Where a range comes from is printed with it: what the file states (±), rival values of the register, a plausibility range, or the
assumption of ``uncertainty.yaml``. One register value used in many rows is one draw.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.printed import NotPrintedError, read_printed
from tanping.assessment.crosscheck.rerun import Leaf, Term, evaluate
from tanping.factors.record import Factor, FuelFactor, Status
from tanping.records.basis import Basis
from tanping.records.located import read_yaml

FloatArray = NDArray[np.float64]
FILE = Path(__file__).with_name("uncertainty.yaml")
DRAWS = 10_000
SEED = 20_260_815
LEVEL = 0.95
SIGMAS = 1.959963984540054  # of a normal distribution, half the width of its 95 % range
REDRAWS = 50

_STATED = re.compile(r"±\s*([0-9]+(?:\.[0-9]+)?)\s*(%|％)?")
# Fractions cannot pass 1, whatever their range.
FRACTIONS = frozenset({"OF", "I", "TR", "φ", "CaO", "MgO", "CaO_nc", "MgO_nc", "r_aux", "C_ar", "C_ad"})
PARTS = {"NCV": "ncv", "CC": "carbon_content", "OF": "oxidation"}


@dataclass(frozen=True)
class Spread:
    """The range of one operand. ``half`` is half of a normal 95 % range; without it the range is triangular from low to high."""

    low: float
    high: float
    half: float | None
    origin: str
    basis: str

    def draw(self, value: float, count: int, random: np.random.Generator, ceiling: float) -> FloatArray:
        """Draws around a value, never below zero nor above the ceiling."""
        if self.half is None:
            low, high = min(self.low, value), max(self.high, value)
            return random.triangular(low, value, high, count) if high > low else np.full(count, value)
        drawn = random.normal(value, self.half / SIGMAS, count)
        for _ in range(REDRAWS):
            outside = (drawn < 0) | (drawn > ceiling)
            if not outside.any():
                break
            drawn[outside] = random.normal(value, self.half / SIGMAS, int(outside.sum()))
        return np.clip(drawn, 0.0, ceiling)


@dataclass(frozen=True)
class Driver:
    """One bar of the tornado: an operand moved from end to end of its range, everything else as stated.

    ``at_low`` and ``at_high`` are the figure with the operand at ``low`` and ``high``; ``share`` is the part of the variance that goes with it.
    """

    label: str
    unit: str
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    share: float
    origin: str
    basis: str

    @property
    def swing(self) -> float:
        """Length of the bar."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Uncertainty:
    """The interval of a figure. ``low`` and ``high`` bound the middle ``level`` of the draws."""

    figure: str
    name: str
    unit: str
    value: float
    mean: float
    deviation: float
    low: float
    high: float
    level: float
    draws: int
    seed: int
    drivers: tuple[Driver, ...]

    @property
    def relative(self) -> float:
        """Half the width of the interval over the value."""
        return (self.high - self.low) / 2 / abs(self.value) if self.value else math.nan


@dataclass(frozen=True)
class _Operand:
    """An operand with its range; one register value standing in several rows has several leaves."""

    key: str
    label: str
    unit: str
    leaves: tuple[Leaf, ...]
    spread: Spread

    @property
    def value(self) -> float:
        return self.leaves[0].value

    @property
    def ceiling(self) -> float:
        return 1.0 if self.leaves[0].sign in FRACTIONS else math.inf

    def ends(self) -> tuple[float, float]:
        if self.spread.half is None:
            return min(self.spread.low, self.value), max(self.spread.high, self.value)
        return max(0.0, self.value - self.spread.half), min(self.ceiling, self.value + self.spread.half)

    def draw(self, count: int, seed: int) -> FloatArray:
        # Each operand has its own stream: another operand more or less leaves its draws as they are.
        random = np.random.Generator(np.random.PCG64([seed, zlib.crc32(self.key.encode())]))
        return self.spread.draw(self.value, count, random, self.ceiling)


def uncertainty_of(
    case: Case, figure: str = "design_year_total", *, draws: int = DRAWS, seed: int = SEED
) -> Uncertainty | None:
    """Interval and tornado of a figure (an id or name as in the comparison); None when it is unknown or cannot be run."""
    found = case.find(figure)
    if isinstance(found, str) or found.recomputed is None or found.whole is None:
        return None
    operands = list(_operands(case, found))
    drawn = {one.key: one.draw(draws, seed) for one in operands}
    changed = {id(leaf.node): drawn[one.key] for one in operands for leaf in one.leaves}
    results = np.broadcast_to(np.asarray(evaluate(found.whole, changed), dtype=np.float64), (draws,))
    low, high = np.quantile(results, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Uncertainty(
        figure=found.id,
        name=found.name,
        unit=found.unit,
        value=found.recomputed,
        mean=math.fsum(results) / draws,
        deviation=float(results.std(ddof=1)) if draws > 1 else 0.0,
        low=float(low),
        high=float(high),
        level=LEVEL,
        draws=draws,
        seed=seed,
        drivers=tuple(sorted(_drivers(found, operands, drawn, results), key=lambda one: -one.swing)),
    )


def _drivers(
    figure: Figure, operands: list[_Operand], drawn: dict[str, FloatArray], results: FloatArray
) -> Iterator[Driver]:
    """Every operand at both ends, all in one run: two rows an operand."""
    assert figure.whole is not None
    rows = 2 * len(operands)
    changed: dict[int, FloatArray] = {}
    for at, one in enumerate(operands):
        column = np.full(rows, one.value)
        column[2 * at], column[2 * at + 1] = one.ends()
        changed |= {id(leaf.node): column for leaf in one.leaves}
    moved = np.broadcast_to(np.asarray(evaluate(figure.whole, changed), dtype=np.float64), (rows,))
    for at, one in enumerate(operands):
        low, high = one.ends()
        yield Driver(
            one.label,
            one.unit,
            one.value,
            low,
            high,
            float(moved[2 * at]),
            float(moved[2 * at + 1]),
            _share(drawn[one.key], results),
            one.spread.origin,
            one.spread.basis,
        )


def _share(drawn: FloatArray, results: FloatArray) -> float:
    if drawn.std() == 0.0 or results.std() == 0.0:
        return 0.0
    return float(np.corrcoef(drawn, results)[0, 1] ** 2)


def _operands(case: Case, figure: Figure) -> Iterator[_Operand]:
    """Every input and factor of the figure once, in the order it stands."""
    shared: dict[str, list[Leaf]] = {}
    first: dict[str, tuple[Term | None, Leaf]] = {}
    for term, one in _leaves(figure):
        if one.input is None or not one.value or math.isnan(one.value):
            continue
        key = _key(term, one)
        shared.setdefault(key, []).append(one)
        first.setdefault(key, (term, one))
    for key, leaves in shared.items():
        owner, head = first[key]
        spread = _spread(case, head)
        if spread is not None:
            assert head.input is not None
            label = f"{_thing(case, owner, head)}{head.input.label}"
            yield _Operand(key, label, head.input.unit, tuple(leaves), spread)


def _thing(case: Case, owner: Term | None, one: Leaf) -> str:
    """What an operand belongs to: the record of a factor, the row of an input."""
    assert one.input is not None
    records = case.register.of(one.input.factor or "")
    if records:
        return f"{records[0].name} "
    return f"{owner.name} " if owner is not None else ""


def _leaves(figure: Figure) -> Iterator[tuple[Term | None, Leaf]]:
    for term in figure.terms:
        if term.counted:
            yield from ((term, one) for one in term.leaves)
    for part in figure.parts.values():
        yield from ((None, one) for one in part)


def _key(term: Term | None, one: Leaf) -> str:
    assert one.input is not None
    if one.input.origin == "factor":
        return f"{one.input.factor} {one.sign} {one.value!r}"
    return f"{term.id if term is not None else ''} {one.sign} {one.input.label} {one.input.text}"


# --- ranges --------------------------------------------------------------------------------------------------------------


def _spread(case: Case, one: Leaf) -> Spread | None:
    """The range of an operand: stated, else of the register, else assumed; None for what has none."""
    assert one.input is not None
    if one.input.origin == "factor":
        return _of_factor(case, one)
    return _stated(one) or _assumed(one)


def _stated(one: Leaf) -> Spread | None:
    """``±2 %`` or ``±0.3`` (in the unit typed) in the note of a value."""
    assert one.input is not None
    match = _STATED.search(one.input.note)
    if match is None:
        return None
    size = float(match[1])
    half = one.value * size / 100 if match[2] else one.value * size / _typed(one)
    return Spread(one.value - half, one.value + half, half, f"填报：{match[0].strip()}", "填报")


def _typed(one: Leaf) -> float:
    """The number as typed, which an absolute ± is told in."""
    assert one.input is not None
    digits = re.match(r"[0-9]+(?:[, ][0-9]{3})*(?:\.[0-9]+)?", one.input.text.strip())
    return float(digits[0].replace(",", "").replace(" ", "")) if digits else one.value


def _assumed(one: Leaf) -> Spread | None:
    """The size assumed for this kind of value, and never less than the rounding it was typed with."""
    assert one.input is not None
    for row in _rules()["declared"].values():
        if one.sign in row["signs"]:
            half, rounding = one.value * float(row["half"]) / 100, _rounding(one)
            if rounding > half:
                said = f"填报位数：{one.input.text}"
                return Spread(one.value - rounding, one.value + rounding, rounding, said, "填报")
            said = f"假设：{row['label']} ±{row['half']}%"
            return Spread(one.value - half, one.value + half, half, said, _basis(row))
    return None


def _rounding(one: Leaf) -> float:
    """Half a unit of the last digit typed, in the unit of the operand."""
    assert one.input is not None
    if not one.input.text:
        return 0.0
    try:
        printed = read_printed(one.input.text, one.input.unit)
        scale = one.value / printed.value if printed.value else 0.0
    except NotPrintedError:
        return 0.0
    return printed.half * scale if printed.bounded else 0.0


def _of_factor(case: Case, one: Leaf) -> Spread | None:
    """Rival values of the same thing, a plausibility range, or the assumption for defaults."""
    assert one.input is not None
    records = case.register.of(one.input.factor or "")
    record = next((each for each in records if _part(each, one.sign) is not None), None)
    item = record.item if record is not None else one.input.factor or ""
    for row in _rules()["factor"].values():
        if not any(item.startswith(prefix) for prefix in row["items"]) or one.sign not in row.get("signs", [one.sign]):
            continue
        if "range" in row:
            known = case.register.range(row["range"])
            low, high = (math.nan if end is None else float(end) for end in (known.low, known.high))
            return Spread(low, high, None, f"{known.name}常见范围 {known.words()}", known.basis.label)
        rivals = _rivals(case, record, one) if "rivals" in row else []
        if rivals:
            low, high = min(*rivals, one.value), max(*rivals, one.value)
            return Spread(low, high, None, f"各标准同一缺省值 {low:g}—{high:g}", "因子库")
        half = one.value * float(row["half"]) / 100
        said = f"假设：{row['label']} ±{row['half']}%"
        return Spread(one.value - half, one.value + half, half, said, _basis(row))
    return None


def _rivals(case: Case, record: Factor | None, one: Leaf) -> list[float]:
    """What other standards in force print for the same part of the same thing, in the same unit."""
    if record is None:
        return []
    found = {
        float(value)
        for other in case.register.of(record.item)
        if other.status is Status.FINAL
        and other.preferred is not False
        and other.region == record.region
        and (value := _part(other, one.sign)) is not None
        and _unit(other, one.sign) == _unit(record, one.sign)
    }
    # Only figures about the same size are rivals; another basis (a factor per GJ) is another thing.
    return sorted(value for value in found if 0.5 * one.value <= value <= 2 * one.value and value != one.value)


def _part(record: Factor, sign: str) -> Any:
    if isinstance(record, FuelFactor) and sign in PARTS:
        return getattr(record, PARTS[sign])
    return record.value


def _unit(record: Factor, sign: str) -> str:
    if isinstance(record, FuelFactor) and sign in PARTS:
        return record.ncv_unit if sign == "NCV" else ""
    return record.unit


def _basis(row: dict[str, Any]) -> str:
    return f"{Basis(row['basis']).label}；{row['document']}"


@cache
def _rules() -> dict[str, dict[str, dict[str, Any]]]:
    content: dict[str, dict[str, dict[str, Any]]] = read_yaml(FILE).data
    return content

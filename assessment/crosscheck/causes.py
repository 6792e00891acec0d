"""Why a declared figure differs: every mistake is tried, alone and in pairs, and ranked by how well it explains the print.

A try runs the figure's own expression with the operands the mistake would have changed; all tries of a figure run together as
columns. A try fits when its result lies in the interval the printed number stands for, or within 0.5 % of it (people round on the
way). Fits are weighed like evidence: a common mistake before a rare one, one mistake before two, a fit inside a narrow interval before
a near one, all against the chance that something unknown happened to land there. Only a cause that outweighs everything else and prints
exactly as declared is named; otherwise all that fit are shown as possible, and when the unknown outweighs them the cause is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.crosscheck.figures import Case, Figure
from tanping.assessment.crosscheck.mistakes import benchmark, slips
from tanping.assessment.crosscheck.mistakes.slip import Slip, mistakes, slip
from tanping.assessment.crosscheck.printed import Printed
from tanping.assessment.crosscheck.rerun import evaluate

FloatArray = NDArray[np.float64]
_Try = tuple[tuple[Slip, ...], float, float]  # mistakes, value, weight before comparing

NEAR = 0.005  # how far apart figures may be that rounding on the way explains
NAMED = 0.6  # share of all explanations from which one cause is named
SHOWN = 0.02  # causes below this share of the best are not listed
MOST = 6  # causes listed
PAIRED = 160  # mistakes that are tried in pairs, likeliest first

# How explanations share out before anything is compared (a ranking by experience, no statistic).
ONE, TWO, ROUNDING, UNKNOWN = 0.55, 0.15, 0.05, 0.25
INSIDE, BESIDE = 0.85, 0.15  # of those who made a mistake: printed without / with rounding on the way
NARROWEST = 2e-5  # a print of many digits says no more than this
SPREAD = 0.15  # how far unknown causes usually move a figure (logarithmic)


@dataclass(frozen=True)
class Cause:
    """One explanation: one mistake or two, the value they give, and their share of all explanations."""

    slips: tuple[Slip, ...]
    value: float
    share: float
    inside: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The mistakes, sorted."""
        return tuple(sorted(one.mistake.id for one in self.slips))

    def words(self) -> str:
        """The explanation as printed."""
        return "，且".join(one.words() for one in self.slips)


@dataclass(frozen=True)
class Diagnosis:
    """What was found about one difference. ``named``: the first cause outweighs all else; no causes: unknown."""

    causes: tuple[Cause, ...]
    named: bool


def diagnose(case: Case, figure: Figure, printed: Printed, spared: frozenset[str] = frozenset()) -> Diagnosis:
    """Look for the mistakes that turn the recomputed figure into the printed one.

    ``spared`` are ids of rows the report states correctly elsewhere: no mistake is looked for in them.
    """
    if figure.recomputed is None or not printed.bounded or printed.value == 0.0:
        return Diagnosis((), False)
    known = (figure.id, spared)
    if known not in case.tried:
        case.tried[known] = _tried(case, figure, spared)
    return _weigh(figure.recomputed, printed, case.tried[known])


@dataclass(frozen=True, eq=False)
class _Tries:
    """Everything tried on a figure: mistakes, the values they give, their weights before comparing."""

    made: tuple[tuple[Slip, ...], ...]
    values: FloatArray
    weights: FloatArray


def _tried(case: Case, figure: Figure, spared: frozenset[str]) -> _Tries:
    tries = [one for one in slips(case, figure) if not _touches(one, figure, spared)]
    found = [
        *_singles(figure, tries),
        *_pairs(figure, tries),
        *_exchanged(case, figure),
        *_accounted_again(case, figure),
    ]
    return _Tries(
        tuple(made for made, _, _ in found),
        np.array([value for _, value, _ in found], dtype=np.float64),
        np.array([weight for _, _, weight in found], dtype=np.float64),
    )


def _touches(one: Slip, figure: Figure, spared: frozenset[str]) -> bool:
    """Whether a try changes an operand of a spared row. Whether the row is counted in the sum is another matter."""
    if not spared:
        return False
    inside = {id(leaf.node) for term in figure.terms if term.id in spared for leaf in term.leaves}
    return not inside.isdisjoint(one.changes)


def _singles(figure: Figure, tries: Sequence[Slip]) -> list[_Try]:
    if figure.whole is None or not tries:
        return []
    values = _run(figure, tries, np.arange(len(tries))[:, None])
    whole = math.fsum(one.weight for one in tries)
    return [((one,), float(value), ONE * one.weight / whole) for one, value in zip(tries, values, strict=True)]


def _pairs(figure: Figure, tries: Sequence[Slip]) -> list[_Try]:
    """Pairs of mistakes that do not touch the same operand and are not the same mistake."""
    likeliest = sorted(tries, key=lambda one: -one.weight)[:PAIRED]
    if figure.whole is None or len(likeliest) < 2:
        return []
    first, second = np.triu_indices(len(likeliest), 1)
    keep = _compatible(likeliest)[first, second]
    chosen = np.stack([first[keep], second[keep]], axis=1)
    if not len(chosen):
        return []
    values = _run(figure, likeliest, chosen)
    weights = np.array([one.weight for one in likeliest])
    weight = weights[chosen[:, 0]] * weights[chosen[:, 1]]
    share = TWO * weight / weight.sum()
    return [
        ((likeliest[int(one)], likeliest[int(two)]), float(value), float(part))
        for (one, two), value, part in zip(chosen, values, share, strict=True)
    ]


def _compatible(tries: Sequence[Slip]) -> NDArray[np.bool_]:
    keys = sorted({key for one in tries for key in one.changes})
    at = {key: number for number, key in enumerate(keys)}
    touched = np.zeros((len(tries), len(keys)), dtype=np.int32)
    for row, one in enumerate(tries):
        touched[row, [at[key] for key in one.changes]] = 1
    ids = np.array([one.mistake.number * 1000 + _family(one) for one in tries])
    return (touched @ touched.T == 0) & (ids[:, None] != ids[None, :])


_FAMILIES = {id: number for number, id in enumerate(mistakes())}


def _family(one: Slip) -> int:
    return _FAMILIES[one.mistake.id]


def _run(figure: Figure, tries: Sequence[Slip], chosen: NDArray[np.int64]) -> FloatArray:
    """Run the expression once for all rows of ``chosen`` (each a set of tries)."""
    assert figure.whole is not None
    columns: dict[int, FloatArray] = {}
    for number, one in enumerate(tries):
        rows = (chosen == number).any(axis=1)
        for key, value in one.changes.items():
            column = columns.setdefault(key, np.full(len(chosen), np.nan))
            column[rows] = value
    original = {id(leaf): leaf.value for leaf in figure.whole.leaves()}
    changed = {
        key: np.where(np.isnan(column), original[key], column) for key, column in columns.items() if key in original
    }
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(evaluate(figure.whole, changed), dtype=np.float64), (len(chosen),))


def _exchanged(case: Case, figure: Figure) -> list[_Try]:
    """Another figure of the same unit written in this one's place (total, mean, design year; gross, net)."""
    found: list[_Try] = []
    others = ("design_year_total", "direct_total", "lifetime_total", "mean_operating", "ets_emission", "ets_allowance")
    if figure.id not in others:
        return []
    for id in others:
        if id == figure.id or id not in case.figures:
            continue
        other = case.figures[id]()
        if other.recomputed is None or other.recomputed == figure.recomputed:
            continue
        one = slip("other_figure", {}, detail=other.name, variant=id)
        found.append(((one,), other.recomputed, ONE * 0.1 / len(others)))
    return found


def _accounted_again(case: Case, figure: Figure) -> list[_Try]:
    """Mistakes that choose another benchmark: tried by accounting again."""
    made = list(benchmark.rerun(case, figure))
    whole = math.fsum(one.weight for one, _ in made)
    return [((one,), value, ONE * one.weight / whole) for one, value in made]


def _weigh(recomputed: float, printed: Printed, tried: _Tries) -> Diagnosis:
    known = UNKNOWN * _unknown(recomputed, printed.value)
    known += ROUNDING * float(_density(np.array([recomputed]), printed, inside=0.0)[0])
    weighed = tried.weights * _density(tried.values, printed)
    weighed[np.isclose(tried.values, recomputed, rtol=1e-9, atol=0.0)] = 0.0
    fitting: list[tuple[_Try, float]] = [
        ((tried.made[at], float(tried.values[at]), float(tried.weights[at])), float(weighed[at]))
        for at in np.flatnonzero(weighed)
    ]
    fitting = _parsimonious(fitting)
    heavy: dict[tuple[str, ...], tuple[_Try, float]] = {}
    together: dict[tuple[str, ...], float] = {}
    for one, weight in fitting:
        words = tuple(sorted(part.words() for part in one[0]))
        if words not in heavy or heavy[words][1] < weight:
            heavy[words] = (one, weight)
        kind = _kind(one)
        together[kind] = together.get(kind, 0.0) + weight
    total = math.fsum(together.values())
    whole = total + known
    if not heavy or total / whole < 0.5:
        return Diagnosis((), False)
    ranked = sorted(heavy.values(), key=lambda item: (-together[_kind(item[0])], -item[1]))
    best = max(weight for _, weight in ranked)
    causes = tuple(
        Cause(one[0], one[1], weight / whole, printed.holds(one[1])) for one, weight in ranked if weight >= SHOWN * best
    )[:MOST]
    sure = together[_kind(ranked[0][0])] / whole >= NAMED
    return Diagnosis(causes, sure and causes[0].inside)


def _kind(one: _Try) -> tuple[str, ...]:
    """Which mistakes and with which factor, wherever they were made: near twins (0.5810 and 0.5839) stay two."""
    return tuple(sorted(f"{part.mistake.id} {part.detail}" for part in one[0]))


def _parsimonious(fitting: list[tuple[_Try, float]]) -> list[tuple[_Try, float]]:
    """Leave out pairs of which one mistake alone explains as much: the other one merely rides along."""
    alone = {id(one[0][0]): weight for one, weight in fitting if len(one[0]) == 1}
    return [
        (one, weight)
        for one, weight in fitting
        if len(one[0]) == 1 or not any(alone.get(id(part), 0.0) >= weight for part in one[0])
    ]


def _density(values: FloatArray, printed: Printed, inside: float = INSIDE) -> FloatArray:
    """How densely mistakes with these results make prints like the one seen (per unit of logarithm)."""
    with np.errstate(all="ignore"):
        ratio = printed.value / values
        usable = np.isfinite(ratio) & (ratio > 0)
        near = usable & (np.abs(np.log(np.where(usable, ratio, 1.0))) <= NEAR)
    slack = 1e-9 * np.maximum(np.abs(values), abs(printed.value))
    holds = usable & (printed.low - slack <= values) & (values <= printed.high + slack)
    width = max((printed.high - printed.low) / abs(printed.value), NARROWEST)
    return near * (BESIDE / (2 * NEAR)) + holds * (inside / width)


def _unknown(recomputed: float, declared: float) -> float:
    """How densely causes nobody listed make this difference: anything may happen, small things oftener."""
    if recomputed == 0.0 or (recomputed < 0) != (declared < 0):
        return 0.01
    away = math.log(declared / recomputed) / SPREAD
    return 1 / (math.pi * SPREAD * (1 + away * away))

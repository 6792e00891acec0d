"""The shapes of a result. Computed once by ``tanping.assessment.assess``; page, PDF, sheet, JSON and store only read them.

Figures are in tCO2 and base units, unrounded. ``None`` means unknown, never zero.

What change, processes, methods, measures, controls and uncertainty look like is written where they are made; an ``Assessment`` carries
those records as they are, and its JSON carries their fields by name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from tanping import __version__
from tanping.rules.finding import Finding, MissingFact

if TYPE_CHECKING:  # these modules make their records from an inventory and so look at this one
    from tanping.assessment.accounting.alternatives import Alternative
    from tanping.assessment.accounting.processes import ProcessBoundary
    from tanping.assessment.change import Accounts
    from tanping.assessment.measures.controls import Comparison
    from tanping.assessment.measures.effect import Effects
    from tanping.assessment.uncertainty import Uncertainty

SCHEMA = "tanping.assessment/1"
# Counts the changes to what a result says and to how documents word it, so that what was made before one is not taken for tampered with.
# 2: accounts, methods, processes, measures, controls, uncertainty; notes of an indicator; lifetime_co2e of the inventory.
# 3: statements print a choice by its name; documents do not say 假设 again under that heading.
REVISION = 3


def made_here(versions: Mapping[str, Any]) -> bool:
    """Whether the versions a result names are those of this program; another may say or word the same otherwise."""
    return (versions.get("engine"), versions.get("result")) == (__version__, REVISION)


@dataclass(frozen=True)
class Input:
    """One operand of a source: what was typed, what it became, where it stands.

    ``origin`` is declared 申报 | verified 核实 | assumed 假设 | factor 缺省因子 | computed 计算.
    """

    symbol: str
    label: str
    value: float | None
    unit: str
    text: str = ""
    origin: str = "declared"
    document: str = ""
    page: str = ""
    note: str = ""
    factor: str | None = None


@dataclass(frozen=True)
class FactorUse:
    """A factor as used: the record, the step that chose it, and its rivals."""

    key: str
    name: str
    value: float
    unit: str
    document: str
    basis: str
    status: str
    region: str
    data_year: str
    variant: str
    why: str
    provisional: bool
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """An emission source of the project, year by year.

    ``stage`` construction 施工期 | operation 运行期 | end_of_life 退役期; ``category`` fuel | process | electricity | heat | removal |
    construction | end_of_life. ``design_year`` is the figure of the 达产年. ``annual`` runs along ``Inventory.years``; all are None when
    ``missing`` is not empty. ``memo`` sources are shown and not summed.
    """

    id: str
    name: str
    unit: str
    stage: str
    category: str
    formula: str
    standard: str
    term: str
    expression: str
    inputs: tuple[Input, ...]
    factors: tuple[FactorUse, ...]
    annual: tuple[float, ...] | None
    design_year: float | None
    total: float | None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    memo: bool = False
    gas: str = "CO2"


@dataclass(frozen=True)
class Year:
    """One calendar year: total and by category (only sources that are known)."""

    year: int
    total: float
    by_category: dict[str, float]


@dataclass(frozen=True)
class Inventory:
    """The emission inventory of one project.

    ``design_year_total`` and ``lifetime_total`` are None unless ``complete``; ``known_design_year`` is the sum of what is known.
    ``lifetime_co2e`` is the part of ``lifetime_total`` that was counted by factors in CO2 equivalents (building materials, their transport,
    the end of life); the rest is CO2 alone, and so is the design year.
    """

    method: str
    years: tuple[int, ...]
    sources: tuple[Source, ...]
    annual: tuple[Year, ...]
    complete: bool
    missing: tuple[str, ...]
    design_year_total: float | None
    known_design_year: float
    lifetime_total: float | None
    peak_year: int | None = None
    mean_operating: float | None = None
    net_change: float | None = None
    net_change_missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    unit: str = "tCO2"
    lifetime_co2e: float | None = None


@dataclass(frozen=True)
class Reference:
    """A published figure an indicator is set against. A comparison, not a limit."""

    name: str
    value: float
    unit: str
    document: str
    data_year: str
    note: str = ""


@dataclass(frozen=True)
class Indicator:
    """A performance figure 绩效指标 (e.g. tCO2 per MWh supplied) with its worked expression; ``notes`` say how it is meant."""

    id: str
    name: str
    value: float | None
    unit: str
    formula: str
    expression: str
    missing: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LikelyCause:
    """A mistake (or two) that would give the declared figure.

    ``numbers`` are places in the list of mistakes (docs/crosscheck.md), ``value`` the figure the mistake gives, ``share`` its part of all
    explanations compared (0–1). ``inside``: the value prints as declared, without rounding on the way.
    """

    text: str
    numbers: tuple[int, ...]
    value: float
    share: float
    inside: bool


@dataclass(frozen=True)
class Side:
    """What one document or chapter states of a parameter. ``agrees`` is None when it cannot be compared."""

    chapter: str
    text: str
    value: float | None
    document: str = ""
    page: str = ""
    agrees: bool | None = None


@dataclass(frozen=True)
class CrossCheck:
    """Declared against recomputed, or chapter against chapter.

    ``kind`` is figure 申报与复核 | chapter 章节之间 | physics 物理关系. ``low`` and ``high`` bound what the declared text can stand for (None: open or
    unreadable). ``difference`` is declared ÷ recomputed − 1. ``named``: the first of ``causes`` outweighs all else; otherwise they are possible
    ones, likeliest first. ``adopted`` is the figure to go on with, ``adopted_as`` says whose it is.
    """

    figure: str
    label: str
    declared: str
    declared_value: float | None
    recomputed: float | None
    unit: str
    difference: float | None
    verdict: str
    causes: tuple[str, ...] = ()
    page: str = ""
    id: str = ""
    kind: str = "figure"
    document: str = ""
    low: float | None = None
    high: float | None = None
    named: bool = False
    explanations: tuple[LikelyCause, ...] = ()
    adopted: float | None = None
    adopted_as: str = ""
    notes: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Something the approval must be made subject to."""

    text: str
    moment: str
    body: str
    clause: str


@dataclass(frozen=True)
class Screening:
    """The one-project view of the screening."""

    verdict: str
    best: str
    worst: str
    suspected: str
    headline: str
    findings: tuple[Finding, ...]
    missing: tuple[MissingFact, ...]
    forewords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """An assumption, override or unverified declaration the report must list."""

    where: str
    label: str
    text: str
    note: str
    kind: str


@dataclass(frozen=True)
class Assessment:
    """Everything a document or page may say about one project.

    ``accounts`` are the three accounts with the net change, ``methods`` the total under every method, the chosen one marked. ``processes``
    (steel works that told their flows), ``measures`` (None: none listed) and ``controls`` speak of what the file lists. ``uncertainty`` is there
    when the file states a range (±) for at least one value; a page works it out for any project when asked
    (``tanping.assessment.assess.uncertainty_for``).
    """

    project: dict[str, Any]
    as_of: date
    moment: str
    versions: dict[str, Any]
    inventory: Inventory
    indicators: tuple[Indicator, ...]
    screening: Screening
    crosschecks: tuple[CrossCheck, ...] = ()
    conditions: tuple[Condition, ...] = ()
    statements: tuple[Statement, ...] = ()
    accounts: Accounts | None = None
    methods: tuple[Alternative, ...] = ()
    processes: ProcessBoundary | None = None
    measures: Effects | None = None
    controls: tuple[Comparison, ...] = ()
    uncertainty: Uncertainty | None = None
    schema: str = field(default=SCHEMA)

    def plain(self) -> dict[str, Any]:
        """Return the JSON result of schema ``tanping.assessment/1``."""
        result: dict[str, Any] = to_plain(self)
        return {"schema": result.pop("schema"), **result}


_PLAIN = frozenset({str, float, int, bool, type(None)})


@cache
def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a record, nothing for what isn't one."""
    return tuple(item.name for item in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def to_plain(value: Any) -> Any:
    """Turn frozen records into JSON values: dates ISO, decimals as numbers, tuples as lists."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if names := _names(kind):
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value

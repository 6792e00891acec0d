"""A factor as a dated, cited record: what it is worth, where it stands, since when it could be known.

The tables under ``factors/data`` hold one record a line; `tanping.factors.register` reads and checks them, so a record in
hand is always complete. Numbers are Decimals exactly as printed in the source (``0.90`` keeps its zero).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tanping.records.basis import Basis
from tanping.records.errors import Where

# Validity of these speaks of the compliance, accounting or path year, not of the day a factor is asked for.
BY_YEAR_NEEDED = ("ets/", "trajectories/")
BY_YEAR_POSSIBLE = ("grid/reporting_default",)

# Kinds of figures that are never what somebody means who doesn't say so.
ONLY_BY_NAME = {
    "life_cycle": "生命周期（碳足迹）因子，不得与CO2平均因子混用",
    "operating_margin": "减排项目基准线因子，不得用于排放核算",
    "average_alt": "未采信的另一转录值",
    "use_phase": "只含使用环节，口径与标准值不同",
}


class Status(StrEnum):
    """Where a document stands in its life."""

    FINAL = "final"
    DRAFT = "draft"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        """Chinese label as printed."""
        return {"final": "正式", "draft": "征求意见稿", "superseded": "已被代替"}[self.value]


class Origin(StrEnum):
    """How the number came about."""

    PRINTED = "printed"
    DERIVED = "derived"
    ASSUMPTION = "assumption"

    @property
    def label(self) -> str:
        """Chinese label as printed."""
        return {"printed": "文件所载", "derived": "推算", "assumption": "假设"}[self.value]


class Level(StrEnum):
    """How wide the region of a record is."""

    PROVINCE = "province"
    GRID_REGION = "grid_region"
    NATION = "nation"
    WORLD = "world"
    AREA = "area"

    @property
    def label(self) -> str:
        """Chinese label as printed."""
        return _LEVEL_LABELS[self.value]


_LEVEL_LABELS = {
    "province": "省级",
    "grid_region": "区域电网",
    "nation": "全国",
    "world": "全球",
    "area": "境外地区",
}


@dataclass(frozen=True)
class Factor:
    """One record of the register.

    ``key`` names the row of a source, ``item`` the thing it is a value of: ``fuel.cets_steel_2024.coke`` and
    ``fuel.gbt32151_34_2024.coke`` are both ``fuel.coke``. ``published`` may be a year or a month; ``published_on`` is then its
    last day, None when unknown. ``valid_from``/``valid_to`` are inclusive. ``replaced_on`` is the day another document took
    this one's place. ``conflict`` names a group of records that contradict each other; within it ``preferred`` is True for
    the one to take within its own standard and False for one that is kept but not chosen.
    """

    key: str
    item: str
    subject: str
    name: str
    value: Decimal
    unit: str
    data_year: int | None
    valid_from: date | None
    valid_to: date | None
    published: str
    published_on: date | None
    region: str
    level: Level
    variant: str
    standard: str
    document: str
    basis: Basis
    origin: Origin
    status: Status
    preferred: bool | None
    conflict: str
    replaced_on: date | None
    replaced_by: str
    review_by: date
    recorded: date
    note: str
    attributes: Mapping[str, str] = field(default_factory=dict, compare=False)
    where: Where = field(default=Where("factors"), compare=False)

    @property
    def number(self) -> float:
        """The value as float64, correctly rounded."""
        return float(self.value)

    @property
    def provisional(self) -> bool:
        """Whether the text behind the number is unchecked (待核)."""
        return not self.basis.verified

    @property
    def needs_year(self) -> bool:
        """Whether a year must be named to choose this record (compliance year, path year)."""
        return self.subject.startswith(BY_YEAR_NEEDED) and bool(self.data_year or (self.valid_from and self.valid_to))

    @property
    def by_year(self) -> bool:
        """Whether the validity of this record is a compliance or accounting year."""
        return self.subject.startswith(BY_YEAR_NEEDED) or self.subject in BY_YEAR_POSSIBLE

    def past_best_before(self, day: date) -> bool:
        """Whether the record should have been looked at again before ``day``."""
        return self.review_by < day

    def plain(self) -> dict[str, Any]:
        """The record as JSON can hold it: numbers as the text printed in the source, dates in ISO form."""
        plain = {}
        for name in (one.name for one in fields(self) if one.name != "where"):
            value = getattr(self, name)
            plain[name] = value if value is None or isinstance(value, bool | int | dict) else str(value)
        return plain

    def cite(self) -> str:
        """The citation as printed: value, unit, year, document, basis."""
        year = f"{self.data_year}年，" if self.data_year else ""
        return f"{self.value} {self.unit}（{year}{self.document}；{self.basis.label}）"


@dataclass(frozen=True)
class FuelFactor(Factor):
    """A fuel: heating value, carbon content, oxidation and the emission factors that follow from them.

    ``value``/``unit`` are ``ef`` per tonne or 10⁴ Nm³ where known, else ``ef_per_gj``. ``carbon_content`` is in tC/GJ,
    ``oxidation`` a fraction. A part the source does not give is None.
    """

    ncv: Decimal | None = None
    ncv_unit: str = ""
    carbon_content: Decimal | None = None
    oxidation: Decimal | None = None
    ef: Decimal | None = None
    ef_unit: str = ""
    ef_per_gj: Decimal | None = None
    ef_per_gj_unit: str = ""

    def cite(self) -> str:
        """The citation as printed, with every part the source gives."""
        parts = [
            f"热值 {self.ncv} {self.ncv_unit}" if self.ncv is not None else "",
            f"含碳量 {self.carbon_content} tC/GJ" if self.carbon_content is not None else "",
            f"氧化率 {self.oxidation}" if self.oxidation is not None else "",
        ]
        stated = "，".join(part for part in parts if part) or f"{self.value} {self.unit}"
        return f"{stated}（{self.document}；{self.basis.label}）"


@dataclass(frozen=True)
class Range:
    """A plausibility range: outside it a figure is worth a question, never refused by that alone.

    ``low``/``high`` are inclusive; None is open. ``limit`` is a physical bound that may not be crossed, where there is one.
    """

    key: str
    sector: str
    name: str
    low: Decimal | None
    high: Decimal | None
    limit: Decimal | None
    unit: str
    basis: Basis
    origin: Origin
    document: str
    note: str
    where: Where = field(default=Where("factors"), compare=False)

    def holds(self, value: float) -> bool:
        """Whether a value in ``unit`` lies inside the range. NaN does not."""
        # As floats: a figure typed on the edge is inside, and NaN compares false with both ends.
        return (self.low is None or value >= float(self.low)) and (self.high is None or value <= float(self.high))

    def words(self) -> str:
        """The range as printed."""
        low = "" if self.low is None else str(self.low)
        high = "" if self.high is None else str(self.high)
        return f"[{low}—{high}] {self.unit}" if self.unit != "1" else f"[{low}—{high}]"


@dataclass(frozen=True)
class Conflict:
    """A subject on which sources disagree, and what was decided."""

    id: str
    subject: str
    values: str
    open: bool
    decision: str


@dataclass(frozen=True)
class Place:
    """A region a record may stand for. ``no_value`` says that nobody publishes electricity factors for it."""

    name: str
    level: Level
    no_value: str
    note: str

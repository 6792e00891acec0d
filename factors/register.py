"""The register: every factor record, checked once on load, found by key or item, hashed for packs.

``load_register()`` reads the data beside this file; a folder or the files of an archived pack load the same way, so a result
of years ago replays with its own factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, cached_property
from pathlib import Path

from tanping.factors.checks import check_records
from tanping.factors.lookup import Finder, NoFactor, Question, Selected
from tanping.factors.record import Conflict, Factor, Level, Place, Range
from tanping.factors.tables import read_conflicts, read_factors, read_places, read_ranges
from tanping.records.archive import pack_hash
from tanping.records.errors import InputError, Problem, Where
from tanping.records.kept import kept

DATA = Path(__file__).parent / "data"
PLACES, CONFLICTS, RANGES = "places.csv", "conflicts.csv", "plausibility.csv"
REPORTING_DEFAULT = "ets_reporting_default"


class Register:
    """All records, conflicts and plausibility ranges of one version of the data."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        records: tuple[Factor, ...],
        places: Mapping[str, Place],
        conflicts: Mapping[str, Conflict],
        ranges: Mapping[str, Range],
    ):
        self.files = dict(files)
        self.records = records
        self.places = dict(places)
        self.conflicts = dict(conflicts)
        self.ranges = dict(ranges)
        self._finder = Finder(records, places)
        self._before_averages: dict[tuple[str, date, str | None], Selected] = {}

    def __iter__(self) -> Iterator[Factor]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    @cached_property
    def sha256(self) -> str:
        """The content hash under which this register is archived and which results print."""
        return pack_hash(self.pack())

    def pack(self) -> dict[str, str]:
        """The files of the register, name → text, as an archive stores them; ``read_register`` takes them back."""
        return {name: raw.decode("utf-8") for name, raw in self.files.items()}

    @cached_property
    def version(self) -> str:
        """The date of the youngest record, the human half of the pack's version."""
        return max(record.recorded for record in self.records).isoformat()

    def lookup(
        self,
        key: str,
        *,
        as_of: date,
        region: str | None = None,
        standard: str | None = None,
        variant: str | None = None,
        year: int | None = None,
        override: str | None = None,
    ) -> Selected:
        """Return the record for a key (``fuel.cets_steel_2024.coke``) or an item (``fuel.coke`` with its ``standard``).

        ``as_of`` is the legal date; ``region`` a province, grid region, 全国 or 全球 (needed where values differ by place);
        ``year`` the compliance, path or data year; ``override`` the written reason to take a record that is never silent.
        Raises NoFactor with what exists and why it is refused. The rules are those of `tanping.factors.lookup`.
        """
        return self._finder.find(Question(key, region, as_of, standard, variant, year, override))

    def grid_factor(
        self, province: str, as_of: date, *, variant: str = "average", override: str | None = None
    ) -> Selected:
        """Return the CO2 factor of purchased electricity, in kgCO2/kWh or tCO2/MWh (the same number).

        Province, then its grid region, then the nation; before the first announcement only the national reporting default
        existed. Raises NoFactor, also for places that have no published value of their own.
        """
        known = self._before_averages.get((province, as_of, override)) if variant == "average" else None
        if known is not None:
            return known
        try:
            return self.lookup(f"grid.{variant}", region=province, as_of=as_of, override=override)
        except NoFactor as refusal:
            if variant != "average" or not self._before_first_average(as_of) or not self._has_value(province):
                raise
            try:
                found = self.lookup(f"grid.{REPORTING_DEFAULT}", as_of=as_of, override=override)
            except NoFactor:
                raise refusal from None
        step = f"{as_of} 时尚未公布省级和区域平均因子，取当时唯一的全国报告缺省值"
        chosen = found._replace(why=f"{step}；{found.why}", warnings=(*found.warnings, step))
        self._before_averages[province, as_of, override] = chosen
        return chosen

    def of(self, name: str) -> tuple[Factor, ...]:
        """All records of a key or item; empty when the name is unknown."""
        return self._finder.records(name)

    def names(self) -> tuple[str, ...]:
        """All keys and items, for suggestions."""
        return self._finder.names()

    def overdue(self, on: date) -> list[Factor]:
        """The records in use whose review is due: past their best-before, not replaced, and the latest of their kind."""
        latest: dict[tuple[str, str], int] = {}
        for record in self.records:
            kind = (record.key, record.variant)
            latest[kind] = max(latest.get(kind, 0), record.data_year or 0)
        return [
            record
            for record in self.records
            if record.past_best_before(on)
            and not (record.replaced_on and record.replaced_on <= on)
            and (record.data_year or 0) == latest[record.key, record.variant]
        ]

    def range(self, key: str) -> Range:
        """Return a plausibility range. Raises KeyError."""
        return self.ranges[key]

    def chain(self, region: str) -> tuple[str, ...]:
        """The regions tried for a place, nearest first: 江苏 → 江苏, 华东, 全国, 全球. Raises NoFactor."""
        return self._finder.region_chain(region, "grid.average")

    def _has_value(self, province: str) -> bool:
        place = self._finder.place(province)
        return place.level in (Level.PROVINCE, Level.GRID_REGION, Level.NATION) and not place.no_value

    def _before_first_average(self, as_of: date) -> bool:
        days = [record.published_on for record in self.of("grid.average") if record.published_on]
        return not days or as_of < min(days)


def load_register() -> Register:
    """Return the register that comes with the program, or what stands for it (``register_as``). Raises InputError."""
    stand_in = _stand_in.get()
    return _shipped() if stand_in is None else stand_in


@contextmanager
def register_as(register: Register) -> Iterator[None]:
    """Take an archived register for the one that ships for a while."""
    token = _stand_in.set(register)
    try:
        yield
    finally:
        _stand_in.reset(token)


_stand_in: ContextVar[Register | None] = ContextVar("register", default=None)


@cache
def _shipped() -> Register:
    files = _files(DATA)
    return kept(DATA, "register", files, Path(__file__).parent, lambda: read_register(files))


def read_register(source: Path | Mapping[str, bytes] | Mapping[str, str]) -> Register:
    """Read and check a register from a folder, or from the files of an archived pack (path under the folder → content).

    Raises InputError with every problem, as ``data/grid/average_2023.csv:12: value: …``.
    """
    files = _files(source) if isinstance(source, Path) else _contents(source)
    problems: list[Problem] = []
    places = read_places(_shown(PLACES), _needed(files, PLACES, problems), problems)
    conflicts = read_conflicts(_shown(CONFLICTS), _needed(files, CONFLICTS, problems), problems)
    ranges = read_ranges(_shown(RANGES), _needed(files, RANGES, problems), problems)
    records: list[Factor] = []
    for name in sorted(files):
        if "/" in name:
            records += read_factors(_shown(name), files[name], places, problems)
    if not problems:
        problems += check_records(records, conflicts)
    if not records and not problems:
        problems.append(Problem(Where("data"), "", "没有任何因子表", "grid/average_2023.csv 等"))
    if problems:
        raise InputError(problems)
    return Register(files, tuple(records), places, conflicts, ranges)


def _files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise InputError(Problem(Where(folder.name), "", "找不到文件夹", "因子数据文件夹"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def _contents(files: Mapping[str, bytes] | Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode("utf-8") if isinstance(text, str) else text for name, text in files.items()}


def _needed(files: Mapping[str, bytes], name: str, problems: list[Problem]) -> bytes:
    if name not in files:
        problems.append(Problem(Where(_shown(name)), "", "缺少这个文件"))
        return b""
    return files[name]


def _shown(name: str) -> str:
    return f"data/{name}"

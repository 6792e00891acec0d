"""One partition from cells to results: the unit of work that any process can do and that always gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tanping import __version__
from tanping.assessment.portfolio.assemble import Rows, assemble, faults_of, refused
from tanping.assessment.portfolio.heading import Heading, Target, read_headings
from tanping.assessment.portfolio.ledger import Ledger, joined
from tanping.assessment.portfolio.mapping import ColumnMap
from tanping.assessment.portfolio.numbered import numbered
from tanping.assessment.portfolio.outcome import BETWEEN, HEADINGS, Laws, results_of
from tanping.assessment.portfolio.source import EARLIER, PROJECT, ROW, SPOILT, mapped
from tanping.assessment.portfolio.typed import Fault, Scale, Typed, scale_of, typed
from tanping.assessment.spatial.register import Layers
from tanping.factors.register import load_register, read_register
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.facts import Moment
from tanping.rules.law import State, law_state, load_law, own_law_hash, packs_folder, packs_from

NO_DAY = "没有受理日期，无法确定法规适用日期"
ERROR_HEADINGS = ("行号", "项目代码", "列", "内容", "问题", "怎样改")
YEAR_ONLY = "投产日期只有年份，按当年 1 月 1 日计"
_MENDED = "改正后重新运行"


@dataclass(frozen=True)
class Settings:
    """What a partition must know of its run. Plain data: it travels to other processes."""

    source: str
    texts: tuple[str, ...]
    own: tuple[str, ...]
    mapping: ColumnMap
    as_of: date | None
    moment: str
    screening_grade: bool = False
    packs: str = ""
    factors: str = ""
    layers: str = ""
    law: str = ""
    """Hash of own packs and verifications (`tanping.rules.law`), empty where there are none."""


@dataclass(frozen=True)
class Part:
    """What came of a partition: rows of results, lines of errors, sums. ``given`` = rows of ``table`` + ``refused``."""

    table: pa.Table
    errors: pa.Table
    ledger: Ledger
    given: int
    refused: int


Note = tuple[NDArray[np.bool_], str]


def work(settings: Settings, cells: pa.Table) -> Part:
    """Compute one partition."""
    with packs_from(settings.packs or None):
        return _worked(settings, cells)


def _worked(settings: Settings, cells: pa.Table) -> Part:
    rows, notes = _typed_rows(settings, cells)
    faults = [*_row_faults(cells), *faults_of(rows)]
    if settings.as_of is None:
        faults += _undated(rows)
    wrong, others = refused(rows, faults)
    if others is not None:
        faults.append(others)
    kept = np.flatnonzero(~wrong)
    numbers = cells.column(ROW).to_numpy()
    parts, ledgers = [], []
    for day, mine in _by_day(rows, kept, settings.as_of):
        table, ledger = _results(settings, rows, mine, day, notes, numbers)
        parts.append(table)
        ledgers.append(ledger)
    table = pa.concat_tables(parts).sort_by("row") if len(parts) > 1 else parts[0] if parts else empty()
    errors = _error_table(faults, numbers, rows.words("project", "code"))
    part = Part(table, errors, joined(ledgers), rows.count, int(wrong.sum()))
    # No row may vanish: what came in went out as a result or as a refusal.
    if part.given != part.table.num_rows + part.refused:
        raise AssertionError(f"{part.given} rows in, {part.table.num_rows} out, {part.refused} refused")
    return part


def laws_of(settings: Settings) -> Laws:
    """Return the register, packs and layers a run judges by, loaded once a process. Raises InputError, also for other layers or law than the run's."""
    with packs_from(settings.packs or None):
        return _laws(settings.moment, settings.factors, settings.layers, settings.law, law_state())


@lru_cache(maxsize=4)
def _laws(moment: str, factors: str, layers: str, law: str, _state: State) -> Laws:
    register = read_register(Path(factors)) if factors else load_register()
    shelf = Layers.open()
    if shelf.sha256 != layers:
        what = "这台工作机登记的图层与发起任务的机器不同，叠图结果会不一样"
        raise InputError(Problem(Where(str(shelf.folder)), "图层", what, "两处登记相同的图层，或都不登记"))
    held = load_law()
    if own_law_hash(held) != law:
        what = "这台工作机的规则包或原文核对记录与发起任务的机器不同，审查结果会不一样"
        raise InputError(
            Problem(Where(str(packs_folder())), "规则包", what, "两处载入相同的规则包和核对记录，或都不载入")
        )
    return Laws(register, held, Moment(moment), shelf)


def versions(settings: Settings) -> dict[str, Any]:
    """Engine, packs, factors and layers of a run, each with what identifies it."""
    law = laws_of(settings)
    layers = {"layers": settings.layers} if settings.layers else {}
    return {"engine": __version__, "factors": law.register.sha256, "packs": law.packs.versions, **layers}


def schema() -> pa.Schema:
    """Columns of a result, without the city share, which needs the whole."""
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {
        "row": pa.int64(), "project": pa.string(), "name": pa.string(), "unit": pa.string(), "as_of": pa.date32(),
        "complete": pa.bool_(),
    }  # fmt: skip
    fields = []
    for name in HEADINGS:
        if name != "city_share":
            fields.append(pa.field(name, kinds.get(name, pa.float64() if name.endswith("_tco2") else coded)))
    return pa.schema(fields)


def empty() -> pa.Table:
    """A result without rows."""
    return schema().empty_table()


# --- in ----------------------------------------------------------------------------------------------------------------------


@cache
def _understood(
    texts: tuple[str, ...], constants: tuple[str, ...], source: str
) -> tuple[tuple[Heading, Scale | None], ...]:
    where = Where(source, 1)
    found = read_headings([*texts, *constants], where)
    return tuple((one, scale_of(one, where) if one.unit else None) for one in found)


def check_units(settings: Settings) -> None:
    """Read every heading's unit once, before any work. Raises InputError."""
    _understood(settings.texts, tuple(settings.mapping.constants), settings.source)


def _typed_rows(settings: Settings, cells: pa.Table) -> tuple[Rows, list[Note]]:
    constants = settings.mapping.constants
    columns: dict[Target, Typed] = {}
    headings: dict[Target, Heading] = {}
    notes: list[Note] = []
    fixed = set()
    for heading, scale in _understood(settings.texts, tuple(constants), settings.source):
        if heading.column < len(settings.texts):
            spec = settings.mapping.columns.get(settings.own[heading.column])
            held = typed(heading, mapped(_one(cells.column(f"c{heading.column}")), spec), scale)
            if spec is not None and spec.year:
                notes.append((held.given & ~np.isnat(held.values), YEAR_ONLY))
        else:
            word = constants[heading.text]
            held = typed(heading, pa.array([word], pa.string()).take(pa.array(np.zeros(cells.num_rows, int))), scale)
            fixed.add(heading.target)
        columns[heading.target], headings[heading.target] = held, heading
    project = cells.column(PROJECT).to_numpy()
    rows = Rows(cells.num_rows, columns, headings, project, frozenset(fixed))
    return _located(settings, rows, notes), notes


def _located(settings: Settings, rows: Rows, notes: list[Note]) -> Rows:
    spec = next((spec for spec in settings.mapping.columns.values() if spec.place), None)
    if spec is None:
        return rows
    from tanping.assessment.portfolio.locate import located

    rows, doubts = located(rows)
    notes += doubts
    return rows


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _row_faults(cells: pa.Table) -> list[Fault]:
    faults = []
    earlier = cells.column(EARLIER).to_numpy()
    for first in np.unique(earlier[earlier > 0]).tolist():
        what = f"项目代码重复：第 {first} 行已有同一代码，且两处不相邻"
        faults.append(
            Fault(
                np.flatnonzero(earlier == first), "项目代码", what, "同一项目的各生产单元相邻排列，不同项目用不同代码"
            )
        )
    if SPOILT in cells.column_names:
        spoilt = np.array(cells.column(SPOILT).to_pylist(), dtype=object)
        for what in dict.fromkeys(word for word in spoilt.tolist() if word):
            mend = "复制后“选择性粘贴—数值”" if "公式" in what else "每格内容在有列名的列里，含逗号的整格加双引号"
            faults.append(Fault(np.flatnonzero(spoilt == what), "", what, mend))
    return faults


def _undated(rows: Rows) -> list[Fault]:
    held = rows.typed.get(Target("dates", "accepted"))
    head = rows.first[rows.project]
    lacking = np.ones(rows.count, dtype=bool) if held is None else np.isnat(held.values[head])
    if not lacking.any():
        return []
    return [Fault(np.flatnonzero(lacking), "受理日期", NO_DAY, "填写受理日期，或用 --as-of 指定")]


def _by_day(rows: Rows, kept: NDArray[np.int64], as_of: date | None) -> Sequence[tuple[date, NDArray[np.int64]]]:
    """Part the kept rows by the legal date of their project."""
    if not len(kept):
        return ()
    if as_of is not None:
        return ((as_of, kept),)
    accepted = rows.typed[Target("dates", "accepted")].values[rows.first[rows.project[kept]]]
    return [(day.item(), kept[accepted == day]) for day in np.unique(accepted)]


# --- out ---------------------------------------------------------------------------------------------------------------------


def _results(
    settings: Settings,
    rows: Rows,
    kept: NDArray[np.int64],
    day: date,
    notes: Sequence[Note],
    numbers: NDArray[np.int64],
) -> tuple[pa.Table, Ledger]:
    law = laws_of(settings)
    notes = list(notes)
    if settings.screening_grade:
        from tanping.assessment.portfolio.screening_grade import filled

        rows, assumed = filled(rows, kept, law.register, day)
        notes += assumed
    columns = assemble(rows, kept)
    results = results_of(columns, law, day)
    first = numbers[kept][np.flatnonzero(np.r_[True, columns.fact_project[1:] != columns.fact_project[:-1]])]
    # The ledger numbers projects; a reader looks for rows of the file.
    given_up = [one._replace(row=int(first[one.row])) for one in results.ledger.given_up]
    ledger = replace(results.ledger, given_up=given_up)
    found = {
        **results.table,
        "row": pa.array(numbers[kept]),
        "project": pa.array(rows.words("project", "code")[kept], pa.string()),
        "assumptions": _noted(notes, kept),
    }
    wanted = schema()
    return pa.table([found[name].cast(wanted.field(name).type) for name in wanted.names], schema=wanted), ledger


def _noted(notes: Sequence[Note], kept: NDArray[np.int64]) -> pa.Array:
    state = np.zeros(len(kept), dtype=np.int64)
    texts: list[str] = [""]
    for mask, text in notes:
        pairs, state = numbered(state * 2 + mask[kept])
        texts = [BETWEEN.join(filter(None, (texts[pair >> 1], text if pair & 1 else ""))) for pair in pairs.tolist()]
    return pa.DictionaryArray.from_arrays(pa.array(state.astype(np.int32)), pa.array(texts, pa.string()))


def _error_table(faults: Sequence[Fault], numbers: NDArray[np.int64], codes: NDArray[np.object_]) -> pa.Table:
    lines: list[tuple[Any, ...]] = []
    for fault in faults:
        for row in fault.rows.tolist():
            code = codes[row] or ""
            lines.append((int(numbers[row]), str(code), fault.heading, fault.said, fault.what, fault.mend or _MENDED))
    lines.sort(key=lambda line: line[0])
    kinds = [pa.int64(), *[pa.string()] * (len(ERROR_HEADINGS) - 1)]
    columns = list(zip(*lines, strict=True)) if lines else [()] * len(ERROR_HEADINGS)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)], list(ERROR_HEADINGS))

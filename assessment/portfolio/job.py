"""A portfolio run: partitions worked on here or by other processes, kept as they finish, put together at the end.

Finished partitions lie in ``OUT.parts/`` under the fingerprint of the input, the versions and the options. The same command again takes
them up; anything else starts anew. The output appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from tanping.assessment.portfolio.ledger import Ledger, Target, city_totals, joined
from tanping.assessment.portfolio.mapping import ColumnMap
from tanping.assessment.portfolio.partition import Settings, check_units, versions
from tanping.assessment.portfolio.shelf import Shelf
from tanping.assessment.portfolio.source import Source, fingerprint, open_source
from tanping.assessment.portfolio.workers import open_pool
from tanping.assessment.portfolio.write import (
    TABLES,
    check_rows,
    check_target,
    errors_path,
    is_parquet,
    write_errors,
    write_ledger,
    write_parquet,
    write_result,
)
from tanping.assessment.spatial.register import Layers
from tanping.records.errors import InputError, Problem, Where
from tanping.rules.law import own_law_hash, packs_from


@dataclass(frozen=True)
class Options:
    """What is asked of a run. ``scheduler`` is the address of a Dask scheduler (loopback or TLS)."""

    as_of: date | None = None
    moment: str = "审批"
    workers: int = 1
    scheduler: str = ""
    screening_grade: bool = False
    mapping: ColumnMap = field(default_factory=ColumnMap)
    ledger: Path | None = None
    targets: tuple[Target, ...] = ()
    packs: Path | None = None
    factors: Path | None = None


@dataclass(frozen=True)
class Report:
    """What a run did. ``given`` = ``written`` + ``refused``; ``resumed`` partitions were there already."""

    out: Path
    errors: Path
    given: int
    written: int
    refused: int
    incomplete: int
    partitions: int
    resumed: int
    seconds: float
    ledger: Ledger


Progress = Callable[[int, int, float], None]
"""Called with rows done, rows in all and seconds so far (of this run's own work)."""


def run(path: Path, out: Path, options: Options, progress: Progress | None = None) -> Report:
    """Assess every row of a table and write the results. Raises InputError for a table, option or name that can't be used."""
    begin = time.perf_counter()
    _check_targets(path, out, options.ledger)
    with open_pool(options.workers, options.scheduler) as pool:
        source = open_source(path, options.mapping)
        check_rows(out, source.rows)
        settings = _settings(path, source, options)
        shelf = Shelf(Path(f"{out}.parts"), len(source.starts), _identity(path, settings))
        done = shelf.open()
        todo = [at for at in range(len(source.starts)) if at not in done]
        stops = (*source.starts[1:], source.rows)
        sizes = [stop - start for start, stop in zip(source.starts, stops, strict=True)]
        finished = sum(sizes[at] for at in done)
        started, worked = time.perf_counter(), 0
        for at in pool.work(settings, shelf, source.partitions(todo)):
            worked += sizes[at]
            if progress:
                progress(finished + worked, source.rows, (time.perf_counter() - started) / worked)
    ledger = joined([shelf.ledger(at) for at in range(len(source.starts))])
    written, refused, incomplete = shelf.counts()
    if written + refused != source.rows:
        raise AssertionError(f"{source.rows} rows in, {written} out, {refused} refused")
    if is_parquet(out):
        write_parquet(out, shelf.results(), city_totals(ledger), versions(settings))
    else:
        write_result(out, shelf.tables(), city_totals(ledger), versions(settings))
    write_errors(errors_path(out), shelf.errors())
    if options.ledger is not None:
        write_ledger(options.ledger, ledger, options.targets)
    shelf.remove()
    return Report(
        out, errors_path(out), source.rows, written, refused, incomplete, len(source.starts), len(done),
        time.perf_counter() - begin, ledger,
    )  # fmt: skip


def _check_targets(path: Path, out: Path, ledger: Path | None) -> None:
    """Refuse what can't be written at the end, or would be written over what is read or written before. Raises InputError."""
    check_target(out)
    targets = [(out, "--out", "结果"), (errors_path(out), "--out", "错误表")]
    if ledger is not None:
        check_target(ledger, "--ledger", TABLES)
        targets.append((ledger, "--ledger", "台账"))
    taken = {path.resolve(): "输入"}
    for target, option, name in targets:
        if held := taken.get(target.resolve()):
            raise InputError(Problem(Where(str(target)), option, f"{name}不能覆盖{held}", "另一个文件名"))
        taken[target.resolve()] = name


def _settings(path: Path, source: Source, options: Options) -> Settings:
    """Return what every partition must know. Raises InputError."""
    settings = Settings(
        str(path),
        source.texts,
        source.own,
        options.mapping,
        options.as_of,
        options.moment,
        options.screening_grade,
        _folder(options.packs, "--packs"),
        _folder(options.factors, "--factors"),
        Layers.open().sha256,
        _own_law(options.packs),
    )
    check_units(settings)
    return settings


def _own_law(packs: Path | None) -> str:
    with packs_from(packs):
        return own_law_hash()


def _folder(path: Path | None, option: str) -> str:
    if path is None:
        return ""
    if not path.is_dir():
        raise InputError(Problem(Where(str(path)), option, "没有这个文件夹", "规则包或因子数据所在的文件夹"))
    return str(path.resolve())


def say_progress(done: int, rows: int, each: float) -> None:
    """Tell rows done, rate and time left on standard error; one line that renews itself on a terminal."""
    left = each * (rows - done)
    line = f"{done:,}/{rows:,} 行　{1 / each:,.0f} 行/秒　还需 {_clock(left)}" if each else f"{done:,}/{rows:,} 行"
    print(f"\r{line:<60}" if sys.stderr.isatty() else line, end="" if sys.stderr.isatty() else "\n", file=sys.stderr)
    if done == rows and sys.stderr.isatty():
        print(file=sys.stderr)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def _identity(path: Path, settings: Settings) -> str:
    """What a partition's result depends on, as one hash: input, engine, packs, options."""
    content = {
        "input": fingerprint(path),
        **versions(settings),
        "settings": {**asdict(settings), "source": "", "packs": "", "factors": "", "as_of": str(settings.as_of)},
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

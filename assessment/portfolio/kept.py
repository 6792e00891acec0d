"""Runs that the page keeps: one folder a run under ``TANPING_HOME/portfolio``, named by a random key that stands in the page's address.

A run is found again by who started it and by nobody else, and is cleared away ``KEPT_DAYS`` after it was last opened.
A result is looked at a page of rows at a time: filtering and sorting happen on the columns, never on a copy for people.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tanping.assessment.portfolio.changes import Changes, compare, write
from tanping.assessment.portfolio.job import Options, Progress, run
from tanping.assessment.portfolio.ledger import UNKNOWN_CITY, Ledger
from tanping.assessment.portfolio.mapping import ColumnMap, read_map
from tanping.assessment.portfolio.write import check_rows, errors_path, write_ledger, write_result
from tanping.records.doors.export import write_file
from tanping.records.errors import InputError, Problem
from tanping.records.home import home

KEPT_DAYS = 30
SUFFIXES = ("csv", "xlsx", "parquet")
_KEY = re.compile(r"[0-9a-f]{32}")
RESULT, OTHER, LEDGER, ABOUT = "result.parquet", "other.parquet", "ledger.json", "run.json"


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted; empty: all."""

    verdict: str = ""
    city: str = ""
    sector: str = ""
    words: str = ""
    incomplete: bool = False
    largest_first: bool = False


@dataclass(frozen=True)
class Kept:
    """A run that was kept. ``about`` says name, date, moment and counts."""

    folder: Path
    about: dict[str, Any]

    @property
    def errors(self) -> Path:
        """The error table."""
        return errors_path(self.folder / RESULT)

    def table(self) -> pa.Table:
        """All results."""
        return pq.read_table(self.folder / RESULT)

    def ledger(self) -> Ledger:
        """The sums."""
        return Ledger.unpacked((self.folder / LEDGER).read_bytes())

    def as_file(self, suffix: str) -> Path:
        """The results as another kind of file, made the first time it is asked for. Raises InputError for more rows than it can hold."""
        path = self.folder / f"result.{suffix}"
        if not path.exists():
            from tanping.assessment.portfolio.ledger import city_totals

            table = self.table().drop_columns("city_share")
            check_rows(path, table.num_rows)
            write_result(path, [table], city_totals(self.ledger()))
        return path

    def changes(self) -> Changes | None:
        """What moved between the two days it was judged by, the earlier first; None where there was one day only. Raises InputError."""
        if not self.about.get("against"):
            return None
        days = {self.about["as_of"]: self.folder / RESULT, self.about["against"]: self.folder / OTHER}
        return compare(*(days[day] for day in sorted(days)))

    def changes_file(self) -> Path:
        """The changes as a workbook. There must be a second day."""
        path = self.folder / "changes.xlsx"
        if not path.exists():
            found = self.changes()
            assert found is not None
            write(found, path)
        return path

    def ledger_file(self) -> Path:
        """The ledger as a workbook."""
        path = self.folder / "ledger.xlsx"
        if not path.exists():
            write_ledger(path, self.ledger())
        return path


def start(
    data: bytes,
    name: str,
    *,
    as_of: date | None,
    moment: str,
    screening_grade: bool = False,
    columns: bytes | None = None,
    against: date | None = None,
    owner: str = "",
    progress: Progress | None = None,
) -> str:
    """Work on an uploaded table and keep what comes of it; return the run's key. Raises InputError in the name of the upload.

    ``against``: a second day to judge the same rows by, so that ``Kept.changes`` can tell who is touched; needs ``as_of``.
    ``owner``: the login of who started it, empty where nobody signs in.
    """
    expire()
    key = secrets.token_hex(16)
    folder = home() / "portfolio" / key
    folder.mkdir(parents=True)
    path = folder / f"input{Path(name).suffix.lower()}"
    path.write_bytes(data)
    try:
        mapping = ColumnMap()
        if columns is not None:
            (folder / "columns.yaml").write_bytes(columns)
            mapping = read_map(folder / "columns.yaml")
        options = Options(as_of=as_of, moment=moment, screening_grade=screening_grade, mapping=mapping)
        report = run(path, folder / RESULT, options, progress)
        if against is not None:
            run(path, folder / OTHER, replace(options, as_of=against), progress)
    except InputError as error:
        _clear(folder)
        raise InputError(_renamed(problem, str(path), name) for problem in error.problems) from None
    except BaseException:
        _clear(folder)
        raise
    path.unlink()
    write_file(folder / LEDGER, report.ledger.packed())
    about = {
        "name": name, "as_of": as_of.isoformat() if as_of else "", "moment": moment, "screening_grade": screening_grade,
        "given": report.given, "written": report.written, "refused": report.refused, "incomplete": report.incomplete,
        "seconds": report.seconds, "owner": owner, "against": against.isoformat() if against else "",
    }  # fmt: skip
    write_file(folder / ABOUT, json.dumps(about, ensure_ascii=False).encode())
    return key


def find(key: str, owner: str = "") -> Kept | None:
    """Return a kept run of an owner, or None when there is none of that key, or it is another's."""
    if not _KEY.fullmatch(key):
        return None
    folder = home() / "portfolio" / key
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        if about.get("owner", "") != owner:
            return None
        os.utime(folder)
    except (OSError, ValueError):
        return None
    return Kept(folder, about)


def forget(kept: Kept) -> None:
    """Delete a kept run."""
    _clear(kept.folder)


def expire(days: int = KEPT_DAYS) -> None:
    """Clear away what nobody opened for so many days."""
    for folder in (home() / "portfolio").glob("*"):
        with suppress(FileNotFoundError):  # somebody else clears it away
            if _KEY.fullmatch(folder.name) and time.time() - folder.stat().st_mtime > days * 86400:
                _clear(folder)


def wanted(table: pa.Table, only: Filter) -> np.ndarray:
    """Return the positions of the rows a filter lets through, in the order asked for."""
    mask = pa.array(np.ones(table.num_rows, dtype=bool))
    for name, word in (("verdict", only.verdict), ("city", only.city), ("sector", only.sector)):
        if word == UNKNOWN_CITY:
            mask = pc.and_(mask, pc.is_null(_text(table, name)))
        elif word:
            mask = pc.and_(mask, pc.equal(_text(table, name), word).fill_null(False))
    if only.incomplete:
        mask = pc.and_(mask, pc.invert(table.column("complete")))
    if words := only.words.strip():
        found = [
            _holds(table.column(name), words)
            for name in ("name", "project", "hits", "suspected_hits", "open", "missing")
        ]
        mask = pc.and_(mask, pc.or_(found[0], _any(found[1:])))
    positions = np.flatnonzero(np.asarray(mask))
    if only.largest_first:
        emission = table.column("design_year_tco2").to_numpy()[positions]
        positions = positions[np.argsort(-np.nan_to_num(emission, nan=-1.0), kind="stable")]
    return positions


def counts(table: pa.Table) -> dict[tuple[str, str], int]:
    """How many rows of each city came to which verdict."""
    pairs = pa.table({"city": _text(table, "city"), "verdict": _text(table, "verdict")})
    found = pairs.group_by(["city", "verdict"]).aggregate([([], "count_all")]).to_pylist()
    return {(row["city"] or UNKNOWN_CITY, row["verdict"]): row["count_all"] for row in found}


def words_of(table: pa.Table, name: str) -> list[str]:
    """The different words of a column, in order; blank last as 未定."""
    found = pc.unique(_text(table, name)).to_pylist()
    named = sorted(word for word in found if word)
    return [*named, UNKNOWN_CITY] if None in found and name == "city" else named


def _text(table: pa.Table, name: str) -> Any:
    return pc.cast(table.column(name), pa.string())


def _holds(column: pa.ChunkedArray, words: str) -> pa.Array:
    """Which rows of a column hold some words. Rows that share a text share the look at it."""
    whole = column.unify_dictionaries().combine_chunks()
    if not pa.types.is_dictionary(whole.type):
        return pc.match_substring(whole, words, ignore_case=True).fill_null(False)
    found = pc.match_substring(whole.dictionary, words, ignore_case=True)
    return found.take(whole.indices).fill_null(False)


def _any(masks: Sequence[Any]) -> Any:
    whole = masks[0]
    for mask in masks[1:]:
        whole = pc.or_(whole, mask)
    return whole


def _renamed(problem: Problem, path: str, name: str) -> Problem:
    source = problem.where.source
    return replace(problem, where=replace(problem.where, source=name if source == path else Path(source).name))


def _clear(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)

"""Runs whose input or output is a table of a database: files stand between, and the run itself is the same."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tanping.assessment.portfolio import database, job
from tanping.assessment.portfolio.write import errors_path
from tanping.records.errors import InputError, Problem


def run(source: str, out: str, options: job.Options, progress: job.Progress | None = None) -> job.Report:
    """Run from or into a database. Raises InputError. An interrupted run starts anew: only runs into a file are taken up."""
    with tempfile.TemporaryDirectory(prefix="tanping-") as folder:
        origin = database.place_of(source, "IN") if database.is_database(source) else None
        sink = database.place_of(out, "--out") if database.is_database(out) else None
        if sink is not None:
            database.check_absent(sink)
        table, path = Path(source), Path(out)
        if origin is not None:
            table = Path(folder) / "in.parquet"
            database.fetch(origin, table)
        if sink is not None:
            path = Path(folder) / "out.parquet"
        try:
            report = job.run(table, path, options, progress)
        except InputError as error:
            raise InputError(_renamed(problem, str(table), source) for problem in error.problems) from None
        if sink is not None:
            database.store(sink, path, _errors(path))
    return report


def errors_of(out: str) -> str:
    """How the error table of an output is called."""
    return database.errors_table(out) if database.is_database(out) else str(errors_path(Path(out)))


def taken_up(out: str) -> bool:
    """Whether an interrupted run into an output goes on where it stopped when it is started again."""
    return not database.is_database(out)


def _errors(path: Path) -> list[Sequence[Any]]:
    with errors_path(path).open(encoding="utf-8-sig", newline="") as stream:
        _, *lines = csv.reader(stream)
    return [[int(row), *rest] for row, *rest in lines]


def _renamed(problem: Problem, path: str, name: str) -> Problem:
    source = name if problem.where.source == path else problem.where.source
    return replace(problem, where=replace(problem.where, source=source))

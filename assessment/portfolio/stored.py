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
        table = Path(source)
        if database.is_database(source):
            table = Path(folder) / "in.parquet"
            place = database.place_of(source, "IN")
        sink = database.place_of(out, "--out") if database.is_database(out) else None
        if sink is not None:
            database.check_absent(sink)
        if database.is_database(source):
            database.fetch(place, table)
        path = Path(out) if sink is None else Path(folder) / "out.parquet"
        try:
            report = job.run(table, path, options, progress)
        except InputError as error:
            raise InputError(_renamed(problem, str(table), source) for problem in error.problems) from None
        if sink is not None:
            database.store(sink, path, _errors(path))
    return report


def errors_of(out: str) -> str:
    """How the error table of an output is called."""
    return f"{out}_errors" if database.is_database(out) else str(errors_path(Path(out)))


def _errors(path: Path) -> list[Sequence[Any]]:
    with errors_path(path).open(encoding="utf-8-sig", newline="") as stream:
        _, *lines = csv.reader(stream)
    return [[int(row), *rest] for row, *rest in lines]


def _renamed(problem: Problem, path: str, name: str) -> Problem:
    source = name if problem.where.source == path else problem.where.source
    return replace(problem, where=replace(problem.where, source=source))

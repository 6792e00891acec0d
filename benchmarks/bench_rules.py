"""The rules engine: one project, a million, memory, and against bare masks and other engines, with the packs that ship."""

from __future__ import annotations

import sys
import time
from datetime import date
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.frame import Measure, best_of, command, peak_mib
from benchmarks.rules_peers import Facts, installed, levels_by_masks, peer
from tanping.records.expressions import Kind
from tanping.rules.block import Places
from tanping.rules.clause import NATIONWIDE
from tanping.rules.evaluate import Screening, evaluate, in_force
from tanping.rules.facts import FactTable, Moment, PaperStatus
from tanping.rules.finding import findings
from tanping.rules.missing import missing_facts
from tanping.rules.pack import PackSet, load_packs

AS_OF = date(2026, 11, 1)
MILLION = 1_000_000
PEER_PROJECTS = 200
_WORDS = {
    "province": ("江苏", "浙江"),
    "city": ("盐城", "南通", "苏州", "南京", "徐州"),
    "county": ("射阳", "海门", "张家港"),
}


@cache
def packs() -> PackSet:
    """Return the packs that ship."""
    return load_packs()


def random_table(rows: int, unknown: float = 0.1, seed: int = 1) -> FactTable:
    """Return a table of made-up projects with one unit each; a share of every column is unknown."""
    random = np.random.default_rng(seed)
    columns: dict[str, NDArray[Any]] = {}
    for name, fact in packs().catalogue.items():
        if fact.kind in (Kind.NUMBER, Kind.DATE):
            values: NDArray[Any] = random.random(rows) * 400 + (
                date(2020, 1, 1).toordinal() if fact.kind is Kind.DATE else 0
            )
            values[random.random(rows) < unknown] = np.nan
        else:
            size = {
                Kind.FLAG: 2,
                Kind.PAPER: len(PaperStatus),
                Kind.CHOICE: len(fact.choices),
                Kind.TEXT: len(_WORDS.get(name, ())),
            }[fact.kind]
            values = random.integers(0, size, rows, dtype=np.int32 if fact.kind is Kind.TEXT else np.int8)
            values[random.random(rows) < unknown] = -1
        columns[name] = values
    return FactTable.of_columns(packs().catalogue, columns, words=_WORDS)


def screen(table: FactTable) -> Screening:
    """Screen a table against every clause in force."""
    return evaluate(packs(), table, as_of=AS_OF)


# ---------------------------------------------------------------------------------------------- figures


def one_project() -> float:
    """Milliseconds for one half-filled project against all clauses, law already loaded."""
    table = random_table(1)
    screen(table)
    return best_of(21, lambda: screen(table)) * 1000


def traces() -> float:
    """Milliseconds to render every finding of one project with its trace."""
    screening = screen(random_table(1))
    return best_of(11, lambda: findings(screening)) * 1000


def ranking() -> float:
    """Milliseconds to rank what is missing of one half-filled project."""
    screening = screen(random_table(1, unknown=0.5))
    return best_of(7, lambda: missing_facts(screening)) * 1000


def million() -> float:
    """Seconds for a million projects against all clauses."""
    table = random_table(MILLION)
    return best_of(3, lambda: screen(table))


_LOAD = """
import time
from tanping.rules.pack import load_packs
start = time.perf_counter()
load_packs()
print((time.perf_counter() - start) * 1000)
"""


def cold_load() -> float:
    """Milliseconds to load catalogue, regions and all packs in a fresh process (imports not counted)."""
    import subprocess

    runs = [
        float(subprocess.run([sys.executable, "-c", _LOAD], check=True, capture_output=True, text=True).stdout)
        for _ in range(5)
    ]
    return sorted(runs)[len(runs) // 2]


def million_memory() -> float:
    """Most memory, MiB, of a process that makes and screens a million projects."""
    code = "from benchmarks.bench_rules import MILLION, random_table, screen; screen(random_table(MILLION))"
    return peak_mib(sys.executable, "-c", code)


def against_masks() -> float:
    """Time of the engine ÷ time of bare NumPy masks that give the same three-valued levels (checked)."""
    table = random_table(MILLION)
    undated = packs().only({clause.id for clause in packs().clauses if not clause.date_of})
    clauses = in_force(undated.clauses, AS_OF)
    places = Places(table, AS_OF)
    regions = {}
    for name in {clause.region for clause in clauses if clause.region != NATIONWIDE}:
        inside, possible = places.truth(name)
        regions[name] = inside[places.index], ~possible[places.index]
    start = time.perf_counter()
    best, worst = levels_by_masks(clauses, table, packs().catalogue, Moment.APPROVAL, regions)
    bare = time.perf_counter() - start
    start = time.perf_counter()
    screening = evaluate(undated, table, as_of=AS_OF)
    ours = time.perf_counter() - start
    if not (np.array_equal(best, screening.row_best) and np.array_equal(worst, screening.row_worst)):
        raise AssertionError("the masks give other levels")
    return ours / bare


def against_peer(name: str) -> float:
    """Time a project and clause of the engine (among a million rows), percent of that of a peer given complete facts."""
    table = random_table(PEER_PROJECTS, unknown=0)
    clauses = [clause for clause in packs().clauses if clause.hit is not None]
    run = peer(name, [clause.hit for clause in clauses if clause.hit is not None])
    projects = [facts_of(table, row) for row in range(PEER_PROJECTS)]
    start = time.perf_counter()
    told = run(projects)
    theirs = (time.perf_counter() - start) / PEER_PROJECTS / len(clauses)
    agree(table, told, [clause.id for clause in clauses])
    ours = _million_seconds() / MILLION / len(in_force(packs().clauses, AS_OF))
    return ours / theirs * 100


@cache
def _million_seconds() -> float:
    return million()


def facts_of(table: FactTable, row: int) -> Facts:
    """Return one row as a peer takes it: papers as whether they are as good as held, dates as numbers."""
    facts: Facts = {}
    for name, fact in table.catalogue.items():
        value = table.value(name, row)
        if isinstance(value, PaperStatus):
            facts[name] = value.satisfied
        elif isinstance(value, date):
            facts[name] = float(value.toordinal())
        else:
            facts[name] = float(value) if fact.kind is Kind.NUMBER else value  # type: ignore[arg-type]
    return facts


def agree(table: FactTable, told: list[list[bool]], ids: list[str]) -> None:
    """Refuse to time a peer that gives other answers than the engine."""
    outcomes = {outcome.clause.id: outcome for outcome in screen(table).outcomes}
    for row, hits in enumerate(told):
        for identifier, hit in zip(ids, hits, strict=True):
            outcome = outcomes.get(identifier)
            if outcome is not None and outcome.hit is not None and outcome.hit.at(row) is not bool(hit):
                raise AssertionError(f"{identifier}: the peer says {hit}")


def check_command() -> float:
    """Seconds of ``tanping rules check`` over all packs and cases."""
    from benchmarks.frame import TANPING

    return best_of(1, lambda: command(TANPING, "rules", "check"))


MEASURES = [
    Measure("rules: load all packs, cold", "ms", 100.0, cold_load),
    Measure("rules: one project, all clauses", "ms", 10.0, one_project),
    Measure("rules: render all findings of one", "ms", None, traces),
    Measure("rules: rank what is missing of one", "ms", None, ranking),
    Measure("rules: a million projects, all clauses", "s", 5.0, _million_seconds),
    Measure("rules: the same, peak memory", "MiB", 2048.0, million_memory),
    Measure("rules: time ÷ bare NumPy masks", "×", 1.25, against_masks),
    *(Measure(f"rules: time, share of {name}", "%", 1.0, lambda name=name: against_peer(name)) for name in installed()),  # type: ignore[misc]
    Measure("rules: check all packs and cases", "s", None, check_command),
]

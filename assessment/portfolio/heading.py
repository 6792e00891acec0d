"""What the columns of a portfolio table are called: every field of the catalogue, every fact and paper, by name or by label.

``units.capacity (MW)``, ``单机容量（MW）`` and ``生产单元·单机容量（万kW）`` are the same column. Tables with several rows a project
carry a number: ``燃料2·年消耗量（t）`` or ``fuels[2].amount (t)``. A heading that starts with ``#`` is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from tanping.assessment.project.answers import askable, fact_entry
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.entry import text as text_entry
from tanping.assessment.project.model import Paper
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.rules.facts import load_catalogue

# Tables a portfolio row can fill. The others compare documents or describe one project's options.
ROW_TABLES = tuple(name for name in TABLES if name not in ("places", "declared", "chapters", "measures", "controls"))
FACTS, PAPERS = "facts", "papers"
UNIT_ID = text_entry("生产单元编号", longest=40)
UNREAD = "#"
MOST_ITEMS = 20


class Target(NamedTuple):
    """What a column fills: a field of an item (``at`` counts from 1) of a table, a fact, or the status or date of a paper."""

    table: str
    field: str
    at: int = 1


@dataclass(frozen=True)
class Heading:
    """One column: its place, the words over it, what it fills, and the unit its numbers are in (empty: each cell says)."""

    column: int
    text: str
    target: Target
    entry: Entry
    unit: str = ""


def read_headings(texts: Sequence[str | None], where: Where) -> tuple[Heading, ...]:
    """Understand a row of headings. Raises InputError naming every column that is unknown, doubtful or there twice."""
    problems: list[Problem] = []
    found: dict[Target, Heading] = {}
    for column, raw in enumerate(texts):
        text = (raw or "").strip()
        if not text or text.startswith(UNREAD):
            continue
        try:
            heading = read_heading(column, text, where)
        except InputError as error:
            problems += error.problems
            continue
        if heading.target in found:
            what = f"与列“{found[heading.target].text}”是同一项"
            problems.append(Problem(where, text, what, "每项一列"))
            continue
        found[heading.target] = heading
    if not found and not problems:
        problems.append(Problem(where, "", "第一行没有列名", "列名取自字段目录", "单机容量（MW）"))
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def read_heading(column: int, text: str, where: Where) -> Heading:
    """Understand one heading. Raises InputError."""
    name, unit = _find(text)
    targets = names()[name] if name else ()
    if not targets:
        near = suggest(_plain(text), names())
        what = "不认识的列" + (f"，{near}" if near else "")
        raise InputError(
            Problem(where, text, what, "字段目录、事实目录中的名称；不读的列在列名前加 #", "单机容量（MW）")
        )
    if len(targets) > 1:
        shown = "、".join(f"{TABLE_LABELS[one.table]}·{name}" for one in targets)
        raise InputError(Problem(where, text, "几张表都有这一项", shown))
    target = targets[0]
    entry = entry_of(target)
    if unit and entry.kind != "quantity":
        raise InputError(Problem(where, text, f"“{entry.label}”没有单位", entry.label))
    return Heading(column, text, target, entry, unit)


def entry_of(target: Target) -> Entry:
    """Return the entry that types a target. Raises KeyError."""
    if target.table == FACTS:
        return fact_entry(target.field)
    if target.table == PAPERS:
        return entries(Paper)["date" if target.field.endswith(".date") else "status"]
    if target.field == "id":
        return UNIT_ID
    return entries(TABLES[target.table])[target.field]


@cache
def names() -> dict[str, tuple[Target, ...]]:
    """Return every heading without unit, in plain spelling, and what it may mean (several: doubtful)."""
    found: dict[str, list[Target]] = {}
    for name, target in _named():
        held = found.setdefault(_plain(name), [])
        if target not in held:
            held.append(target)
    return {name: tuple(targets) for name, targets in found.items()}


def _named() -> Iterator[tuple[str, Target]]:
    for table in ROW_TABLES:
        label = TABLE_LABELS[table]
        for field, entry in _fields(table):
            numbers: Iterable[int] = (1,) if table in ONE_ROW or table == "units" else range(1, MOST_ITEMS + 1)
            for at in numbers:
                target = Target(table, field, at)
                if at == 1:
                    yield f"{table}.{field}", target
                    yield f"{label}·{entry.label}", target
                    yield entry.label, target
                yield f"{table}[{at}].{field}", target
                yield f"{label}{at}·{entry.label}", target
    for fact in load_catalogue().values():
        if fact.kind == "paper":
            status, day = Target(PAPERS, fact.name), Target(PAPERS, f"{fact.name}.date")
            for name in (fact.name, f"papers.{fact.name}", fact.label):
                yield name, status
            yield f"papers.{fact.name}.date", day
            yield f"{fact.label}·日期", day
        elif askable(fact):
            target = Target(FACTS, fact.name)
            for name in (fact.name, f"facts.{fact.name}", fact.label, f"{TABLE_LABELS['facts']}·{fact.label}"):
                yield name, target


def _fields(table: str) -> Iterator[tuple[str, Entry]]:
    if table == "units":
        yield "id", UNIT_ID
    for field, entry in entries(TABLES[table]).items():
        if field != "units":
            yield field, entry


def _find(text: str) -> tuple[str, str]:
    """Part a heading into its name and its unit; labels with brackets of their own are tried whole first."""
    plain = _plain(text)
    if plain in names():
        return plain, ""
    match = re.fullmatch(r"(.+)（([^（）]+)）", plain)
    if match and match[1] in names():
        return match[1], match[2]
    return "", ""


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("(", "（").replace(")", "）").replace("•", "·")

"""What the report must list about its own ground: assumptions, overrides and doubts, in the file's own words, codes as printed."""

from __future__ import annotations

from collections.abc import Iterator

from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.model import Project, Table
from tanping.assessment.project.stated import Check, Stated
from tanping.assessment.result import Statement
from tanping.rules.facts import load_catalogue


def statements_of(project: Project) -> tuple[Statement, ...]:
    """Return every assumption (假设), override (替代缺省) and doubted value (存疑) of a project file, tables in
    file order, papers and facts in catalogue order: the order of keys in a file must not change a result."""
    return (*_tables(project), *_papers(project), *_facts(project))


def _tables(project: Project) -> Iterator[Statement]:
    for table in TABLES:
        rows: tuple[Table, ...] = (getattr(project, table),) if table in ONE_ROW else getattr(project, table)
        for row in rows:
            where = " ".join(part for part in (TABLE_LABELS[table], getattr(row, "id", "")) if part)
            for name, entry in entries(TABLES[table]).items():
                stated: Stated[object] = getattr(row, name)
                if name == "override_reason" and stated.known:
                    yield Statement(where, entry.label, stated.text, "", "override")
                elif kind := _kind(stated):
                    said = (entry.choices or {}).get(stated.text, stated.text)
                    yield Statement(where, entry.label, said, stated.note, kind)


def _papers(project: Project) -> Iterator[Statement]:
    catalogue = load_catalogue()
    for name in filter(project.papers.__contains__, catalogue):
        paper = project.papers[name]
        if paper.note.text.startswith("假设"):
            yield Statement(
                TABLE_LABELS["papers"], catalogue[name].label, paper.status.text, paper.note.text, "assumption"
            )


def _facts(project: Project) -> Iterator[Statement]:
    catalogue = load_catalogue()
    owners = [(TABLE_LABELS["facts"], project.facts)]
    owners += [(f"{TABLE_LABELS['units']} {unit.id}", unit.facts) for unit in project.units]
    for where, facts in owners:
        for name in filter(facts.__contains__, catalogue):
            stated = facts[name]
            if kind := _kind(stated):
                yield Statement(where, catalogue[name].label, catalogue[name].named(stated.text), stated.note, kind)


def _kind(stated: Stated[object]) -> str:
    if stated.check is Check.DOUBTED:
        return "doubt"
    return "assumption" if stated.assumed else ""

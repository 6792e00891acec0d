"""From the columns of projects and the layers of an office to spatial facts: what the map says, what was declared, and where the two disagree.

A verified answer stands; an unverified one gives way to the map and is marked 存疑 beside it; where the map can't tell because the place lies too close to a
line, the fact is unknown, whatever was declared; where there is no map, what was declared stays a declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tanping.assessment.project.columns import AnswerColumn, ProjectColumns
from tanping.assessment.project.model import Paper
from tanping.assessment.project.stated import Answer as Kind
from tanping.assessment.project.stated import Stated
from tanping.assessment.result import Statement
from tanping.assessment.spatial.kinds import load_kinds
from tanping.assessment.spatial.places import said_absent
from tanping.assessment.spatial.plausible import doubts
from tanping.assessment.spatial.register import Layers
from tanping.assessment.spatial.verdict import Answer, State, absent, printed
from tanping.records.expressions import Compare, Literal, Name, walk
from tanping.records.regions import Place
from tanping.rules.facts import Fact, Origin, load_catalogue

if TYPE_CHECKING:
    from tanping.assessment.facts import Column

PLATFORM_REPORT = "zoning_compliance_report"
"""The paper that answers spatial questions where an office holds no layer of its own."""
NO_MAP = "需补充叠图：没有图层，也没有写明依据的文件"
OVERLAY, DOUBT = "空间叠图", "doubt"


@dataclass(frozen=True)
class Line:
    """Something to be told about one project: ``kind`` doubt (存疑) or 空间叠图; about which fact or place, the value told, and why."""

    project: int
    kind: str
    where: str
    label: str
    text: str
    note: str


@dataclass(frozen=True)
class Survey:
    """What the layers say of every project, by fact and project, and what is to be told. ``used``: hash of each layer that was laid over a project."""

    columns: ProjectColumns
    answers: Mapping[str, Sequence[Answer | None]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)

    def over(self, found: Mapping[str, Column]) -> dict[str, Column]:
        """Return the columns that change when the map is laid over the facts that were found so far."""
        catalogue = load_catalogue()
        changed = {
            name: _laid_over(self.columns, catalogue[name], found.get(name), given)
            for name, given in self.answers.items()
        }
        if self.columns["site"].rows is not None:
            for name, column in found.items():
                if catalogue[name].origin is Origin.SPATIAL:
                    changed[name] = _with_papers(self.columns, name, changed.get(name, column), self.answers.get(name))
        return changed

    @property
    def versions(self) -> dict[str, Any]:
        """What a result must name to be made again; nothing when no layer had a say."""
        return {"layers": dict(sorted(self.used.items()))} if self.used else {}

    def statements(self, project: int = 0) -> tuple[Statement, ...]:
        """Return what the report of one project lists: doubts, and what was laid over what."""
        return tuple(
            Statement(line.where, line.label, line.text, line.note, line.kind)
            for line in self.lines
            if line.project == project
        )


def survey_places(columns: ProjectColumns, layers: Layers | None = None, as_of: date | None = None) -> Survey:
    """Lay the layers in force on a legal date over the places of every project.

    ``layers``: those of this user's folder when none are given. Without layers, or without the map libraries, nothing is laid over anything and what was
    declared stands.
    """
    shelf = Layers.open() if layers is None else layers
    lines = list(_doubts(columns))
    projects = range(columns.count)
    lines += [
        Line(project, OVERLAY, "", "图层", "", str(problem)) for problem in shelf.problems for project in projects
    ]
    if not shelf or as_of is None:
        return _without_map(columns, lines)
    from tanping.assessment.spatial.reading import missing_libraries

    if missing := missing_libraries():
        note = f"登记了图层而没有安装 {'、'.join(missing)}，没有叠图"
        return _without_map(columns, [*lines, *(Line(project, OVERLAY, "", "图层", "", note) for project in projects)])
    return _surveyed(columns, shelf, as_of, lines)


def _without_map(columns: ProjectColumns, lines: list[Line]) -> Survey:
    """What the table of places says by itself: what does not exist lies nowhere."""
    catalogue = load_catalogue()
    answers: dict[str, list[Answer | None]] = {}
    table = columns.tables.get("places")
    if table is None or not len(table):
        return Survey(columns, answers, tuple(lines))
    for project, none in enumerate(said_absent(columns)):
        for name, question in load_kinds().questions.items() if none else ():
            if (given := absent(question, catalogue[name], none)) is not None:
                answers.setdefault(name, [None] * columns.count)[project] = given
                lines += _told(columns, project, catalogue[name], given)
    return Survey(columns, answers, tuple(lines))


def _surveyed(columns: ProjectColumns, shelf: Layers, as_of: date, lines: list[Line]) -> Survey:
    from tanping.assessment.spatial.answers import Desk, answer
    from tanping.assessment.spatial.places import places_of

    catalogue, kinds = load_catalogue(), load_kinds()
    answers: dict[str, list[Answer | None]] = {name: [None] * columns.count for name in kinds.questions}
    used: dict[str, str] = {}
    for project, places in enumerate(places_of(columns, shelf)):
        desk = Desk(places, _region(columns, project), shelf, as_of, marks_of)
        for name, question in kinds.questions.items():
            given = answer(question, catalogue[name], desk)
            answers[name][project] = given
            if given is not None:
                used |= {layer.id: layer.source_sha256 for layer in given.layers}
                lines += _told(columns, project, catalogue[name], given)
        lines += [Line(project, OVERLAY, "位置", "位置", "", problem) for problem in places.problems]
        lines += [Line(project, OVERLAY, "", "图层", "", why) for why in desk.broken.values()]
    said = {name: given for name, given in answers.items() if any(one is not None for one in given)}
    return Survey(columns, said, tuple(lines), used)


def _region(columns: ProjectColumns, project: int) -> Place:
    site = columns["site"]
    rows = np.flatnonzero(site.project == project)
    if not len(rows):
        return Place()
    return Place(*(site.words[name][rows[0]] for name in ("province", "city", "county")))


def marks_of(fact: str) -> tuple[float, ...]:
    """Return the figures the clauses of all packs compare a fact with, rising."""
    from tanping.rules.law import law_state

    return _marks(fact, law_state())


@lru_cache(maxsize=512)
def _marks(fact: str, _state: object) -> tuple[float, ...]:
    from tanping.rules.law import load_law

    found: set[float] = set()
    for clause in load_law().clauses:
        for part in walk(clause.hit) if clause.hit is not None else ():
            if isinstance(part, Compare) and part.left == Name(fact) and isinstance(part.right, Literal):
                found.add(float(part.right.value))  # type: ignore[arg-type]
    return tuple(sorted(found))


# --- laying over -----------------------------------------------------------------------------------------------------------


def _laid_over(columns: ProjectColumns, fact: Fact, below: Column | None, answers: Sequence[Answer | None]) -> Column:
    """Return a fact's column with what the map says in the rows where it says something."""
    from tanping.assessment.facts import Column

    rows = len(columns.fact_project)
    declared = columns.answers.get(fact.name)
    values = _blank(fact, rows) if below is None else below.values.copy()
    claimed = np.zeros(rows, dtype=bool) if below is None else np.broadcast_to(below.claimed, rows).copy()
    stated: list[Stated[Any] | None] = [None] * rows if below is None or below.stated is None else list(below.stated)
    origins = [Origin.DERIVED if below is None else below.origin_of(row) for row in range(rows)]
    keep = columns["site"].rows is not None
    for row, project in enumerate(columns.fact_project.tolist()):
        given = answers[project]
        if given is None or given.state is State.OPEN or _verified(declared, row):
            continue
        values[row] = _encoded(fact, given.value)
        claimed[row] = given.claimed and given.decided
        origins[row] = Origin.SPATIAL
        stated[row] = _evidence(given, _contradiction(fact, declared, row, given)) if keep and given.decided else None
    return Column(values, claimed, Origin.SPATIAL, tuple(stated) if keep else None, tuple(origins))


def _blank(fact: Fact, rows: int) -> NDArray[Any]:
    if fact.kind == "number":
        return np.full(rows, np.nan)
    return np.full(rows, -1, dtype=np.int8) if fact.kind == "flag" else np.full(rows, None, dtype=object)


def _encoded(fact: Fact, value: Any) -> Any:
    if fact.kind == "number":
        return np.nan if value is None else float(value)
    if fact.kind == "flag":
        return -1 if value is None else int(value)
    return value


def _verified(declared: AnswerColumn | None, row: int) -> bool:
    return declared is not None and declared.values[row] is not None and not bool(declared.claimed[row])


def _evidence(given: Answer, contradiction: str) -> Stated[Any]:
    note = "；".join(filter(None, (contradiction, given.note)))
    return Stated(Kind.GIVEN, given.value, text=given.text, document=given.document, note=note)


def _contradiction(fact: Fact, declared: AnswerColumn | None, row: int, given: Answer) -> str:
    if declared is None or declared.values[row] is None or not given.decided:
        return ""
    said = declared.values[row]
    if isinstance(given.value, float):
        agrees = abs(float(said) - given.value) <= max(0.05 * given.value, 0.1)
    else:
        agrees = said == given.value
    return "" if agrees else f"申报“{printed(fact, said)}”与叠图不符，申报存疑"


# --- papers in place of a map ------------------------------------------------------------------------------------------------


def _with_papers(columns: ProjectColumns, name: str, column: Column, answers: Sequence[Answer | None] | None) -> Column:
    """Say of each declared answer without a map which paper it rests on, or that a map is still needed."""
    if column.stated is None:
        return column
    stated = list(column.stated)
    for row, project in enumerate(columns.fact_project.tolist()):
        item = stated[row]
        given = answers[project] if answers is not None else None
        if item is None or not item.known or column.origin_of(row) is Origin.SPATIAL:
            continue
        reasons = "；".join(given.reasons) if given is not None else ""
        stated[row] = _on_paper(columns, name, row, item, reasons)
    return replace(column, stated=tuple(stated))


def _on_paper(columns: ProjectColumns, name: str, row: int, item: Stated[Any], reasons: str) -> Stated[Any]:
    if item.document:
        return item
    report = _report(columns, row) if load_kinds().questions[name].report else ""
    if report:
        return replace(item, document=report)
    why = f"需补充叠图：{reasons}" if reasons else NO_MAP
    return replace(item, note="；".join(filter(None, (item.note, why))))


def _report(columns: ProjectColumns, row: int) -> str:
    """The zoning platform's report with number and date, when the project holds it; an unnumbered one is no evidence."""
    papers = columns.answers.get(PLATFORM_REPORT)
    paper = papers.stated[row] if papers is not None and papers.stated is not None else None
    if not isinstance(paper, Paper) or paper.status.effective != "held" or not paper.number.known:
        return ""
    parts = [paper.number.text, paper.date.text, paper.page.text and f"第 {paper.page.text} 页"]
    return f"分区管控研判报告（{'，'.join(filter(None, parts))}）"


# --- lines -----------------------------------------------------------------------------------------------------------------


def _told(columns: ProjectColumns, project: int, fact: Fact, given: Answer) -> Iterator[Line]:
    declared = columns.answers.get(fact.name)
    row = int(np.flatnonzero(columns.fact_project == project)[0])
    known = declared is not None and declared.values[row] is not None
    said = f"申报 {printed(fact, declared.values[row])}" if known and declared is not None else ""
    if contradiction := _contradiction(fact, declared, row, given):
        use = "核实值不改" if _verified(declared, row) else "按叠图审查"
        yield Line(
            project, DOUBT, "", fact.label, f"{said}；叠图 {given.text}", f"{contradiction}，{use}；{given.document}"
        )
    elif given.decided and given.layers:
        yield Line(project, OVERLAY, "", fact.label, given.text, given.document)
    elif given.state is State.EDGE:
        yield Line(
            project, DOUBT, "", fact.label, "；".join(filter(None, (said, given.text))), "；".join(given.reasons)
        )
    elif given.state is State.OPEN:
        yield Line(project, OVERLAY, "", fact.label, said or "未填", f"需补充叠图：{'；'.join(given.reasons)}")


def _doubts(columns: ProjectColumns) -> Iterator[Line]:
    for project, label, text, note in doubts(columns):
        yield Line(project, DOUBT, "厂址", label, text, note)

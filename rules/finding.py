"""What a screening says of one project, clause by clause: does it apply, is it met, how sure, and why.

Rendered on demand from the columns; nothing is decided here that isn't in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tanping.records.expressions import PLAIN_UNITS, And, Compare, Kind, Member, Name, Node, Not, Or, names, render
from tanping.records.rounding import round_significant
from tanping.rules.block import Block
from tanping.rules.clause import LEVEL_NAMES, NATIONWIDE, TOPICS, UNDECIDED, Clause
from tanping.rules.evaluate import Outcome, Screening
from tanping.rules.facts import SCOPE, Catalogue, Fact, Level, Moment, Origin, PaperStatus
from tanping.rules.kleene import Kleene
from tanping.rules.program import Program, compile_program, late_papers


class Applies(StrEnum):
    """Does the clause bind this production unit?"""

    YES = "适用"
    NO = "不涉及"
    OPEN = "待定"


class Met(StrEnum):
    """Is the clause met? 不涉及 where it does not apply."""

    MET = "符合"
    CONDITIONAL = "有条件符合"
    HIT = "不符合"
    UNKNOWN = "资料不足"
    MANUAL = "转人工"
    NOT_JUDGED = "不涉及"


NOTHING_FOUND = "未见不符合"
SHOWN_DIGITS = 6
"""Significant digits of a computed figure as told; more than any input has."""
_MET_ORDER = (Met.HIT, Met.UNKNOWN, Met.CONDITIONAL, Met.MANUAL, Met.MET, Met.NOT_JUDGED)
_TRUTH_WORDS = {True: "成立", False: "不成立", None: "未知"}


@dataclass(frozen=True)
class FactValue:
    """One value a comparison looked at. ``value`` in the fact's own ``unit``, 未填 when unknown; ``text`` as it was typed."""

    name: str
    label: str
    value: str
    unit: str
    origin: str
    text: str = ""
    document: str = ""
    page: str = ""
    note: str = ""
    claimed: bool = False

    @property
    def shown(self) -> str:
        """Value with its unit."""
        return f"{self.value} {self.unit}" if self.origin and self.unit not in PLAIN_UNITS and self.unit else self.value


@dataclass(frozen=True)
class TraceLine:
    """One comparison: its text, whether it holds, the values, and whether the result turns on it."""

    text: str
    truth: bool | None
    values: tuple[FactValue, ...]
    decisive: bool
    compares: bool = False

    @property
    def truth_label(self) -> str:
        """成立, 不成立 or 未知."""
        return _TRUTH_WORDS[self.truth]

    @property
    def sentence(self) -> str:
        """What was found: the values, and for a comparison of numbers or dates whether it holds."""
        found = "、".join(f"{item.label}：{item.shown}" for item in self.values)
        return f"{found}（{self.text}：{self.truth_label}）" if self.compares else found


@dataclass(frozen=True)
class OutstandingPaper:
    """A paper that is not due yet and not obtained: a condition of the approval."""

    name: str
    label: str
    status: str
    binds_at: str
    issuer: str

    @property
    def condition(self) -> str:
        """The line of the approval."""
        return f"{self.binds_at}前取得{self.label}" + (f"（{self.issuer}）" if self.issuer else "")


@dataclass(frozen=True)
class UnitFinding:
    """What the clause says of one of the project's units."""

    unit: str
    applies: str
    met: str
    best: str
    worst: str


@dataclass(frozen=True)
class Finding:
    """One clause and one project, told for its strictest unit.

    ``unit`` is empty when the clause says the same of the whole project. ``because``: why, in one line; ``trace``: every comparison. ``best`` and ``worst`` are the ends of the level, ``verdict`` the
    level or 资料不足. ``provisional``: the clause's text is not checked. ``claimed``: it turns on a declared value nobody
    verified. ``missing``: names of unknown facts the result turns on. ``papers``: outstanding, not due yet.
    """

    clause: str
    pack: str
    document: str
    number: str
    article: str
    requirement: str
    excerpt: str
    unit: str
    applies: str
    why: str
    met: str
    severity: str
    best: str
    worst: str
    verdict: str
    provisional: bool
    claimed: bool
    binds_at: str
    topic: str
    office: str
    question: str
    missing: tuple[str, ...]
    because: str
    trace: tuple[TraceLine, ...]
    papers: tuple[OutstandingPaper, ...]
    evidence: tuple[str, ...]
    condition: str
    basis: str
    basis_note: str
    units: tuple[UnitFinding, ...] = ()

    @property
    def level(self) -> int:
        """Level that is still possible, 0–3."""
        return LEVEL_NAMES.index(self.worst)


@dataclass(frozen=True)
class MissingFact:
    """An unknown fact, and how much knowing it would decide.

    ``decides``: clauses in force whose result turns on it; ``clauses``: their ids. ``asked``: whether a person is asked; else it is computed or
    derived and ``explanation`` says from what. ``score`` orders the questions: expected weight of what an answer settles.
    """

    fact: str
    label: str
    kind: str
    unit: str
    ask: str
    meaning: str
    choices: tuple[tuple[str, str], ...]
    origin: str
    office: str
    topic: str
    units: tuple[str, ...]
    decides: int
    clauses: tuple[str, ...]
    severity: str
    score: float
    asked: bool
    explanation: str = ""


@dataclass(frozen=True)
class OpenEnd:
    """A clause that is open for a unit (empty: for the whole project), and the names of the unknown facts it turns on."""

    clause: Clause
    unit: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class TopicFindings:
    """The findings of one review topic, strictest first; clauses that disagree stand side by side and the strictest counts."""

    topic: str
    best: str
    worst: str
    findings: tuple[Finding, ...]


# ---------------------------------------------------------------------------------------------- judging


def applies_at(outcome: Outcome, row: int) -> Applies:
    """Return whether a clause binds a row."""
    return {True: Applies.YES, False: Applies.NO, None: Applies.OPEN}[outcome.applies.at(row)]


def met_at(outcome: Outcome, row: int) -> Met:
    """Return whether a row meets a clause (docs/decisions.md, D3)."""
    if outcome.applies.at(row) is False:
        return Met.NOT_JUDGED
    if outcome.hit is None or outcome.after is None:
        return Met.MANUAL
    hit, after = outcome.hit.at(row), outcome.after.at(row)
    if hit is False:
        return Met.MET
    if hit is None or after is None:
        return Met.UNKNOWN
    return Met.HIT if after else Met.CONDITIONAL


def interval_at(outcome: Outcome, row: int) -> tuple[int, int]:
    """Return the lowest and highest level the clause gives a row, 0–3."""
    if outcome.level is None:
        return 0, 0
    severity, counts = outcome.clause.severity.level, outcome.level.at(row)
    return severity if counts else 0, 0 if counts is False else severity


# ---------------------------------------------------------------------------------------------- rendering


def findings(screening: Screening, project: int = 0) -> tuple[Finding, ...]:
    """Render every clause in force for one project, in pack order, each for its strictest unit."""
    look = _Look.at(screening, screening.program, project)
    return tuple(_Teller(look, outcome, look.strictest(outcome)).finding() for outcome in screening.outcomes)


def open_ends(screening: Screening, project: int = 0) -> Iterator[OpenEnd]:
    """Yield, clause by clause and unit by unit, what is open and on which unknown facts it turns; nothing else is rendered."""
    look = _Look.at(screening, screening.program, project)
    for outcome in screening.outcomes:
        for row in look.rows:
            if not _closed(outcome, row):
                teller = _Teller(look, outcome, row)
                if names := teller.open_facts():
                    yield OpenEnd(outcome.clause, teller.unit(), names)


def _closed(outcome: Outcome, row: int) -> bool:
    """Whether no fact could change what a clause says of a row."""
    applies = outcome.applies.at(row)
    if applies is not True or outcome.hit is None or outcome.after is None:
        return applies is not None
    return outcome.hit.at(row) is not None and outcome.after.at(row) is not None


def finding(screening: Screening, clause: Clause, project: int = 0) -> Finding:
    """Render one clause for one project, whether it is in force or not."""
    for outcome in screening.outcomes:
        if outcome.clause.id == clause.id:
            look = _Look.at(screening, screening.program, project)
            return _Teller(look, outcome, look.strictest(outcome)).finding()
    look = _Look.at(screening, compile_program((), screening.packs.catalogue, screening.moment), project)
    nowhere = Kleene.constant(False, screening.table.rows)
    return _Teller(look, Outcome(clause, nowhere, None, None, None), look.rows[0]).finding()


def by_topic(told: Iterable[Finding]) -> tuple[TopicFindings, ...]:
    """Group findings by review topic, in the order of a report, strictest first. Clauses that don't apply are left out."""
    groups: dict[str, list[Finding]] = {}
    for item in told:
        if item.applies != Applies.NO:
            groups.setdefault(item.topic, []).append(item)
    order = {topic: at for at, topic in enumerate(TOPICS)}
    return tuple(
        TopicFindings(topic, *_reached(group), tuple(sorted(group, key=_report_order)))
        for topic, group in sorted(groups.items(), key=lambda entry: order.get(entry[0], len(order)))
    )


def _reached(group: Sequence[Finding]) -> tuple[str, str]:
    checked = [item for item in group if not item.provisional]
    best = max((LEVEL_NAMES.index(item.best) for item in checked), default=0)
    worst = max((LEVEL_NAMES.index(item.worst) for item in checked), default=0)
    return LEVEL_NAMES[best], LEVEL_NAMES[worst]


def _report_order(item: Finding) -> tuple[int, int, int]:
    return -LEVEL_NAMES.index(item.worst), -LEVEL_NAMES.index(item.best), _MET_ORDER.index(Met(item.met))


def settled_word(best: str, worst: str) -> str:
    """Say what is settled: 符合 only where nothing is open; while something is, no more than that nothing was found against it."""
    return NOTHING_FOUND if best == LEVEL_NAMES[0] != worst else best


def _strictness(outcome: Outcome, row: int) -> tuple[int, int, int, int]:
    best, worst = interval_at(outcome, row)
    applies = (True, None, False).index(outcome.applies.at(row))
    return -worst, -best, _MET_ORDER.index(met_at(outcome, row)), applies


@dataclass(frozen=True)
class _Look:
    """The rows of one project, with the truth of every node in them."""

    screening: Screening
    rows: range
    block: Block
    program: Program
    registers: list[Kleene]

    @classmethod
    def at(cls, screening: Screening, program: Program, project: int) -> _Look:
        rows = screening.table.rows_of(project)
        if screening.whole is not None and program is screening.program:
            block, registers = screening.whole
            return cls(screening, rows, block, program, registers)
        block = Block(screening.context, rows.start, rows.stop)
        return cls(screening, rows, block, program, program.run(block))

    def strictest(self, outcome: Outcome) -> int:
        return min(self.rows, key=lambda row: _strictness(outcome, row))

    def truth(self, node: Node, obtained: frozenset[str], row: int) -> bool | None:
        return self.registers[self.program.register_of(node, obtained)].at(row - self.rows.start)


class _Teller:
    """Tells one clause for one row."""

    def __init__(self, look: _Look, outcome: Outcome, row: int):
        self.look, self.outcome, self.row = look, outcome, row
        self.clause, self.screening = outcome.clause, look.screening
        self.table, self.catalogue = self.screening.table, self.screening.packs.catalogue
        self.late = late_papers(self.clause, self.catalogue, self.screening.moment)

    def finding(self) -> Finding:
        clause, outcome, row = self.clause, self.outcome, self.row
        applies, met = applies_at(outcome, row), met_at(outcome, row)
        best, worst = interval_at(outcome, row)
        judged = self.judged(applies)
        deciding = tuple(self.deciding(judged, frozenset())) if judged is not None else ()
        trace = tuple(self.trace(judged, deciding)) if judged is not None else ()
        return Finding(
            clause=clause.id,
            pack=clause.pack,
            document=clause.document.title,
            number=clause.document.number,
            article=clause.article,
            requirement=clause.requirement,
            excerpt=clause.excerpt,
            unit=self.unit(),
            applies=applies,
            why=self.why(applies),
            met=met,
            severity=clause.severity,
            best=LEVEL_NAMES[best],
            worst=LEVEL_NAMES[worst],
            verdict=LEVEL_NAMES[best] if best == worst else UNDECIDED,
            provisional=clause.provisional,
            claimed=any(self.table.is_claimed(name, row) for leaf in deciding for name in names(leaf)),
            binds_at=self.binds_at(),
            topic=clause.topic,
            office=clause.office,
            question=clause.question,
            missing=self.missing(applies, judged),
            because=self.because(applies, trace),
            trace=trace,
            papers=tuple(self.outstanding(deciding)) if met is Met.CONDITIONAL else (),
            evidence=clause.evidence,
            condition=render(clause.hit, self.catalogue) if clause.hit is not None else "",
            basis=clause.basis,
            basis_note=clause.basis_note,
            units=tuple(self.units()),
        )

    def judged(self, applies: Applies) -> Node | None:
        """Return the condition that is looked at; none where the clause does not apply, or asks an office."""
        return self.clause.hit if applies is not Applies.NO else None

    def open_facts(self) -> tuple[str, ...]:
        """Names of the unknown facts the result turns on; none where the clause does not apply."""
        applies = applies_at(self.outcome, self.row)
        return () if applies is Applies.NO else self.missing(applies, self.judged(applies))

    # units

    def unit(self) -> str:
        """Name of the unit told, or nothing when the clause says the same of the whole project."""
        alike = len({self.unit_finding(row)[1:] for row in self.look.rows}) == 1
        by_unit = any(self.catalogue[name].level is Level.UNIT for name in self.clause.facts)
        return "" if alike and not by_unit else self.name(self.row)

    def name(self, row: int) -> str:
        return self.table.units[row] if self.table.units else ""

    def unit_finding(self, row: int) -> tuple[str, str, str, str, str]:
        best, worst = interval_at(self.outcome, row)
        applies, met = applies_at(self.outcome, row), met_at(self.outcome, row)
        return self.name(row), applies, met, LEVEL_NAMES[best], LEVEL_NAMES[worst]

    def units(self) -> Iterator[UnitFinding]:
        for row in self.look.rows:
            if len(self.look.rows) > 1 and self.outcome.applies.at(row) is not False:
                yield UnitFinding(*self.unit_finding(row))

    # scope

    def why(self, applies: Applies) -> str:
        """Say why a clause doesn't apply, or what is needed to tell."""
        return "" if applies is Applies.YES else "；".join(self.scope_reasons(applies))

    def scope_reasons(self, applies: Applies) -> Iterator[str]:
        clause = self.clause
        if not clause.date_of and not clause.in_force(self.screening.as_of):
            yield _out_of_force(clause, self.screening.as_of)
            return
        for name, values in self.scoped():
            value = self.table.value(name, self.row)
            fact = self.catalogue[name]
            if value is None and applies is Applies.OPEN:
                yield f"{fact.label}未填"
            elif value is not None and value not in values:
                yield f"{fact.label}为{fact.choices[str(value)]}，不在本条适用范围"
        yield from self.region_reason(applies)
        yield from self.date_reason(applies)

    def scoped(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        clause = self.clause
        for name, values in (
            ("sector", clause.sectors),
            ("unit_nature", clause.unit_natures),
            ("project_nature", clause.project_natures),
        ):
            if values and set(values) < set(self.catalogue[name].choices):
                yield name, values

    def region_reason(self, applies: Applies) -> Iterator[str]:
        if self.clause.region == NATIONWIDE:
            return
        inside = self.scope_truth(self.look.block.region(self.clause.region))
        place = "".join(str(self.table.value(name, self.row) or "") for name in ("province", "city", "county"))
        if inside is False:
            yield f"厂址（{place}）不在{self.clause.region}"
        elif inside is None and applies is Applies.OPEN:
            yield f"厂址是否在{self.clause.region}未明"

    def date_reason(self, applies: Applies) -> Iterator[str]:
        clause = self.clause
        if not clause.date_of:
            return
        dated = self.look.block.in_force(clause.date_of, clause.effective_from, clause.effective_to)
        valid = self.scope_truth(dated)
        if valid is False:
            yield f"按{date_label(clause.date_of, self.catalogue)}，本条未施行或已失效"
        elif valid is None and applies is Applies.OPEN:
            yield f"{date_label(clause.date_of, self.catalogue)}未填"

    def scope_truth(self, column: Kleene) -> bool | None:
        return column.at(self.row - self.look.rows.start)

    # reasons

    def because(self, applies: Applies, trace: Sequence[TraceLine]) -> str:
        """Say in one line what the finding turns on."""
        if self.clause.manual and applies is not Applies.NO:
            return f"请{self.clause.office}答复：{self.clause.question}"
        return "；".join(filter(None, [self.why(applies), *(line.sentence for line in trace if line.decisive)]))

    def trace(self, node: Node, deciding: Sequence[Node]) -> Iterator[TraceLine]:
        """One line for each comparison, as written; the same comparison twice is told once."""
        for leaf in dict.fromkeys(leaves(node)):
            values = tuple(self.fact_value(name) for name in names(leaf))
            truth = self.look.truth(leaf, frozenset(), self.row)
            text = render(leaf, self.catalogue)
            yield TraceLine(text, truth, values, leaf in deciding, isinstance(leaf, Compare))

    def deciding(self, node: Node, obtained: frozenset[str]) -> Iterator[Node]:
        """Yield the leaves that bring about the truth of the node: those that share it."""
        match node:
            case Not():
                yield from self.deciding(node.item, obtained)
            case And() | Or():
                truth = self.look.truth(node, obtained, self.row)
                for item in node.items:
                    if self.look.truth(item, obtained, self.row) is truth:
                        yield from self.deciding(item, obtained)
            case _:
                yield node

    def fact_value(self, name: str) -> FactValue:
        fact, cell = self.catalogue[name], self.table.cells.get((name, self.row))
        value = self.value(fact)
        if value is None:
            return FactValue(name, fact.label, "未填", fact.unit or "", "")
        origin = cell.origin if cell else Origin.DERIVED if name in SCOPE else Origin.DECLARED
        said = (cell.text, cell.document, cell.page, cell.note) if cell else ("", "", "", "")
        claimed = self.table.is_claimed(name, self.row)
        return FactValue(name, fact.label, shown_value(fact, value), fact.unit or "", origin.label, *said, claimed)

    def value(self, fact: Fact) -> object:
        if fact.name == "assessment_date" and not self.table.known(fact.name, self.row):
            return self.screening.as_of
        cell = self.table.cells.get((fact.name, self.row))
        return cell.value if cell else self.table.value(fact.name, self.row)

    def missing(self, applies: Applies, judged: Node | None) -> tuple[str, ...]:
        """Names of the unknown facts the result turns on, scope first."""
        found = []
        if applies is Applies.OPEN:
            wanted = [name for name, _ in self.scoped()]
            wanted += ["province", "city", "county"] if self.clause.region != NATIONWIDE else []
            wanted += [self.clause.date_of] if self.clause.date_of in self.catalogue else []
            found += [name for name in wanted if not self.table.known(name, self.row)]
        if judged is not None:
            found += self.unknown_of(judged, frozenset()) or self.unknown_of(judged, self.late)
        return tuple(dict.fromkeys(found))

    def unknown_of(self, node: Node, obtained: frozenset[str]) -> list[str]:
        """Unknown facts that leave a node undecided; none when it is decided."""
        if self.look.truth(node, obtained, self.row) is not None:
            return []
        used = (name for leaf in self.deciding(node, obtained) for name in names(leaf))
        return [name for name in used if self.value(self.catalogue[name]) is None]

    # papers

    def binds_at(self) -> str:
        papers = [name for name in self.clause.facts if self.catalogue[name].kind is Kind.PAPER]
        moments = [self.clause.paper_binds_at(name, self.catalogue) for name in papers]
        return min(moments, key=lambda moment: moment.order, default=self.clause.binds_at or Moment.APPROVAL)

    def outstanding(self, deciding: Sequence[Node]) -> Iterator[OutstandingPaper]:
        for name in dict.fromkeys(name for leaf in deciding for name in names(leaf)):
            status = self.table.value(name, self.row)
            if name in self.late and isinstance(status, PaperStatus) and not status.satisfied:
                fact = self.catalogue[name]
                moment = self.clause.paper_binds_at(name, self.catalogue)
                yield OutstandingPaper(name, fact.label, status.label, moment, fact.issuer)


def leaves(node: Node) -> Iterator[Node]:
    """Yield the comparisons of a bound tree, as written."""
    match node:
        case And() | Or():
            for item in node.items:
                yield from leaves(item)
        case Not():
            yield from leaves(node.item)
        case Name() | Member() | Compare():
            yield node


def shown_value(fact: Fact, value: object) -> str:
    """Return a value as printed, without unit."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, PaperStatus):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return _computed(value)
    return fact.choices.get(str(value), str(value))


def _computed(value: float) -> str:
    """Print a computed figure: six significant digits, whole ones all; what was stated stands as it was typed."""
    whole = len(str(int(abs(value))))
    return f"{round_significant(value, max(SHOWN_DIGITS, whole)).normalize():f}"


_DATE_LABELS = {
    "prepared": "报告编制日期",
    "accepted": "受理日期",
    "assessed": "技术评估日期",
    "approved": "审批日期",
    "construction_start": "开工日期",
}


def date_label(name: str, catalogue: Catalogue) -> str:
    """Return the printed name of a project date or of a fact that is a date. Raises KeyError."""
    return _DATE_LABELS.get(name) or catalogue[name].label


def _out_of_force(clause: Clause, as_of: date) -> str:
    if clause.effective_from and as_of < clause.effective_from:
        return f"{clause.effective_from} 起施行，{as_of} 尚未施行"
    return f"施行至 {clause.effective_to}，{as_of} 已失效"

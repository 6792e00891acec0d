"""A clause of law as a dated record: what it demands, of whom, where, when, and how well its text was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tanping.records.basis import Basis
from tanping.records.errors import Where
from tanping.records.expressions import And, Node, Not, names
from tanping.records.titles import title_marks
from tanping.rules.facts import Catalogue, Moment

NATIONWIDE = "全国"

TOPICS = (
    "海洋与岸线",
    "生态空间与选址",
    "长江与水域",
    "分区管控与规划环评",
    "产业政策与目录",
    "两高管控",
    "产能置换",
    "煤电建设",
    "能效与能耗限额",
    "煤炭消费",
    "大气污染防治",
    "水污染防治",
    "固体废物",
    "环评审批程序",
    "节能审查",
    "碳排放评价内容",
    "碳市场与报告",
    "编制依据",
)
"""Review topics 审查要点, in the order of a report."""

PROJECT_DATES = ("prepared", "accepted", "assessed", "approved", "construction_start")
"""Dates of a project that a clause may bind on, besides the date facts of the catalogue."""


class Severity(StrEnum):
    """What it means to hit a clause."""

    PROHIBITED = "禁止"
    RESTRICTED = "限制"
    TO_ARGUE = "需论证"
    NOTICE = "提示"

    @property
    def level(self) -> int:
        """Level of a hit: 符合 0 < 需论证 1 < 限制 2 < 禁止 3. A notice never changes the result."""
        return _LEVELS[self]


_LEVELS = {Severity.PROHIBITED: 3, Severity.RESTRICTED: 2, Severity.TO_ARGUE: 1, Severity.NOTICE: 0}
LEVEL_NAMES = ("符合", "需论证", "限制", "禁止")
UNDECIDED = "资料不足"


@dataclass(frozen=True)
class LegalDocument:
    """A law, regulation, standard or list that clauses cite."""

    key: str
    title: str
    number: str = ""
    issuer: str = ""

    @property
    def citation(self) -> str:
        """Title with number, as cited; a title within the title takes single marks."""
        title = title_marks(self.title)
        return f"{title}（{self.number}）" if self.number else title


@dataclass(frozen=True)
class Clause:
    """One clause. Without a condition it is a question to an office.

    ``hit``: ``condition`` and not ``unless``; where it is true the project hits the clause. ``facts``: the names it uses.
    """

    id: str
    pack: str
    document: LegalDocument
    article: str
    sectors: tuple[str, ...]
    requirement: str
    severity: Severity
    office: str
    topic: str
    basis: Basis
    where: Where
    unit_natures: tuple[str, ...] = ("new", "renovated", "existing")
    project_natures: tuple[str, ...] = ()
    region: str = NATIONWIDE
    effective_from: date | None = None
    effective_to: date | None = None
    superseded_by: str = ""
    date_of: str = ""
    excerpt: str = ""
    condition: Node | None = None
    unless: Node | None = None
    binds_at: Moment | None = None
    question: str = ""
    evidence: tuple[str, ...] = ()
    basis_note: str = ""
    written: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    hit: Node | None = field(init=False, repr=False, compare=False)
    facts: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        hit = self.condition
        if hit is not None and self.unless is not None:
            hit = And((hit, Not(self.unless)))
        object.__setattr__(self, "hit", hit)
        object.__setattr__(self, "facts", names(hit) if hit is not None else ())

    @property
    def manual(self) -> bool:
        """Whether only an office can answer it."""
        return self.condition is None

    @property
    def provisional(self) -> bool:
        """Whether its text is not checked."""
        return not self.basis.verified

    def plain(self) -> dict[str, object]:
        """Return the record as plain values, dates and codes as text, the condition as written."""
        return {
            "id": self.id,
            "pack": self.pack,
            "document": self.document.title,
            "number": self.document.number,
            "issuer": self.document.issuer,
            "article": self.article,
            "sectors": list(self.sectors),
            "unit_natures": list(self.unit_natures),
            "project_natures": list(self.project_natures),
            "region": self.region,
            "effective_from": self.effective_from.isoformat() if self.effective_from else None,
            "effective_to": self.effective_to.isoformat() if self.effective_to else None,
            "superseded_by": self.superseded_by,
            "date_of": self.date_of,
            "requirement": self.requirement,
            "excerpt": self.excerpt,
            "condition": self.written.get("condition") or "",
            "unless": self.written.get("unless") or "",
            "question": self.question,
            "severity": self.severity.value,
            "binds_at": self.binds_at.value if self.binds_at else None,
            "office": self.office,
            "topic": self.topic,
            "evidence": list(self.evidence),
            "basis": self.basis.value,
            "basis_note": self.basis_note,
            "provisional": self.provisional,
        }

    def in_force(self, day: date) -> bool:
        """Whether the clause is valid on a day, both ends included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    def paper_binds_at(self, paper: str, catalogue: Catalogue) -> Moment:
        """Return when a paper of the condition is due: the clause's own moment, else the paper's."""
        moment = self.binds_at or catalogue[paper].binds_at
        if moment is None:
            raise KeyError(f"{paper} is not a paper")
        return moment

    def is_late(self, paper: str, catalogue: Catalogue, moment: Moment) -> bool:
        """Whether a paper is not due yet at the moment judged."""
        return self.paper_binds_at(paper, catalogue).is_after(moment)

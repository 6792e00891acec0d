"""What the rules may ask about: the fact catalogue, and tables of facts with one row a production unit.

A blank is unknown in every column: NaN in numbers and dates, −1 in flags, choices, texts and papers. Numbers are float64 in the
fact's own unit, made from the exact Decimal; dates are proleptic ordinals (``date.toordinal``) in float64, so that both
compare the same way; papers are status codes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.expressions import KIND_LABELS, Kind
from tanping.records.kept import kept
from tanping.records.located import Document, parse_yaml, read_yaml
from tanping.records.quantity import QuantityError, parse_quantity, parse_unit
from tanping.records.validity import parse_date

FACTS = Path(__file__).parent / "facts"

UNKNOWN_CODE = -1


class Moment(StrEnum):
    """When a requirement binds, in the order of a project's life."""

    ACCEPTANCE = "受理"
    APPROVAL = "审批"
    START = "开工"
    OPERATION = "投产"
    DISCHARGE = "排污"

    @property
    def order(self) -> int:
        """Place in the order of a project's life."""
        return _MOMENTS.index(self)

    def is_after(self, other: Moment) -> bool:
        """Whether this moment comes after another."""
        return self.order > other.order


_MOMENTS = tuple(Moment)


class PaperStatus(StrEnum):
    """Status of a paper; its place in the list is its code in a column."""

    ABSENT = "absent"
    IN_PROGRESS = "in_progress"
    HELD = "held"
    NOT_REQUIRED = "not_required"

    @property
    def label(self) -> str:
        """As printed and as written in cases."""
        return PAPER_LABELS[self]

    @property
    def satisfied(self) -> bool:
        """Whether the paper is as good as held."""
        return self.code >= SATISFIED_FROM

    @property
    def code(self) -> int:
        """Code in a column of papers."""
        return _STATUSES.index(self)


PAPER_LABELS = {
    PaperStatus.ABSENT: "未办",
    PaperStatus.IN_PROGRESS: "办理中",
    PaperStatus.HELD: "已取得",
    PaperStatus.NOT_REQUIRED: "不需要",
}
_STATUSES = tuple(PaperStatus)
SATISFIED_FROM = _STATUSES.index(PaperStatus.HELD)
_STATUS_WORDS = {word: status for status in PaperStatus for word in (status.value, PAPER_LABELS[status])}


class Level(StrEnum):
    """Whose fact it is."""

    PROJECT = "project"
    UNIT = "unit"


class Origin(StrEnum):
    """Where a value comes from. ``verified`` is a declared value that a person checked."""

    DECLARED = "declared"
    VERIFIED = "verified"
    COMPUTED = "computed"
    DERIVED = "derived"
    SPATIAL = "spatial"

    @property
    def label(self) -> str:
        """As printed."""
        return ORIGIN_LABELS[self]


ORIGIN_LABELS = {
    Origin.DECLARED: "申报",
    Origin.VERIFIED: "已核实",
    Origin.COMPUTED: "核算",
    Origin.DERIVED: "由其他字段推得",
    Origin.SPATIAL: "空间叠图",
}


@dataclass(frozen=True)
class Group:
    """Choices that law speaks of under one name: whoever scopes a clause names the group and retypes no list."""

    label: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One entry of the fact catalogue. Satisfies `tanping.records.expressions.Variable`."""

    name: str
    label: str
    kind: Kind
    unit: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    level: Level = Level.PROJECT
    origin: Origin = Origin.DECLARED
    binds_at: Moment | None = None
    issuer: str = ""
    office: str = ""
    topic: str = ""
    ask: str = ""
    meaning: str = ""
    sectors: tuple[str, ...] = ("all",)
    where: Where | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)

    def members(self, word: str) -> tuple[str, ...]:
        """Return the choices that a word stands for: those of a group, every one for ``all``, else the word itself."""
        if word == "all":
            return tuple(self.choices)
        return self.groups[word].members if word in self.groups else (word,)

    def named(self, word: str) -> str:
        """Return a choice or a group as printed."""
        return self.groups[word].label if word in self.groups else self.choices.get(word, word)

    @property
    def asked(self) -> bool:
        """Whether a person is asked for it (neither computed nor derived)."""
        return self.origin in (Origin.DECLARED, Origin.SPATIAL)


Catalogue = Mapping[str, Fact]
Value = bool | Decimal | str | date | PaperStatus

SCOPE = ("sector", "unit_nature", "project_nature", "province", "city", "county", "assessment_date")
"""Names every production unit has; clauses are scoped by them. They come from the project's own fields."""


# ---------------------------------------------------------------------------------------------- catalogue


def load_catalogue(folder: Path = FACTS) -> Catalogue:
    """Read all fact files of a folder, or what stands for those that ship (``catalogue_as``). Raises InputError naming every problem."""
    stand_in = _stand_in.get() if folder == FACTS else None
    return _load_catalogue(folder) if stand_in is None else stand_in


@contextmanager
def catalogue_as(catalogue: Catalogue) -> Iterator[None]:
    """Take an archived catalogue for the one that ships for a while."""
    token = _stand_in.set(catalogue)
    try:
        yield
    finally:
        _stand_in.reset(token)


_stand_in: ContextVar[Catalogue | None] = ContextVar("catalogue", default=None)


@cache
def _load_catalogue(folder: Path) -> Catalogue:
    if folder != FACTS:
        return MappingProxyType(_read_catalogue(folder))
    files = {str(path): path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    return MappingProxyType(kept(folder, "facts", files, Path(__file__).parent, lambda: _read_catalogue(folder)))


def read_catalogue(raw: bytes) -> Catalogue:
    """Return the catalogue whose files, one after the other, are ``raw``: the bytes behind ``catalogue_hash``. Raises InputError."""
    parts = re.split(rb"^(?=facts:)", raw, flags=re.MULTILINE)
    documents = [parse_yaml(part, f"facts:{number}") for number, part in enumerate(parts) if part.startswith(b"facts:")]
    return MappingProxyType(_catalogue(documents, Path("facts")))


def _read_catalogue(folder: Path) -> dict[str, Fact]:
    return _catalogue(map(read_yaml, sorted(folder.glob("*.yaml"))), folder)


def _catalogue(documents: Iterable[Document], folder: Path) -> dict[str, Fact]:
    problems: list[Problem] = []
    facts: dict[str, Fact] = {}
    for document in documents:
        for fact in read_facts(document, problems):
            if fact.name in facts:
                where = fact.where or Where(document.source)
                problems.append(Problem(where, fact.name, "事实名重复", "每个名称只定义一次"))
            facts[fact.name] = fact
    problems += _scope_problems(facts, folder)
    if problems:
        raise InputError(problems)
    return facts


def _scope_problems(facts: Catalogue, folder: Path) -> list[Problem]:
    problems = [
        Problem(Where(str(folder)), name, "事实目录缺少这个范围事实", "、".join(SCOPE))
        for name in SCOPE
        if name not in facts
    ]
    known = facts["sector"].choices if "sector" in facts else {}
    for fact in facts.values():
        for sector in fact.sectors:
            if sector != "all" and sector not in known:
                what = f"没有生产单元类别“{sector}”"
                problems.append(
                    Problem(fact.where or Where(str(folder)), f"{fact.name}.sectors", what, suggest(sector, known))
                )
    return problems


@cache
def catalogue_hash(folder: Path = FACTS) -> str:
    """Return the sha256 of all fact files of a folder, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_FACT_KEYS = [
    "name",
    "label",
    "kind",
    "unit",
    "choices",
    "groups",
    "level",
    "origin",
    "binds_at",
    "issuer",
    "office",
    "topic",
    "ask",
    "meaning",
    "sectors",
    "verified_by",
    "note",
]
_NEEDED = {Kind.PAPER: "binds_at", Kind.NUMBER: "unit"}
_ONLY = {
    "choices": Kind.CHOICE,
    "groups": Kind.CHOICE,
    "binds_at": Kind.PAPER,
    "issuer": Kind.PAPER,
    "unit": Kind.NUMBER,
}


def read_facts(document: Document, problems: list[Problem]) -> list[Fact]:
    """Type the facts of one file; what is wrong is added to ``problems``."""
    data = document.data
    if not isinstance(data, dict) or set(data) != {"facts"} or not isinstance(data["facts"], list):
        problems.append(Problem(document.where(), "", "事实目录应只有一个键 facts，其下是列表", "facts: [...]"))
        return []
    return [fact for at, row in enumerate(data["facts"]) if (fact := _FactReader(document, at, problems).read(row))]


class _FactReader:
    def __init__(self, document: Document, at: int, problems: list[Problem]):
        self.document, self.at, self.problems = document, at, problems

    def fail(self, key: str, what: str, allowed: str = "") -> None:
        self.problems.append(Problem(self.document.where(("facts", self.at, key)), key, what, allowed))

    def read(self, row: Any) -> Fact | None:
        before = len(self.problems)
        if not isinstance(row, dict):
            self.fail("", "每个事实应是键值", "name: …")
            return None
        for key in row:
            if key not in _FACT_KEYS:
                self.fail(key, f"不认识的键“{key}”", suggest(key, _FACT_KEYS))
        name = self.text(row, "name")
        kind = self.kind(row)
        if not name or not self.text(row, "label") or kind is None:
            return None
        if not (name.isascii() and name.isidentifier()):
            self.fail("name", f"事实名“{name}”应是 ASCII 标识符", "energy_review")
        self.fitting_keys(row, kind)
        fact = Fact(
            name,
            row["label"],
            kind,
            unit=self.unit(row),
            choices=self.choices(row),
            level=self.one_of(row, "level", Level) or Level.PROJECT,
            origin=self.one_of(row, "origin", Origin) or Origin.DECLARED,
            binds_at=self.one_of(row, "binds_at", Moment) if row.get("binds_at") else None,
            issuer=row.get("issuer") or "",
            office=row.get("office") or "",
            topic=row.get("topic") or "",
            ask=row.get("ask") or "",
            meaning=row.get("meaning") or "",
            sectors=self.sectors(row),
            where=self.document.where(("facts", self.at)),
            groups=self.groups(row),
        )
        return fact if len(self.problems) == before else None

    def kind(self, row: dict[str, Any]) -> Kind | None:
        """A choice without its own list is open text: its words stand in a register (provinces, cities, counties)."""
        kind = self.one_of(row, "kind", Kind)
        return Kind.TEXT if kind is Kind.CHOICE and not row.get("choices") else kind

    def text(self, row: dict[str, Any], key: str) -> str:
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fail(key, f"缺少 {key}", "一段文字")
        return ""

    def one_of(self, row: dict[str, Any], key: str, options: type[StrEnum]) -> Any:
        value = row.get(key)
        try:
            return options(value or "")
        except ValueError:
            what = f"缺少 {key}" if value is None else f"{key} 没有“{value}”"
            self.fail(key, what, " | ".join(options))
            return None

    def fitting_keys(self, row: dict[str, Any], kind: Kind) -> None:
        needed = _NEEDED.get(kind)
        if needed and not row.get(needed):
            self.fail(needed, f"{KIND_LABELS[kind]}应写明 {needed}")
        for key, only in _ONLY.items():
            if row.get(key) and kind is not only:
                self.fail(key, f"只有{KIND_LABELS[only]}才有 {key}")

    def unit(self, row: dict[str, Any]) -> str | None:
        unit = row.get("unit") or None
        if unit is not None:
            try:
                parse_unit(unit)
            except QuantityError as error:
                self.fail("unit", error.what, error.allowed)
        return unit

    def choices(self, row: dict[str, Any]) -> Mapping[str, str]:
        value = row.get("choices") or {}
        if not isinstance(value, dict) or not all(isinstance(label, str) for label in value.values()):
            self.fail("choices", "应是 代码: 名称", "{level1: 一级保护区}")
            return {}
        return value

    def groups(self, row: dict[str, Any]) -> Mapping[str, Group]:
        value, choices = row.get("groups") or {}, row.get("choices") or {}
        if not isinstance(value, dict) or not isinstance(choices, dict):
            self.fail("groups", "应是 组名: {label: …, of: [代码, …]}")
            return {}
        return {name: group for name, told in value.items() if (group := self.group(name, told, choices))}

    def group(self, name: str, told: Any, choices: Mapping[str, str]) -> Group | None:
        label, members = (told.get("label"), told.get("of")) if isinstance(told, dict) else (None, None)
        if not isinstance(label, str) or not isinstance(members, list) or not all(isinstance(m, str) for m in members):
            self.fail("groups", f"组“{name}”应写明名称和所含代码", "{label: 水泥, of: [clinker, cement_grinding]}")
            return None
        if name in choices or name == "all" or label in choices.values():
            self.fail("groups", f"组“{name}”与一个选项同名", "另一个名称")
        if len(members) < 2 or len(set(members)) < len(members):
            self.fail("groups", f"组“{name}”应含至少两个不同的代码")
        for member in members:
            if member not in choices:
                self.fail("groups", f"组“{name}”里的“{member}”不是选项", suggest(member, choices))
        return Group(label, tuple(members))

    def sectors(self, row: dict[str, Any]) -> tuple[str, ...]:
        value = row.get("sectors", ["all"])
        if not isinstance(value, list) or not value:
            self.fail("sectors", "应是列表", "[all]")
            return ("all",)
        return tuple(value)


# ---------------------------------------------------------------------------------------------- values


def parse_value(fact: Fact, text: str) -> Value:
    """Return the typed value of a written one (cases, spreadsheets). Raises ValueError with the reason in Chinese."""
    match fact.kind:
        case Kind.FLAG:
            if text in ("true", "是"):
                return True
            if text in ("false", "否"):
                return False
            raise ValueError("应为 true 或 false")
        case Kind.PAPER:
            if text in _STATUS_WORDS:
                return _STATUS_WORDS[text]
            raise ValueError(f"手续状态没有“{text}”，应为 {' / '.join(PAPER_LABELS.values())}")
        case Kind.CHOICE:
            return _choice(fact, text)
        case Kind.DATE:
            return _day(text)
        case Kind.NUMBER:
            return _number(fact, text)
    return text


def _choice(fact: Fact, text: str) -> str:
    if text in fact.choices:
        return text
    for code, label in fact.choices.items():
        if label == text:
            return code
    raise ValueError(f"没有选项“{text}”，应为 {' | '.join(fact.choices)}")


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError:
        raise ValueError(f"没有“{text}”这一天，日期写作 YYYY-MM-DD") from None


def _number(fact: Fact, text: str) -> Decimal:
    """A bare number is in the fact's own unit; one with a unit is converted exactly."""
    unit = fact.unit or "1"
    try:
        value = Decimal(text)
    except InvalidOperation:
        return parse_quantity(text, unit).in_unit(unit)
    if not value.is_finite():
        raise ValueError(f"“{text}”不是有限的数字")
    return value


@dataclass(frozen=True)
class Cell:
    """One answer of one project: the value in the fact's own unit, how it was typed, and what it rests on."""

    value: Value | None
    text: str = ""
    origin: Origin = Origin.DECLARED
    document: str = ""
    page: str = ""
    note: str = ""

    @property
    def claimed(self) -> bool:
        """Whether it is a declared value that nobody verified."""
        return self.value is not None and self.origin is Origin.DECLARED


Answers = Mapping[str, "Cell | Value | None"]


def encode(fact: Fact, value: Value) -> float | int | str:
    """Return a typed value as it stands in a column (a text stays text). Raises ValueError when the type is wrong."""
    if fact.kind is Kind.FLAG and isinstance(value, bool):
        return int(value)
    if fact.kind is Kind.NUMBER and isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        number = float(value)
        if not np.isfinite(number):
            raise ValueError("不是有限的数字")
        return number
    if fact.kind is Kind.DATE and isinstance(value, date):
        return float(value.toordinal())
    if fact.kind is Kind.PAPER and isinstance(value, str) and value in _STATUS_WORDS:
        return _STATUS_WORDS[value].code
    if fact.kind is Kind.CHOICE and isinstance(value, str):
        return list(fact.choices).index(_choice(fact, value))
    if fact.kind is Kind.TEXT and isinstance(value, str):
        return value
    raise ValueError(f"应为{KIND_LABELS[fact.kind]}，不是 {value!r}")


def dtype_of(kind: Kind) -> np.dtype[Any]:
    """Return the dtype of a column."""
    if kind in (Kind.NUMBER, Kind.DATE):
        return np.dtype(np.float64)
    return np.dtype(np.int32 if kind is Kind.TEXT else np.int8)


def blank(kind: Kind, rows: int) -> NDArray[Any]:
    """Return a column nobody answered."""
    return np.full(rows, np.nan if kind in (Kind.NUMBER, Kind.DATE) else UNKNOWN_CODE, dtype=dtype_of(kind))


# ---------------------------------------------------------------------------------------------- tables


@dataclass(frozen=True)
class FactTable:
    """Facts of production units. A column that isn't there is unknown in every row.

    ``project``: project number of each row, never falling, each project at least once. ``columns``: by fact name, one value a
    row (see the module). ``words``: vocabulary of each text column. ``claimed``: rows whose value is declared and not verified;
    a plain bool for the whole column. ``units`` and ``cells`` (by fact name and row) are there for traces of single projects.
    """

    catalogue: Catalogue
    project: NDArray[np.int32]
    columns: Mapping[str, NDArray[Any]]
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    claimed: Mapping[str, NDArray[np.bool_] | bool] = field(default_factory=dict)
    units: tuple[str, ...] | None = None
    cells: Mapping[tuple[str, int], Cell] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of production units."""
        return len(self.project)

    @property
    def projects(self) -> int:
        """Number of projects."""
        return int(self.project[-1]) + 1 if self.rows else 0

    @property
    def starts(self) -> NDArray[np.intp]:
        """First row of each project."""
        return np.flatnonzero(np.diff(self.project, prepend=np.int32(-1)))

    def rows_of(self, project: int) -> range:
        """Return the rows of one project."""
        first, last = np.searchsorted(self.project, [project, project + 1])
        return range(int(first), int(last))

    def column(self, name: str) -> NDArray[Any]:
        """Return a column, blank when nobody answered."""
        found = self.columns.get(name)
        return blank(self.catalogue[name].kind, self.rows) if found is None else found

    def known(self, name: str, row: int) -> bool:
        """Whether a cell is answered."""
        found = self.columns.get(name)
        if found is None:
            return False
        value = found[row]
        return bool(value == value) if found.dtype == np.float64 else bool(value >= 0)

    def is_claimed(self, name: str, row: int) -> bool:
        """Whether a known cell is declared and not verified."""
        flag = self.claimed.get(name, False)
        return self.known(name, row) and bool(flag if isinstance(flag, bool) else flag[row])

    def value(self, name: str, row: int) -> Value | None:
        """Return a cell as a typed value; None when unknown."""
        if not self.known(name, row):
            return None
        raw, fact = self.columns[name][row], self.catalogue[name]
        match fact.kind:
            case Kind.FLAG:
                return bool(raw)
            case Kind.PAPER:
                return _STATUSES[int(raw)]
            case Kind.CHOICE:
                return list(fact.choices)[int(raw)]
            case Kind.DATE:
                return date.fromordinal(int(raw))
            case Kind.TEXT:
                return self.words[name][int(raw)]
        return Decimal(repr(float(raw)))

    def take(self, rows: NDArray[np.intp], project: NDArray[np.int32]) -> FactTable:
        """Return the table of some rows (repeats allowed), numbered as told. Traces are left behind."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return FactTable(self.catalogue, project, columns, self.words)

    @classmethod
    def of_columns(
        cls,
        catalogue: Catalogue,
        columns: Mapping[str, NDArray[Any]],
        *,
        project: NDArray[np.int32] | None = None,
        words: Mapping[str, Sequence[str]] | None = None,
        claimed: Mapping[str, NDArray[np.bool_] | bool] | None = None,
        units: Sequence[str] | None = None,
    ) -> FactTable:
        """Build a table from whole columns. Arrays of the right dtype are used as they are, not copied.

        Flags: bool, or int8 with −1 for unknown. Numbers: float64 with NaN. Dates: datetime64[D] with NaT or ordinals with NaN.
        Choices, papers: int8 codes, or str/None. Texts: int32 codes with ``words``, or str/None. A column of a fact of
        level ``project`` may be as long as there are projects: it is spread over the rows of ``project``.
        Raises InputError for unknown names, wrong types, wrong lengths and codes out of range.
        """
        index, problems = _project_index(columns, project), []
        kept: dict[str, NDArray[Any]] = {}
        vocabulary = {name: tuple(known) for name, known in (words or {}).items()}
        for name, values in columns.items():
            try:
                kept[name] = _spread(_typed(catalogue, name, np.asarray(values), vocabulary), index, catalogue[name])
            except ValueError as error:
                problems.append(Problem(Where("事实表"), name, str(error)))
        if problems:
            raise InputError(problems)
        return cls(catalogue, index, kept, vocabulary, dict(claimed or {}), tuple(units) if units else None)

    @classmethod
    def of_project(cls, catalogue: Catalogue, project: Answers, units: Iterable[tuple[str, Answers]] = ()) -> FactTable:
        """Build the table of one project: answers for the project as a whole, and for each production unit by name.

        A unit's own answer goes before the project's. A project without units has one row of which nothing is known but the project's
        answers. Raises InputError for unknown names and wrong types.
        """
        rows = list(units) or [("", {})]
        given: dict[str, dict[int, Cell]] = {}
        for name, answer in project.items():
            given[name] = dict.fromkeys(range(len(rows)), _cell(answer))
        for row, (_, answers) in enumerate(rows):
            for name, answer in answers.items():
                if answer is not None:
                    given.setdefault(name, {})[row] = _cell(answer)
        columns: dict[str, NDArray[Any]] = {}
        words: dict[str, tuple[str, ...]] = {}
        problems: list[Problem] = []
        for name, cells in given.items():
            fact = catalogue.get(name)
            if fact is None:
                problems.append(Problem(Where("事实表"), name, f"没有名为 {name} 的事实", suggest(name, catalogue)))
                continue
            try:
                columns[name] = _encoded(fact, cells, len(rows), words)
            except ValueError as error:
                problems.append(Problem(Where("事实表"), f"{name}（{fact.label}）", str(error)))
        if problems:
            raise InputError(problems)
        index = np.zeros(len(rows), dtype=np.int32)
        claimed = {name: _claimed(cells, len(rows)) for name, cells in given.items()}
        told = {
            (name, row): cell for name, cells in given.items() for row, cell in cells.items() if cell.value is not None
        }
        return cls(catalogue, index, columns, words, claimed, tuple(unit for unit, _ in rows), told)


def _cell(answer: Cell | Value | None) -> Cell:
    return answer if isinstance(answer, Cell) else Cell(answer)


def _claimed(cells: Mapping[int, Cell], rows: int) -> NDArray[np.bool_]:
    claimed = np.zeros(rows, dtype=np.bool_)
    claimed[[row for row, cell in cells.items() if cell.claimed]] = True
    return claimed


def _encoded(fact: Fact, cells: Mapping[int, Cell], rows: int, words: dict[str, tuple[str, ...]]) -> NDArray[Any]:
    codes = {row: encode(fact, cell.value) for row, cell in cells.items() if cell.value is not None}
    if fact.kind is Kind.TEXT:
        words[fact.name] = tuple(dict.fromkeys(map(str, codes.values())))
        codes = {row: words[fact.name].index(str(code)) for row, code in codes.items()}
    column = blank(fact.kind, rows)
    for row, code in codes.items():
        column[row] = code
    return column


def _project_index(columns: Mapping[str, NDArray[Any]], project: NDArray[np.int32] | None) -> NDArray[np.int32]:
    if project is None:
        rows = max((len(values) for values in columns.values()), default=0)
        return np.arange(rows, dtype=np.int32)
    index = np.asarray(project, dtype=np.int32)
    steps = np.diff(index, prepend=np.int32(-1))
    if not ((steps == 0) | (steps == 1)).all() or (len(index) and index[0] != 0):
        raise InputError(Problem(Where("事实表"), "project", "项目编号应从 0 起逐一递增，每个项目至少一个生产单元"))
    return index


def _spread(values: NDArray[Any], index: NDArray[np.int32], fact: Fact) -> NDArray[Any]:
    if len(values) == len(index):
        return values
    if fact.level is Level.PROJECT and len(index) and len(values) == index[-1] + 1:
        return values[index]
    raise ValueError(f"有 {len(values)} 行，应为 {len(index)} 行")


def _typed(catalogue: Catalogue, name: str, values: NDArray[Any], words: dict[str, tuple[str, ...]]) -> NDArray[Any]:
    fact = catalogue.get(name)
    if fact is None:
        raise ValueError(f"没有名为 {name} 的事实{'；' + near if (near := suggest(name, catalogue)) else ''}")
    if values.ndim != 1:
        raise ValueError("应是一维数组")
    if fact.kind is Kind.NUMBER:
        return _numbers(values)
    if fact.kind is Kind.DATE:
        return _ordinals(values)
    if fact.kind is Kind.FLAG and values.dtype == np.bool_:
        return values.view(np.int8)
    if values.dtype.kind in "OU":
        return _coded(fact, values, words)
    size = {Kind.FLAG: 2, Kind.PAPER: len(_STATUSES), Kind.CHOICE: len(fact.choices)}.get(
        fact.kind, len(words.get(name, ()))
    )
    return _codes(values, size, dtype_of(fact.kind))


def _numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind not in "iuf":
        raise ValueError("应是数值列")
    numbers = values.astype(np.float64, copy=False)
    if np.isinf(numbers).any():
        raise ValueError("有无穷大")
    return numbers


def _ordinals(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind != "M":
        return _numbers(values)
    days = values.astype("datetime64[D]")
    ordinals = days.astype(np.float64) + date(1970, 1, 1).toordinal()
    ordinals[np.isnat(days)] = np.nan
    return ordinals


def _codes(values: NDArray[Any], size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    if values.dtype.kind not in "iu":
        raise ValueError("应是代码列")
    if len(values) and not (values.min() >= UNKNOWN_CODE and values.max() < size):
        raise ValueError(f"代码应在 −1 与 {size - 1} 之间")
    return values.astype(dtype, copy=False)


def _coded(fact: Fact, values: NDArray[Any], words: dict[str, tuple[str, ...]]) -> NDArray[Any]:
    said = values.tolist()
    distinct = dict.fromkeys(said)
    distinct.pop(None, None)
    if fact.kind is Kind.TEXT:
        words[fact.name] = tuple(map(str, distinct))
        codes: dict[Any, Any] = {word: at for at, word in enumerate(words[fact.name])}
    else:
        codes = {word: encode(fact, parse_value(fact, word)) for word in distinct}
    codes[None] = UNKNOWN_CODE
    return np.fromiter(map(codes.__getitem__, said), dtype=dtype_of(fact.kind), count=len(values))

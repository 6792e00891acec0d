"""Clause packs: YAML files in, typed clauses out, with every mistake named by file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from tanping.records.basis import Basis
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.expressions import ExpressionError, Node, bind, parse
from tanping.records.expressions import Kind as FactKind
from tanping.records.kept import kept
from tanping.records.located import MAX_BYTES, Document, parse_yaml
from tanping.records.regions import region_keys
from tanping.records.validity import parse_date
from tanping.rules.clause import NATIONWIDE, PROJECT_DATES, TOPICS, Clause, LegalDocument, Severity
from tanping.rules.facts import Catalogue, Moment, catalogue_hash, load_catalogue

PACKS = Path(__file__).parent / "packs"


@dataclass(frozen=True)
class Pack:
    """One pack file: its clauses, the documents they cite, and the hash of its bytes."""

    name: str
    title: str
    foreword: str
    documents: Mapping[str, LegalDocument]
    clauses: tuple[Clause, ...]
    sha256: str
    source: str


@dataclass(frozen=True, eq=False)
class PackSet:
    """The packs a screening uses, with the catalogue they are written against."""

    packs: tuple[Pack, ...]
    catalogue: Catalogue
    facts_sha256: str = ""
    programs: dict[Any, Any] = field(default_factory=dict, repr=False)
    """Compiled conditions, kept by `tanping.rules.evaluate`."""

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses, pack after pack, in the order written."""
        return tuple(clause for pack in self.packs for clause in pack.clauses)

    @property
    def versions(self) -> dict[str, str]:
        """Pack name → sha256 of its file; ``facts`` → of the fact catalogue."""
        return {"facts": self.facts_sha256, **{pack.name: pack.sha256 for pack in self.packs}}

    def only(self, identifiers: Collection[str]) -> PackSet:
        """Return the same packs with some clauses only."""
        packs = (replace(pack, clauses=tuple(c for c in pack.clauses if c.id in identifiers)) for pack in self.packs)
        return PackSet(tuple(packs), self.catalogue, self.facts_sha256)

    def clause(self, identifier: str) -> Clause:
        """Return a clause by id. Raises KeyError."""
        for clause in self.clauses:
            if clause.id == identifier:
                return clause
        raise KeyError(identifier)

    def __iter__(self) -> Iterator[Pack]:
        return iter(self.packs)


@cache
def load_packs(folder: Path = PACKS) -> PackSet:
    """Load every pack of a folder, written against the catalogue that ships. Raises InputError with all problems found.

    Checked here: form, names, units, types, dates, citations, supersession. Whether conditions can be met at all and whether
    each clause has its cases is the slower `tanping.rules.check`.
    """
    paths = sorted(folder.glob("*.yaml"))
    if folder != PACKS:
        return read_packs(paths)
    digest = catalogue_hash()
    files = {**{str(path): path.read_bytes() for path in paths}, "facts": digest.encode()}
    packs = kept(folder, "packs", files, Path(__file__).parent, lambda: read_packs(paths).packs)
    return PackSet(packs, load_catalogue(), digest)


def read_packs(paths: Iterable[Path], catalogue: Catalogue | None = None) -> PackSet:
    """Load the packs of some files together. Same refusals as load_packs."""
    known = load_catalogue() if catalogue is None else catalogue
    problems: list[Problem] = []
    packs = [pack for path in paths if (pack := _read_file(path, known, problems))]
    return assemble(packs, known, problems, catalogue_hash() if catalogue is None else "")


def assemble(packs: Sequence[Pack], catalogue: Catalogue, problems: list[Problem], facts_sha256: str = "") -> PackSet:
    """Put packs together and check what only shows across packs."""
    clauses = [clause for pack in packs for clause in pack.clauses]
    problems += _duplicates(packs, clauses)
    problems += _supersession_problems(clauses)
    if problems:
        raise InputError(problems)
    return PackSet(tuple(packs), catalogue, facts_sha256)


def parse_pack(raw: bytes, source: str, catalogue: Catalogue, name: str | None = None) -> Pack:
    """Read one pack from bytes (an upload, an import). Raises InputError with all problems found."""
    problems: list[Problem] = []
    pack = _parse(raw, source, name, catalogue, problems)
    if pack is None or problems:
        raise InputError(problems)
    return pack


def _read_file(path: Path, catalogue: Catalogue, problems: list[Problem]) -> Pack | None:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
        return _parse(raw, str(path), path.stem, catalogue, problems)
    except OSError:
        problems.append(Problem(Where(str(path)), "", "规则包文件无法读取"))
    except InputError as error:
        problems.extend(error.problems)
    return None


def _parse(raw: bytes, source: str, name: str | None, catalogue: Catalogue, problems: list[Problem]) -> Pack | None:
    reader = _PackReader(parse_yaml(raw, source), catalogue, problems)
    return reader.read(name, hashlib.sha256(raw).hexdigest())


# ---------------------------------------------------------------------------------------------- reading

_PACK_KEYS = ("pack", "title", "foreword", "documents", "clauses")
_DOCUMENT_KEYS = ("title", "number", "issuer", "note")
_CLAUSE_KEYS = [
    "id",
    "document",
    "article",
    "sectors",
    "unit_natures",
    "project_natures",
    "region",
    "effective_from",
    "effective_to",
    "superseded_by",
    "date_of",
    "requirement",
    "excerpt",
    "condition",
    "unless",
    "severity",
    "binds_at",
    "question",
    "office",
    "topic",
    "evidence",
    "basis",
    "basis_note",
]


class _PackReader:
    def __init__(self, document: Document, catalogue: Catalogue, problems: list[Problem]):
        self.document, self.catalogue, self.problems = document, catalogue, problems
        self.name = ""

    def fail(self, at: tuple[Any, ...], what: str, allowed: str = "", field: str = "") -> None:
        shown = field or ".".join(str(part) for part in at if isinstance(part, str))
        self.problems.append(Problem(self.document.where(at), shown, what, allowed))

    def read(self, name: str | None, digest: str) -> Pack | None:
        data = self.document.data
        if not isinstance(data, dict):
            self.fail((), "规则包应是键值", "、".join(_PACK_KEYS))
            return None
        self.unknown_keys(data, (), _PACK_KEYS)
        self.name = self.text(data, ("pack",)) or ""
        if name is not None and self.name and self.name != name:
            self.fail(("pack",), f"包名“{self.name}”与文件名不同", name)
        documents = self.documents(data.get("documents"))
        return Pack(
            self.name,
            self.text(data, ("title",)),
            self.text(data, ("foreword",), required=False),
            documents,
            tuple(self.clauses(data.get("clauses"), documents)),
            digest,
            self.document.source,
        )

    def unknown_keys(self, data: dict[str, Any], at: tuple[Any, ...], known: Sequence[str]) -> None:
        for key in data:
            if key not in known:
                self.fail((*at, key), f"不认识的键“{key}”", suggest(key, known) or "、".join(known))

    def text(self, data: dict[str, Any], at: tuple[Any, ...], *, required: bool = True) -> str:
        value = data.get(at[-1])
        if value is not None and not isinstance(value, str):
            self.fail(at, "应是一段文字")
        elif required and not (value or "").strip():
            self.fail(at, f"缺少 {at[-1]}")
        return value.strip() if isinstance(value, str) and value != "null" else ""

    def documents(self, data: Any) -> dict[str, LegalDocument]:
        if not isinstance(data, dict):
            self.fail(("documents",), "缺少 documents", "文件代号: {title: …, number: …, issuer: …}")
            return {}
        found = {}
        for key, row in data.items():
            at = ("documents", key)
            if not isinstance(row, dict):
                self.fail(at, "文件应写明 title、number、issuer")
                continue
            self.unknown_keys(row, at, _DOCUMENT_KEYS)
            title = self.text(row, (*at, "title"))
            number = self.text(row, (*at, "number"), required=False)
            found[key] = LegalDocument(key, title, number, self.text(row, (*at, "issuer"), required=False))
        return found

    def clauses(self, data: Any, documents: Mapping[str, LegalDocument]) -> Iterator[Clause]:
        if not isinstance(data, list) or not data:
            self.fail(("clauses",), "缺少 clauses", "至少一条")
            return
        for at, row in enumerate(data):
            place = ("clauses", at)
            if not isinstance(row, dict):
                self.fail(place, "每条应是键值", "id: …")
            elif clause := _ClauseReader(self, row, place).read(documents):
                yield clause


class _ClauseReader:
    def __init__(self, pack: _PackReader, row: dict[str, Any], at: tuple[Any, ...]):
        self.pack, self.row, self.at = pack, row, at
        self.id = row.get("id") if isinstance(row.get("id"), str) else ""

    def fail(self, key: str, what: str, allowed: str = "") -> None:
        self.pack.fail((*self.at, key), what, allowed, f"{self.id or '?'}.{key}")

    def read(self, documents: Mapping[str, LegalDocument]) -> Clause | None:
        before = len(self.pack.problems)
        self.pack.unknown_keys(self.row, self.at, _CLAUSE_KEYS)
        condition, unless = self.expression("condition"), self.expression("unless")
        sectors = self.codes("sectors", "sector", required=True)
        unit_natures = self.codes("unit_natures", "unit_nature") or tuple(self.choices("unit_nature"))
        effective_from, effective_to = self.day("effective_from"), self.day("effective_to")
        if effective_from and effective_to and effective_from > effective_to:
            self.fail("effective_to", f"终止日 {effective_to} 早于起始日 {effective_from}，永不适用")
        self.condition_or_question()
        clause = Clause(
            id=self.text("id"),
            pack=self.pack.name,
            document=self.cited(documents),
            article=self.text("article"),
            sectors=sectors,
            requirement=self.text("requirement"),
            severity=self.one_of("severity", Severity, Severity.NOTICE),
            office=self.text("office"),
            topic=self.topic(),
            basis=self.one_of("basis", Basis, Basis.RECALLED),
            where=self.pack.document.where(self.at),
            unit_natures=unit_natures,
            project_natures=self.codes("project_natures", "project_nature"),
            region=self.region(),
            effective_from=effective_from,
            effective_to=effective_to,
            superseded_by=self.text("superseded_by", required=False),
            date_of=self.date_of(),
            excerpt=self.text("excerpt", required=False),
            condition=condition,
            unless=unless,
            binds_at=self.one_of("binds_at", Moment, None) if self.row.get("binds_at") else None,
            question=self.text("question", required=False),
            evidence=self.list_of_text("evidence"),
            basis_note=self.text("basis_note", required=False),
            written=self.row,
        )
        return clause if len(self.pack.problems) == before else None

    def text(self, key: str, *, required: bool = True) -> str:
        value = self.row.get(key)
        if value is not None and not isinstance(value, str):
            self.fail(key, "应是一段文字")
        elif required and not (value or "").strip():
            self.fail(key, f"缺少 {key}")
        return value.strip() if isinstance(value, str) and value != "null" else ""

    def list_of_text(self, key: str) -> tuple[str, ...]:
        value = self.row.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, "应是列表", "[甲, 乙]")
            return ()
        return tuple(value)

    def choices(self, fact: str) -> Mapping[str, str]:
        return self.pack.catalogue[fact].choices

    def codes(self, key: str, fact: str, *, required: bool = False) -> tuple[str, ...]:
        """Return codes of a scope fact: a group stands for its members, ``all`` for every one."""
        values = self.list_of_text(key)
        if required and not values:
            self.fail(key, f"缺少 {key}", "[all]")
        scope = self.pack.catalogue[fact]
        known = (*scope.choices, *scope.groups)
        for value in values:
            if value != "all" and value not in known:
                self.fail(key, f"没有“{value}”", suggest(value, known) or "、".join(known))
        return tuple(dict.fromkeys(code for value in values for code in scope.members(value)))

    def day(self, key: str) -> date | None:
        value = self.row.get(key)
        if value in (None, "null"):
            return None
        try:
            if isinstance(value, str):
                return parse_date(value)
        except ValueError:
            pass
        self.fail(key, f"没有“{value}”这一天", "YYYY-MM-DD")
        return None

    def one_of(self, key: str, options: type[StrEnum], otherwise: Any) -> Any:
        value = self.row.get(key)
        if isinstance(value, str) and value in options._value2member_map_:
            return options(value)
        self.fail(key, f"缺少 {key}" if value is None else f"{key} 没有“{value}”", " | ".join(options))
        return otherwise

    def topic(self) -> str:
        value = self.text("topic")
        if value and value not in TOPICS:
            self.fail("topic", f"没有审查要点“{value}”", suggest(value, TOPICS) or "、".join(TOPICS))
        return value

    def region(self) -> str:
        value = self.text("region", required=False) or NATIONWIDE
        known = _region_keys()
        if value not in known:
            self.fail("region", f"地域登记册里没有“{value}”", suggest(value, known) or NATIONWIDE)
        return value

    def cited(self, documents: Mapping[str, LegalDocument]) -> LegalDocument:
        key = self.text("document")
        if key and key not in documents:
            self.fail("document", f"documents 里没有“{key}”", suggest(key, documents))
        return documents.get(key) or LegalDocument(key, "")

    def date_of(self) -> str:
        value = self.text("date_of", required=False)
        fact = self.pack.catalogue.get(value)
        is_date = fact is not None and fact.kind is FactKind.DATE
        if value and value not in PROJECT_DATES and not is_date:
            self.fail("date_of", f"“{value}”不是项目日期，也不是日期类事实", "、".join(PROJECT_DATES))
        return value

    def condition_or_question(self) -> None:
        condition, question = self.row.get("condition"), self.row.get("question")
        if not condition and not question:
            self.fail("condition", "既没有 condition，也没有 question", "二者之一")
        if condition and question:
            self.fail("question", "condition 与 question 只能有一个")
        if self.row.get("unless") and not condition:
            self.fail("unless", "没有 condition，不能写 unless")

    def expression(self, key: str) -> Node | None:
        text = self.text(key, required=False)
        if not text:
            return None
        try:
            bound, errors = bind(parse(text), self.pack.catalogue)
        except ExpressionError as refused:
            bound, errors = None, (refused,)
        for error in errors:
            self.fail(key, f"第 {error.column} 列：{error.what}", error.allowed)
        return bound


@cache
def _region_keys() -> frozenset[str]:
    return frozenset(region_keys())


# ---------------------------------------------------------------------------------------------- across clauses


def _duplicates(packs: Sequence[Pack], clauses: Sequence[Clause]) -> Iterator[Problem]:
    seen: dict[str, Where] = {}
    for clause in clauses:
        if clause.id in seen:
            yield Problem(clause.where, clause.id, f"条款编号重复，另见 {seen[clause.id]}", "每个编号只用一次")
        seen.setdefault(clause.id, clause.where)
    names: set[str] = set()
    for pack in packs:
        if pack.name in names:
            yield Problem(Where(pack.source), "pack", f"包名“{pack.name}”重复")
        names.add(pack.name)


def _supersession_problems(clauses: Sequence[Clause]) -> Iterator[Problem]:
    known = {clause.id: clause for clause in clauses}
    for clause in clauses:
        if not clause.superseded_by:
            continue
        successor = known.get(clause.superseded_by)
        field = f"{clause.id}.superseded_by"
        if successor is None or successor is clause:
            allowed = suggest(clause.superseded_by, known) or "另一条款的编号"
            yield Problem(clause.where, field, f"取代它的条款“{clause.superseded_by}”不存在", allowed)
        elif clause.effective_to is None:
            yield Problem(clause.where, f"{clause.id}.effective_to", "已被取代的条款应写终止日", "YYYY-MM-DD")
        elif successor.effective_from is None or successor.effective_from <= clause.effective_to:
            began = successor.effective_from or "未写起始日"
            what = f"与取代它的 {successor.id} 有效期重叠：{clause.effective_to} 终止，{began} 起施行"
            yield Problem(clause.where, f"{clause.id}.effective_to", what)

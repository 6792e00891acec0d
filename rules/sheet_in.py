"""A workbook on its way back to a pack.

What comes back is written as the YAML a pack is, and that very text goes through the loader of packs, so the checks are the same; each
problem is told at the cell it came from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tanping.records.basis import Basis
from tanping.records.doors.text import REPLACEMENT, visible
from tanping.records.doors.workbook import address
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.located import parse_yaml
from tanping.rules.cases import Case, read_cases
from tanping.rules.clause import PROJECT_DATES
from tanping.rules.facts import Catalogue
from tanping.rules.finding import date_label
from tanping.rules.pack import Pack, parse_pack
from tanping.rules.sheet import (
    BETWEEN,
    CASE_COLUMNS,
    CASES,
    CLAUSE_COLUMNS,
    CLAUSES,
    DOCUMENT_COLUMNS,
    DOCUMENTS,
    EVERY,
    PACK,
    PACK_FIELDS,
    READ_AS,
    SHEETS,
    Column,
)

if TYPE_CHECKING:
    from tanping.records.doors.workbook import Sheet, Workbook

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00:00)?\Z")
_LABEL = re.compile(r"【([^【】]*)】")
_TEXT = re.compile(r"'[^']*'")
_WORDS = (
    ("并且", " and "), ("且", " and "), ("或者", " or "), ("或", " or "), ("非", " not "), ("（", "("), ("）", ")"), ("≥", ">="), ("≤", "<="),
    ("≠", "!="), ("＝", "=="), ("＞", ">"), ("＜", "<"), ("，", ","),
)  # fmt: skip


@dataclass
class PackText:
    """A pack read from a workbook: the YAML of the pack and of its cases, and the cell each line came from."""

    name: str = ""
    pack: str = ""
    cases: str = ""
    pack_cells: dict[int, str] = field(default_factory=dict)
    case_cells: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imported:
    """A workbook that was read and checked: the typed pack and cases, and their text as it is to be written."""

    pack: Pack
    cases: tuple[Case, ...]
    text: PackText


def read_sheet(book: Workbook, catalogue: Catalogue) -> Imported:
    """Return the pack and cases of a filled workbook, checked as a pack file is. Raises InputError with the cell of every problem.

    Whether it fits beside the other packs, and whether the cases come out as written, is `tanping.rules.keep`.
    """
    problems: list[Problem] = []
    text = _Reader(book, catalogue, problems).read()
    pack: Pack | None = None
    found: list[Problem] = []
    cases: list[Case] = []
    if text.pack:
        try:
            pack = parse_pack(text.pack.encode(), book.source, catalogue, text.name)
        except InputError as error:
            found = [_at_cell(problem, text.pack_cells, book.source) for problem in error.problems]
    if text.cases:
        faults: list[Problem] = []
        cases = read_cases(parse_yaml(text.cases.encode(), book.source), catalogue, faults)
        found += [_at_cell(problem, text.case_cells, book.source) for problem in faults]
    # What could not be read at a cell needs no second complaint from what was put in its place.
    told_of = {_spot(problem) for problem in problems}
    problems += [problem for problem in found if _spot(problem) not in told_of]
    if problems or pack is None:
        raise InputError(problems)
    told = tuple(replace(case, where=_cell(case.where, text.case_cells, book.source)) for case in cases)
    return Imported(pack, told, text)


def _spot(problem: Problem) -> tuple[str, str]:
    return str(problem.where), problem.field.rpartition("·")[2].split("（")[0]


def cell_of(problem: Problem, imported: Imported) -> Problem:
    """Return a problem of an imported pack (found later, across packs) with the cell instead of the line."""
    return _at_cell(problem, imported.text.pack_cells, imported.pack.source)


_WHOLE = {"documents": DOCUMENTS, "clauses": CLAUSES}


def _at_cell(problem: Problem, cells: Mapping[int, str], source: str) -> Problem:
    if problem.field in _WHOLE:
        name = _WHOLE[problem.field]
        return Problem(Where(source, cell=f"{name}!A1"), name, f"表“{name}”没有填", "至少一行")
    where = _cell(problem.where, cells, source) if problem.where.source == source else problem.where
    return replace(problem, where=where, field=_in_words(problem.field), what=_in_words(problem.what))


def _cell(where: Where, cells: Mapping[int, str], source: str) -> Where:
    if where.line is None:
        return where
    known = [line for line in cells if line <= where.line]
    return Where(source, cell=cells[max(known)]) if known else Where(source)


_KEY_WORDS = {column.key: column.head for column in CLAUSE_COLUMNS} | {
    "pack": "包名", "title": "标题", "number": "文号", "issuer": "发布机关",
    "facts": "事实", "dates": "项目日期", "expect": "结果", "applies": "是否适用", "met": "结果", "clause": "条款编号", "name": "用例名称",
    "as_of": "法规适用日期", "moment": "判断时点",
}  # fmt: skip
_KEY = re.compile(r"(?<![\w.-])(" + "|".join(sorted(_KEY_WORDS, key=len, reverse=True)) + r")(?![\w-])")


def _in_words(text: str) -> str:
    """Return a message with the keys of the file form put as the headings a person sees."""
    head, dot, key = text.rpartition(".")
    if dot and key in _KEY_WORDS:
        return f"{head}·{_KEY_WORDS[key]}" if head else _KEY_WORDS[key]
    return _KEY.sub(lambda match: _KEY_WORDS[match[1]], text)


class _Reader:
    """Turns the sheets into the text of a pack, noting the cell of every line."""

    def __init__(self, book: Workbook, catalogue: Catalogue, problems: list[Problem]):
        self.book, self.catalogue, self.problems = book, catalogue, problems
        self.by_label = {fact.label: fact for fact in catalogue.values()}

    def read(self) -> PackText:
        text = PackText()
        missing = [name for name in (PACK, DOCUMENTS, CLAUSES) if name not in self.book.sheets]
        for name in missing:
            self.problems.append(Problem(Where(self.book.source), name, f"没有表“{name}”", "用“规则库”页下载的空白表"))
        for name, sheet in self.book.sheets.items():
            if name not in SHEETS:
                self.fail(sheet, 0, 0, name, f"不认识的表“{name}”", suggest(name, SHEETS) or BETWEEN.join(SHEETS))
        if missing:
            return text
        out = _Lines(text.pack_cells)
        self.pack(out, text)
        self.documents(out)
        self.clauses(out)
        text.pack = out.text
        if CASES in self.book.sheets:
            worked = _Lines(text.case_cells)
            if self.cases(worked):
                text.cases = worked.text
        return text

    def fail(
        self, sheet: Sheet, row: int, column: int, field_: str, what: str, allowed: str = "", example: str = ""
    ) -> None:
        self.problems.append(Problem(sheet.where(row, column), field_, what, allowed, example))

    def cell(self, sheet: Sheet, row: int, column: int, field_: str) -> str:
        """Return a cell's text, trimmed. Hidden characters are refused: they could make a text look like another."""
        text = (sheet.cell(row, column) or "").strip().replace("\r\n", "\n").replace("\r", "\n")
        shown = visible(text)
        if REPLACEMENT in shown:
            what = f"含看不见的控制字符（{shown[:40]}）"
            self.fail(sheet, row, column, field_, what, "纯文本；从别处粘贴的请重新录入")
            return ""
        return text

    def nearest(self, label: str) -> str:
        """Return what may have been meant: the very near name, else the likest few, as people name a thing in their own words."""
        alike = get_close_matches(label, self.by_label, n=3, cutoff=0.4)
        likest = f"相近的有{BETWEEN.join(f'【{name}】' for name in alike)}；" if alike else ""
        return suggest(label, self.by_label) or f"{likest}从表“事实目录”复制名称"

    def heads(self, sheet: Sheet, known: Sequence[str], must: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for column, said in enumerate(sheet.rows[0] if sheet.rows else ()):
            head = (said or "").strip().rstrip("＊*")
            if head in found:
                self.fail(sheet, 0, column, head, f"列“{head}”重复")
            elif head in known:
                found[head] = column
            elif head:
                self.fail(sheet, 0, column, head, f"不认识的列“{head}”", suggest(head, known) or BETWEEN.join(known))
        for head in must:
            if head not in found:
                self.fail(sheet, 0, 0, head, f"缺少列“{head}”")
        return found

    # sheets

    def pack(self, out: _Lines, text: PackText) -> None:
        sheet = self.book.sheets[PACK]
        keys = {label: key for label, key, _ in PACK_FIELDS}
        said: dict[str, tuple[str, int]] = {}
        for row in range(1, len(sheet.rows)):
            label = self.cell(sheet, row, 0, PACK)
            if label in keys:
                said[keys[label]] = self.cell(sheet, row, 1, label), row
            elif label:
                self.fail(sheet, row, 0, label, f"不认识的字段“{label}”", BETWEEN.join(keys))
        name, row = said.get("pack", ("", 1))
        if not NAME.match(name):
            what = f"包名“{name}”不能用" if name else "缺少包名"
            self.fail(sheet, row, 1, "包名", what, "英文小写字母、数字、下划线，以字母开头", "coastal_list")
        text.name = name
        for _, key, _ in PACK_FIELDS:
            value, row = said.get(key, ("", 1))
            if value or key != "foreword":
                out.put(0, key, value, f"{PACK}!{address(row, 1)}")

    def documents(self, out: _Lines) -> None:
        sheet = self.book.sheets[DOCUMENTS]
        columns = self.heads(sheet, [head for head, _ in DOCUMENT_COLUMNS], ("文件代号", "标题"))
        out.line("documents:", f"{DOCUMENTS}!A1")
        seen: set[str] = set()
        for row in range(1, len(sheet.rows)):
            cells = {
                key: self.cell(sheet, row, columns[head], head) for head, key in DOCUMENT_COLUMNS if head in columns
            }
            if not any(cells.values()):
                continue
            key, place = cells.pop("key", ""), f"{DOCUMENTS}!{address(row, columns.get('文件代号', 0))}"
            if not key or key in seen:
                what = f"文件代号“{key}”重复" if key else "缺少文件代号"
                self.fail(sheet, row, columns.get("文件代号", 0), "文件代号", what, "每个文件一个代号")
                continue
            seen.add(key)
            out.line(f"  {scalar(key)}:", place)
            for head, part in DOCUMENT_COLUMNS[1:]:
                if cells.get(part) or part == "title":
                    out.put(4, part, cells.get(part, ""), f"{DOCUMENTS}!{address(row, columns.get(head, 0))}")
        if not seen:
            out.drop()

    def clauses(self, out: _Lines) -> None:
        sheet = self.book.sheets[CLAUSES]
        heads = [column.head for column in CLAUSE_COLUMNS]
        columns = self.heads(sheet, [*heads, READ_AS], [column.head for column in CLAUSE_COLUMNS if column.must])
        columns.pop(READ_AS, None)
        out.line("clauses:", f"{CLAUSES}!A1")
        written = False
        for row in range(1, len(sheet.rows)):
            said = {
                column: self.cell(sheet, row, columns[column.head], column.head)
                for column in CLAUSE_COLUMNS
                if column.head in columns
            }
            if not any(said.values()):
                continue
            written = True
            mark = "  - "
            for column, text in said.items():
                place = f"{CLAUSES}!{address(row, columns[column.head])}"
                if not text and column.key != "id":
                    continue
                out.line(f"{mark}{column.key}: {self.value(sheet, row, columns[column.head], column, text)}", place)
                mark = "    "
        if not written:
            out.drop()

    def cases(self, out: _Lines) -> bool:
        sheet = self.book.sheets[CASES]
        columns = self.heads(sheet, [head for head, _ in CASE_COLUMNS], [])
        out.line("cases:", f"{CASES}!A1")
        written = False
        for row in range(1, len(sheet.rows)):
            said = {key: self.cell(sheet, row, columns[head], head) for head, key in CASE_COLUMNS if head in columns}
            if not any(said.values()):
                continue
            written = True
            place = {key: f"{CASES}!{address(row, columns[head])}" for head, key in CASE_COLUMNS if head in columns}
            at = place.get("clause", f"{CASES}!{address(row, 0)}")
            out.put(2, "- clause", said.get("clause", ""), at)
            for key in ("name", "as_of", "moment"):
                value = iso(said.get(key, "")) if key == "as_of" else said.get(key, "")
                if value or key == "name":
                    out.put(4, key, value, place.get(key, at))
            self.pairs(out, sheet, row, columns, "facts", said.get("facts", ""), place.get("facts", at))
            if said.get("dates"):
                self.pairs(out, sheet, row, columns, "dates", said["dates"], place.get("dates", at))
            out.line("    expect:", place.get("applies", at))
            for key in ("applies", "met"):
                if said.get(key):
                    out.put(6, key, said[key], place.get(key, at))
        return written

    def pairs(
        self, out: _Lines, sheet: Sheet, row: int, columns: Mapping[str, int], key: str, text: str, place: str
    ) -> None:
        """Write the facts or dates of a case: a cell of lines ``名称 = 值``."""
        head = next(head for head, name in CASE_COLUMNS if name == key)
        out.line(f"    {key}:" if text else f"    {key}: {{}}", place)
        seen: set[str] = set()
        for line in filter(None, map(str.strip, text.split("\n"))):
            label, mark, value = (part.strip() for part in line.replace("＝", "=", 1).partition("="))
            if not mark or not value:
                self.fail(sheet, row, columns[head], head, f"“{line[:40]}”不是“名称 = 值”", "每行一项")
                continue
            name, value = self.fact(label, value) if key == "facts" else self.date(label, value)
            if not name:
                self.fail(sheet, row, columns[head], head, f"没有名为“{label}”的事实", self.nearest(label))
            elif name in seen:
                self.fail(sheet, row, columns[head], head, f"“{label}”写了两次", "每项一次")
            else:
                seen.add(name)
                out.put(6, name, value, place)

    def fact(self, label: str, value: str) -> tuple[str, str]:
        fact = self.by_label.get(label) or self.catalogue.get(label)
        if fact is None:
            return "", value
        if fact.kind == "flag":
            value = {"是": "true", "否": "false"}.get(value, value)
        return fact.name, iso(value) if fact.kind == "date" else value

    def date(self, label: str, value: str) -> tuple[str, str]:
        dates = {date_label(name, self.catalogue): name for name in PROJECT_DATES}
        return dates.get(label, label), iso(value)

    # cells

    def value(self, sheet: Sheet, row: int, at: int, column: Column, text: str) -> str:
        """Return a clause's cell as YAML."""
        if column.key in ("sectors", "unit_natures", "project_natures"):
            return self.codes(sheet, row, at, column, text)
        if column.kind == "list":
            return flow(split(text))
        if column.kind == "date":
            return scalar(iso(text))
        if column.kind == "basis":
            return scalar(next((basis.value for basis in Basis if basis.label == text), text))
        if column.kind == "date_of":
            labels = {date_label(name, self.catalogue): name for name in PROJECT_DATES}
            labels |= {fact.label: fact.name for fact in self.catalogue.values() if fact.kind == "date"}
            return scalar(labels.get(text, text))
        if column.key in ("condition", "unless"):
            return scalar(self.condition(sheet, row, at, column, text))
        return scalar(text)

    def codes(self, sheet: Sheet, row: int, at: int, column: Column, text: str) -> str:
        fact = self.catalogue[column.kind]
        known = {word: fact.named(word) for word in (*fact.choices, *fact.groups)}
        codes = {label: word for word, label in known.items()} | {EVERY: "all", "all": "all"}
        found = []
        for word in split(text):
            if word not in codes and word not in known:
                near = suggest(word, codes)
                self.fail(sheet, row, at, column.head, f"没有“{word}”", near or BETWEEN.join((EVERY, *known.values())))
            found.append(codes.get(word, word))
        return flow(found)

    def condition(self, sheet: Sheet, row: int, at: int, column: Column, text: str) -> str:
        """Return a condition in the words of the engine: 【name】 as the fact's name, labels of choices as codes, 且 或 非 as and or not."""

        def fact(match: re.Match[str]) -> str:
            label = match[1].strip()
            known = self.by_label.get(label) or self.catalogue.get(label)
            if known is None:
                self.fail(sheet, row, at, column.head, f"事实目录里没有【{label}】", self.nearest(label))
                return "false"
            return known.name

        if "【" not in text:
            return text
        text = text.replace("‘", "'").replace("’", "'").replace("“", "'").replace("”", "'")
        pieces: list[str] = []
        last = 0
        for match in _TEXT.finditer(text):
            pieces += [self.joined(_LABEL.sub(fact, text[last : match.start()])), match[0]]
            last = match.end()
        pieces.append(self.joined(_LABEL.sub(fact, text[last:])))
        return self.coded(re.sub(r"[ \t\n]+", " ", "".join(pieces)).strip())

    @staticmethod
    def joined(text: str) -> str:
        for word, mark in _WORDS:
            text = text.replace(word, mark)
        return re.sub(r"(?<![=<>!])=(?!=)", "==", text)

    def coded(self, text: str) -> str:
        """Put codes for the labels of choices that are compared with a choice fact."""
        for fact in self.catalogue.values():
            if fact.choices and fact.name in text:
                for code, label in fact.choices.items():
                    text = re.sub(
                        rf"(\b{fact.name}\s*(?:==|!=|(?:not )?in \[[^\]]*)\s*)'{re.escape(label)}'",
                        rf"\1'{code}'",
                        text,
                    )
        return text


class _Lines:
    """YAML in the making, one value a line."""

    def __init__(self, cells: dict[int, str]):
        self.lines: list[str] = []
        self.cells = cells

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def line(self, text: str, place: str) -> None:
        self.lines.append(text)
        self.cells[len(self.lines)] = place

    def put(self, depth: int, key: str, value: str, place: str) -> None:
        self.line(f"{' ' * depth}{key}: {scalar(value)}", place)

    def drop(self) -> None:
        """Take back the last line: a list that has no rows is told as absent."""
        self.cells.pop(len(self.lines), None)
        self.lines.pop()


_BARE = re.compile(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff]*\Z")
_PLAIN = re.compile(r"[A-Za-z0-9\u4e00-\u9fff《〈][\w\u4e00-\u9fff《》〈〉〔〕（）、，。；./·+<>=() -]*\Z")


def scalar(text: str) -> str:
    """Return a text as a YAML scalar that reads back as that very text, on one line."""
    if not text:
        return ""
    plain = _PLAIN.match(text) and not text.endswith((" ", ":")) and ": " not in text and " #" not in text
    if plain and text.lower() not in ("null", "~"):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Return a text in double quotes as YAML reads them: JSON, with every character that can't be seen spelled out."""
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape(char) for char in shown)


def _escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def flow(items: Iterable[str]) -> str:
    """Return texts as a YAML list on one line."""
    return "[" + ", ".join(item if _BARE.match(item) else quoted(item) for item in items) + "]"


def split(text: str) -> list[str]:
    """Return the items of a cell, separated by 、 ； or line ends."""
    return [item.strip() for item in re.split(r"[、；;\n]", text) if item.strip()]


def iso(text: str) -> str:
    """Return a date as YYYY-MM-DD if it is written as people and spreadsheets do; anything else as it stands."""
    match = _DATE.match(text.strip())
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else text.strip()

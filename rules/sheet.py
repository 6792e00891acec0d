"""A pack as a workbook, for people who know the law and do not write YAML: out with drop-downs and explanations, and back.

What comes back is written as the YAML a pack is, and that very text goes through the loader of packs, so the checks are the same; each
problem is told at the cell it came from. Sheets: 说明, 规则包, 文件, 条款, 用例, 事实目录, 选项.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tanping.records.basis import Basis
from tanping.records.doors.text import REPLACEMENT, visible
from tanping.records.doors.workbook import address
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.located import parse_yaml
from tanping.records.regions import region_keys
from tanping.rules.cases import Case, read_cases
from tanping.rules.clause import PROJECT_DATES, TOPICS, Severity
from tanping.rules.facts import PAPER_LABELS, Catalogue, Fact, Moment
from tanping.rules.finding import Applies, Met, date_label
from tanping.rules.pack import Pack, parse_pack

if TYPE_CHECKING:
    from tanping.records.doors.export import SafeSheet, SafeWorkbook, Style
    from tanping.records.doors.workbook import Sheet, Workbook

COVER, PACK, DOCUMENTS, CLAUSES, CASES, FACTS, OPTIONS = "说明", "规则包", "文件", "条款", "用例", "事实目录", "选项"
SHEETS = (COVER, PACK, DOCUMENTS, CLAUSES, CASES, FACTS, OPTIONS)
MORE_ROWS = 200
EVERY = "全部"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
BETWEEN = "、"

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00:00)?\Z")
_LABEL = re.compile(r"【([^【】]*)】")
_TEXT = re.compile(r"'[^']*'")
_WORDS = (
    ("并且", " and "), ("且", " and "), ("或者", " or "), ("或", " or "), ("非", " not "), ("（", "("), ("）", ")"), ("≥", ">="), ("≤", "<="),
    ("≠", "!="), ("＝", "=="), ("＞", ">"), ("＜", "<"), ("，", ","),
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of the sheet 条款: its heading, the key of the clause, width, explanation, and where its answers come from."""

    head: str
    key: str
    width: int
    help: str = ""
    must: bool = False
    options: str = ""
    kind: str = "text"


CLAUSE_COLUMNS = (
    Column("条款编号", "id", 30, "本包内不重复；引用、取代、核对都用它，定了不要改。例：coast-list-3", True),
    Column("文件代号", "document", 16, "表“文件”里的代号", True),
    Column("条号", "article", 20, "例：第三条第二款", True),
    Column("要点", "requirement", 48, "用自己的话写清楚要求什么", True),
    Column("命中条件", "condition", 40, "成立即为命中（不符合）。事实用【名称】，见表“事实目录”；用 且、或、非 和括号连接；与“转人工的问题”二选一"),
    Column("例外", "unless", 28, "成立时不算命中；写法同命中条件"),
    Column("转人工的问题", "question", 34, "机器判不了的，写成问核查部门的一句话；与“命中条件”二选一"),
    Column("命中后", "severity", 10, "命中时的严重程度", True, "severity"),
    Column("生产单元类别", "sectors", 24, "用、分隔；可写组名（见表“事实目录”的“可选的值”）；全部都管的写“全部”", True, "", "sector"),
    Column("单元性质", "unit_natures", 16, "用、分隔；空白为全部", kind="unit_nature"),
    Column("项目性质", "project_natures", 16, "用、分隔；空白为不限", kind="project_nature"),
    Column("适用地域", "region", 14, "空白为全国", options="region"),
    Column("起始日", "effective_from", 13, "含当日；空白为不限", kind="date"),
    Column("终止日", "effective_to", 13, "含当日；空白为现行", kind="date"),
    Column("由何条取代", "superseded_by", 26, "取代它的条款的编号；填了须有终止日"),
    Column("按何日期适用", "date_of", 16, "空白为法规适用日期", options="date_of", kind="date_of"),
    Column("约束时点", "binds_at", 10, "空白按所涉文件各自的时点", options="moment"),
    Column("核查部门", "office", 14, "", True, "office"),
    Column("审查要点", "topic", 18, "", True, "topic"),
    Column("可核材料", "evidence", 30, "用、分隔", kind="list"),
    Column("依据程度", "basis", 18, "仅见二手资料、凭专业记忆的，命中只报疑似", True, "basis", "basis"),
    Column("依据说明", "basis_note", 36),
    Column("原文摘录", "excerpt", 48, "有原文再填；经两人核对的由系统填"),
)  # fmt: skip
READ_AS = "命中条件（读作，不导入）"
PACK_FIELDS = (
    ("包名", "pack", "英文小写字母、数字、下划线，以字母开头；也是文件名。例：coastal_list"),
    ("标题", "title", "例：江苏省沿海地区建设项目环境准入负面清单"),
    ("包首说明", "foreword", "本包是什么、从何而来、缺什么；打印在本包结果之前"),
)
DOCUMENT_COLUMNS = (
    ("文件代号", "key"),
    ("标题", "title"),
    ("文号", "number"),
    ("发布机关", "issuer"),
    ("备注", "note"),
)
CASE_COLUMNS = (
    ("条款编号", "clause"), ("用例名称", "name"), ("法规适用日期", "as_of"), ("判断时点", "moment"), ("事实（每行一项：名称 = 值）", "facts"),
    ("项目日期（每行一项：名称 = 日期）", "dates"), ("是否适用", "applies"), ("结果", "met"),
)  # fmt: skip
_CASE_WIDTHS = (30, 26, 14, 12, 52, 30, 12, 14)


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


# ---------------------------------------------------------------------------------------------- writing


def pack_workbook(raw: bytes | None, cases: bytes | None, catalogue: Catalogue, offices: Sequence[str] = ()) -> bytes:
    """Return the workbook of a pack from its YAML and that of its cases; without a pack the blank one to fill in. Raises InputError."""
    from tanping.records.doors.export import SafeWorkbook

    data = parse_yaml(raw, "规则包").data if raw else {}
    worked = parse_yaml(cases, "用例").data if cases else {}
    title = str(data.get("title") or "空白规则包")
    with SafeWorkbook(f"规则包：{title}") as book:
        _Writer(book, catalogue, data, worked.get("cases") or [], offices).write()
    return book.data


class _Writer:
    def __init__(
        self,
        book: SafeWorkbook,
        catalogue: Catalogue,
        data: Mapping[str, Any],
        cases: Sequence[Mapping[str, Any]],
        offices: Sequence[str],
    ):
        self.book, self.catalogue, self.data, self.cases = book, catalogue, data, cases
        self.lists = _lists(catalogue, offices)
        self.places: dict[str, str] = {}
        base: Style = {
            "font_name": "宋体", "font_size": 11, "valign": "top", "text_wrap": True, "border": 1, "border_color": "#C9CED6",
        }  # fmt: skip
        self.head: Style = {**base, "bold": True, "bg_color": "#24476B", "font_color": "#FFFFFF", "valign": "vcenter"}
        self.label: Style = {**base, "bg_color": "#F2F4F7", "bold": True}
        self.fill: Style = {**base, "bg_color": "#FFFDF2", "num_format": "@"}
        self.hint: Style = {**base, "font_color": "#6B7280", "font_size": 10}
        self.prose: Style = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"}
        self.title: Style = {"font_name": "黑体", "font_size": 16, "bold": True}

    def write(self) -> None:
        # The order of the sheets is that of reading; where the lists will stand is known beforehand.
        for column, (name, words) in enumerate(self.lists.items()):
            letter = address(0, column)[:-1]
            self.places[name] = f"={OPTIONS}!${letter}$2:${letter}${len(words) + 1}"
        self.cover()
        self.pack()
        self.documents()
        self.clauses()
        self.worked()
        self.facts()
        self.options()

    def sheet(self, name: str, heads: Sequence[str], widths: Sequence[int]) -> SafeSheet:
        sheet = self.book.sheet(name)
        sheet.layout.hide_gridlines(2)
        sheet.layout.freeze_panes(1, 1)
        sheet.layout.set_row(0, 32)
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.layout.set_column(column, column, width)
            sheet.write(0, column, head, self.head)
        return sheet

    def cover(self) -> None:
        sheet = self.book.sheet(COVER)
        sheet.layout.hide_gridlines(2)
        sheet.layout.set_column(0, 0, 110)
        sheet.write(0, 0, f"规则包：{self.data.get('title') or '（空白，待填）'}", self.title)
        for at, line in enumerate(_COVER_LINES, start=2):
            sheet.write(at, 0, line, self.prose)

    def pack(self) -> None:
        sheet = self.sheet(PACK, ("字段", "填写", "说明"), (14, 90, 60))
        for at, (label, key, help_) in enumerate(PACK_FIELDS, start=1):
            sheet.write(at, 0, label, self.label)
            sheet.write(at, 1, _text(self.data.get(key)), self.fill)
            sheet.write(at, 2, help_, self.hint)

    def documents(self) -> None:
        sheet = self.sheet(DOCUMENTS, [head for head, _ in DOCUMENT_COLUMNS], (20, 60, 32, 36, 40))
        rows = list((self.data.get("documents") or {}).items())
        for at in range(max(len(rows) + 20, 30)):
            key, row = rows[at] if at < len(rows) else ("", {})
            cells = [key, *(_text(row.get(part)) for _, part in DOCUMENT_COLUMNS[1:])]
            for column, text in enumerate(cells):
                sheet.write(at + 1, column, text, self.fill)

    def clauses(self) -> None:
        heads = [f"{column.head}{'＊' if column.must else ''}" for column in CLAUSE_COLUMNS]
        sheet = self.sheet(CLAUSES, [*heads, READ_AS], [*(column.width for column in CLAUSE_COLUMNS), 48])
        rows = self.data.get("clauses") or []
        last = len(rows) + MORE_ROWS
        for at, column in enumerate(CLAUSE_COLUMNS):
            if column.help:
                sheet.layout.write_comment(0, at, column.help)
            if column.options:
                rule = {
                    "validate": "list", "source": self.places[column.options], "error_type": "warning",
                    "error_message": "请从下拉列表中选择",
                }  # fmt: skip
                sheet.layout.data_validation(1, at, last, at, rule)
        documents = {
            "validate": "list", "source": f"={DOCUMENTS}!$A$2:$A$200", "error_type": "warning", "error_message": "先在表“文件”里登记",
        }  # fmt: skip
        sheet.layout.data_validation(1, 1, last, 1, documents)
        for at in range(1, last + 1):
            row = rows[at - 1] if at <= len(rows) else {}
            for place, column in enumerate(CLAUSE_COLUMNS):
                sheet.write(at, place, self.shown(column, row.get(column.key)), self.fill)
            if row:
                sheet.write(at, len(CLAUSE_COLUMNS), self.read_as(row), self.hint)

    def shown(self, column: Column, value: Any) -> str:
        if isinstance(value, list):
            if column.kind in self.catalogue:
                fact = self.catalogue[column.kind]
                return BETWEEN.join(EVERY if word == "all" else fact.named(word) for word in value)
            return BETWEEN.join(value)
        text = _text(value)
        if column.kind == "basis":
            return Basis(text).label if text in Basis._value2member_map_ else text
        return date_label(text, self.catalogue) if column.kind == "date_of" and text else text

    def read_as(self, row: Mapping[str, Any]) -> str:
        from tanping.records.expressions import ExpressionError, bind, parse, render

        parts = []
        for key, lead in (("condition", ""), ("unless", "除非：")):
            if not _text(row.get(key)):
                continue
            try:
                bound, _ = bind(parse(_text(row[key])), self.catalogue)
            except ExpressionError:
                continue
            if bound is not None:
                parts.append(lead + render(bound, self.catalogue))
        return "\n".join(parts)

    def worked(self) -> None:
        sheet = self.sheet(CASES, [head for head, _ in CASE_COLUMNS], _CASE_WIDTHS)
        last = len(self.cases) + MORE_ROWS
        for at, name in ((3, "moment"), (6, "applies"), (7, "met")):
            rule = {"validate": "list", "source": self.places[name], "error_type": "warning"}
            sheet.layout.data_validation(1, at, last, at, rule)
        for at in range(1, last + 1):
            case = self.cases[at - 1] if at <= len(self.cases) else {}
            expect = case.get("expect") or {}
            cells = (
                _text(case.get("clause")), _text(case.get("name")), _text(case.get("as_of")), _text(case.get("moment")),
                _lines(case.get("facts"), self.fact_words), _lines(case.get("dates"), self.date_words), _text(expect.get("applies")),
                _text(expect.get("met")),
            )  # fmt: skip
            for column, text in enumerate(cells):
                sheet.write(at, column, text, self.fill)

    def fact_words(self, name: str, value: str) -> tuple[str, str]:
        fact = self.catalogue.get(name)
        if fact is None:
            return name, value
        return fact.label, {"true": "是", "false": "否"}.get(value, fact.choices.get(value, value))

    def date_words(self, name: str, value: str) -> tuple[str, str]:
        return date_label(name, self.catalogue) if name in PROJECT_DATES else name, value

    def facts(self) -> None:
        heads = ("名称（条件里写【名称】）", "代码", "种类", "单位", "可选的值", "含义", "核查部门")
        sheet = self.sheet(FACTS, heads, (36, 40, 10, 14, 60, 60, 14))
        for at, fact in enumerate(self.catalogue.values(), start=1):
            cells = (fact.label, fact.name, _kind(fact), fact.unit or "", _values(fact), fact.meaning, fact.office)
            for column, text in enumerate(cells):
                sheet.write(at, column, text, self.hint if column else self.label)

    def options(self) -> None:
        sheet = self.sheet(OPTIONS, [_LIST_HEADS[name] for name in self.lists], [22] * len(self.lists))
        for column, words in enumerate(self.lists.values()):
            for at, word in enumerate(words, start=1):
                sheet.write(at, column, word, self.hint)


_LIST_HEADS = {
    "severity": "命中后", "region": "适用地域", "date_of": "按何日期适用", "moment": "时点", "office": "核查部门", "topic": "审查要点",
    "basis": "依据程度", "applies": "是否适用", "met": "结果",
}  # fmt: skip


def _lists(catalogue: Catalogue, offices: Sequence[str]) -> dict[str, list[str]]:
    return {
        "severity": [*Severity],
        "region": [*region_keys()],
        "date_of": [date_label(name, catalogue) for name in PROJECT_DATES],
        "moment": [*Moment],
        "office": [*dict.fromkeys(offices or (fact.office for fact in catalogue.values() if fact.office))],
        "topic": [*TOPICS],
        "basis": [basis.label for basis in Basis],
        "applies": [*Applies],
        "met": [*Met],
    }


_COVER_LINES = (
    "一、这个工作簿就是一个规则包。填好后在“规则库”页上传，或运行 tanping rules import 文件名；有错会指明是哪张表的哪一格。",
    "二、先填“规则包”（包名、标题、说明）和“文件”（条款出自哪些文件），再一行一条地填“条款”。带＊的列必填，浅黄格填写。",
    "三、机器能判断的，写“命中条件”：成立就是命中（不符合）。事实写成【名称】，名称见表“事实目录”，直接复制。",
    "　　例：【属海岸工程】 且 非【入海污染治理措施有效】　　【产能净增量】 > 0　　【饮用水水源保护区级别】 == '一级保护区'",
    "四、机器判断不了的，不写条件，写“转人工的问题”，由核查部门回答。二者必填其一。",
    "五、“命中后”分 禁止、限制、需论证、提示。依据程度为“仅见二手资料”“凭专业记忆”的条款，命中时只报疑似，不会单独定为禁止。",
    "六、日期写 2026-08-15；起止日都含当日。换了新条的旧条，写终止日和由何条取代，不要删，过去的项目还要用它。",
    "七、“用例”可以不填；填了，导入时逐个试算，与所写结果不符就不收。每条最好有命中、不命中、资料不足各一个。",
    "八、包名与自带的规则包相同，就代替自带的那一个；不同，就与自带的并用。每份结果都记下所用各包的散列值。",
    "九、表“事实目录”“选项”只供查看和下拉，改了也不导入。",
)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) and value != "null" else ""


def _lines(rows: Any, words: Callable[[str, str], tuple[str, str]]) -> str:
    pairs = (words(name, _text(value)) for name, value in (rows or {}).items())
    return "\n".join(f"{name} = {value}" for name, value in pairs)


def _kind(fact: Fact) -> str:
    from tanping.records.expressions import KIND_LABELS

    return KIND_LABELS[fact.kind]


def _values(fact: Fact) -> str:
    if fact.choices:
        groups = (f"{group.label}（{BETWEEN.join(map(fact.named, group.members))}）" for group in fact.groups.values())
        choices = BETWEEN.join(f"'{label}'" for label in fact.choices.values())
        return "；组：".join(filter(None, (choices, BETWEEN.join(groups))))
    return {"paper": BETWEEN.join(PAPER_LABELS.values()), "flag": "是、否", "date": "'2026-08-15'"}.get(fact.kind, "")


# ---------------------------------------------------------------------------------------------- reading


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

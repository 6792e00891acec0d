"""A pack on its way out as a workbook, with drop-downs, explanations and every condition read out in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tanping.records.basis import Basis
from tanping.records.doors.workbook import address
from tanping.records.located import parse_yaml
from tanping.records.regions import region_keys
from tanping.rules.clause import PROJECT_DATES, TOPICS, Severity
from tanping.rules.facts import PAPER_LABELS, Catalogue, Fact, Moment
from tanping.rules.finding import Applies, Met, date_label
from tanping.rules.sheet import (
    BETWEEN,
    CASE_COLUMNS,
    CASES,
    CLAUSE_COLUMNS,
    CLAUSES,
    COVER,
    DOCUMENT_COLUMNS,
    DOCUMENTS,
    EVERY,
    FACTS,
    OPTIONS,
    PACK,
    PACK_FIELDS,
    READ_AS,
    Column,
)

if TYPE_CHECKING:
    from tanping.records.doors.export import SafeSheet, SafeWorkbook, Style

MORE_ROWS = 200
_CASE_WIDTHS = (30, 26, 14, 12, 52, 30, 12, 14)


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

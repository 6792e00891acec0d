"""The Excel form: the field catalogue as a workbook, and back.

One sheet a table. Tables of one row stand upright (字段 | 填写 | 单位与示例 | 页码 | 说明); tables of many rows have one row an item with the
unit in the header; 文件办理 and 事实 list every paper and question. What is said about a single value of a many-row table (page, document,
note, verification) stands on the sheet 出处. Errors name ``表名!单元格``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.project.answers import askable, fact_entry
from tanping.assessment.project.catalogue import ONE_ROW, TABLE_LABELS, TABLES, entries
from tanping.assessment.project.entry import Entry
from tanping.assessment.project.model import PAPER_STATUSES, SCHEMA, SECTORS, UNIT_KINDS, Paper, Project
from tanping.assessment.project.offered import offered
from tanping.assessment.project.stated import Check
from tanping.records.doors.workbook import address, column_letters
from tanping.records.errors import InputError, Problem, Where, suggest
from tanping.records.located import Location
from tanping.rules.facts import Fact, load_catalogue

if TYPE_CHECKING:
    from tanping.records.doors.export import SafeSheet, SafeWorkbook
    from tanping.records.doors.workbook import Workbook


Style = dict[str, Any]

COVER = "填表说明"
NOTES = "出处"
OPTIONS = "选项"  # lists of drop-downs, hidden
PAPERS, FACTS = TABLE_LABELS["papers"], TABLE_LABELS["facts"]
ROWS = 60
HEAD = 1  # rows above the first data row
LINE = 16  # height of a line of text, points
LONGEST_LIST = 250  # characters of choices a rule can hold by itself

UPRIGHT = ("字段", "填写", "单位或可选项", "报告页码", "说明（假设请以“假设：”开头）", "字段代码")
PAPER_HEAD = ("文件", "办理状态", "文号", "日期", "出具单位", "报告页码", "说明", "何时须备；由谁出具", "文件代码")
FACT_HEAD = (
    "审查要点",
    "问题",
    "回答",
    "生产单元编号",
    "报告页码",
    "说明（假设请以“假设：”开头）",
    "单位或可选项",
    "事实代码",
)
NOTE_HEAD = ("表", "编号", "字段", "报告或文件", "页码", "说明（假设请以“假设：”开头）", "核实值", "核实人", "核实状态")

SECTOR_KINDS = {
    "power": {"coal_power", "coal_chp", "captive_coal", "gas_power", "coal_boiler"},
    "steel": {"coking", "sintering", "pelletizing", "ironmaking", "bof_steel", "eaf_steel", "rolling", "captive_coal"},
    "cement": {"clinker", "cement_grinding", "captive_coal"},
}


@dataclass
class Form:
    """Plain project data read from a form, with the cell of every value."""

    source: str
    data: dict[str, Any] = field(default_factory=dict)
    cells: dict[Location, str] = field(default_factory=dict)

    def where(self, location: Location = ()) -> Where:
        """Return the cell of a location or of its nearest known parent."""
        while location and location not in self.cells:
            location = location[:-1]
        return Where(self.source, cell=self.cells.get(location))


def asked_facts(sector: str) -> list[Fact]:
    """Return the facts a project of this sector is asked, in catalogue order."""
    kinds = SECTOR_KINDS[sector]
    return [
        fact
        for fact in load_catalogue().values()
        if askable(fact) and fact.origin != "computed" and ("all" in fact.sectors or kinds & set(fact.sectors))
    ]


def asked_papers(sector: str) -> list[Fact]:
    """Return the papers a project of this sector is asked."""
    kinds = SECTOR_KINDS[sector]
    return [
        fact
        for fact in load_catalogue().values()
        if fact.kind == "paper" and ("all" in fact.sectors or kinds & set(fact.sectors))
    ]


def shown(entry: Entry, sector: str) -> bool:
    """Whether a field belongs on this sector's form."""
    return not entry.sectors or sector in entry.sectors


# --- writing -----------------------------------------------------------------------------------------------------------


def write_form(path: Path, sector: str, project: Project | None = None) -> None:
    """Write the form of a sector, blank or filled with a project. The file appears whole or not at all. Raises OSError."""
    from tanping.records.doors.export import write_file

    write_file(path, form_bytes(sector, project))


def form_bytes(sector: str, project: Project | None = None) -> bytes:
    """Return the form of a sector as an xlsx, blank or filled with a project."""
    from tanping.assessment.project.intake import plain_project
    from tanping.records.doors.export import SafeWorkbook

    plain = plain_project(project) if project else {"project": {"sector": SECTORS[sector]}}
    with SafeWorkbook(f"碳评联审项目表（{SECTORS[sector]}）") as book:
        _Writer(book, sector, plain).write()
    return book.data


class _Writer:
    """Lays the catalogue out on sheets."""

    def __init__(self, book: SafeWorkbook, sector: str, plain: dict[str, Any]):
        self.book, self.sector, self.plain = book, sector, plain
        self.notes: list[tuple[str, str, str, dict[str, Any]]] = []
        self.offered = offered(sector)
        self.lists: dict[tuple[str, ...], int] = {}
        base: Style = {
            "font_name": "宋体",
            "font_size": 11,
            "valign": "vcenter",
            "text_wrap": True,
            "border": 1,
            "border_color": "#C9CED6",
        }
        self.head: Style = {**base, "bold": True, "bg_color": "#24476B", "font_color": "#FFFFFF"}
        self.label: Style = {**base, "bg_color": "#F2F4F7"}
        self.must: Style = {**base, "bg_color": "#F2F4F7", "bold": True}
        self.fill: Style = {**base, "bg_color": "#FFFDF2", "num_format": "@"}
        self.hint: Style = {**base, "font_color": "#6B7280", "font_size": 10}
        self.prose: Style = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"}
        self.title: Style = {"font_name": "黑体", "font_size": 16, "bold": True}

    def write(self) -> None:
        self._cover()
        for table in TABLES:
            if table in ONE_ROW:
                self._upright(table)
            else:
                self._rows(table)
        self._papers()
        self._facts()
        self._notes()
        self._options()

    def _cover(self) -> None:
        sheet = self.book.sheet(COVER)
        sheet.layout.hide_gridlines(2)
        sheet.layout.set_column(0, 0, 100)
        sheet.layout.set_paper(9)
        sheet.layout.fit_to_pages(1, 0)
        sheet.write(0, 0, f"碳评联审项目表（{SECTORS[self.sector]}）", self.title)
        for at, line in enumerate(_COVER_LINES, start=2):
            sheet.write(at, 0, line, self.prose)
        sheet.write(len(_COVER_LINES) + 3, 0, SCHEMA, self.hint)

    def _upright(self, table: str) -> None:
        sheet = self._sheet(TABLE_LABELS[table], UPRIGHT, (24, 36, 34, 12, 46, 20))
        plain = self.plain.get(table, {})
        shown_entries = {name: entry for name, entry in entries(TABLES[table]).items() if shown(entry, self.sector)}
        for at, (name, entry) in enumerate(shown_entries.items(), start=HEAD):
            value, more = _parts(plain.get(name))
            sheet.write(at, 0, entry.label, self.must if entry.required or entry.main else self.label)
            self._value(sheet, at, 1, entry, value)
            sheet.write(at, 2, _hint(entry), self.hint)
            sheet.layout.set_row(at, LINE * max(_lines(_hint(entry), 34), _lines(value, 36), _lines(entry.label, 24)))
            sheet.write(at, 3, more.pop("page", ""), self.fill)
            sheet.write(at, 4, more.pop("note", ""), self.fill)
            sheet.write(at, 5, name, self.hint)
            if more:
                self.notes.append((TABLE_LABELS[table], "", entry.label, more))

    def _rows(self, table: str) -> None:
        shown_entries = {name: entry for name, entry in entries(TABLES[table]).items() if shown(entry, self.sector)}
        heads = ("编号", *[_head(entry) for entry in shown_entries.values()])
        sheet = self._sheet(
            TABLE_LABELS[table],
            heads,
            (10, *[max(14, min(26, 2 * len(entry.label) + 6)) for entry in shown_entries.values()]),
        )
        items = self.plain.get(table, [])
        count = max(ROWS if table != "units" else 30, len(items))
        ground = _ground(table, self.sector)
        for column, (name, entry) in enumerate(shown_entries.items(), start=1):
            told = "\n".join(filter(None, (_comment(entry), ground if entry.kind == "quantity" else "")))
            sheet.layout.write_comment(0, column, told, {"x_scale": 2.6, "y_scale": 1.0 + 0.25 * told.count("\n")})
            options = self._choices(name, entry) or _options(entry)
            self._rule(sheet, (HEAD, HEAD + count - 1), column, options or [*self.offered.get((table, name), ())])
        for at in range(count):
            item = items[at] if at < len(items) else {}
            sheet.write(HEAD + at, 0, item.get("id", ""), self.fill)
            for column, (name, entry) in enumerate(shown_entries.items(), start=1):
                value, more = _parts(item.get(name))
                self._text(sheet, HEAD + at, column, entry, value)
                if more:
                    self.notes.append((TABLE_LABELS[table], item["id"], entry.label, more))

    def _papers(self) -> None:
        sheet = self._sheet(PAPERS, PAPER_HEAD, (34, 12, 26, 14, 24, 12, 36, 30, 26))
        plain = self.plain.get("papers", {})
        for at, fact in enumerate(asked_papers(self.sector), start=HEAD):
            said = {name: _parts(value)[0] for name, value in plain.get(fact.name, {}).items()}
            sheet.write(at, 0, fact.label, self.label)
            sheet.layout.write_comment(at, 0, fact.meaning or fact.label, {"x_scale": 2})
            self._value(sheet, at, 1, entries(Paper)["status"], said.get("status", ""))
            for column, name in enumerate(("number", "date", "issuer", "page", "note"), start=2):
                sheet.write(at, column, said.get(name, ""), self.fill)
            sheet.write(at, 7, "；".join(filter(None, (fact.binds_at, fact.issuer))), self.hint)
            sheet.write(at, 8, fact.name, self.hint)

    def _facts(self) -> None:
        sheet = self._sheet(FACTS, FACT_HEAD, (16, 52, 14, 14, 12, 40, 30, 34))
        at = HEAD
        for fact in sorted(asked_facts(self.sector), key=lambda fact: fact.topic):
            answers = [("", self.plain.get("facts", {}).get(fact.name))]
            answers += [
                (unit["id"], unit["facts"][fact.name])
                for unit in self.plain.get("units", [])
                if fact.name in unit.get("facts", {})
            ]
            if len(answers) > 1 and answers[0][1] is None:
                answers = answers[1:]
            for unit, plain in answers:
                value, more = _parts(plain)
                entry = fact_entry(fact.name)
                sheet.write(at, 0, fact.topic, self.label)
                sheet.write(at, 1, fact.ask or fact.label, self.label)
                self._value(sheet, at, 2, entry, value)
                sheet.write(at, 3, unit, self.fill)
                sheet.write(at, 4, more.pop("page", ""), self.fill)
                sheet.write(at, 5, more.pop("note", ""), self.fill)
                if more:
                    self.notes.append((FACTS, unit, fact.label, more))
                sheet.write(at, 6, _hint(entry), self.hint)
                sheet.write(at, 7, fact.name, self.hint)
                at += 1

    def _notes(self) -> None:
        sheet = self._sheet(NOTES, NOTE_HEAD, (14, 12, 24, 30, 12, 46, 16, 14, 12))
        for at in range(max(ROWS * 3, len(self.notes))):
            table, item, label, more = self.notes[at] if at < len(self.notes) else ("", "", "", {})
            cells = (table, item, label, *(more.get(part, "") for part in _NOTE_PARTS))
            for column, text in enumerate(cells):
                sheet.write(HEAD + at, column, text, self.fill)
        last = HEAD + ROWS * 3
        sheet.layout.data_validation(HEAD, 8, last, 8, {"validate": "list", "source": list(Check)})
        sheet.layout.data_validation(
            HEAD, 0, last, 0, {"validate": "list", "source": [*(TABLE_LABELS[name] for name in TABLES), FACTS]}
        )

    def _sheet(self, name: str, heads: tuple[str, ...], widths: tuple[int, ...]) -> SafeSheet:
        sheet = self.book.sheet(name)
        sheet.layout.hide_gridlines(2)
        sheet.layout.freeze_panes(HEAD, 1)
        sheet.layout.set_row(0, LINE * max(_lines(head, width) for head, width in zip(heads, widths, strict=True)) + 6)
        sheet.layout.set_landscape()
        sheet.layout.set_paper(9)
        sheet.layout.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.layout.fit_to_pages(1, 0)
        sheet.layout.repeat_rows(0)
        sheet.layout.set_footer(f"&L{name}&R第 &P 页，共 &N 页")
        for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.layout.set_column(column, column, width)
            sheet.write(0, column, head, self.head)
        return sheet

    def _text(self, sheet: SafeSheet, row: int, column: int, entry: Entry, value: str) -> None:
        sheet.write(row, column, entry.choices.get(value, value) if entry.kind == "choice" else value, self.fill)

    def _value(self, sheet: SafeSheet, row: int, column: int, entry: Entry, value: str) -> None:
        """Write one value with its drop-down."""
        self._text(sheet, row, column, entry, value)
        self._rule(sheet, (row, row), column, _options(entry))

    def _rule(self, sheet: SafeSheet, rows: tuple[int, int], column: int, options: list[str]) -> None:
        """Offer a drop-down in a column; a name that is not on it may still be typed."""
        if not options:
            return
        source: list[str] | str = options
        if len(",".join(options)) > LONGEST_LIST or any("," in option for option in options):
            at = self.lists.setdefault(tuple(options), len(self.lists))
            source = f"={OPTIONS}!${column_letters(at)}$1:${column_letters(at)}${len(options)}"
        rule = {
            "validate": "list",
            "source": source,
            "error_type": "warning",
            "error_title": "不在列表中",
            "error_message": "下拉列表里没有这一项。名称写法不同时请从列表中选；确实没有的可以照填。",
        }
        sheet.layout.data_validation(rows[0], column, rows[1], column, rule)

    def _options(self) -> None:
        """The lists too long to stand in a rule, a column each."""
        if not self.lists:
            return
        sheet = self.book.sheet(OPTIONS)
        for options, column in self.lists.items():
            for row, option in enumerate(options):
                sheet.write(row, column, option)
        sheet.layout.hide()

    def _choices(self, name: str, entry: Entry) -> list[str] | None:
        if name == "kind" and entry.choices is UNIT_KINDS:
            return [label for code, label in UNIT_KINDS.items() if code in SECTOR_KINDS[self.sector]]
        return None


_COVER_LINES = (
    "一、每张表填一类内容。浅黄格填写，灰格是字段名，灰字是提示。粗体字段最要紧，先填。",
    "二、数量可直接带单位写，如 120 万吨、45 亿kWh、261.8 gce/kWh；表头写明单位的，只写数字即按该单位。",
    "三、确实没有的填“无”；还不清楚的填“不清楚”；空白表示未填。空白和不清楚都不会当作零，也不会当作否。",
    "四、文件办理状态分 已取得、办理中、未办、不需要。办理中不等于不合格：到期才要求的，会列为批准的条件。",
    "五、每个数都可以注明环评报告页码和说明。不是实测、设计或批复给出的数，请在说明里以“假设：”开头写明理由；知道误差的写“±2 %”，报告即给出总量的区间。",
    "六、燃料、物料、电力热力、产品均按达产年（设计工况）一年的量填；施工期表按整个施工期合计填。",
    "七、填好后上传，或运行 tanping assess 文件名。不会向外部发送任何内容。",
)
_NOTE_PARTS = ("document", "page", "note", "verified", "verified_by", "check")


def _parts(plain: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(plain, dict):
        more = {key: str(value) for key, value in plain.items() if key != "value" and value}
        return plain.get("value") or "", more
    return plain or "", {}


def _head(entry: Entry) -> str:
    units = [
        _shown(unit) for unit in dict.fromkeys(u.removesuffix("/a") for u in (entry.unit, *entry.other_units) if u)
    ]
    if entry.kind != "quantity" or units == ["1"]:
        return entry.label
    return f"{entry.label}（{units[0]}）" if len(units) == 1 else f"{entry.label}（写明单位：{' 或 '.join(units)}）"


def _shown(unit: str) -> str:
    """A unit as people write it; the reader takes both."""
    return unit.replace("1e4Nm3", "万Nm3")


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese character is two wide."""
    return sum(
        max(1, -(-sum(2 if ord(char) > 0x2E80 else 1 for char in line) // int(width - 1))) for line in text.split("\n")
    )


# Which formulas a table feeds, by sector; what they rest on stands in the comment of each quantity.
_FEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "units": {"power": ("PW-6", "PW-7g", "PW-7r"), "steel": ("LT-1",), "cement": ("LT-1",)},
    "fuels": {"power": ("PW-1", "PW-2"), "steel": ("PW-2",), "cement": ("PW-2",)},
    "materials": {"power": ("PW-5",), "steel": ("ST-3", "ST-4"), "cement": ("CM-1", "CM-2")},
    "products": {"cement": ("CM-1", "CM-2")},
    "flows": {"steel": ("ST-6", "ST-7")},
}
_FEEDS_ALL: dict[str, tuple[str, ...]] = {
    "energy": ("EL-1", "HT-1"),
    "construction": ("CN-1", "CN-2", "CN-3"),
    "changes": ("NC-1", "NC-2"),
    "captures": ("PW-10",),
}


def _ground(table: str, sector: str) -> str:
    """What the quantities of a table are counted by: term, formula, standard."""
    from tanping.assessment.accounting.catalogue import formulas

    wanted = _FEEDS_ALL.get(table) or _FEEDS.get(table, {}).get(sector, ())
    known = formulas()
    return "\n".join(f"依据：{known[id].term}（{id}），{known[id].standard}" for id in wanted)


def _hint(entry: Entry) -> str:
    parts = [entry.allowed if entry.kind != "text" else "", f"例：{entry.example}" if entry.example else "", entry.help]
    return "；".join(part for part in parts if part)


def _comment(entry: Entry) -> str:
    return "\n".join(part for part in (entry.label, _hint(entry)) if part)


def _options(entry: Entry) -> list[str]:
    if entry.kind == "choice":
        return [*entry.choices.values(), *([] if entry.choices is PAPER_STATUSES else ["不清楚"])]
    return ["是", "否", "不清楚"] if entry.kind == "flag" else []


# --- reading -----------------------------------------------------------------------------------------------------------


def read_form(book: Workbook) -> Form:
    """Read a filled form into plain project data with cells. Raises InputError."""
    form = Form(book.source)
    labels = {label: name for name, label in TABLE_LABELS.items()}
    known = [COVER, NOTES, OPTIONS, *labels]
    if not any(name in labels for name in book.sheets):
        raise InputError(Problem(Where(book.source), "", "不是碳评联审项目表", "用 tanping template 生成的 Excel 表"))
    problems = [
        Problem(
            Where(book.source, cell=f"{name}!A1"),
            "",
            f"不认识的表“{name}”" + (f"，{near}" if (near := suggest(name, known)) else ""),
        )
        for name in book.sheets
        if name not in known
    ]
    form.data["schema"] = SCHEMA
    # In the order of the catalogue, whatever that of the sheets: answers name units.
    for label, table in labels.items():
        sheet = book.sheets.get(label)
        rows = [[(cell or "").strip() for cell in row] for row in sheet.rows] if sheet is not None else []
        if not rows:
            continue
        reader = _Reader(form, label, problems)
        if table in ONE_ROW:
            reader.upright(table, rows)
        elif table == "papers":
            reader.papers(rows)
        elif table == "facts":
            reader.facts(rows)
        else:
            reader.items(table, rows)
    if NOTES in book.sheets:
        _Reader(form, NOTES, problems).notes(
            [[(cell or "").strip() for cell in row] for row in book.sheets[NOTES].rows]
        )
    if problems:
        raise InputError(problems)
    return form


@dataclass
class _Reader:
    """Reads one sheet into the form."""

    form: Form
    sheet: str
    problems: list[Problem]

    def upright(self, table: str, rows: list[list[str]]) -> None:
        columns = self._columns(rows[0], UPRIGHT)
        known = entries(TABLES[table])
        by_label = {entry.label: name for name, entry in known.items()}
        for at, row in enumerate(rows[1:], start=2):
            label, code = _cell(row, columns.get("字段")), _cell(row, columns.get("字段代码"))
            if not label and not code:
                continue
            name = code if code in known else by_label.get(label)
            if name is None:
                self._refuse(
                    at, columns.get("字段", 0), label or code, f"不认识的字段“{label or code}”", list(by_label)
                )
                continue
            place = self._place(at, columns.get("填写", 1))
            page, note = _cell(row, columns.get("报告页码")), _cell(row, columns.get(UPRIGHT[4]))
            self._put(
                (table, name),
                _with(_measured(_cell(row, columns.get("填写")), known[name]), page=page, note=note),
                place,
            )

    def items(self, table: str, rows: list[list[str]]) -> None:
        known = entries(TABLES[table])
        by_label = {entry.label: name for name, entry in known.items()}
        heads: dict[int, str] = {}
        for column, head in enumerate(rows[0]):
            label = head.split("（")[0] if head not in by_label else head
            matches = [name for text, name in by_label.items() if text == head or head.startswith(text + "（")]
            name = "id" if head == "编号" else matches[0] if matches else ""
            if name and name in heads.values():
                self._refuse(1, column, head, f"列“{label}”重复", [])
            elif name:
                heads[column] = name
            elif head:
                self._refuse(1, column, head, f"不认识的列“{label}”", list(by_label))
        items: list[dict[str, Any]] = []
        for at, row in enumerate(rows[1:], start=2):
            filled = {heads[column]: (text, column) for column, text in enumerate(row) if text and column in heads}
            if not filled:
                continue
            item = {name: text if name == "id" else _measured(text, known[name]) for name, (text, _) in filled.items()}
            if "id" not in item:
                self._refuse(at, 0, "编号", "这一行没有编号", ["1", "2"])
                continue
            location: Location = (table, len(items))
            self.form.cells[location] = self._place(at, 0)
            for name, (_, column) in filled.items():
                self.form.cells[(*location, name)] = self._place(at, column)
            items.append(item)
        if items:
            self.form.data[table] = items

    def papers(self, rows: list[list[str]]) -> None:
        columns = self._columns(rows[0], PAPER_HEAD)
        by_label = {fact.label: fact.name for fact in load_catalogue().values() if fact.kind == "paper"}
        fields = {
            "办理状态": "status",
            "文号": "number",
            "日期": "date",
            "出具单位": "issuer",
            "报告页码": "page",
            "说明": "note",
        }
        for at, row in enumerate(rows[1:], start=2):
            said = {
                name: _cell(row, columns.get(head)) for head, name in fields.items() if _cell(row, columns.get(head))
            }
            if not said:
                continue
            paper = _cell(row, columns.get("文件代码")) or by_label.get(
                _cell(row, columns.get("文件")), _cell(row, columns.get("文件"))
            )
            for head, name in fields.items():
                if name in said:
                    self.form.cells["papers", paper, name] = self._place(at, columns[head])
            self._put(("papers", paper), said, self._place(at, 0))

    def facts(self, rows: list[list[str]]) -> None:
        columns = self._columns(rows[0], FACT_HEAD)
        by_ask = {fact.ask or fact.label: fact.name for fact in load_catalogue().values()}
        for at, row in enumerate(rows[1:], start=2):
            answer = _cell(row, columns.get("回答"))
            if not answer:
                continue
            asked = _cell(row, columns.get("问题"))
            name = _cell(row, columns.get("事实代码")) or by_ask.get(asked, "")
            if not name:
                self._refuse(at, columns.get("问题", 1), asked, f"不认识的问题“{asked}”", list(by_ask))
                continue
            unit = _cell(row, columns.get("生产单元编号"))
            if name in load_catalogue() and askable(load_catalogue()[name]):
                answer = _measured(answer, fact_entry(name))
            value = _with(answer, page=_cell(row, columns.get("报告页码")), note=_cell(row, columns.get(FACT_HEAD[5])))
            place = self._place(at, columns.get("回答", 2))
            index = next((n for n, item in enumerate(self.form.data.get("units", [])) if item["id"] == unit), -1)
            if unit and index < 0:
                self._refuse(at, columns.get("生产单元编号", 3), "生产单元编号", f"没有编号为“{unit}”的生产单元", [])
            elif unit:
                self._put(("units", index, "facts", name), value, place)
            else:
                self._put(("facts", name), value, place)

    def notes(self, rows: list[list[str]]) -> None:
        columns = self._columns(rows[0], NOTE_HEAD)
        labels = {TABLE_LABELS[name]: name for name in TABLES}
        for at, row in enumerate(rows[1:], start=2):
            if not any(row):
                continue
            table, item, label = (_cell(row, columns.get(head)) for head in NOTE_HEAD[:3])
            more = {
                part: text
                for part, head in zip(_NOTE_PARTS, NOTE_HEAD[3:], strict=True)
                if (text := _cell(row, columns.get(head)))
            }
            target, name = (
                self._facts_note(item, label) if table == FACTS else self._table_note(labels.get(table), item, label)
            )
            if not name:
                self._refuse(at, 0, "出处", f"找不到“{table}”中编号“{item}”的“{label}”", [])
                continue
            value, old = _parts(target.get(name))
            target[name] = _with(value, **{**old, **more})

    def _table_note(self, table: str | None, item: str, label: str) -> tuple[dict[str, Any], str]:
        content = self.form.data.get(table or "", [])
        rows = [content] if isinstance(content, dict) else [row for row in content if row["id"] == item]
        names = [name for name, entry in entries(TABLES[table]).items() if entry.label == label] if table else []
        return (rows[0], names[0]) if rows and names else ({}, "")

    def _facts_note(self, unit: str, label: str) -> tuple[dict[str, Any], str]:
        units = {row["id"]: row for row in self.form.data.get("units", [])}
        answers = (units.get(unit, {}) if unit else self.form.data).get("facts", {})
        names = [name for name in answers if name in load_catalogue() and load_catalogue()[name].label == label]
        return (answers, names[0]) if names else ({}, "")

    def _columns(self, heads: list[str], expected: tuple[str, ...]) -> dict[str, int]:
        found = {head: column for column, head in enumerate(heads) if head in expected}
        for head in expected[:2]:
            if head not in found:
                self._refuse(1, 0, head, f"缺少表头“{head}”", list(expected))
        return found

    def _put(self, location: Location, value: Any, place: str) -> None:
        from tanping.assessment.project.intake import field_name

        if value in ("", None):
            return
        target: Any = self.form.data
        for step in location[:-1]:
            target = target[step] if isinstance(step, int) else target.setdefault(step, {})
        if target.get(location[-1], value) != value:
            # Two answers to one question: which of them is meant is not for the reader to say.
            what = f"与 {self.form.where(location).cell} 填得不同"
            self.problems.append(Problem(Where(self.form.source, cell=place), field_name(location), what, "只填一处"))
            return
        target[location[-1]] = value
        self.form.cells[location] = place

    def _place(self, row: int, column: int) -> str:
        return f"{self.sheet}!{address(row - 1, column)}"

    def _refuse(self, row: int, column: int, field_label: str, what: str, known: list[str]) -> None:
        near = suggest(field_label, known)
        place = Where(self.form.source, cell=self._place(row, column))
        self.problems.append(Problem(place, field_label, what + (f"，{near}" if near else "")))


def _cell(row: list[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _with(value: str, **more: str) -> Any:
    said = {key: text for key, text in more.items() if text}
    return {"value": value or None, **said} if said else value


def _one_unit(entry: Entry) -> bool:
    return len({unit.removesuffix("/a") for unit in (entry.unit, *entry.other_units)}) == 1


def _measured(text: str, entry: Entry) -> str:
    """Add the header's unit to a bare number; several units in the header leave it bare, to be refused with the cell."""
    if entry.kind != "quantity" or entry.unit == "1" or not _one_unit(entry):
        return text
    bare = text.replace(",", "").replace("，", "").replace(" ", "")
    return f"{text} {entry.unit}" if bare and bare.lstrip("+-").replace(".", "", 1).isdigit() else text

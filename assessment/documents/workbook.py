"""The working papers as a workbook: inputs, sources with live formulas, years, indicators, findings, factors.

Formulas are live and carry the figure the program computed; a column beside them checks that both agree. Texts are texts, whatever a
stranger typed (``tanping.records.doors.export``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.documents import context, figures, wording
from tanping.assessment.documents.live import Live, NotLive, Operand, live
from tanping.records.doors.export import Cell, SafeSheet, SafeWorkbook, write_file

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment

INPUTS, SOURCES, YEARS, INDICATORS = "输入", "排放源", "逐年", "绩效指标"
_TITLE = {"bold": True, "font_size": 14}
_HEAD = {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#EDF1F5", "bottom": 1}
_TEXT = {"text_wrap": True, "valign": "top"}
_AMOUNT = {"num_format": "#,##0.00", "valign": "top"}
_EXACT = {"num_format": "General", "valign": "top"}
_SUM = {"num_format": "#,##0.00", "bold": True, "top": 1}
_CLOSE = 1e-9

Column = tuple[str, int]


def write_workbook(assessment: Assessment, path: Path) -> None:
    """Write the working papers to ``path``, whole or not at all. Raises OSError."""
    write_file(Path(path), workbook_bytes(assessment))


def workbook_bytes(assessment: Assessment) -> bytes:
    """Return the working papers as xlsx; the same assessment gives the same bytes."""
    with SafeWorkbook(f"{context.project_name(assessment)} 碳排放核算与政策符合性工作底稿") as book:
        _summary(book, assessment)
        places = _inputs(book, assessment)
        _sources(book, assessment, places)
        _years(book, assessment)
        _indicators(book, assessment)
        _findings(book, assessment)
        _missing(book, assessment)
        _methods(book, assessment)
        _processes(book, assessment)
        _accounts(book, assessment)
        _measures(book, assessment)
        _controls(book, assessment)
        _uncertainty(book, assessment)
        _factors(book, assessment)
        _crosschecks(book, assessment)
        _conditions(book, assessment)
        _statements(book, assessment)
    return book.data


def _summary(book: SafeWorkbook, assessment: Assessment) -> None:
    sheet = book.sheet("说明")
    inventory = assessment.inventory
    sha256 = context.digest(context.canonical(assessment))
    total = figures.tonnes(inventory.design_year_total).replace(figures.NBSP, " ")
    lines: list[tuple[str, str]] = [
        ("项目", context.project_name(assessment)),
        *((row.label, row.value) for row in context.cover(assessment)),
        ("政策与准入", f"{assessment.screening.verdict}　{assessment.screening.headline}"),
        ("达产年排放总量", f"{total} tCO₂/a" if inventory.complete else f"不完整；{context.known_part(inventory)}"),
        *(
            [("全生命周期排放总量", f"{figures.tonnes(inventory.lifetime_total).replace(figures.NBSP, ' ')} tCO₂")]
            if inventory.lifetime_total is not None
            else []
        ),
        *([("其中", context.equivalents(inventory))] if context.equivalents(inventory) else []),
        *(("缺", item) for item in inventory.missing),
        ("核算依据", context.method(inventory)),
        (
            "读法",
            "“排放源”表的计算值是活公式，引用“输入”表；“程序值”为系统计算结果，“差值”列是二者之差。改动输入即可重算。",
        ),
        ("读法", "空白表示未知，不是零。判断结论不随表内改动而变，须在系统中重新评估。"),
        ("性质", "系统生成的技术评估工作底稿，不是行政许可。"),
        *context.versions(assessment),
        ("结果记录 sha256", sha256),
    ]
    sheet.write(0, 0, "碳排放核算与政策符合性工作底稿", _TITLE)
    for row, (label, value) in enumerate(lines, 2):
        sheet.write(row, 0, label, _TEXT)
        sheet.write(row, 1, value, _TEXT)
    sheet.layout.set_column(0, 0, 22)
    sheet.layout.set_column(1, 1, 96)


def _inputs(book: SafeWorkbook, assessment: Assessment) -> dict[str, list[Operand]]:
    """Write every operand of every source; return where the operands of each source stand."""
    sheet = _table(
        book,
        INPUTS,
        [
            ("排放源编号", 16),
            ("排放源", 30),
            ("符号", 9),
            ("名称", 22),
            ("取值", 16),
            ("单位", 14),
            ("原文", 16),
            ("来源", 10),
            ("出处", 26),
            ("页码", 10),
            ("说明", 40),
            ("因子", 34),
        ],
    )
    places: dict[str, list[Operand]] = {}
    row = 1
    for source in assessment.inventory.sources:
        for item in source.inputs:
            origin = wording.label(wording.ORIGINS, item.origin)
            sheet.row(row, [source.id, source.name, item.symbol, item.label], _TEXT)
            sheet.write(row, 4, item.value, _EXACT)
            rest: list[Cell] = [figures.unit(item.unit), item.text, origin, item.document, item.page, item.note]
            for column, value in enumerate([*rest, item.factor], 5):
                sheet.write(row, column, value, _TEXT)
            if item.value is not None:
                places.setdefault(source.id, []).append(Operand(item.value, item.unit, f"{INPUTS}!$E${row + 1}"))
            row += 1
    return places


def _sources(book: SafeWorkbook, assessment: Assessment, places: dict[str, list[Operand]]) -> None:
    sheet = _table(
        book,
        SOURCES,
        [
            ("编号", 16),
            ("排放源", 30),
            ("阶段", 10),
            ("类别", 12),
            ("公式", 10),
            ("依据", 34),
            ("计算式", 60),
            ("计算值（活公式）", 18),
            ("程序值", 18),
            ("差值", 12),
            ("单位", 10),
            ("计入达产年", 10),
            ("全生命周期合计", 18),
            ("缺失与说明", 40),
        ],
    )
    sources = assessment.inventory.sources
    for row, source in enumerate(sources, 1):
        counted = source.stage == "operation" and not source.memo
        figure = source.design_year if source.stage == "operation" else source.total
        labels = [wording.label(wording.STAGES, source.stage), wording.label(wording.CATEGORIES, source.category)]
        texts = [source.id, source.name, *labels, source.formula, source.standard, source.expression]
        sheet.row(row, texts, _TEXT)
        _live(sheet, row, 7, _working(source.expression, figure, places.get(source.id, ())), figure)
        sheet.write(row, 8, figure, _AMOUNT)
        unit = "tCO₂e" if source.gas == "CO2e" else "tCO₂"
        for column, value in enumerate([unit, "是" if counted else "否"], 10):
            sheet.write(row, column, value, _TEXT)
        sheet.write(row, 12, source.total, _AMOUNT)
        sheet.write(row, 13, "；".join([*(f"缺：{item}" for item in source.missing), *source.notes]), _TEXT)
    _total_of_sources(sheet, assessment, len(sources))


def _total_of_sources(sheet: SafeSheet, assessment: Assessment, count: int) -> None:
    inventory = assessment.inventory
    row = count + 2
    label = "达产年合计" if inventory.complete else "达产年已知部分小计（总量不完整）"
    figure = inventory.design_year_total if inventory.complete else inventory.known_design_year
    sheet.write(row, 1, label, {"bold": True})
    if count and figure is not None:
        sheet.formula(row, 7, f'=SUMIFS(H2:H{count + 1},L2:L{count + 1},"是")', figure, _SUM)
        sheet.formula(row, 9, f"=H{row + 1}-I{row + 1}", 0.0, _EXACT)
    sheet.write(row, 8, figure, _SUM)


def _years(book: SafeWorkbook, assessment: Assessment) -> None:
    inventory = assessment.inventory
    known = [source for source in inventory.sources if source.annual is not None and not source.memo]
    columns: list[Column] = [
        ("年份", 10),
        *((source.name, 18) for source in known),
        ("合计（活公式）", 18),
        ("程序值", 18),
    ]
    sheet = _table(book, YEARS, columns)
    last = len(known)
    for row, year in enumerate(inventory.annual, 1):
        sheet.write(row, 0, year.year)
        for column, source in enumerate(known, 1):
            sheet.write(row, column, source.annual[row - 1] if source.annual else None, _AMOUNT)
        if known:
            sheet.formula(row, last + 1, f"=SUM(B{row + 1}:{_letters(last)}{row + 1})", year.total, _AMOUNT)
        sheet.write(row, last + 2, year.total, _AMOUNT)
    if inventory.annual and known:
        row = len(inventory.annual) + 2
        sheet.write(row, 0, "合计" if inventory.complete else "已知小计", {"bold": True})
        for column in range(1, last + 3):
            amounts = [year.total for year in inventory.annual]
            if column <= last:
                amounts = list(known[column - 1].annual or ())
            letters = _letters(column)
            sheet.formula(row, column, f"=SUM({letters}2:{letters}{row - 1})", math.fsum(amounts), _SUM)


def _indicators(book: SafeWorkbook, assessment: Assessment) -> None:
    sheet = _table(
        book,
        INDICATORS,
        [
            ("编号", 22),
            ("指标", 34),
            ("公式", 10),
            ("计算式", 70),
            ("计算值（活公式）", 18),
            ("程序值", 18),
            ("差值", 12),
            ("单位", 14),
            ("参考值", 60),
            ("缺失与说明", 40),
        ],
    )
    for row, item in enumerate(assessment.indicators, 1):
        sheet.row(row, [item.id, item.name, item.formula, item.expression], _TEXT)
        _live(sheet, row, 4, _working(item.expression, item.value, ()), item.value, _EXACT)
        sheet.write(row, 5, item.value, _EXACT)
        references = "；".join(
            f"{ref.name} {figures.as_stated(ref.value)} {figures.unit(ref.unit)}（{ref.document}）"
            for ref in item.references
        )
        remarks = "；".join([*(f"缺：{line}" for line in item.missing), *item.notes])
        for column, value in enumerate([figures.unit(item.unit), references, remarks], 7):
            sheet.write(row, column, value, _TEXT)


def _findings(book: SafeWorkbook, assessment: Assessment) -> None:
    sheet = _table(
        book,
        "条款判断",
        [
            ("条款编号", 30),
            ("审查要点", 16),
            ("文件", 40),
            ("条款", 24),
            ("要求", 60),
            ("适用", 8),
            ("结论", 14),
            ("后果", 10),
            ("最好", 8),
            ("最坏", 8),
            ("待核原文", 8),
            ("按申报", 8),
            ("约束时点", 8),
            ("项目情况", 60),
            ("可核材料", 30),
            ("部门", 12),
            ("核对程度", 14),
        ],
    )
    for row, item in enumerate(assessment.screening.findings, 1):
        judged = context.judge(item)
        situation = "；".join(point.text for point in judged.situation) or item.why
        sheet.row(
            row,
            [
                item.clause,
                item.topic,
                context.document(item),
                item.article,
                item.requirement,
                str(item.applies),
                judged.conclusion.word,
                str(item.severity),
                item.best,
                item.worst,
                item.provisional,
                item.claimed,
                str(item.binds_at),
                situation,
                "、".join(item.evidence),
                item.office,
                wording.basis_label(item.basis),
            ],
            _TEXT,
        )
    sheet.layout.autofilter(0, 0, max(1, len(assessment.screening.findings)), 16)


def _missing(book: SafeWorkbook, assessment: Assessment) -> None:
    columns = [
        ("次序", 6),
        ("所缺资料", 34),
        ("问题", 60),
        ("可能影响到", 12),
        ("影响条数", 8),
        ("部门", 12),
        ("涉及条款", 60),
    ]
    sheet = _table(book, "尚缺资料", columns)
    for row, fact in enumerate(assessment.screening.missing, 1):
        ids = "、".join(fact.clauses)
        sheet.row(
            row, [row, fact.label, context.question(fact), str(fact.severity), fact.decides, fact.office, ids], _TEXT
        )


def _methods(book: SafeWorkbook, assessment: Assessment) -> None:
    columns = [("核算依据", 40), ("达产年 tCO₂/a", 18), ("与所选相差", 12), ("本项目采用", 12), ("缺", 80)]
    sheet = _table(book, "方法对照", columns)
    for row, item in enumerate(context.methods(assessment), 1):
        sheet.write(row, 0, item.label, _TEXT)
        sheet.write(row, 1, item.total, _AMOUNT)
        rest = [item.difference, "是" if item.chosen else "否", "；".join(item.missing)]
        for column, value in enumerate(rest, 2):
            sheet.write(row, column, value, _TEXT)


def _processes(book: SafeWorkbook, assessment: Assessment) -> None:
    """Processes with their operands below, then gases; only for a works that told its flows."""
    boundary = assessment.processes
    if boundary is None:
        return
    columns = [
        ("工序", 16),
        ("投入燃料 tCO₂", 18),
        ("投入原料 tCO₂", 18),
        ("产出燃料 tCO₂", 18),
        ("产出产品 tCO₂", 18),
        ("排放（活公式）tCO₂", 18),
        ("程序值", 18),
        ("产品", 12),
        ("产品产量", 16),
        ("单位产品 tCO₂/t", 16),
        ("计算式", 80),
        ("疑问与缺失", 40),
    ]
    sheet = _table(book, "工序", columns)
    row = 1
    for item in boundary.processes:
        sheet.write(row, 0, item.unit, _TEXT)
        for column, part in enumerate((item.in_fuel, item.in_material, item.out_fuel, item.out_product), 1):
            sheet.write(row, column, part, _AMOUNT)
        if item.emission is not None:
            at = row + 1
            sheet.formula(row, 5, f"=B{at}+C{at}-D{at}-E{at}", item.emission, _AMOUNT)
        sheet.write(row, 6, item.emission, _AMOUNT)
        sheet.write(row, 7, item.product, _TEXT)
        sheet.write(row, 8, item.product_amount, _EXACT)
        sheet.write(row, 9, item.intensity, _EXACT)
        sheet.write(row, 10, item.expression, _TEXT)
        sheet.write(row, 11, "；".join(filter(None, (item.doubt, *item.missing))), _TEXT)
        row += 1
    if boundary.works is not None:
        works = boundary.works
        sheet.write(row, 0, "工序合计", {"bold": True})
        sheet.write(row, 6, works.processes, _SUM)
        sheet.write(row, 10, works.expression, _TEXT)
        sheet.write(row, 11, "；".join(f"{name} {value:g} tCO₂" for name, value in works.explained), _TEXT)
    _flows(book, assessment)
    _gases(book, assessment)


def _flows(book: SafeWorkbook, assessment: Assessment) -> None:
    columns = [
        ("工序", 16),
        ("名称", 40),
        ("取值", 16),
        ("单位", 14),
        ("原文", 18),
        ("来源", 12),
        ("说明", 40),
        ("因子", 40),
    ]
    sheet = _table(book, "工序输入", columns)
    row = 1
    for process in assessment.processes.processes if assessment.processes is not None else ():
        for item in process.inputs:
            sheet.row(row, [process.unit, item.label], _TEXT)
            sheet.write(row, 2, item.value, _EXACT)
            origin = wording.label(wording.ORIGINS, item.origin)
            place = "　".join(filter(None, (item.document, item.page, item.note)))
            for column, value in enumerate([figures.unit(item.unit), item.text, origin, place, item.factor], 3):
                sheet.write(row, column, value, _TEXT)
            row += 1


def _gases(book: SafeWorkbook, assessment: Assessment) -> None:
    heads = ("产生", "工序用", "自备电厂", "外供", "放散", "柜存", "损失")
    columns = [
        ("煤气（万Nm³）", 16),
        *((head, 14) for head in heads),
        ("差额（活公式）", 14),
        ("差额 %", 10),
        ("结论", 24),
    ]
    sheet = _table(book, "煤气平衡", columns)
    for row, gas in enumerate(assessment.processes.gases if assessment.processes is not None else (), 1):
        sheet.write(row, 0, gas.gas, _TEXT)
        for column, part in enumerate((gas.made, gas.used, gas.power, gas.sold, gas.flared, gas.holder, gas.loss), 1):
            sheet.write(row, column, part, _AMOUNT)
        if gas.residual is not None:
            sheet.formula(row, 8, f"=B{row + 1}-SUM(C{row + 1}:H{row + 1})", gas.residual, _AMOUNT)
        sheet.write(row, 9, gas.share, _EXACT)
        sheet.write(row, 10, gas.verdict, _TEXT)


def _accounts(book: SafeWorkbook, assessment: Assessment) -> None:
    """Three accounts and the net change, then the rows they rest on."""
    made = assessment.accounts
    if made is None:
        return
    sheet = _table(book, "三本账", [("账目", 30), ("tCO₂/a", 18), ("计算式", 80), ("缺失与说明", 60)])
    lines = [
        ("现有工程排放量", made.existing, ""),
        ("在建工程排放量", made.under_construction, ""),
        ("拟建项目产生量", made.proposed_generated, ""),
        ("拟建项目排放量", made.proposed, ""),
        ("以新带老削减量", made.offset, ""),
        ("最终排放量（NC-2）", made.final, made.final_expression),
        ("产能置换退出", made.replaced, ""),
        ("区域碳减排", made.regional, ""),
        ("净变化量（NC-1）", made.net, made.net_expression),
    ]
    for row, (label, value, expression) in enumerate(lines, 1):
        sheet.write(row, 0, label, _TEXT)
        sheet.write(row, 1, value, _AMOUNT)
        sheet.write(row, 2, expression, _TEXT)
    sheet.write(1, 3, "；".join([*(f"缺：{line}" for line in made.missing), *made.warnings]), _TEXT)
    columns = [
        ("编号", 16),
        ("账目", 20),
        ("出让（减排）方", 30),
        ("本项目前（原文）", 18),
        ("本项目后（原文）", 18),
        ("基准期", 10),
        ("核查报告、页码与说明", 60),
    ]
    told_rows = context.changes(assessment.project)
    sheet = _table(book, "现有与置换", columns) if told_rows else sheet
    for row, item in enumerate(told_rows, 1):
        told = [item.id, item.account, item.party, item.before, item.after, item.base_year, item.ground]
        sheet.row(row, told, _TEXT)


def _measures(book: SafeWorkbook, assessment: Assessment) -> None:
    made = assessment.measures
    if made is None:
        return
    columns = [
        ("编号", 14),
        ("措施", 36),
        ("规模", 14),
        ("类别", 12),
        ("单独 tCO₂/a", 16),
        ("边际 tCO₂/a", 16),
        ("累计 tCO₂/a", 16),
        ("年费用 万元", 14),
        ("元/tCO₂", 14),
        ("输入变化", 60),
        ("未计算的原因与说明", 50),
        ("依据", 40),
    ]
    sheet = _table(book, "减碳措施", columns)
    for row, item in enumerate(made.effects, 1):
        sheet.row(row, [item.id, item.name, item.size, item.kind], _TEXT)
        numbers = (item.alone, item.marginal, item.cumulative, item.cost, item.cost_per_tonne)
        for column, value in enumerate(numbers, 4):
            sheet.write(row, column, value, _AMOUNT)
        source = f"{item.source}（{item.basis}）" if item.source else ""
        told = ["；".join(item.changes), "；".join((*item.problems, *item.notes)), source]
        for column, text in enumerate(told, 9):
            sheet.write(row, column, text, _TEXT)
    last = len(made.effects) + 1
    sheet.write(last, 1, "合计（共同减排；各项单独之和与之相差为重叠）", {"bold": True})
    sheet.write(last, 6, made.cut, _SUM)


def _controls(book: SafeWorkbook, assessment: Assessment) -> None:
    if not assessment.controls:
        return
    columns = [
        ("污染物", 20),
        ("方案", 30),
        ("能稳定达标", 12),
        ("采用", 10),
        ("tCO₂/a", 16),
        ("算式", 70),
        ("缺", 40),
        ("结论", 36),
        ("规则", 50),
    ]
    sheet = _table(book, "治理方案比选", columns)
    said = {True: "是", False: "否", None: "未说明"}
    row = 1
    for names, comparison in context.controls(assessment):
        for option in comparison.options:
            sheet.row(row, [names, option.name, said[option.complies], said[option.chosen]], _TEXT)
            sheet.write(row, 4, option.co2, _AMOUNT)
            told = ["；".join(option.parts), "；".join(option.missing), comparison.verdict, comparison.why]
            for column, text in enumerate(told, 5):
                sheet.write(row, column, text, _TEXT)
            row += 1


def _uncertainty(book: SafeWorkbook, assessment: Assessment) -> None:
    made = assessment.uncertainty
    if made is None:
        return
    columns = [
        ("数据", 44),
        ("单位", 14),
        ("取值", 16),
        ("低值", 16),
        ("高值", 16),
        ("取低值时 tCO₂/a", 18),
        ("取高值时 tCO₂/a", 18),
        ("占方差", 10),
        ("范围的来源", 36),
        ("依据", 40),
    ]
    sheet = _table(book, "不确定度", columns)
    for row, item in enumerate(made.drivers, 1):
        sheet.row(row, [item.label, figures.unit(item.unit)], _TEXT)
        for column, value in enumerate((item.value, item.low, item.high), 2):
            sheet.write(row, column, value, _EXACT)
        for column, value in enumerate((item.at_low, item.at_high), 5):
            sheet.write(row, column, value, _AMOUNT)
        sheet.write(row, 7, item.share, {"num_format": "0.0%", "valign": "top"})
        sheet.write(row, 8, item.origin, _TEXT)
        sheet.write(row, 9, item.basis, _TEXT)
    last = len(made.drivers) + 2
    for row, (label, value) in enumerate(
        [
            (made.name, made.value),
            (f"{made.level:.0%} 区间下限", made.low),
            (f"{made.level:.0%} 区间上限", made.high),
            ("随机取值次数", made.draws),
            ("起始数", made.seed),
        ],
        last,
    ):
        sheet.write(row, 0, label, {"bold": True})
        sheet.write(row, 2, value, _EXACT if isinstance(value, int) else _AMOUNT)


def _factors(book: SafeWorkbook, assessment: Assessment) -> None:
    columns = [
        ("键", 44),
        ("因子", 34),
        ("取值", 14),
        ("单位", 14),
        ("文件", 50),
        ("核对程度", 14),
        ("状态", 10),
        ("地区", 10),
        ("数据年份", 10),
        ("选用理由", 60),
        ("其他取值", 40),
        ("用于", 40),
    ]
    sheet = _table(book, "因子", columns)
    for row, (item, users) in enumerate(context.factors(assessment.inventory.sources), 1):
        sheet.row(row, [item.key, item.name], _TEXT)
        sheet.write(row, 2, item.value, _EXACT)
        basis = wording.basis_label(item.basis)
        rest = [figures.unit(item.unit), item.document, basis, item.status, item.region, item.data_year, item.why]
        for column, value in enumerate([*rest, "；".join(item.rivals), users], 3):
            sheet.write(row, column, value, _TEXT)


def _crosschecks(book: SafeWorkbook, assessment: Assessment) -> None:
    columns = [
        ("指标", 34),
        ("申报原文", 24),
        ("申报值", 18),
        ("复核值", 18),
        ("单位", 12),
        ("相差", 10),
        ("结论", 24),
        ("可能原因", 60),
        ("页码", 12),
        ("采用值", 18),
        ("采用", 14),
        ("各处数据", 60),
    ]
    sheet = _table(book, "申报与复核", columns)
    for row, item in enumerate(assessment.crosschecks, 1):
        sheet.row(row, [item.label, item.declared], _TEXT)
        for column, value in enumerate([item.declared_value, item.recomputed], 2):
            sheet.write(row, column, value, _EXACT)
        sheet.write(row, 4, figures.unit(item.unit), _TEXT)
        sheet.write(row, 5, item.difference, {"num_format": "0.00%", "valign": "top"})
        for column, text in enumerate([item.verdict, "；".join(item.causes), item.page], 6):
            sheet.write(row, column, text, _TEXT)
        sheet.write(row, 9, item.adopted, _EXACT)
        sides = "；".join(f"{side.chapter} {side.text or figures.significant(side.value, 8)}" for side in item.sides)
        for column, text in enumerate([item.adopted_as, sides], 10):
            sheet.write(row, column, text, _TEXT)


def _conditions(book: SafeWorkbook, assessment: Assessment) -> None:
    sheet = _table(book, "批复条件", [("时点", 10), ("条件", 80), ("单位", 20), ("依据条款", 40)])
    row = 1
    for moment, members in context.conditions(assessment.conditions):
        for item in members:
            sheet.row(row, [moment, item.text, item.body, item.clause], _TEXT)
            row += 1


def _statements(book: SafeWorkbook, assessment: Assessment) -> None:
    sheet = _table(book, "假设与替换", [("类别", 14), ("位置", 24), ("数据", 34), ("取值", 24), ("理由或说明", 80)])
    for row, item in enumerate(assessment.statements, 1):
        kind = wording.label(wording.STATEMENTS, item.kind)
        sheet.row(row, [kind, item.where, item.label, item.text, item.note], _TEXT)


def _table(book: SafeWorkbook, name: str, columns: Sequence[Column]) -> SafeSheet:
    """Start a sheet with a frozen heading, columns as wide as said, printed across on A4."""
    sheet = book.sheet(name)
    for column, (head, width) in enumerate(columns):
        sheet.write(0, column, head, _HEAD)
        sheet.layout.set_column(column, column, width)
    sheet.layout.freeze_panes(1, 0)
    sheet.layout.set_landscape()
    sheet.layout.set_paper(9)
    sheet.layout.fit_to_pages(1, 0)
    sheet.layout.repeat_rows(0)
    return sheet


def _working(expression: str, figure: float | None, operands: Iterable[Operand]) -> Live | None:
    """The live formula of an expression, if it gives the figure that is printed."""
    if figure is None:
        return None
    try:
        made = live(expression, list(operands))
    except NotLive:
        return None
    return made if math.isclose(made.value, figure, rel_tol=_CLOSE, abs_tol=_CLOSE) else None


def _live(
    sheet: SafeSheet, row: int, column: int, made: Live | None, figure: float | None, style: dict[str, Any] = _AMOUNT
) -> None:
    """Write a live formula, and two columns on its difference from the program's figure."""
    if made is None or figure is None:
        sheet.write(row, column, figure, style)
        return
    sheet.formula(row, column, made.formula, made.value, style)
    first, second = (f"{_letters(place)}{row + 1}" for place in (column, column + 1))
    sheet.formula(row, column + 2, f"={first}-{second}", made.value - figure, _EXACT)


def _letters(column: int) -> str:
    """Return the letters of a column counted from zero."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

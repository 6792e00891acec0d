"""What 排放核算 shows beyond the inventory: processes, three accounts, measures, uncertainty, declared against recomputed, methods.

Every row opens down to what it rests on: inputs as typed, the working, the document and page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from tanping.assessment.documents import charts, context, figures, wording
from tanping.assessment.pages import parts
from tanping.assessment.project.catalogue import TABLE_LABELS

if TYPE_CHECKING:
    from tanping.assessment.accounting.processes import Process, ProcessBoundary
    from tanping.assessment.change import Accounts
    from tanping.assessment.documents.charts import Chart
    from tanping.assessment.measures.controls import Comparison
    from tanping.assessment.measures.effect import Effect, Effects
    from tanping.assessment.result import Assessment, CrossCheck, Input, Side
    from tanping.assessment.uncertainty import Uncertainty

CHART_WIDTH = 1080
NONE = "－"
_SEEN = 50.0  # t: what a table in 万t with two places shows


def draw(chart: Chart | None) -> None:
    """Show a chart under its title, or nothing."""
    if chart is not None:
        st.subheader(chart.title, anchor=False)
        st.vega_lite_chart(spec=chart.spec, theme=None, width="stretch", alt=chart.description)


def _wan(value: float | None, other: str = "资料不足") -> str:
    if value is None:
        return other
    return figures.ten_thousand_tonnes(value) if value else NONE


def _head(kind: str, cells: Iterable[str]) -> str:
    return f'<div class="tp-row {kind} tp-head">{"".join(f"<span>{escape(cell)}</span>" for cell in cells)}</div>'


def _opening(kind: str, cells: Iterable[str], body: Iterable[str]) -> str:
    head = "".join(f"<span>{escape(cell)}</span>" for cell in cells)
    return f'<details class="tp-finding"><summary class="tp-row {kind}">{head}</summary><div>{"".join(body)}</div></details>'


def _formula(text: str) -> str:
    return f'<p class="tp-formula">{escape(figures.expression(text))}</p>'


def _line(label: str, text: str) -> str:
    return f'<p><span class="tp-soft">{escape(label)}</span>{escape(text)}</p>'


def inputs(items: Iterable[Input]) -> str:
    """The operands of a working as markup: as typed, where it stands, which factor."""
    return parts.table_markup(("符号", "名称", "取值", "原文", "来源", "出处与说明"), map(_input, items))


def _input(item: Input) -> tuple[str, ...]:
    said = "，".join(filter(None, (item.document, item.page, item.note, item.factor or "")))
    value = f"{figures.as_stated(item.value)} {figures.unit(item.unit)}" if item.value is not None else figures.UNKNOWN
    return item.symbol, item.label, value, item.text, wording.label(wording.ORIGINS, item.origin), said


def _soft(text: str) -> None:
    st.html(f'<div class="tp-soft tp-small">{escape(text)}</div>')


def _to_form(table: str) -> None:
    parts.to_form(f"去填“{TABLE_LABELS[table]}”", TABLE_LABELS[table])


# ---- methods ---------------------------------------------------------------------------------------------------------


def methods(assessment: Assessment) -> None:
    """The same project under the other methods."""
    rows = context.methods(assessment)
    if not rows:
        return
    with st.expander("其他核算依据的结果（并列参考，不混用）"):
        parts.table(
            ("核算依据", "达产年（万tCO₂）", "与所选相差", "说明"),
            (
                (
                    row.label,
                    _wan(row.total),
                    row.difference,
                    "本项目采用" if row.chosen else f"缺：{context.few(row.missing)}" if row.missing else "",
                )
                for row in rows
            ),
            numbers=frozenset({1, 2}),
        )


# ---- processes -------------------------------------------------------------------------------------------------------


def processes(assessment: Assessment) -> None:
    """The carbon of a steel works by process, its gases, and where it all goes."""
    boundary = assessment.processes
    if boundary is None:
        _soft("没有填报工序平衡。在“填报”页的“工序平衡”一栏填写各工序的投入与产出，即可逐工序核算并校核煤气平衡。")
        _to_form("flows")
        return
    parts.lead("投入的燃料和原料折二氧化碳，减去产出的煤气、焦炭和产品；点开一行看算式和每股物流。单位 万tCO₂/a。")
    rows = "".join(map(_process, boundary.processes))
    heads = ("工序", "投入燃料", "投入原料", "产出燃料", "产出产品", "排放", "单位产品（tCO₂/t）")
    st.html(_head("tp-process", heads) + rows + _works(boundary, context.closed(assessment)))
    _gases(boundary)
    draw(charts.carbon(assessment, width=CHART_WIDTH))


def _process(item: Process) -> str:
    said = figures.significant(item.intensity, 4) if item.intensity is not None else NONE
    product = f"{item.product} {said}" if item.product and item.intensity is not None else said
    flags = "　◇" if item.doubt else "　○ 缺数据" if item.missing else ""
    amounts = (item.in_fuel, item.in_material, item.out_fuel, item.out_product, item.emission)
    cells = (item.unit + flags, *(_wan(value, "未知") for value in amounts), product)
    return _opening("tp-process", cells, _process_body(item))


def _process_body(item: Process) -> Iterator[str]:
    yield _line("方法", "工序排放 ST-6：投入减产出，内部流两端同一因子")
    if item.doubt:
        yield _line("疑问", item.doubt)
    if item.missing:
        yield _line("未计算", "缺：" + "；".join(item.missing))
    else:
        yield _formula(item.expression)
    yield inputs(item.inputs)


def _works(boundary: ProcessBoundary, closed: bool) -> str:
    works = boundary.works
    if works is None:
        return ""
    told = (
        "与全厂直接排放闭合"
        if closed
        else f"与全厂直接排放 {_wan(works.works, '未知')} 相差 {_wan(works.unexplained, '未知')}"
    )
    cells = ("工序合计", "", "", "", "", _wan(works.processes, "未知"), told)
    known = (
        _line("已知差额", f"{name} {figures.ten_thousand_tonnes(value)} 万tCO₂/a") for name, value in works.explained
    )
    return _opening("tp-process tp-total", cells, (_formula(works.expression), *known))


def _gases(boundary: ProcessBoundary) -> None:
    if not boundary.gases:
        return
    st.subheader("副产煤气平衡（亿Nm³/a）", anchor=False)

    def amount(value: float | None) -> str:
        return "未知" if value is None else figures.ten_thousand_tonnes(value, 3) if value else NONE

    parts.table(
        ("煤气", "产生", "工序用", "自备电厂", "外供", "放散", "柜存", "损失", "差额", "结论"),
        (
            (
                gas.gas,
                *map(amount, (gas.made, gas.used, gas.power, gas.sold, gas.flared, gas.holder, gas.loss)),
                "未知" if gas.share is None else f"{figures.number(gas.share, 2)}%",
                gas.verdict,
            )
            for gas in boundary.gases
        ),
        numbers=frozenset(range(1, 9)),
    )


# ---- three accounts --------------------------------------------------------------------------------------------------


def accounts(assessment: Assessment) -> None:
    """Three accounts and the net change, with what they rest on."""
    made = assessment.accounts
    if made is None:
        return
    parts.lead("三本账与净变化量，单位 万tCO₂/a。现有、被置换的排放按基准期实际排放填报，不由产能推算。")
    _three(made)
    if made.missing:
        st.warning("缺：" + "；".join(made.missing))
    for warning in made.warnings:
        st.info(warning)
    bodies = [
        ("最终排放量（NC-2）", made.final, made.final_expression),
        ("净变化量（NC-1）", made.net, made.net_expression),
    ]
    rows = [_opening("tp-account", (name, _wan(value)), (_formula(expression),)) for name, value, expression in bodies]
    st.html("".join(rows))
    told = context.changes(assessment.project)
    if told:
        st.subheader("各账目的依据", anchor=False)
        parts.table(
            ("账目", "出让（减排）方", "本项目前（原文）", "本项目后（原文）", "基准期", "核查报告、页码与说明"),
            ((row.account, row.party or row.id, row.before, row.after, row.base_year, row.ground) for row in told),
            tight=frozenset({0}),
        )
    else:
        _soft("没有填报现有工程、以新带老、产能置换和区域碳减排。")
        _to_form("changes")
    draw(charts.net_change(assessment, width=CHART_WIDTH))


def _three(made: Accounts) -> None:
    parts.table(
        (
            "现有工程排放量",
            "在建工程排放量",
            "拟建项目产生量",
            "拟建项目排放量",
            "以新带老削减量",
            "最终排放量",
            "产能置换退出",
            "区域碳减排",
            "净变化量",
        ),
        [
            [
                _wan(value)
                for value in (
                    made.existing,
                    made.under_construction,
                    made.proposed_generated,
                    made.proposed,
                    made.offset,
                    made.final,
                    made.replaced,
                    made.regional,
                    made.net,
                )
            ]
        ],
        numbers=frozenset(range(9)),
    )


# ---- measures and controls -------------------------------------------------------------------------------------------


def measures(assessment: Assessment) -> None:
    """Reduction measures one after the other, and the comparison of pollution controls."""
    if assessment.measures is None and not assessment.controls:
        _soft(
            "没有填报减碳措施和治理方案。在“填报”页的“减碳措施”“治理方案比选”两栏填写后，这里给出边际、累计效果和单位减排成本。"
        )
        _to_form("measures")
        return
    if assessment.measures is not None:
        _effects(assessment.measures)
        draw(charts.cuts(assessment, width=CHART_WIDTH))
        _shifts(assessment.measures)
    for names, comparison in context.controls(assessment):
        _comparison(names, comparison)


def _effects(made: Effects) -> None:
    parts.lead("每项措施改变输入后重新核算，不按百分比折减；点开一行看改了什么。减排量单位 万tCO₂/a。")
    for note in made.notes:
        st.info(note)
    heads = ("措施", "规模", "单独", "边际", "累计", "年费用（万元）", "元/tCO₂")
    total = (
        "合计",
        f"{_wan(made.before)} → {_wan(made.after)}",
        "",
        "",
        _wan(made.cut),
        "",
        "",
    )
    cells = "".join(f"<span>{escape(text)}</span>" for text in total)
    rows = "".join(map(_effect, made.effects))
    st.html(_head("tp-measure", heads) + rows + f'<div class="tp-row tp-measure tp-total">{cells}</div>')
    if abs(made.overlap) >= _SEEN:
        _soft(f"各项单独减排之和比共同减排多 {figures.ten_thousand_tonnes(made.overlap)} 万tCO₂/a，是措施之间的重叠。")


def _effect(item: Effect) -> str:
    cost = "未填" if item.cost is None else figures.number(item.cost, 1)
    each = NONE if item.cost_per_tonne is None else figures.number(item.cost_per_tonne, 0)
    cuts = (_wan(value, "未计算") for value in (item.alone, item.marginal, item.cumulative))
    body = [_line("类别", item.kind)] if item.kind else []
    body += [_line("未计算", text) for text in item.problems]
    body += [_line("输入变化", text) for text in item.changes]
    body += [_line("说明", text) for text in item.notes]
    if item.source:
        body.append(_line("依据", f"{item.source}（{item.basis}）"))
    return _opening("tp-measure", (item.name, item.size, *cuts, cost, each), body)


def _shifts(made: Effects) -> None:
    if not made.shifts:
        return
    with st.expander("采取全部措施前后的指标"):
        parts.table(
            ("指标", "之前", "之后", "单位"),
            (
                (
                    item.name,
                    figures.significant(item.before, 5),
                    figures.significant(item.after, 5),
                    figures.unit(item.unit),
                )
                for item in made.shifts
            ),
            numbers=frozenset({1, 2}),
        )


def _comparison(names: str, item: Comparison) -> None:
    said = {True: "是", False: "否", None: "未说明"}
    st.subheader(f"治理方案比选：{names}", anchor=False)
    st.html(f"<div>{parts.chip_of(item.verdict, 'open')}　{escape(item.why)}</div>")
    parts.table(
        ("方案", "能稳定达标", "采用", "tCO₂/a", "算式或所缺"),
        (
            (
                option.name + ("　（达标中碳排放最小）" if option.id == item.least else ""),
                said[option.complies],
                said[option.chosen],
                "资料不足" if option.co2 is None else figures.tonnes(option.co2),
                f"缺：{'；'.join(option.missing)}"
                if option.missing
                else "；".join(map(figures.expression, option.parts)),
            )
            for option in item.options
        ),
        numbers=frozenset({3}),
        tight=frozenset({1, 2}),
    )
    _soft(f"比选规则：环境空气质量达标的污染物以碳排放最小的达标方案优先（{item.basis}，待核原文）。")


# ---- uncertainty -----------------------------------------------------------------------------------------------------


def uncertainty(made: Uncertainty | None, chart: Chart | None) -> None:
    """Interval and tornado of the design-year total."""
    if made is None:
        _soft("达产年排放总量未知，不能给出区间。")
        return
    told = (
        f"{made.name} {figures.ten_thousand_tonnes(made.value)} 万tCO₂/a，{made.level:.0%} 区间 "
        f"{figures.ten_thousand_tonnes(made.low)}—{figures.ten_thousand_tonnes(made.high)} 万tCO₂/a。"
    )
    parts.lead(told)
    draw(chart)
    parts.table(
        ("数据", "取值", "范围", "影响（万tCO₂/a）", "占方差", "范围的来源", "依据"),
        (
            (
                item.label,
                f"{figures.significant(item.value, 6)} {figures.unit(item.unit)}",
                f"{figures.significant(item.low, 5)}—{figures.significant(item.high, 5)}",
                figures.ten_thousand_tonnes(item.swing),
                f"{figures.number(item.share * 100, 1)}%",
                item.origin,
                item.basis,
            )
            for item in made.drivers
        ),
        numbers=frozenset({1, 2, 3, 4}),
    )
    _soft(
        f"随机取值 {figures.number(made.draws)} 次，起始数 {made.seed}，可重现；数据之间视为相互独立，漏列的排放源和方法的选择不在其中。"
        "在数值的说明栏写“±2 %”或“±0.3”，即以填报的范围为准，并印入报告。"
    )


# ---- declared against recomputed -------------------------------------------------------------------------------------


def crosschecks(assessment: Assessment) -> None:
    """Declared figures, chapters side by side, relations of physics: each as what it is."""
    groups = context.crosschecks(assessment.crosschecks)
    if not groups:
        _soft("没有可对照的申报数。在“填报”页的“申报数”“各章节数据”两栏照抄报告中的数值，即可逐项对照。")
        _to_form("declared")
        return
    for kind, checks in groups:
        style, heads, row = _KINDS.get(kind, _KINDS["physics"])
        st.html(f'<h3 class="tp-topic">{escape(wording.label(wording.CROSSCHECKS, kind))}</h3>')
        st.html(_head(style, heads) + "".join(map(row, checks)))


def _amount(value: float | None, unit: str) -> str:
    return figures.UNKNOWN if value is None else f"{figures.significant(value, 8)} {figures.unit(unit)}".strip()


def _adopted(check: CrossCheck) -> str:
    return NONE if check.adopted is None else _amount(check.adopted, check.unit)


def _recount(check: CrossCheck) -> str:
    difference = figures.signed_percent(check.difference)
    cells = (
        check.label,
        check.declared or "未申报",
        _amount(check.recomputed, check.unit),
        difference,
        check.verdict,
        _adopted(check),
    )
    return _opening("tp-check", cells, _recount_body(check))


def _recount_body(check: CrossCheck) -> Iterator[str]:
    place = "　".join(filter(None, (check.document, check.page)))
    if place:
        yield _line("出处", place)
    if check.low is not None or check.high is not None:
        low, high = (_amount(end, check.unit) if end is not None else "不限" for end in (check.low, check.high))
        yield _line("所印数字", f"可表示 {low} 至 {high}")
    for at, cause in enumerate(check.explanations):
        word = "原因" if check.named and at == 0 else "可能"
        fits = "正好印成申报值" if cause.inside else "修约后接近申报值"
        told = f"{cause.text}，得 {_amount(cause.value, check.unit)}，{fits}，占各种解释的 {cause.share:.0%}"
        yield _line(word, told)
    yield from (_line("说明", note) for note in check.notes)
    if check.adopted_as:
        yield _line("采用", f"{_adopted(check)}（{check.adopted_as}）")


def _chapter(check: CrossCheck) -> str:
    said = "；".join(f"{side.chapter} {side.text or _amount(side.value, check.unit)}" for side in check.sides)
    cells = (check.label, said, figures.signed_percent(check.difference), check.verdict, _adopted(check))
    return _opening("tp-chapter", cells, _sides(check))


def _relation(check: CrossCheck) -> str:
    cells = (
        check.label,
        _amount(check.declared_value, check.unit) if check.declared_value is not None else NONE,
        check.verdict,
    )
    return _opening("tp-relation", cells, _sides(check))


def _sides(check: CrossCheck) -> Iterator[str]:
    if check.sides:
        yield parts.table_markup(
            ("文件、章节", "数值（原文）", "出处", "与采用值"), (_side(side, check.unit) for side in check.sides)
        )
    yield from (_line("说明", figures.expression(note)) for note in check.notes)
    if check.adopted_as:
        yield _line("采用", f"{_adopted(check)}（{check.adopted_as}）")


def _side(side: Side, unit: str) -> tuple[str, ...]:
    place = "　".join(filter(None, (side.document, side.page)))
    agrees = {True: "一致", False: "不一致", None: ""}[side.agrees]
    return side.chapter, side.text or _amount(side.value, unit), place, agrees


_KINDS: dict[str, tuple[str, tuple[str, ...], Callable[[CrossCheck], str]]] = {
    "figure": ("tp-check", ("指标", "申报值（原文）", "复核值", "相差", "结论", "采用"), _recount),
    "chapter": ("tp-chapter", ("参数", "各处数据", "相差", "结论", "采用"), _chapter),
    "physics": ("tp-relation", ("关系", "比值或数量", "结论"), _relation),
}

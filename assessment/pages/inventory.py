"""排放核算: the recomputed inventory, every source with its worked expression, the years, the indicators, and what ``recount`` adds."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from tanping.assessment.assess import uncertainty_for
from tanping.assessment.documents import charts, context, figures, wording
from tanping.assessment.pages import parts, recount, session
from tanping.assessment.project.model import METHODS

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment, FactorUse, Indicator, Inventory, Source

SOURCES, YEARS, INDICATORS, PROCESSES, ACCOUNTS, MEASURES, UNCERTAINTY, CHECKS = VIEWS = (
    "排放清单",
    "逐年排放",
    "绩效指标",
    "工序与碳平衡",
    "三本账",
    "减碳措施",
    "不确定度",
    "申报与复核",
)


def show() -> None:
    """Write the page."""
    draft = session.need_draft()
    outcome = parts.project_bar(draft)
    assessment = parts.need_result(outcome)
    _tiles(assessment)
    views = [view for view in VIEWS if view != PROCESSES or assessment.processes is not None or _steel(assessment)]
    view = st.segmented_control(
        "内容", views, default=views[0], required=True, key="inventory-view", label_visibility="collapsed"
    )
    if view == YEARS:
        _years(assessment)
    elif view == INDICATORS:
        _indicators(assessment)
    elif view == PROCESSES:
        recount.processes(assessment)
    elif view == ACCOUNTS:
        recount.accounts(assessment)
    elif view == MEASURES:
        recount.measures(assessment)
    elif view == UNCERTAINTY:
        made = uncertainty_for(assessment)
        recount.uncertainty(made, charts.tornado(made, width=recount.CHART_WIDTH))
    elif view == CHECKS:
        recount.crosschecks(assessment)
    else:
        _sources(assessment)


def _steel(assessment: Assessment) -> bool:
    return context.words_of((assessment.project.get("project") or {}).get("sector"))[0] == "steel"


def _tiles(assessment: Assessment) -> None:
    tiles = context.tiles(assessment)
    for column, tile in zip(st.columns(len(tiles)), tiles, strict=True):
        with column:
            st.html(
                f'<div class="tp-tile"><div class="tp-soft tp-small">{escape(tile.label)}</div>'
                f'<div class="tp-figure">{escape(tile.value)} <small>{escape(tile.unit)}</small></div>'
                f'<div class="tp-soft tp-small">{escape(_remark(tile)) or "&nbsp;"}</div></div>'
            )
    inventory = assessment.inventory
    if not inventory.complete:
        st.warning("总量不完整，只含已知部分，不得作为项目排放总量引用。缺：" + "；".join(inventory.missing))
    for warning in inventory.warnings:
        st.info(warning)


def _remark(tile: context.Tile) -> str:
    """Return the remark without its pointer into the printed report."""
    return tile.remark.split("见第")[0].rstrip("，；")


# ---- sources ---------------------------------------------------------------------------------------------------------


def _sources(assessment: Assessment) -> None:
    inventory = assessment.inventory
    method = METHODS.get(inventory.method, inventory.method) or "未选定"
    parts.lead(f"核算依据：{method}。单位 tCO₂；点开一行看算式、取值和因子。")
    for stage, members in context.stages(inventory):
        rows = "".join(_source(place, source, inventory) for place, source in members)
        st.html(
            f'<h3 class="tp-topic">{escape(stage)}</h3><div class="tp-source tp-head"><span>排放源</span><span>类别</span>'
            f"<span>达产年</span><span>占比</span><span>全生命周期</span></div>{rows}"
        )
    total = figures.tonnes(inventory.design_year_total if inventory.complete else inventory.known_design_year)
    name = "合计（不含备查项；施工期、退役期单列）" if inventory.complete else "已知部分小计（不完整）"
    lifetime = figures.tonnes(inventory.lifetime_total) if inventory.complete else "不完整"
    share = "100%" if inventory.complete else ""
    st.html(
        f'<div class="tp-source tp-total"><span>{name}</span><span></span><span>{total}</span><span>{share}</span><span>{lifetime}</span></div>'
    )
    if told := context.equivalents(inventory):
        st.html(f'<div class="tp-soft tp-small">全生命周期合计{escape(told)}，其余为二氧化碳。</div>')
    recount.methods(assessment)


def _source(place: int, source: Source, inventory: Inventory) -> str:
    if source.missing:
        amounts = ("资料不足", "", "资料不足")
    else:
        yearly = figures.tonnes(source.design_year) if source.stage == "operation" else ""
        share = "" if source.memo else figures.percent(source.design_year, inventory.design_year_total, 2)
        amounts = (yearly, share if yearly else "", figures.tonnes(source.total))
    unit = f"（{source.unit}）" if source.unit else ""
    memo = "　备查，不计入合计" if source.memo else ""
    cells = (f"{place}. {source.name}{unit}{memo}", wording.label(wording.CATEGORIES, source.category), *amounts)
    head = "".join(f"<span>{escape(text)}</span>" for text in cells)
    return f'<details class="tp-finding"><summary class="tp-source">{head}</summary><div>{"".join(_body(source))}</div></details>'


def _body(source: Source) -> Iterable[str]:
    basis = "　".join(filter(None, (source.standard, source.term and f"术语 {source.term}", f"公式 {source.formula}")))
    yield f'<p><span class="tp-soft">方法</span>{escape(basis)}</p>'
    if source.missing:
        yield f'<p><span class="tp-soft">未计算</span>缺：{escape("；".join(source.missing))}</p>'
    elif source.expression:
        yield f'<p class="tp-formula">{escape(figures.expression(source.expression))}</p>'
    if source.inputs:
        yield recount.inputs(source.inputs)
    if source.factors:
        yield parts.table_markup(("因子", "取值", "出处", "选用理由"), map(_factor, source.factors))
    for note in source.notes:
        yield f'<p><span class="tp-soft">说明</span>{escape(note)}</p>'


def _factor(factor: FactorUse) -> tuple[str, ...]:
    place = "；".join(filter(None, (factor.region, factor.data_year and f"{factor.data_year} 年", factor.why)))
    rivals = f"　另有：{'；'.join(factor.rivals)}" if factor.rivals else ""
    checked = wording.basis_label(factor.basis) + ("　待核原文" if factor.provisional else "")
    value = f"{figures.as_stated(factor.value)} {figures.unit(factor.unit)}"
    return factor.name, value, f"{factor.document}（{checked}）", place + rivals


# ---- years, indicators, checks ---------------------------------------------------------------------------------------


def _years(assessment: Assessment) -> None:
    recount.draw(charts.annual_by_category(assessment, width=recount.CHART_WIDTH))
    recount.draw(charts.cumulative(assessment, width=recount.CHART_WIDTH))
    inventory = assessment.inventory
    codes = [code for code in wording.CATEGORIES if any(code in year.by_category for year in inventory.annual)]
    if not inventory.annual:
        st.html('<div class="tp-soft">没有投产日期和寿命，不能排出逐年排放。</div>')
        return
    with st.expander("逐年数值（tCO₂）"):
        parts.table(
            ("年份", *(wording.CATEGORIES[code] for code in codes), "合计"),
            (
                (
                    str(year.year),
                    *(figures.tonnes(year.by_category[code]) if code in year.by_category else "" for code in codes),
                    figures.tonnes(year.total),
                )
                for year in inventory.annual
            ),
            numbers=frozenset(range(1, len(codes) + 2)),
        )


def _indicators(assessment: Assessment) -> None:
    if not assessment.indicators:
        st.html('<div class="tp-soft">没有可计算的绩效指标。</div>')
    parts.lead("与参考值的比较只说明水平，不是限值。")
    for indicator in assessment.indicators:
        _indicator(indicator)


def _indicator(indicator: Indicator) -> None:
    with st.container(border=True):
        value = figures.significant(indicator.value, 5)
        st.html(f"<b>{escape(indicator.name)}</b>　{value} {escape(figures.unit(indicator.unit))}")
        if indicator.missing:
            st.html(f'<div class="tp-soft">未计算，缺：{escape("；".join(indicator.missing))}</div>')
        elif indicator.expression:
            st.html(f'<div class="tp-formula">{escape(figures.expression(indicator.expression))}</div>')
        for note in indicator.notes:
            st.html(f'<div class="tp-soft tp-small">{escape(note)}</div>')
        if indicator.references:
            parts.table(
                ("参考值", "数值", "年份", "出处", "说明"),
                (
                    (
                        ref.name,
                        f"{figures.significant(ref.value, 5)} {figures.unit(ref.unit)}",
                        ref.data_year,
                        ref.document,
                        ref.note,
                    )
                    for ref in indicator.references
                ),
            )


show()

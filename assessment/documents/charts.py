"""Charts of an ``Assessment`` as Vega-Lite specifications: one definition for the page and the PDF (docs/decisions.md, D10).

The page passes ``Chart.spec`` to ``st.vega_lite_chart``; the PDF turns the same one into vectors. Figures are drawn in 万吨.
Colours differ in lightness, so that a grey print still tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from tanping.assessment.documents import figures
from tanping.assessment.documents.wording import CATEGORIES, label
from tanping.assessment.result import Assessment, Indicator, Source

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONT_STACK = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, PingFang SC, sans-serif"
INK, SOFT, RULE, GRID = "#1c2733", "#55606c", "#9aa5b1", "#e3e7eb"
COLOURS = {
    "fuel": "#1f3b57",
    "process": "#8c5a3c",
    "electricity": "#6f93b5",
    "heat": "#cbb078",
    "construction": "#b4c3d1",
    "end_of_life": "#dde3e9",
    "removal": "#5d8a72",
}
WIDTH = 600
_MOST_SOURCES = 14
_LONGEST_NAME = 18


@dataclass(frozen=True)
class Chart:
    """A chart: its id, title, what a reader who can't see it is told, and its Vega-Lite specification."""

    id: str
    title: str
    description: str
    spec: dict[str, Any]


def charts(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> dict[str, Chart]:
    """Return the charts the figures allow, by id, in reading order. A chart without figures is left out."""
    made = [
        annual_by_category(assessment, font, width),
        cumulative(assessment, font, width),
        design_year_sources(assessment, font, width),
        *(compared(indicator, font, width) for indicator in assessment.indicators),
    ]
    return {chart.id: chart for chart in made if chart is not None}


def annual_by_category(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """Emissions of every year, stacked by category."""
    years = assessment.inventory.annual
    if not years:
        return None
    present = [code for code in CATEGORIES if any(year.by_category.get(code) for year in years)]
    present += sorted({code for year in years for code in year.by_category} - set(CATEGORIES))
    values = [
        {
            "年份": year.year,
            "类别": label(CATEGORIES, code),
            "排放量": year.by_category[code] / 1e4,
            "次序": rank,
        }
        for year in years
        for rank, code in enumerate(present)
        if year.by_category.get(code)  # a bar of no height only swells the drawing
    ]
    title = f"逐年排放量（按类别）{_partly(assessment)}"
    spec = {
        "height": 230,
        "data": {"values": values},
        "mark": {"type": "bar", "stroke": "#ffffff", "strokeWidth": 0.4},
        "encoding": {
            "x": _years(years[0].year, years[-1].year),
            "y": {"field": "排放量", "type": "quantitative", "stack": True, "title": "万吨二氧化碳/年"},
            "color": {
                "field": "类别",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [label(CATEGORIES, code) for code in present],
                    "range": [COLOURS.get(code, SOFT) for code in present],
                },
            },
            "order": {"field": "次序", "type": "quantitative"},
            "tooltip": [
                {"field": "年份", "type": "ordinal"},
                {"field": "类别", "type": "nominal"},
                {"field": "排放量", "type": "quantitative", "format": ",.2f", "title": "万吨"},
            ],
        },
    }
    top = max(years, key=lambda year: year.total)
    told = f"{years[0].year}年至{years[-1].year}年逐年排放量，最高为{top.year}年{figures.ten_thousand_tonnes(top.total)}万吨。"
    return _chart("annual", title, told, spec, font, width)


def cumulative(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """Emissions added up from the first year."""
    years = assessment.inventory.annual
    if len(years) < 2:
        return None
    sums = accumulate(year.total for year in years)
    values = [{"年份": year.year, "累计": added / 1e4} for year, added in zip(years, sums, strict=True)]
    last = values[-1]
    spec = {
        "height": 170,
        "data": {"values": values},
        "encoding": {
            "x": _years(years[0].year, years[-1].year),
            "y": {"field": "累计", "type": "quantitative", "title": "累计 万吨二氧化碳"},
        },
        "layer": [
            {"mark": {"type": "area", "color": COLOURS["electricity"], "opacity": 0.25}},
            {"mark": {"type": "line", "color": COLOURS["fuel"], "strokeWidth": 1.8}},
            {
                "data": {"values": [last]},
                "mark": {"type": "point", "filled": True, "size": 45, "color": COLOURS["fuel"]},
            },
        ],
    }
    told = f"自{years[0].year}年累计，至{years[-1].year}年末{figures.number(last['累计'], 2)}万吨。"
    return _chart("cumulative", f"累计排放量{_partly(assessment)}", told, spec, font, width)


def design_year_sources(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """Emission of every source in the design year, largest first."""
    known = [(source, source.design_year) for source in assessment.inventory.sources if _summed(source)]
    ranked = sorted(known, key=lambda pair: -abs(pair[1] or 0.0))[:_MOST_SOURCES]
    if not ranked:
        return None
    values = [
        {
            "排放源": f"{rank}. {_short(source.name)}",
            "排放量": (amount or 0.0) / 1e4,
            "类别": label(CATEGORIES, source.category),
            "标注": figures.ten_thousand_tonnes(amount),
            "次序": rank,
        }
        for rank, (source, amount) in enumerate(ranked, 1)
    ]
    codes = list(dict.fromkeys(source.category for source, _ in ranked))
    position = {
        "y": {
            "field": "排放源",
            "type": "nominal",
            "sort": {"field": "次序"},
            "title": None,
            "axis": {"labelLimit": 240, "ticks": False, "domain": False},
        },
        "x": {"field": "排放量", "type": "quantitative", "title": "万吨二氧化碳/年", "axis": {"tickCount": 6}},
    }
    spec = {
        "height": {"step": 24},
        "data": {"values": values},
        "encoding": position,
        "layer": [
            {
                "mark": {"type": "bar", "height": 13},
                "encoding": {
                    "color": {
                        "field": "类别",
                        "type": "nominal",
                        "title": None,
                        "scale": {
                            "domain": [label(CATEGORIES, code) for code in codes],
                            "range": [COLOURS.get(code, SOFT) for code in codes],
                        },
                    }
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
                "encoding": {"text": {"field": "标注", "type": "nominal"}},
            },
        ],
    }
    told = "；".join(f"{source.name} {figures.ten_thousand_tonnes(amount)}万吨" for source, amount in ranked) + "。"
    return _chart("sources", f"达产年各排放源排放量{_partly(assessment)}", told, spec, font, width)


def compared(indicator: Indicator, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """An indicator beside the published figures it is set against. A comparison, not a limit."""
    if indicator.value is None or not indicator.references:
        return None
    same = [reference for reference in indicator.references if reference.unit == indicator.unit]
    if not same:
        return None
    printed = figures.unit(indicator.unit).replace("₂", "2")
    rows = [("本项目", indicator.value, "本项目")]
    rows += [(_short(f"{ref.name}（{ref.data_year}）", 22), ref.value, "参考值") for ref in same]
    values = [
        {"对象": f"{rank}. {name}", "数值": value, "类": kind, "标注": figures.significant(value, 4), "次序": rank}
        for rank, (name, value, kind) in enumerate(rows, 1)
    ]
    spec = {
        "height": {"step": 26},
        "data": {"values": values},
        "encoding": {
            "y": {
                "field": "对象",
                "type": "nominal",
                "sort": {"field": "次序"},
                "title": None,
                "axis": {"labelLimit": 280, "ticks": False, "domain": False},
            },
            "x": {"field": "数值", "type": "quantitative", "title": printed, "axis": {"tickCount": 6}},
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 13},
                "encoding": {
                    "color": {
                        "field": "类",
                        "type": "nominal",
                        "legend": None,
                        "scale": {"domain": ["本项目", "参考值"], "range": [COLOURS["fuel"], COLOURS["construction"]]},
                    }
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
                "encoding": {"text": {"field": "标注", "type": "nominal"}},
            },
        ],
    }
    told = "；".join(f"{name} {figures.significant(value, 4)}" for name, value, _ in rows) + f"（{printed}）。"
    return _chart(f"indicator-{indicator.id}", f"{indicator.name}与参考值", told, spec, font, width)


def _chart(id: str, title: str, told: str, spec: dict[str, Any], font: str, width: int) -> Chart:
    fitted = {"type": "fit-x", "contains": "padding"}
    whole = {
        "$schema": SCHEMA,
        "description": told,
        "width": width,
        "autosize": fitted,
        **spec,
        "config": _config(font),
    }
    return Chart(id, title, told, whole)


def _config(font: str) -> dict[str, Any]:
    text = {"labelFont": font, "titleFont": font, "labelColor": INK, "titleColor": SOFT, "labelFontSize": 11}
    return {
        "aria": False,  # the description says it; marks of their own only swell the drawing
        "font": font,
        "background": "#ffffff",
        "view": {"stroke": None},
        "axis": {
            **text,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
            "gridColor": GRID,
            "domainColor": RULE,
            "tickColor": RULE,
        },
        "axisX": {"grid": False},
        "legend": {**text, "orient": "top", "symbolType": "square", "symbolSize": 90, "offset": 8},
        "text": {"font": font, "fontSize": 11},
    }


def _years(first: int, last: int) -> dict[str, Any]:
    """The axis of years: a mark at every fifth, so that a long life stays readable."""
    shown = [year for year in range(first, last + 1) if year % 5 == 0 or last - first < 12]
    return {
        "field": "年份",
        "type": "ordinal",
        "title": None,
        "axis": {"values": shown, "labelAngle": 0, "ticks": True},
    }


def _summed(source: Source) -> bool:
    return source.design_year is not None and not source.memo and source.stage == "operation"


def _partly(assessment: Assessment) -> str:
    return "" if assessment.inventory.complete else "（不完整，仅含已知排放源）"


def _short(name: str, longest: int = _LONGEST_NAME) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"

"""Charts of an ``Assessment`` as Vega-Lite specifications: one definition for the page and the PDF (docs/decisions.md, D10).

The page passes ``Chart.spec`` to ``st.vega_lite_chart``; the PDF turns the same one into vectors. Figures are drawn in 万吨.
Colours differ in lightness, so that a grey print still tells them apart; official paper takes them in one ink (``in_ink``).
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from tanping.assessment.accounting.processes import AIR
from tanping.assessment.documents import figures, sankey
from tanping.assessment.documents.wording import CATEGORIES, label
from tanping.assessment.result import Assessment, Indicator, Reference, Source

if TYPE_CHECKING:
    from tanping.assessment.uncertainty import Uncertainty

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
# What a ribbon of the carbon picture carries (CarbonFlow.kind).
FLOWS = {
    "fuel": "煤、焦与外购燃料",
    "gas": "副产煤气",
    "material": "熔剂与含碳原料",
    "product": "生铁与产品",
    "air": "排入大气",
}
_FLOW_COLOURS = {
    FLOWS["fuel"]: "#1f3b57",
    FLOWS["gas"]: "#6f93b5",
    FLOWS["material"]: "#cbb078",
    FLOWS["product"]: "#5d8a72",
    FLOWS["air"]: "#b9bec4",
}
_STEPS = {"增加": "#8c5a3c", "减少": "#5d8a72", "减排": "#5d8a72", "增排": "#8c5a3c", "合计": "#1f3b57"}
# The same colours in blue-black ink, each as light as its like.
IN_INK = {
    "#1f3b57": "#2b4764",
    "#8c5a3c": "#56728e",
    "#5d8a72": "#b4c3d0",
    "#6f93b5": "#89a0b6",
    "#cbb078": "#9fb3c5",
    "#b4c3d1": "#c8d3dc",
    "#dde3e9": "#dde4ea",
}
_PADDING = {"left": 12, "top": 5, "right": 24, "bottom": 5}  # labels are measured a little short
_MOST_DRIVERS = 10
WIDTH = 600
OFFICIAL_WIDTH = 460
"""At this width letters of a chart are as large on official paper as those of its tables."""
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
        carbon(assessment, font, width),
        net_change(assessment, font, width),
        cuts(assessment, font, width),
        tornado(assessment.uncertainty, font, width),
        *(compared(indicator, font, width) for indicator in assessment.indicators),
    ]
    return {chart.id: chart for chart in made if chart is not None}


def in_ink(chart: Chart) -> Chart:
    """Return a chart in one ink, for official paper."""
    return replace(chart, spec=_inked(chart.spec))


def _inked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _inked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_inked(inner) for inner in value]
    return IN_INK.get(value, value) if isinstance(value, str) else value


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
        "height": min(230, round(width * 0.38)),
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
    # An explicit 无 is a figure of the table, not a bar.
    known = [(one, one.design_year) for one in assessment.inventory.sources if _summed(one) and one.design_year]
    ranked = sorted(known, key=lambda pair: -abs(pair[1] or 0.0))[:_MOST_SOURCES]
    if not ranked:
        return None
    values = [
        {
            "排放源": f"{rank}. {_short(source.name)}",
            "排放量": (amount or 0.0) / 1e4,
            "类别": label(CATEGORIES, source.category),
            "标注": figures.ten_thousand_tonnes(amount),
            "右": max(amount or 0.0, 0.0) / 1e4,
        }
        for rank, (source, amount) in enumerate(ranked, 1)
    ]
    codes = list(dict.fromkeys(source.category for source, _ in ranked))
    position = {
        "y": {
            "field": "排放源",
            "type": "nominal",
            "sort": _in_order(values, "排放源"),
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
                "encoding": {
                    "x": {"field": "右", "type": "quantitative"},
                    "text": {"field": "标注", "type": "nominal"},
                },
            },
        ],
    }
    told = "；".join(f"{source.name} {figures.ten_thousand_tonnes(amount)}万吨" for source, amount in ranked) + "。"
    return _chart("sources", f"达产年各排放源排放量{_partly(assessment)}", told, spec, font, width)


def comparable(indicator: Indicator) -> list[Reference]:
    """Return the published figures an indicator can be drawn beside: those of its own unit, once it has a value."""
    if indicator.value is None:
        return []
    return [reference for reference in indicator.references if reference.unit == indicator.unit]


def compared(indicator: Indicator, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """An indicator beside the published figures it is set against. A comparison, not a limit."""
    same = comparable(indicator)
    if indicator.value is None or not same:
        return None
    printed = figures.unit(indicator.unit).replace("₂", "2")
    rows = [("本项目", indicator.value, "本项目")]
    rows += [(_reference(ref), ref.value, "参考值") for ref in same]
    values = [
        {"对象": f"{rank}. {name}", "数值": value, "类": kind, "标注": figures.significant(value, 4)}
        for rank, (name, value, kind) in enumerate(rows, 1)
    ]
    spec = {
        "height": {"step": 26},
        "data": {"values": values},
        "encoding": {
            "y": {
                "field": "对象",
                "type": "nominal",
                "sort": _in_order(values, "对象"),
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


def _reference(one: Reference) -> str:
    """A published figure by name, with its year where it has one; the name gives way, not the year."""
    year = f"（{one.data_year}）" if one.data_year else ""
    return _fitted(one.name, 21 - _breadth(year)) + year


def net_change(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """Waterfall from the proposed emission to the net change (NC-1); None while a part is unknown or nothing changes."""
    accounts = assessment.accounts
    if accounts is None or accounts.net is None or accounts.proposed is None:
        return None
    steps = [
        ("拟建项目", accounts.proposed),
        ("以新带老与现有工程", -(accounts.offset or 0.0)),
        ("产能置换", -(accounts.replaced or 0.0)),
        ("区域碳减排", -(accounts.regional or 0.0)),
    ]
    told = [(name, step) for name, step in steps if step]
    if len(told) < 2:
        return None
    return _waterfall("net_change", "碳排放净变化量的构成", told, ("增加", "减少", "净变化量"), font, width)


def cuts(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """Waterfall of what each measure cuts after those before it."""
    if assessment.measures is None:
        return None
    told = [(_short(one.name), one.marginal) for one in assessment.measures.effects if one.marginal]
    if not told:
        return None
    return _waterfall("measures", "减碳措施的累计减排量", told, ("减排", "增排", "合计减排"), font, width)


def _waterfall(
    id: str, title: str, steps: list[tuple[str, float]], words: tuple[str, str, str], font: str, width: int
) -> Chart:
    """Steps one after the other and where they lead. ``words``: a step up, a step down, the whole."""
    up, down, whole = words
    values, at = [], 0.0
    for name, step in steps:
        values.append(_step(name, at, at + step, up if step > 0 else down, step))
        at += step
    values.append(_step(whole, 0.0, at, "合计", at))
    kinds = [kind for kind in _STEPS if any(value["类"] == kind for value in values)]
    spec = {
        "height": {"step": 30},
        "data": {"values": values},
        "encoding": {
            "y": {
                "field": "项",
                "type": "nominal",
                "sort": _in_order(values, "项"),
                "title": None,
                "axis": {"labelLimit": 240, "ticks": False, "domain": False},
            },
            "x": {"field": "起", "type": "quantitative", "title": "万吨二氧化碳/年", "axis": {"tickCount": 6}},
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 16},
                "encoding": {
                    "x2": {"field": "止"},
                    "color": {
                        "field": "类",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": kinds, "range": [_STEPS[kind] for kind in kinds]},
                    },
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
                "encoding": {
                    "x": {"field": "右", "type": "quantitative"},
                    "text": {"field": "标注", "type": "nominal"},
                },
            },
        ],
    }
    told = "；".join(f"{value['项']} {value['标注']}" for value in values) + "（万吨二氧化碳/年）。"
    return _chart(id, title, told, spec, font, width)


def _step(name: str, start: float, end: float, kind: str, amount: float) -> dict[str, Any]:
    sign = "+" if amount > 0 and kind != "合计" else ""
    return {
        "项": name,
        "起": start / 1e4,
        "止": end / 1e4,
        "右": max(start, end) / 1e4,
        "类": kind,
        "标注": sign + figures.ten_thousand_tonnes(amount),
    }


def tornado(made: Uncertainty | None, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """The operands that move a figure most, each from end to end of its range, around the figure."""
    if made is None or not made.drivers:
        return None
    values = []
    for rank, one in enumerate(made.drivers[:_MOST_DRIVERS], 1):
        name = f"{rank}. {driver(one.label)}"
        for end, at, word in ((one.at_low, one.low, "取低值"), (one.at_high, one.high, "取高值")):
            values.append(
                {
                    "项": name,
                    "起": made.value / 1e4,
                    "止": end / 1e4,
                    "端": word,
                    "取值": f"{figures.significant(at, 5)} {figures.unit(one.unit)}".strip(),
                }
            )
    spec = {
        "height": {"step": 26},
        "data": {"values": values},
        "encoding": {
            "y": {
                "field": "项",
                "type": "nominal",
                "sort": _in_order(values, "项"),
                "title": None,
                "axis": {"labelLimit": 280, "ticks": False, "domain": False},
            },
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": 14},
                "encoding": {
                    "x": {
                        "field": "止",
                        "type": "quantitative",
                        "title": "万吨二氧化碳/年",
                        "scale": {"zero": False, "nice": True},
                        "axis": {"tickCount": 6},
                    },
                    "x2": {"field": "起"},
                    "color": {
                        "field": "端",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": ["取低值", "取高值"], "range": [COLOURS["electricity"], COLOURS["fuel"]]},
                    },
                    "tooltip": [
                        {"field": "项", "type": "nominal"},
                        {"field": "端", "type": "nominal"},
                        {"field": "取值", "type": "nominal"},
                        {"field": "止", "type": "quantitative", "format": ",.2f", "title": "万吨"},
                    ],
                },
            },
            {
                "data": {"values": [{"值": made.value / 1e4}]},
                "mark": {"type": "rule", "color": INK},
                "encoding": {"x": {"field": "值", "type": "quantitative"}, "y": None},
            },
        ],
    }
    first = made.drivers[0]
    told = (
        f"{made.name}{made.level:.0%}区间为{figures.ten_thousand_tonnes(made.low)}至{figures.ten_thousand_tonnes(made.high)}万吨；"
        f"影响最大的是{driver(first.label)}。"
    )
    return _chart("tornado", f"{made.name}对各数据的敏感程度", told, spec, font, width)


def driver(label: str) -> str:
    """Shorten the name of an operand to the thing and the quantity: ``设计煤种（烟煤） 年消耗量``."""
    words = label.split()
    return _short(words[0] if len(words) == 1 else f"{_short(words[0], 12)} {words[-1]}", 24)


def carbon(assessment: Assessment, font: str = FONT_STACK, width: int = WIDTH) -> Chart | None:
    """Where the carbon of a steel works comes in, passes and goes, as CO2 (layout: ``sankey``)."""
    if assessment.processes is None or not assessment.processes.flows:
        return None
    picture = sankey.placed(assessment.processes.flows)
    ribbons = [
        {
            "链": number,
            "横": x,
            "上": top,
            "下": bottom,
            "类": FLOWS[one.kind],
            "走向": f"{one.source} → {one.target}",
            "物料": one.item,
            "量": one.value / 1e4,
        }
        for number, one in enumerate(picture.ribbons)
        for x, top, bottom in one.edge
    ]
    nodes = [
        {
            "名": node.name,
            "左": node.x,
            "右": node.x + sankey.NODE,
            "上": node.top,
            "下": node.bottom,
            "中": (node.top + node.bottom) / 2,
            "标注": f"{node.name} {figures.ten_thousand_tonnes(node.value, 0)}",
            "末": node.last,
        }
        for node in picture.nodes
    ]
    kinds = [kind for kind in FLOWS.values() if any(one["类"] == kind for one in ribbons)]
    across = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": None}
    down = {"type": "quantitative", "scale": {"domain": [0, 1], "reverse": True, "zero": False}, "axis": None}
    spec = {
        "height": 400,
        "layer": [
            {
                "data": {"values": ribbons},
                "mark": {"type": "area", "opacity": 0.55, "interpolate": "monotone"},
                "encoding": {
                    "x": {"field": "横", **across},
                    "y": {"field": "上", **down, "stack": None},
                    "y2": {"field": "下"},
                    "detail": {"field": "链", "type": "nominal"},
                    "color": {
                        "field": "类",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": kinds, "range": [_FLOW_COLOURS[kind] for kind in kinds]},
                    },
                    "tooltip": [
                        {"field": "走向", "type": "nominal"},
                        {"field": "物料", "type": "nominal"},
                        {"field": "量", "type": "quantitative", "format": ",.1f", "title": "万吨"},
                    ],
                },
            },
            {
                "data": {"values": nodes},
                "mark": {"type": "rect", "color": INK},
                "encoding": {
                    "x": {"field": "左", **across},
                    "x2": {"field": "右"},
                    "y": {"field": "上", **down},
                    "y2": {"field": "下"},
                },
            },
            *(
                {
                    "data": {"values": [node for node in nodes if node["末"] is last]},
                    "mark": {"type": "text", "align": align, "dx": shift, "baseline": "middle", "color": INK},
                    "encoding": {
                        "x": {"field": side, **across},
                        "y": {"field": "中", **down},
                        "text": {"field": "标注", "type": "nominal"},
                    },
                }
                for last, align, shift, side in ((False, "left", 3, "右"), (True, "right", -3, "左"))
            ),
        ],
    }
    air = math.fsum(one.value for one in picture.ribbons if one.target == AIR)
    told = f"碳流向图（按二氧化碳计，万吨/年）：排入大气 {figures.ten_thousand_tonnes(air)} 万吨。"
    return _chart("carbon", "钢铁联合企业碳流向（按二氧化碳计，万吨/年）", told, spec, font, width)


def _chart(id: str, title: str, told: str, spec: dict[str, Any], font: str, width: int) -> Chart:
    fitted = {"type": "fit-x", "contains": "padding"}
    whole = {
        "$schema": SCHEMA,
        "description": told,
        "width": width,
        "padding": _PADDING,
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
        "numberFormat": "~f",  # as figures are written everywhere else: no commas
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
        "legend": {**text, "orient": "top", "columns": 5, "symbolType": "square", "symbolSize": 90, "offset": 8},
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


def _in_order(values: list[dict[str, Any]], field: str) -> list[str]:
    """The names of an axis in the order of the rows: said as a list, since layers don't share a sort by field."""
    return list(dict.fromkeys(value[field] for value in values))


def _summed(source: Source) -> bool:
    return source.design_year is not None and not source.memo and source.stage == "operation"


def _partly(assessment: Assessment) -> str:
    return "" if assessment.inventory.complete else "（不完整，仅含已知排放源）"


def _breadth(text: str) -> float:
    """Width of a text in Chinese characters: other letters take about half of one."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WFA" else 0.55 for one in text)


def _fitted(text: str, breadth: float) -> str:
    if _breadth(text) <= breadth:
        return text
    while _breadth(text) > breadth - 1:
        text = text[:-1]
    return text + "…"


def _short(name: str, longest: int = _LONGEST_NAME) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"

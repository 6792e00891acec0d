"""Charts of a portfolio as Vega-Lite specifications: a schematic map of Jiangsu, emission by year and stage, results by city.

The map is thirteen tiles, one a city, each about where the city lies: no borders, because those at hand have no clear origin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tanping.assessment.documents import figures
from tanping.assessment.documents.charts import FONT_STACK, GRID, INK, RULE, SCHEMA, SOFT, Chart
from tanping.assessment.portfolio.ledger import (
    APPROVED,
    IN_REVIEW,
    OPERATING,
    PLANNED,
    UNKNOWN_CITY,
    UNKNOWN_STAGE,
    Ledger,
)

# Column and row of each city's tile, north at the top.
TILES = {
    "徐州": (0, 0), "连云港": (2, 0), "宿迁": (1, 1), "淮安": (2, 1), "盐城": (3, 1), "扬州": (2, 2), "泰州": (3, 2),
    "南通": (4, 2), "南京": (1, 3), "镇江": (2, 3), "常州": (3, 3), "无锡": (4, 3), "苏州": (5, 3),
}  # fmt: skip
PROVINCE = "江苏"
STAGES = {
    OPERATING: "#1f3b57", APPROVED: "#6f93b5", IN_REVIEW: "#cbb078", PLANNED: "#b9c9b0", UNKNOWN_STAGE: "#dde3e9"
}  # fmt: skip
VERDICTS = {"禁止": "#8f2a1f", "限制": "#c98b3a", "需论证": "#6f93b5", "资料不足": "#cbd3da", "符合": "#5d8a72"}
_SHADES = ("#eef2f6", "#c6d3e0", "#8fabc5", "#4f7799", "#1f3b57")
_UNIT = 1e4
_MOST_CITIES = 20


def jiangsu(ledger: Ledger) -> Chart | None:
    """Known design-year emission of the thirteen cities on tiles; None when no project lies there."""
    worth: dict[str, list[float]] = {}
    count: dict[str, int] = {}
    gaps: dict[str, int] = {}
    for group, sums in ledger.groups.items():
        if group.province == PROVINCE and group.city in TILES:
            worth.setdefault(group.city, []).append(sums.design)
            count[group.city] = count.get(group.city, 0) + sums.projects
            gaps[group.city] = gaps.get(group.city, 0) + sums.unknown_design
    if not count:
        return None
    totals = {city: math.fsum(values) / _UNIT for city, values in worth.items()}
    most = max(totals.values()) or 1.0
    values = []
    for city, (column, row) in TILES.items():
        share = totals.get(city, 0.0) / most
        step = min(int(share * len(_SHADES)), len(_SHADES) - 1)
        known = count.get(city, 0) > gaps.get(city, 0)
        line = figures.significant(totals[city], 3) if known else "—" if city not in count else "不完整"
        values.append(
            {
                "城市": city, "列": column, "行": row, "值": line, "色": _SHADES[step] if city in count else "#ffffff",
                "字色": "#ffffff" if city in count and step >= 3 else INK, "项目": count.get(city, 0),
                "不完整": gaps.get(city, 0),
            }
        )  # fmt: skip
    place = {
        "x": {"field": "列", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.06}},
        "y": {"field": "行", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0.06}},
    }
    said = [{"field": name, "type": "nominal"} for name in ("城市", "值", "项目", "不完整")]
    ink = {"field": "字色", "type": "nominal", "scale": None}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rect", "stroke": RULE, "cornerRadius": 2},
            "encoding": {**place, "color": {"field": "色", "type": "nominal", "scale": None}, "tooltip": said},
        },
        {
            "mark": {"type": "text", "dy": -8, "fontSize": 13, "fontWeight": 600},
            "encoding": {**place, "text": {"field": "城市", "type": "nominal"}, "color": ink},
        },
        {
            "mark": {"type": "text", "dy": 10, "fontSize": 11},
            "encoding": {**place, "text": {"field": "值", "type": "nominal"}, "color": ink},
        },
    ]
    spec = {"height": 250, "data": {"values": values}, "layer": layers}
    told = "江苏示意图（不是边界图）：" + "；".join(f"{one['城市']} {one['值']}" for one in values if one["项目"])
    return _chart("jiangsu", "江苏各市达产年排放（万tCO₂，示意图，不表示边界）", told, spec)


def by_year(ledger: Ledger) -> Chart | None:
    """Known emission of every year by stage; None without years."""
    found: dict[tuple[int, str], list[float]] = {}
    for group, sums in ledger.groups.items():
        for year, value in sums.years.items():
            found.setdefault((year, group.stage), []).append(value)
    if not found:
        return None
    values: list[dict[str, Any]] = [
        {"年份": str(year), "阶段": stage, "值": math.fsum(parts) / _UNIT, "序": list(STAGES).index(stage)}
        for (year, stage), parts in sorted(found.items())
    ]
    years = sorted({year for year, _ in found})
    every = range(years[0], years[-1] + 1)
    step = 5 if len(every) <= 60 else 20
    shown = [str(year) for year in every if year % step == 0]
    spec = {
        "height": 240,
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {
                "field": "年份",
                "type": "ordinal",
                "title": None,
                "scale": {"domain": [str(year) for year in every]},
                "axis": {"values": shown, "labelAngle": 0},
            },
            "y": {"field": "值", "type": "quantitative", "title": "万tCO₂"},
            "color": _colours(
                "阶段",
                {stage: colour for stage, colour in STAGES.items() if any(one["阶段"] == stage for one in values)},
            ),
            "order": {"field": "序", "type": "quantitative"},
            "tooltip": [{"field": name, "type": "nominal"} for name in ("年份", "阶段")]
            + [{"field": "值", "type": "quantitative", "format": ",.1f"}],
        },
    }
    whole = math.fsum(value["值"] for value in values)
    told = f"{years[0]} 年至 {years[-1]} 年各阶段项目的已知排放，合计 {figures.significant(whole, 4)} 万tCO₂。"
    return _chart("by-year", "逐年排放（已知合计）", told, spec)


def verdicts(counts: Mapping[tuple[str, str], int]) -> Chart | None:
    """How many rows of each city came to which verdict; ``counts`` by (city, verdict). Rows without a city are told beside it."""
    open_ = sum(count for (city, _), count in counts.items() if city == UNKNOWN_CITY)
    counts = {key: count for key, count in counts.items() if key[0] != UNKNOWN_CITY}
    if not counts:
        return None
    total: dict[str, int] = {}
    for (city, _), count in counts.items():
        total[city] = total.get(city, 0) + count
    cities = sorted(total, key=lambda city: (-total[city], city))[:_MOST_CITIES]
    values = [
        {"市": city, "结论": verdict, "数": count, "序": list(VERDICTS).index(verdict)}
        for (city, verdict), count in counts.items()
        if city in cities
    ]
    told = "；".join(f"{one['市']} {one['结论']} {one['数']}" for one in values)
    spec = {
        "height": {"step": 20},
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "市", "type": "nominal", "title": None, "sort": cities},
            "x": {"field": "数", "type": "quantitative", "title": "行数"},
            "color": _colours("结论", VERDICTS),
            "order": {"field": "序", "type": "quantitative"},
            "tooltip": [{"field": name, "type": "nominal"} for name in ("市", "结论", "数")],
        },
    }
    beside = f"（另有 {open_:,} 行设区市未定）" if open_ else ""
    return _chart("verdicts", f"各市审查结论{beside}", told, spec)


def _colours(field: str, colours: Mapping[str, str]) -> dict[str, Any]:
    scale = {"domain": list(colours), "range": list(colours.values())}
    return {"field": field, "type": "nominal", "title": None, "scale": scale, "legend": {"orient": "top"}}


def _chart(name: str, title: str, told: str, spec: dict[str, Any]) -> Chart:
    text = {"labelFont": FONT_STACK, "titleFont": FONT_STACK, "labelColor": INK, "titleColor": SOFT}
    config = {
        "font": FONT_STACK, "background": "#ffffff", "view": {"stroke": None}, "aria": False, "mark": {"aria": False},
        "axis": {**text, "gridColor": GRID, "domainColor": RULE, "tickColor": RULE}, "legend": text,
    }  # fmt: skip
    fit = {"autosize": {"type": "fit-x", "contains": "padding"}, "width": 600}
    return Chart(name, title, told, {"$schema": SCHEMA, "description": told, **fit, **spec, "config": config})

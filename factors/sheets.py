"""The register as plain tables for a workbook: records, plausibility ranges, contradictions between sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from tanping.factors.labels import kind
from tanping.factors.record import Conflict, Factor, FuelFactor, Range
from tanping.factors.register import Register

Cell = str | int | Decimal | bool | date | None

COLUMNS: dict[str, Callable[[Factor], Cell]] = {
    "键": lambda one: one.key,
    "通用键": lambda one: one.item,
    "名称": lambda one: one.name,
    "数值": lambda one: one.value,
    "原文数值": lambda one: str(one.value),
    "单位": lambda one: one.unit,
    "数据年份": lambda one: one.data_year,
    "有效期起": lambda one: one.valid_from,
    "有效期止": lambda one: one.valid_to,
    "公布": lambda one: one.published,
    "地区": lambda one: one.region,
    "范围": lambda one: one.level.label,
    "标准或口径": lambda one: kind(one.standard, one.variant),
    "口径代码": lambda one: one.variant,
    "标准代码": lambda one: one.standard,
    "文件": lambda one: one.document,
    "依据程度": lambda one: one.basis.label,
    "来历": lambda one: one.origin.label,
    "状态": lambda one: one.status.label,
    "待核": lambda one: "是" if one.provisional else "",
    "取舍": lambda one: {True: "采用", False: "未采信", None: ""}[one.preferred],
    "冲突": lambda one: one.conflict,
    "代替日": lambda one: one.replaced_on,
    "代替文件": lambda one: one.replaced_by,
    "复核期限": lambda one: one.review_by,
    "登记日": lambda one: one.recorded,
    "说明": lambda one: one.note,
}
FUEL_COLUMNS = {
    "热值": "ncv",
    "热值单位": "ncv_unit",
    "含碳量 tC/GJ": "carbon_content",
    "氧化率": "oxidation",
    "排放因子": "ef",
    "排放因子单位": "ef_unit",
    "单位热值因子": "ef_per_gj",
    "单位热值因子单位": "ef_per_gj_unit",
}


def tables(register: Register, records: Iterable[Factor]) -> dict[str, list[list[Cell]]]:
    """Return the sheets of an export, name → rows, the heading first. Ranges and conflicts are always whole."""
    return {
        "因子": [[*COLUMNS, *FUEL_COLUMNS], *map(_record, records)],
        "合理范围": [
            ["键", "行业", "名称", "下限", "上限", "物理界限", "单位", "依据程度", "出处", "说明"],
            *map(_range, register.ranges.values()),
        ],
        "来源冲突": [["编号", "事项", "各值", "状态", "取舍"], *map(_conflict, register.conflicts.values())],
    }


def _range(one: Range) -> list[Cell]:
    return [
        one.key,
        one.sector,
        one.name,
        one.low,
        one.high,
        one.limit,
        one.unit,
        one.basis.label,
        one.document,
        one.note,
    ]


def _conflict(one: Conflict) -> list[Cell]:
    return [one.id, one.subject, one.values, "未决" if one.open else "已定", one.decision]


def _record(record: Factor) -> list[Cell]:
    fuel = [getattr(record, name) if isinstance(record, FuelFactor) else None for name in FUEL_COLUMNS.values()]
    return [*(read(record) for read in COLUMNS.values()), *fuel]

"""Small portfolio tables for tests."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

PLANT: dict[str, Any] = {
    "项目代码": "P1", "项目名称": "甲电厂", "行业": "电力", "建设性质": "新建", "核算依据": "ets-2024",
    "省": "江苏", "设区市": "盐城", "县（市、区）": "射阳县", "受理日期": "2026-11-01",
    "生产单元类别": "煤电", "单元性质": "新增", "投产日期": "2028-06-30", "设计寿命（a）": "30",
    "单机容量（MW）": "1000", "年利用（运行）小时数（h）": "4500", "厂用电率（%）": "4.2",
    "设计供电煤耗（gce/kWh）": "261.8", "年供热量": "无",
    "燃料1·燃料种类": "烟煤", "燃料1·用途": "主燃料（设计煤种）", "燃料1·年消耗量（万吨）": "197.5",
    "燃料1·收到基低位发热量（GJ/t）": "20.0",
    "燃料2·燃料种类": "柴油", "燃料2·用途": "点火助燃", "燃料2·年消耗量": "无",
    "物料1·物料": "石灰石", "物料1·用途": "脱硫剂", "物料1·年用量（产量）": "1.2 万吨", "物料1·碳酸盐含量": "0.9",
    "电力热力1·类别": "外购电力", "电力热力1·年电量或热量": "1.2 亿kWh",
}  # fmt: skip


def plant(**changes: Any) -> dict[str, Any]:
    """Return a complete plant with some cells changed (by heading; None takes the column away)."""
    row = {**PLANT, **changes}
    return {name: value for name, value in row.items() if value is not None}


def write_csv(path: Path, rows: list[dict[str, Any]], encoding: str = "utf-8-sig") -> Path:
    """Write rows under the union of their headings."""
    heads = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, heads)
        writer.writeheader()
        writer.writerows(rows)
    return path

"""A small law of our own, so that the engine's tests stand without the packs that ship."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tanping.rules.evaluate import Screening
from tanping.rules.pack import PackSet

FACTS = """
facts:
  - {name: sector, label: 类别, kind: choice, level: unit, origin: derived, choices: {power: 发电, steel: 炼钢, kiln: 熟料}, groups: {furnaces: {label: 窑炉, of: [steel, kiln]}}}
  - {name: unit_nature, label: 单元性质, kind: choice, level: unit, origin: derived, choices: {new: 新增, renovated: 改造, existing: 现有}}
  - {name: project_nature, label: 建设性质, kind: choice, level: project, origin: derived, choices: {new: 新建, expansion: 扩建, relocation: 异地迁建}}
  - {name: province, label: 省, kind: choice, level: project, origin: derived}
  - {name: city, label: 市, kind: choice, level: project, origin: derived}
  - {name: county, label: 县, kind: choice, level: project, origin: derived}
  - {name: assessment_date, label: 法规适用日期, kind: date, level: project, origin: derived}
  - {name: coastal, label: 属海岸工程, kind: flag, level: project, origin: declared, ask: 是海岸工程吗？, meaning: 与海岸相连}
  - {name: polluting, label: 严重污染, kind: flag, level: project, origin: spatial}
  - {name: exempt, label: 属豁免项目, kind: flag, level: project, origin: declared}
  - {name: captive, label: 自备, kind: flag, level: unit, origin: declared}
  - {name: rate, label: 供电煤耗, kind: number, unit: gce/kWh, level: unit, origin: declared}
  - {name: limit, label: 限值, kind: number, unit: gce/kWh, level: unit, origin: computed}
  - {name: ratio, label: 系数, kind: number, unit: "1", level: unit, origin: declared}
  - {name: old_t, label: 退出产能, kind: number, unit: t/a, level: project, origin: declared}
  - {name: new_t, label: 新建产能, kind: number, unit: t/a, level: project, origin: derived}
  - {name: zone, label: 保护区, kind: choice, level: project, origin: spatial, choices: {none: 不在, one: 一级, two: 二级}}
  - {name: notice, label: 公告日, kind: date, level: project, origin: declared}
  - {name: review, label: 节能审查意见, kind: paper, level: project, origin: declared, binds_at: 开工, issuer: 省发展改革委}
  - {name: quota, label: 总量指标, kind: paper, level: project, origin: declared, binds_at: 审批}
  - {name: permit, label: 排污许可证, kind: paper, level: project, origin: declared, binds_at: 排污, issuer: 市生态环境局}
"""

HEAD = """
pack: small
title: 小规则包
foreword: 说明
documents:
  law: {title: 某法, number: 某令, issuer: 某部}
clauses:
"""

AS_OF = date(2026, 11, 1)


def clause_text(identifier: str = "c", condition: str | None = "coastal", **more: Any) -> str:
    """One clause as YAML; what isn't said takes a plain value, and None leaves a key out."""
    fields: dict[str, Any] = {
        "id": identifier,
        "document": "law",
        "article": "第一条",
        "sectors": "[all]",
        "unit_natures": "[new, renovated]",
        "requirement": "不得",
        "severity": "禁止",
        "office": "海洋",
        "topic": "海洋与岸线",
        "basis": "reprint",
        "condition": f'"{condition}"' if condition is not None else None,
    }
    fields |= more
    lines = [f"{key}: {value}" for key, value in fields.items() if value is not None]
    return "  - " + "\n    ".join(lines) + "\n"


Packer = Callable[..., PackSet]
Screener = Callable[..., Screening]

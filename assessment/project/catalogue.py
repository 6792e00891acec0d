"""Reading the field catalogue: which tables there are, which entries each holds."""

from __future__ import annotations

from functools import cache

from tanping.assessment.project.entry import Entry
from tanping.assessment.project.model import (
    Area,
    Capture,
    Change,
    Chapter,
    Construction,
    Control,
    Dates,
    Declared,
    Energy,
    Flow,
    Fuel,
    Identity,
    Lifetime,
    Material,
    Measure,
    Place,
    Product,
    Site,
    Switch,
    Table,
    Unit,
)

TABLES: dict[str, type[Table]] = {
    "project": Identity,
    "dates": Dates,
    "site": Site,
    "places": Place,
    "units": Unit,
    "fuels": Fuel,
    "materials": Material,
    "energy": Energy,
    "products": Product,
    "construction": Construction,
    "changes": Change,
    "declared": Declared,
    "chapters": Chapter,
    "measures": Measure,
    "controls": Control,
    "flows": Flow,
    "captures": Capture,
    "switches": Switch,
    "area": Area,
    "lifetime": Lifetime,
}
ONE_ROW = frozenset({"project", "dates", "site", "area", "lifetime"})

TABLE_LABELS = {
    "project": "项目",
    "dates": "日期",
    "site": "厂址",
    "places": "位置",
    "units": "生产单元",
    "fuels": "燃料",
    "materials": "物料",
    "energy": "电力热力",
    "products": "产品",
    "construction": "施工期",
    "changes": "现有与置换",
    "declared": "申报数",
    "chapters": "各章节数据",
    "measures": "减碳措施",
    "controls": "治理方案比选",
    "flows": "工序平衡",
    "captures": "碳捕集",
    "switches": "情景变更",
    "area": "所在地",
    "lifetime": "全生命周期",
    "papers": "文件办理",
    "facts": "事实",
}


@cache
def entries(table: type[Table]) -> dict[str, Entry]:
    """Return the entries of a table by field name, in catalogue order."""
    found = {}
    for name, info in table.model_fields.items():
        for extra in info.metadata:
            if isinstance(extra, Entry):
                found[name] = extra
    return found


def entry(table: str, name: str) -> Entry:
    """Return one entry, e.g. ``entry("fuels", "ncv")``."""
    return entries(TABLES[table])[name]

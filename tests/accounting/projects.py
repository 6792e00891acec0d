"""Small projects for the accounting tests, as plain files."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from tanping.assessment.accounting.inventory import InventoryBlocks, Options, account
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.project.model import Project
from tanping.factors.register import load_register

AS_OF = date(2026, 11, 1)

COAL_UNIT = {
    "id": "1",
    "kind": "煤电",
    "nature": "新增",
    "commissioned": "2027-01-01",
    "life": "30 a",
    "hours": "5000 h",
    "capacity": "1000 MW",
    "auxiliary_rate": "4 %",
    "net_coal_rate": "280 gce/kWh",
    "heat_supplied": "无",
    "first_year_ramp": "100 %",
    "second_year_ramp": "100 %",
    "degradation": "无",
}
COAL_PLANT: dict[str, Any] = {
    "schema": "tanping.project/1",
    "project": {"name": "测试电厂", "sector": "电力", "nature": "新建", "method": "ets-2024"},
    "dates": {"accepted": "2026-11-01", "construction_start": "2025-01-01"},
    "site": {"province": "江苏", "city": "盐城", "county": "射阳县"},
    "units": [COAL_UNIT],
    "fuels": [
        {
            "id": "煤",
            "fuel": "烟煤",
            "role": "main",
            "amount": "1000000 t",
            "ncv": "20.0 GJ/t",
            "carbon_per_heat": "0.0265 tC/GJ",
        },
        {"id": "油", "fuel": "柴油", "role": "start_up", "amount": "100 t"},
    ],
    "materials": [{"id": "石灰石", "role": "desulphurisation", "material": "石灰石", "amount": "20000 t"}],
    "energy": [{"id": "外购电", "kind": "purchased_electricity", "amount": "100000 MWh"}],
}


def plain(**changes: Any) -> dict[str, Any]:
    """The coal plant with some tables replaced."""
    made = copy.deepcopy(COAL_PLANT)
    for table, value in changes.items():
        if isinstance(value, dict) and isinstance(made.get(table), dict):
            made[table].update(value)
        else:
            made[table] = value
    return made


def project(data: dict[str, Any]) -> Project:
    return project_from_plain(data)


def counted(*data: dict[str, Any], as_of: date = AS_OF, options: Options | None = None) -> InventoryBlocks:
    """Account for plain projects together."""
    columns = columns_of([project(one) for one in data])
    return account(columns, load_register(), as_of=as_of, options=options)


def fuel(**changes: Any) -> dict[str, Any]:
    return {**COAL_PLANT["fuels"][0], **changes}


def without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}

"""Small projects for the accounting tests, as plain files."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from tanping.assessment.accounting.inventory import InventoryBlocks, account
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
    return altered(COAL_PLANT, **changes)


def project(data: dict[str, Any]) -> Project:
    return project_from_plain(data)


def counted(*data: dict[str, Any], as_of: date = AS_OF) -> InventoryBlocks:
    """Account for plain projects together."""
    columns = columns_of([project(one) for one in data])
    return account(columns, load_register(), as_of=as_of)


def fuel(**changes: Any) -> dict[str, Any]:
    return {**COAL_PLANT["fuels"][0], **changes}


def without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


STEEL_WORKS: dict[str, Any] = {
    "schema": "tanping.project/1",
    "project": {"name": "测试钢铁", "sector": "钢铁", "nature": "新建", "method": "ets-2024"},
    "dates": {"accepted": "2026-11-01", "construction_start": "2025-01-01"},
    "site": {"province": "江苏", "city": "南通", "county": "海门区"},
    "units": [
        {
            "id": "BF",
            "kind": "炼铁",
            "nature": "新增",
            "commissioned": "2027-01-01",
            "life": "30 a",
            "output_capacity": "100 万吨",
        }
    ],
    "fuels": [{"id": "焦炭", "fuel": "焦炭", "role": "reductant", "amount": "400000 t"}],
    "materials": [
        {"id": "石灰石", "role": "flux", "material": "石灰石", "amount": "100000 t"},
        {"id": "白云石", "role": "flux", "material": "白云石", "amount": "20000 t"},
        {"id": "电极", "role": "electrode", "material": "石墨电极", "amount": "1000 t"},
        {"id": "生铁", "role": "carbon_material", "material": "生铁", "amount": "50000 t"},
        {"id": "粗钢", "role": "fixed_carbon", "material": "粗钢", "amount": "500000 t"},
        {"id": "焦油", "role": "fixed_carbon", "material": "焦油", "amount": "2000 t"},
        {"id": "粗苯", "role": "fixed_carbon", "material": "粗苯", "amount": "500 t"},
    ],
    "energy": [
        {"id": "电", "kind": "purchased_electricity", "amount": "100000 MWh", "factor": "0.5306 tCO2/MWh"},
        {"id": "热", "kind": "purchased_heat", "amount": "50000 GJ"},
    ],
    "products": [{"id": "粗钢", "product": "粗钢", "amount": "500000 t"}],
}
CEMENT_LINE: dict[str, Any] = {
    "schema": "tanping.project/1",
    "project": {"name": "测试水泥", "sector": "水泥", "nature": "新建", "method": "ets-2024"},
    "dates": {"accepted": "2026-11-01", "construction_start": "2025-01-01"},
    "site": {"province": "云南", "city": "玉溪", "county": "易门县"},
    "units": [
        {
            "id": "K1",
            "kind": "水泥熟料",
            "nature": "新增",
            "commissioned": "2027-01-01",
            "life": "30 a",
            "output_capacity": "100 万吨",
        }
    ],
    "fuels": [
        {
            "id": "煤",
            "fuel": "烟煤",
            "role": "main",
            "amount": "150000 t",
            "ncv": "23 GJ/t",
            "carbon_per_heat": "0.0262 tC/GJ",
            "oxidation": "0.98",
            "override_reason": "试验值",
        }
    ],
    "materials": [
        {"id": "电石渣", "role": "alternative_raw", "material": "电石渣", "amount": "30000 t"},
        {"id": "飞灰", "role": "alternative_raw", "material": "飞灰", "amount": "10000 t"},
    ],
    "energy": [{"id": "电", "kind": "purchased_electricity", "amount": "30000 MWh"}],
    "products": [
        {"id": "熟料", "product": "硅酸盐水泥熟料", "amount": "1000000 t", "sold": "100000 t"},
        {"id": "水泥", "product": "P·O 42.5", "amount": "1200000 t"},
    ],
}


def altered(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A project with some tables replaced and single-row tables updated."""
    made = copy.deepcopy(base)
    for table, value in changes.items():
        if isinstance(value, dict) and isinstance(made.get(table), dict):
            made[table].update(value)
        else:
            made[table] = value
    return made

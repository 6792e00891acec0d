"""What the walks begin with: an applicant's workbook, a steel works that moves, a table of boilers. Nobody's real figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portfolio_tables import plant, write_csv

from tanping.assessment.assess import assess
from tanping.assessment.project.form import form_bytes
from tanping.assessment.project.intake import load_project, plain_project, project_from_plain
from tanping.assessment.project.model import PAPER_STATUSES
from tanping.assessment.questions import groups
from tanping.records.regions import cities_of
from tanping.rules.facts import Fact, load_catalogue

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LONG_NAME = "江苏省盐城市滨海县滨海港经济区国家能源集团滨海港电厂三期2×1000兆瓦二次再热超超临界清洁高效燃煤发电机组扩建及配套海水淡化、码头接卸工程"
COASTAL, STEEL, BOILERS = "滨海新建电厂.xlsx", "钢铁搬迁.xlsx", "全省燃煤锅炉.csv"
TWO_MISSING = ("inside_ecological_redline", "in_compliant_park")


def make(folder: Path) -> None:
    """Write all files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / COASTAL).write_bytes(coastal())
    (folder / STEEL).write_bytes(steel())
    boilers(folder / BOILERS)


def coastal() -> bytes:
    """A coastal power project as applicants hand it in: the amounts are there, much of what the clauses ask is not."""
    plain = plain_project(load_project(EXAMPLES / "sheyanggang.yaml"))
    plain["project"] |= {
        "name": LONG_NAME,
        "owner": "某能源集团滨海港发电有限公司",
        "summary": "既有厂址旁新征地扩建。",
    }
    plain["project"].pop("retrospective", None)
    plain["dates"]["construction_start"] = "2027-03-01"
    plain["site"] |= {"county": "滨海县", "address": "滨海港经济区", "park": "滨海港工业园区"}
    for unit, day in zip(plain["units"], ("2029-06-30", "2029-12-31"), strict=True):
        unit["commissioned"] = day
        unit["facts"].pop("stack_nox_mg_per_m3", None)
    for name in list(plain["facts"])[::3]:
        del plain["facts"][name]
    plain["papers"] = {"energy_review": {"status": PAPER_STATUSES["in_progress"]}}
    return form_bytes("power", project_from_plain(plain))


def steel() -> bytes:
    """A steel works that moves to the coast, everything answered but two facts."""
    plain = plain_project(load_project(EXAMPLES / "zhanjiang.yaml"))
    plain["project"] |= {"name": "某钢铁集团沿海基地搬迁项目（虚构）", "nature": "异地迁建"}
    plain["project"].pop("retrospective", None)
    plain["dates"]["construction_start"] = "2027-03-01"
    plain["site"] = {"province": "江苏", "city": "盐城", "county": "滨海县", "park": "滨海港工业园区"}
    for unit in plain["units"]:
        unit["commissioned"] = "2029-06-30"
    for _ in range(8):
        missing = assess(project_from_plain(plain)).screening.missing
        open_ = [item for item in missing if item.asked and item.fact not in TWO_MISSING]
        if not open_:
            break
        for item in open_:
            answer(plain, load_catalogue()[item.fact], item.units)
    return form_bytes("steel", project_from_plain(plain))


NUMBERS = {
    "net_capacity_increase_t": "0 t", "coal_consumption_increase_tce": "0 tce", "coal_replacement_tce": "0 tce", "natural_shoreline_occupied_m": "0 m",
    "new_ironmaking_capacity_t": "1225 万吨", "new_steelmaking_capacity_t": "1252.8 万吨", "retired_ironmaking_capacity_t": "1900 万吨",
    "retired_steelmaking_capacity_t": "1900 万吨", "blast_furnace_volume_m3": "5050 m3", "bof_nominal_capacity_t": "350 t", "sinter_area_m2": "550 m2",
    "coke_oven_height_m": "7 m", "coking_capacity_t": "340 万吨", "hot_strip_width_mm": "2250 mm", "distance_to_yangtze_main_km": "180 km",
    "distance_to_important_tributary_km": "120 km", "reduction_ratio_attaining_pollutants": "1.5", "reduction_ratio_exceeding_pollutants": "2",
    "coke_energy_kgce_per_t": "100", "bf_process_energy_kgce_per_t": "350",
    "bof_process_energy_kgce_per_t": "-33", "sinter_process_energy_kgce_per_t": "44", "energy_limit_correction_kgce_per_t": "0",
    "coal_boiler_tph": "无",
}  # fmt: skip
CHOICES = {
    "catalog_class": ("允许", "permitted"), "energy_review_level": ("省级",), "drinking_water_zone": ("不在", "无"), "tongyu_river_zone": ("不在", "无"),
    "shoreline_zone": ("不占用", "不在", "无"), "eia_document_type": ("报告书",), "cleaner_production_level": ("Ⅰ", "一级", "国际"), "environmental_performance_grade": ("A",),
    "provincial_catalog_class": ("允许", "不在", "无"), "equal_replacement_case": ("无", "不属于", "都不"), "sinter_machine_type": ("带式",), "coke_oven_type": ("顶装",),
}  # fmt: skip
YES = {
    "capacity_replacement_required", "in_compliant_park", "on_coastal_land", "is_two_high", "retired_equipment_eligible", "has_coke_dry_quenching", "has_charging_dust_control",
    "has_pushing_dust_control", "discharges_wastewater", "is_ets_covered_sector", "replacement_notice_under_revised_rules", "ma_restructuring_completed",
}  # fmt: skip


def answer(plain: dict[str, Any], fact: Fact, units: tuple[str, ...]) -> None:
    """Put a favourable answer to a fact into a project."""
    kind = str(fact.kind)
    good = {
        one.name
        for group in groups()
        for one in group.facts
        if group.id == "standards_met" or group.id.startswith("chapter")
    }
    if kind == "paper":
        status = "in_progress" if fact.name in ("eia_approval", "energy_review") else "held"
        plain.setdefault("papers", {})[fact.name] = {"status": PAPER_STATUSES[status]}
        return
    if kind == "flag":
        told = (
            "是"
            if fact.name in good | YES or fact.name.startswith(("carbon_", "least_carbon", "captured_co2_fate"))
            else "否"
        )
    elif kind == "choice":
        labels = list(fact.choices.values())
        told = next((label for word in CHOICES.get(fact.name, ()) for label in labels if word in label), labels[-1])
    elif kind == "date":
        told = "2026-03-01"
    else:
        told = NUMBERS.get(fact.name, f"0 {fact.unit}" if fact.unit != "1" else "0")
        if told.lstrip("-").isdigit() and fact.unit not in ("", "1"):
            told = f"{told} {fact.unit}"
    if units:
        for unit in plain["units"]:
            if str(unit["id"]) in units:
                unit.setdefault("facts", {})[fact.name] = told
    else:
        plain.setdefault("facts", {})[fact.name] = told


def boilers(path: Path) -> Path:
    """Two hundred coal boilers of the province at every distance from a large heat and power plant."""
    cities = cities_of("江苏")
    rows = [
        plant(
            项目代码=f"GL{at:03d}", 项目名称=f"{cities[at % 13]}第{at}热源厂燃煤锅炉", 设区市=cities[at % 13], 生产单元类别="燃煤锅炉",
            **{"县（市、区）": "", "距30万千瓦及以上热电厂（km）": str(at % 60) if at % 9 else ""},
        )
        for at in range(200)
    ]  # fmt: skip
    return write_csv(path, rows)

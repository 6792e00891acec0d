"""Half-filled files: nothing breaks the second calculation, and what is unknown never becomes a number."""

import copy
import random
from typing import Any

import pytest
from sample_works import AS_OF, Cement, Gas, Power, Steel, case_of, checked

from tanping.assessment.measures.controls import controls_of
from tanping.assessment.measures.effect import effects_of
from tanping.assessment.measures.library import of_sector
from tanping.assessment.project.catalogue import TABLES, entries
from tanping.assessment.project.intake import project_from_plain
from tanping.assessment.uncertainty import uncertainty_of
from tanping.factors.register import load_register

RNG = random.Random(41)
WORKS = (Power(RNG).data, Power(RNG, carbon="air", chp=True).data, Gas(RNG).data, Steel(RNG).data, Cement(RNG).data)
SECTORS = {"电力": "power", "钢铁": "steel", "水泥": "cement"}
SAID = {
    "declared": [
        {"id": str(at), "figure": figure, "value": value}
        for at, (figure, value) in enumerate(
            [
                ("达产年排放总量", "约530万t"),
                ("供电碳排放强度", "0.82 t/MWh"),
                ("煤", "3 t"),
                ("配额", "5万t"),
                ("x", "y"),
            ]
        )
    ],
    "chapters": [
        {"id": str(at), "parameter": parameter, "chapter": "eia_air", "value": value}
        for at, (parameter, value) in enumerate(
            [
                ("coal", "300万t"),
                ("hours", "5000 h"),
                ("so2_removed", "3万t"),
                ("flue_gas", "300万Nm3/h"),
                ("co2_share", "12%"),
            ]
        )
    ],
    "controls": [{"id": "1", "pollutants": "二氧化硫", "option": "湿法", "electricity": "300 万kWh"}],
}


def torn(data: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The file with about a third of its answers blank, unknown or gone."""
    made = copy.deepcopy(data)
    for name, table in made.items():
        rows = [table] if isinstance(table, dict) else table if isinstance(table, list) else []
        for row in rows:
            for field in [one for one in row if one not in ("id", "sector")]:
                chance = rng.random()
                if chance < 0.15:
                    del row[field]
                elif chance < 0.3 and entries(TABLES[name])[field].kind not in ("text", "choices"):
                    row[field] = "不清楚"
        if isinstance(table, list) and name != "units" and rng.random() < 0.2:
            made[name] = table[1:]
    return made


@pytest.mark.parametrize("seed", range(12))
def test_torn_files_are_compared_as_far_as_they_go(seed):
    rng = random.Random(seed)
    data = torn(WORKS[seed % len(WORKS)], rng) | SAID
    sector = SECTORS[data["project"]["sector"]]
    size = {"gce/kWh": "4 gce/kWh", "%": "5 %", "MWh": "100 MWh", "GJ": "100 GJ", "kg/t": "5 kg/t", "t": "900 t"}
    data["measures"] = [
        {"id": one.id, "measure": one.id, "size": size.get(one.unit, f"0.01 {one.unit}")} for one in of_sector(sector)
    ]
    project = project_from_plain(data)
    for row in checked(data):
        assert row.verdict
        assert row.recomputed is None or row.recomputed == row.recomputed
        if row.verdict == "无法复核":
            assert row.adopted is None
    case = case_of(data)
    spread = uncertainty_of(case)
    assert (spread is None) == (case.inventory.design_year_total is None)
    made = effects_of(project, load_register(), AS_OF)
    assert made is not None
    for one in made.effects:
        assert (one.marginal is None) == bool(one.problems) or one.alone is not None
    assert [one.verdict for one in controls_of(project, load_register(), AS_OF)] == ["资料不足"]


@pytest.mark.parametrize("sector", list(SECTORS))
def test_an_empty_file_has_nothing_to_compare(sector):
    data = {"schema": "tanping.project/1", "project": {"sector": sector}}
    assert checked(data) == ()
    rows = checked(data | SAID)
    assert {row.verdict for row in rows if row.kind == "figure"} <= {"无法复核", "无法判读"}
    assert uncertainty_of(case_of(data)) is None

"""Parts everything else rests on, by hand: columns of words, rows and their units, what is named twice, units that do not meet, coal, energy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tanping.assessment.accounting.sources.links import one_unit, unit_links, units_of_projects
from tanping.assessment.accounting.tce import EnergyUse
from tanping.assessment.accounting.words import Words, constant

from .projects import CEMENT_LINE, COAL_PLANT, COAL_UNIT, STEEL_WORKS, altered, counted, fuel, plain


def test_a_column_of_words() -> None:
    column = Words.of(["b", "a", None, "b"], 4)
    assert column.codes.tolist() == [0, 1, 2, 0]
    assert column.distinct == ("b", "a", None)
    assert (len(column), column[2], column[3]) == (4, None, "b")
    assert column.are("a", "b").tolist() == [True, True, False, True]
    assert column.test(lambda word: word is None).tolist() == [False, False, True, False]
    assert [column.mapped({"a": 1}.get)[row] for row in range(4)] == [None, 1, None, None]
    mask = np.array([True, False, True, False])
    assert [column.where(mask)[row] for row in range(4)] == ["b", None, None, None]
    both = column.where(mask, Words.of(["x", "y", "z", "x"], 4))
    assert [both[row] for row in range(4)] == ["b", "y", None, "x"]
    assert Words.of([], 0).are("a").tolist() == []
    assert [constant("a", 3)[row] for row in range(3)] == ["a", "a", "a"]


def unit(id: str, kind: str = "水泥熟料") -> dict[str, Any]:
    return {**CEMENT_LINE["units"][0], "id": id, "kind": kind}


def row(id: str, **said: Any) -> dict[str, Any]:
    return {"id": id, "role": "raw_meal", "material": "生料", "amount": "1 t", **said}


def test_rows_belong_to_the_units_they_name_or_to_all() -> None:
    first = altered(CEMENT_LINE, units=[unit("a"), unit("b")], materials=[row("1"), row("2", units="b")])
    second = altered(
        CEMENT_LINE,
        units=[unit("c"), unit("d"), unit("e", "水泥粉磨")],
        materials=[row("3", units="c、e"), row("4"), row("5", units="d")],
    )
    books = counted(first, second).books
    table = books.columns["materials"]
    assert [part.tolist() for part in units_of_projects(books.columns)] == [[0, 2], [2, 3]]
    rows, units = unit_links(books.columns, table)
    assert list(zip(rows.tolist(), units.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 1),
        (2, 2),
        (2, 4),
        (3, 2),
        (3, 3),
        (3, 4),
        (4, 3),
    ]
    # Row 3 names one kiln and a mill, the rows of no name have two kilns to choose from.
    assert one_unit(books, table, "clinker").tolist() == [-1, 1, 2, -1, 3]
    assert one_unit(books, table, "cement_grinding").tolist() == [-1, -1, 4, 4, -1]


def test_rows_of_projects_of_one_unit_belong_to_it() -> None:
    books = counted(CEMENT_LINE, altered(CEMENT_LINE, units=[unit("x")])).books
    rows, units = unit_links(books.columns, books.columns["materials"])
    assert (rows.tolist(), units.tolist()) == ([0, 1, 2, 3], [0, 0, 1, 1])
    uneven = counted(CEMENT_LINE, altered(CEMENT_LINE, units=[unit("x"), unit("y")])).books
    rows, units = unit_links(uneven.columns, uneven.columns["materials"])
    assert list(zip(rows.tolist(), units.tolist(), strict=True)) == [(0, 0), (1, 0), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert one_unit(uneven, uneven.columns["materials"], "clinker").tolist() == [0, 0, -1, -1]


def sold(word: str, amount: str = "3000 t") -> dict[str, Any]:
    return altered(
        STEEL_WORKS,
        fuels=[*STEEL_WORKS["fuels"], {"id": "副", "fuel": word, "role": "sold", "amount": amount}],
    )


def said_twice(*data: dict[str, Any]) -> list[list[str]]:
    """Rows of each project of which a warning says that they are taken off twice."""
    made = counted(*data)
    found = []
    for at in range(len(data)):
        warned = [line for line in made.inventory(at).warnings if "又作为外供燃料扣减" in line]
        found.append(
            [name for name in ("焦油", "粗苯", "粗钢") if any(f"“{name}”" in line or name in line for line in warned)]
        )
    return found


def test_what_is_fixed_and_sold_as_fuel_is_said_in_its_own_project() -> None:
    assert said_twice(STEEL_WORKS, sold("焦油"), sold("粗苯"), sold("焦炉煤气", "3000 万Nm3")) == [
        [],
        ["焦油"],
        ["粗苯"],
        [],
    ]
    assert said_twice(sold("粗苯"), STEEL_WORKS, sold("焦油", "无"), sold("焦油")) == [["粗苯"], [], [], ["焦油"]]
    none = sold("焦油")
    none["materials"] = [{**one, "amount": "无"} if one["id"] == "焦油" else one for one in none["materials"]]
    assert said_twice(none, sold("焦油")) == [[], ["焦油"]]


def test_materials_are_what_their_role_and_name_say() -> None:
    def process(*materials: dict[str, Any]) -> dict[str, float | None]:
        made = counted(plain(materials=list(materials))).inventory(0)
        return {one.id: one.design_year for one in made.sources if one.id.startswith("materials.")}

    agent = {"role": "desulphurisation", "amount": "20000 t"}
    assert process({**agent, "id": "a", "material": "碳酸钙"}) == {"materials.a": pytest.approx(20_000 * 0.9 * 0.44)}
    assert process({**agent, "id": "a", "material": "CaCO3"}) == {"materials.a": pytest.approx(20_000 * 0.9 * 0.44)}
    assert process({**agent, "id": "a", "material": "氨水"}) == {"materials.a": None}
    assert process({**agent, "id": "a"}) == {"materials.a": None}
    other = {"role": "denitrification", "amount": "1000 t"}
    urea = pytest.approx(1000 * 12 / 60 * 44 / 12, rel=1e-2)
    assert process({**other, "id": "u", "material": "尿素"}) == {"materials.u": urea}
    assert process({**other, "id": "u", "material": "Urea"}) == {"materials.u": urea}
    assert process({**other, "id": "u", "material": "液氨"}) == {}
    assert process({**other, "id": "u"}) == {}


def bought(*energy: dict[str, Any], base: dict[str, Any] = STEEL_WORKS) -> dict[str, float | None]:
    made = counted(altered(base, energy=list(energy))).inventory(0)
    return {one.id.removeprefix("energy."): one.design_year for one in made.sources if one.id.startswith("energy.")}


def test_energy_in_the_other_unit_is_asked_back() -> None:
    electric, heat = {"kind": "purchased_electricity"}, {"kind": "purchased_heat"}
    assert bought(
        {**electric, "id": "a", "amount": "100 MWh", "factor": "0.5 tCO2/MWh"},
        {**electric, "id": "b", "amount": "100 GJ", "factor": "0.5 tCO2/MWh"},
        {**electric, "id": "c", "amount": "100 MWh", "factor": "0.1 tCO2/GJ"},
        {**electric, "id": "d", "amount": "无", "factor": "0.1 tCO2/GJ"},
        {**heat, "id": "e", "amount": "100 GJ", "factor": "0.1 tCO2/GJ"},
        {**heat, "id": "f", "amount": "100 MWh", "factor": "0.1 tCO2/GJ"},
        {**heat, "id": "g", "amount": "100 GJ", "factor": "0.1 tCO2/MWh"},
        {**heat, "id": "h", "amount": "1 GJ", "factor": "0.1 tCO2/MWh"},
        {**heat, "id": "i", "amount": "100 GJ"},
    ) == {"a": 50.0, "b": None, "c": None, "d": 0.0, "e": 10.0, "f": None, "g": None, "h": None, "i": pytest.approx(11)}


def test_what_is_sold_is_netted_but_for_the_plant_that_makes_it() -> None:
    rows = [
        {"id": "p", "kind": "purchased_electricity", "amount": "100 MWh", "factor": "0.5 tCO2/MWh"},
        {"id": "s", "kind": "sold_electricity", "amount": "40 MWh", "factor": "0.5 tCO2/MWh"},
        {"id": "h", "kind": "purchased_heat", "amount": "100 GJ", "factor": "0.1 tCO2/GJ"},
        {"id": "k", "kind": "sold_heat", "amount": "40 GJ", "factor": "0.1 tCO2/GJ"},
    ]
    assert bought(*rows) == {"p": 50.0, "s": -20.0, "h": 10.0, "k": -4.0}
    assert bought(*rows, base=COAL_PLANT) == {"p": 50.0, "h": 10.0}
    certified = {**rows[0], "certificate": "绿证 2026-001"}
    assert bought(certified) == {"p": 50.0, "p.market": 0.0}


def test_energy_in_standard_coal_by_hand() -> None:
    per_tce = 29.3076
    supplied = 1000 * 5000 * 0.96
    check = {**fuel(id="校核"), "role": "check", "amount": "900000 t"}
    plant = plain(
        fuels=[*COAL_PLANT["fuels"], check, {"id": "气", "fuel": "天然气", "role": "main", "amount": "300 万Nm3"}],
        energy=[*COAL_PLANT["energy"], {"id": "热", "kind": "purchased_heat", "amount": "5000 GJ"}],
    )
    works = altered(
        STEEL_WORKS,
        fuels=[
            {"id": "焦炭", "fuel": "焦炭", "role": "reductant", "amount": "400000 t"},
            {
                "id": "煤",
                "fuel": "无烟煤",
                "role": "reductant",
                "amount": "1000 t",
                "ncv": "27 GJ/t",
                "carbon_per_heat": "0.027 tC/GJ",
            },
            {"id": "副", "fuel": "柴油", "role": "sold", "amount": "10 t"},
        ],
        energy=[*STEEL_WORKS["energy"], {"id": "售", "kind": "sold_electricity", "amount": "1000 MWh"}],
    )
    silent = altered(STEEL_WORKS, fuels=[])
    use = EnergyUse(counted(plant, works, silent).books)
    taken = 1e6 * 20 / per_tce + 100 * 1.4571 + 300 * 13.3 + 100_000 * 0.1229 + 5000 * 0.03412
    kiln = 400_000 * 0.9714 + 1000 * 27 / per_tce - 10 * 1.4571 + 50_000 * 0.03412
    assert use.converting.tolist() == [True, False, False]
    assert use.total(equivalent=False) == pytest.approx(
        [taken - supplied * 0.1229, kiln + 99_000 * 0.1229, np.nan], rel=1e-9, nan_ok=True
    )
    assert use.total(equivalent=True) == pytest.approx(
        [taken - supplied * 0.1229, kiln + 99_000 * 0.3024, np.nan], rel=1e-9, nan_ok=True
    )
    assert EnergyUse(counted(works).books).total(equivalent=True) == pytest.approx([kiln + 99_000 * 0.3024], rel=1e-9)
    assert use.coal().tolist()[:2] == [1e6, 1000]
    assert np.isnan(use.coal()[2])


def test_coal_nobody_named_is_unknown_unless_there_is_none() -> None:
    unnamed = {"id": "x", "role": "main", "amount": "500 t"}
    some = plain(fuels=[fuel(), unnamed])
    none = plain(fuels=[fuel(), {**unnamed, "amount": "无"}])
    away = plain(fuels=[fuel(), {**fuel(id="y"), "role": "sold", "amount": "7 t"}])
    found = EnergyUse(counted(some, none, away).books).coal()
    assert np.isnan(found[0])
    unsure = plain(fuels=[fuel(), {**unnamed, "fuel": "不清楚"}])
    assert np.isnan(EnergyUse(counted(unsure).books).coal()[0])
    assert found[1:].tolist() == [1e6, 1e6]


def test_a_unit_that_stood_before_passes_nothing_on() -> None:
    old = {**COAL_UNIT, "id": "0", "nature": "现有", "commissioned": "2005-01-01"}
    with_old = plain(units=[COAL_UNIT, old], project={"nature": "扩建"})
    both, one = (EnergyUse(counted(data).books).total(equivalent=False)[0] for data in (with_old, COAL_PLANT))
    assert both == pytest.approx(one, rel=1e-12)
    captive = altered(STEEL_WORKS, units=[*STEEL_WORKS["units"], COAL_UNIT])
    assert EnergyUse(counted(captive).books).converting.tolist() == [False]


def built(*rows: dict[str, Any], **tables: Any) -> dict[str, float | None]:
    """Lifetime totals of what is built, and of its end."""
    made = counted(plain(construction=list(rows), **tables)).inventory(0)
    return {one.id.removeprefix("construction."): one.total for one in made.sources if one.stage != "operation"}


def stuff(id: str, item: str, amount: str, **said: str) -> dict[str, str]:
    return {"id": id, "kind": "material", "item": item, "amount": amount, **said}


def test_materials_of_every_unit() -> None:
    found = built(
        stuff("a", "C30混凝土", "100 m3"),
        stuff("b", "热轧钢筋", "10 t", distance="20 km"),
        stuff("c", "PE管", "2 t"),
        stuff("d", "混凝土砖", "10 m3"),
        stuff("e", "没有的材料", "10 t"),
    )
    assert found == {
        "a": pytest.approx(29.5),
        "b": pytest.approx(23.4),
        "c": pytest.approx(7.2),
        "d": pytest.approx(3.36),
        "e": None,
        "a.transport": pytest.approx(100 * 2.4 * 40 * 0.129 / 1000),
        "b.transport": pytest.approx(10 * 20 * 0.078 / 1000),
        "c.transport": pytest.approx(2 * 500 * 0.078 / 1000),
        "d.transport": None,
        "e.transport": pytest.approx(10 * 500 * 0.078 / 1000),
        "end_of_life": None,
    }


def test_materials_in_a_unit_their_factor_is_not_in() -> None:
    found = built(
        stuff("a", "热轧钢筋", "1 m3"),
        stuff("b", "热轧钢筋", "0 m3"),
        stuff("c", "C30混凝土", "1 t"),
        stuff("d", "C30混凝土", "0 t"),
        stuff("e", "铝塑复合板", "5 t"),
    )
    assert {id: value for id, value in found.items() if "." not in id and id != "end_of_life"} == {
        "a": None,
        "b": 0.0,
        "c": None,
        "d": 0.0,
        "e": None,
    }
    # A tonne of concrete is carried as a tonne, whatever its production lacks.
    assert found["c.transport"] == pytest.approx(1 * 40 * 0.129 / 1000)


def test_fuel_and_electricity_of_the_site_and_its_end() -> None:
    site = {"kind": "machinery"}
    rows = [
        {**site, "id": "a", "item": "柴油", "amount": "300 t"},
        {**site, "id": "b", "item": "天然气", "amount": "5000 m3"},
        {"id": "c", "kind": "electricity", "amount": "1000 MWh"},
        stuff("d", "热轧钢筋", "1000 t"),
        {"id": "e", "kind": "transport", "item": "重型柴油货车 18t", "amount": "100 t", "distance": "10 km"},
    ]
    found = built(*rows)
    parts = {"a": 928.8, "b": 10.81, "c": 582.7, "d.transport": 39.0, "e.transport": 0.129}
    assert found == {
        **{id: pytest.approx(value) for id, value in parts.items()},
        "d": pytest.approx(2340),
        "end_of_life": pytest.approx(0.1 * sum(parts.values())),
    }
    assert "end_of_life" not in built(*rows, lifetime={"end_of_life": "否"})
    assert built(stuff("d", "热轧钢筋", "1000 t", distance="无"))["end_of_life"] == 0.0
    first = altered(COAL_PLANT, construction=rows[:1])
    both = counted(COAL_PLANT, altered(first, lifetime={"end_of_life": "否"}), first, COAL_PLANT)
    ends = [[one.total for one in both.inventory(at).sources if one.id == "end_of_life"] for at in range(4)]
    assert ends == [[], [], [pytest.approx(92.88)], []]


def burnt(*fuels: dict[str, Any], base: dict[str, Any] = COAL_PLANT) -> dict[str, tuple[float | None, bool]]:
    """Design year of every fuel row (as it counts) and whether it is only shown."""
    made = counted(altered(base, fuels=list(fuels))).inventory(0)
    return {one.id.removeprefix("fuels."): (one.design_year, one.memo) for one in made.sources if "fuels" in one.id}


def test_every_role_of_a_fuel_by_hand() -> None:
    per_tonne = 20 * 0.0265 * 0.99 * 44 / 12
    by_carbon = {**fuel(id="c", amount="100 t"), "carbon_as_received": "55 %", "carbon_per_heat": None}
    carbon = 0.55 * 0.99 * 44 / 12
    dry = {"carbon_as_received": None, "carbon_air_dry": "60 %", "moisture_total": "12 %", "moisture_air_dry": "3 %"}
    found = burnt(
        fuel(id="a", amount="100 t"),
        fuel(id="b", amount="100 t", role="co_firing", fossil_share="0.4"),
        by_carbon,
        {**by_carbon, "id": "d", **dry},
        {**by_carbon, "id": "e", "role": "co_firing", "fossil_share": "0.3"},
        {**by_carbon, "id": "f", "role": "check"},
        {**by_carbon, "id": "g", "role": "sold"},
        fuel(id="h", amount="100 t", role="check"),
        fuel(id="i", amount="100 t", role="sold"),
        fuel(id="j", amount="100 t", role="co_firing", fossil_share="1"),
    )
    assert found == {
        "a": (pytest.approx(100 * per_tonne), False),
        "b": (pytest.approx(40 * per_tonne), False),
        "b.biogenic": (pytest.approx(60 * per_tonne), True),
        "c": (pytest.approx(100 * carbon), False),
        "d": (pytest.approx(100 * 0.6 * 88 / 97 * 0.99 * 44 / 12), False),
        "e": (pytest.approx(30 * carbon), False),
        "e.biogenic": (pytest.approx(70 * carbon), True),
        "f": (pytest.approx(100 * carbon), True),
        "g": (pytest.approx(-100 * carbon), False),
        "h": (pytest.approx(100 * per_tonne), True),
        "i": (pytest.approx(-100 * per_tonne), False),
        "j": (pytest.approx(100 * per_tonne), False),
        "j.biogenic": (pytest.approx(0.0), True),
    }


def test_a_fuel_in_two_units_is_asked_back() -> None:
    gas = {"id": "g", "fuel": "天然气", "role": "main"}
    for amount, ncv, known in (
        ("10 万Nm3", "389.31 GJ/1e4Nm3", True),
        ("10 万Nm3", "50 GJ/t", False),
        ("10 t", "389.31 GJ/1e4Nm3", False),
        ("10 t", "50 GJ/t", True),
        ("10 万Nm3", None, True),
        ("无", "50 GJ/t", True),
    ):
        ((value, _),) = burnt({**gas, "amount": amount, "ncv": ncv}).values()
        assert (value is not None) is known, (amount, ncv)


def told(data: dict[str, Any], words: str) -> bool:
    made = counted(data).inventory(0)
    notes = [line for one in made.sources for line in getattr(one, "notes", ())]
    return any(words in line for line in (*made.warnings, *notes))


@pytest.mark.parametrize(
    ("said", "words", "told_so"),
    [
        ({"carbon_per_heat": None}, "单位热值含碳量取缺省值", True),
        ({}, "单位热值含碳量取缺省值", False),
        ({"carbon_per_heat": None, "carbon_as_received": "55 %"}, "单位热值含碳量取缺省值", False),
        ({"fuel": "柴油", "carbon_per_heat": None}, "单位热值含碳量取缺省值", False),
        ({"oxidation": "0.98"}, "未写理由", True),
        ({"oxidation": "0.98", "override_reason": "试验"}, "未写理由", False),
        ({"oxidation": "0.98", "amount": "无"}, "未写理由", False),
        ({"oxidation": "0.98", "amount": "1 t"}, "未写理由", True),
        ({}, "未写理由", False),
        ({"carbon_as_received": "55 %"}, "同时给出元素碳与单位热值含碳量", True),
        ({"carbon_as_received": "55 %", "carbon_per_heat": None}, "同时给出元素碳与单位热值含碳量", False),
        ({}, "同时给出元素碳与单位热值含碳量", False),
    ],
)
def test_what_is_said_beside_a_fuel(said: dict[str, Any], words: str, told_so: bool) -> None:
    assert told(plain(fuels=[fuel(**said)]), words) is told_so


def test_a_coal_of_no_known_name_is_coal_by_its_word() -> None:
    assert burnt(fuel(id="a", fuel="某矿洗混煤一号", amount="100 t"))["a"][0] == pytest.approx(
        100 * 20 * 0.0265 * 0.99 * 44 / 12
    )
    for word in ("某厂煤层气二号", "稻壳三号"):
        assert burnt(fuel(id="a", fuel=word, amount="100 t"))["a"][0] is None, word

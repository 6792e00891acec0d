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
    assert found[1:].tolist() == [1e6, 1e6]


def test_a_unit_that_stood_before_passes_nothing_on() -> None:
    old = {**COAL_UNIT, "id": "0", "nature": "现有", "commissioned": "2005-01-01"}
    with_old = plain(units=[COAL_UNIT, old], project={"nature": "扩建"})
    both, one = (EnergyUse(counted(data).books).total(equivalent=False)[0] for data in (with_old, COAL_PLANT))
    assert both == pytest.approx(one, rel=1e-12)
    captive = altered(STEEL_WORKS, units=[*STEEL_WORKS["units"], COAL_UNIT])
    assert EnergyUse(counted(captive).books).converting.tolist() == [False]

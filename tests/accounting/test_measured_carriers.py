"""Carbon of a gas by its composition (PW-1g), heat of steam and hot water by mass (HT-2): worked, shown, and refused when untold."""

import re
from typing import Any

import pytest

from tanping.assessment.accounting.composition import CompositionError, read_composition
from tanping.assessment.accounting.tce import EnergyUse
from tanping.assessment.performance import indicators_of
from tanping.assessment.result import Source
from tanping.factors.register import load_register

from .projects import AS_OF, COAL_PLANT, STEEL_WORKS, altered, counted, plain

GAS = {
    "id": "气",
    "fuel": "天然气",
    "role": "main",
    "amount": "1000 万Nm3",
    "composition": "CH4 92 %，C2H6 4%;N2 2.5 %、CO2 1.5 %",
}
CARBON = (0.92 * 1 + 0.04 * 2 + 0.015 * 1) * 12 / 22.4 * 10


def source(data: dict[str, Any], id: str) -> Source:
    return next(one for one in counted(data).inventory(0).sources if one.id == id)


def with_gas(**changes: Any) -> dict[str, Any]:
    return plain(fuels=[*COAL_PLANT["fuels"], {**GAS, **changes}])


def test_gas_counts_by_its_components() -> None:
    made = source(with_gas(), "fuels.气")
    assert made.design_year == pytest.approx(1000 * CARBON * 0.99 * 44 / 12, rel=1e-12)
    assert made.formula == "PW-1"
    assert "92%" in made.expression
    (typed,) = (one for one in made.inputs if one.symbol == "C_ar")
    assert typed.text == GAS["composition"]
    assert typed.value == pytest.approx(CARBON, rel=1e-12)


def test_the_printed_expression_gives_the_number() -> None:
    made = source(with_gas(oxidation="0.99"), "fuels.气")
    arithmetic = made.expression.split(" = ")[0]
    for unit in ("10⁴Nm³", " tC", " t", " "):
        arithmetic = arithmetic.replace(unit, "")
    arithmetic = arithmetic.replace("×", "*").replace("÷", "/").replace("%", "/100")
    assert eval(arithmetic) == pytest.approx(made.design_year, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CH4 92 %", "之和为 92.0%"),
        ("CH4 50 %，CH4 50 %", "两次"),
        ("XY9 100 %", "不认识的组分"),
        ("甲烷很多", "不能判读"),
        ("CH4 0.92，N2 0.08", "不能判读"),
    ],
)
def test_a_composition_that_is_none_stops_the_row(text: str, told: str) -> None:
    with pytest.raises(CompositionError, match=told):
        read_composition(text)
    made = source(with_gas(composition=text), "fuels.气")
    assert made.design_year is None
    assert any(told in line for line in made.missing)


def test_gas_by_mass_with_a_composition_is_asked_back() -> None:
    made = source(with_gas(amount="1000 t"), "fuels.气")
    assert made.design_year is None
    assert any("万Nm3" in line for line in made.missing)


MOLECULES = [
    "CO",
    "CO2",
    "CH4",
    "C2H2",
    "C2H4",
    "C2H6",
    "C3H6",
    "C3H8",
    "C4H8",
    "C4H10",
    "C5H12",
    "C6H14",
    "H2",
    "N2",
    "O2",
    "Ar",
    "He",
    "H2S",
    "H2O",
]


@pytest.mark.parametrize("molecule", MOLECULES)
def test_carbon_atoms_are_those_of_the_formula(molecule: str) -> None:
    ((named, share, atoms),) = read_composition(f"{molecule} 100 %")
    assert (named, share) == (molecule.upper(), 1.0)
    assert atoms == sum(int(count or 1) for count in re.findall(r"C(?![a-z])(\d*)", molecule))


def test_a_composition_sums_to_the_whole_give_or_take_two_percent() -> None:
    for nitrogen in ("8 %", "12 %"):
        assert len(read_composition(f"CH4 90 %，N2 {nitrogen}")) == 2
    for nitrogen in ("7.9 %", "12.1 %"):
        with pytest.raises(CompositionError, match="之和"):
            read_composition(f"CH4 90 %，N2 {nitrogen}")


def test_a_gas_without_carbon_is_zero_and_not_unknown() -> None:
    made = source(with_gas(fuel="氢气", composition="H2 99.9 %，N2 0.1 %", oxidation="1"), "fuels.气")
    assert made.design_year == 0.0
    assert made.missing == ()
    assert made.expression == "1 000 10⁴Nm³ × 0 tC/10⁴Nm³ × 1 × 44/12 = 0 tCO2"


STEAM = {"id": "热", "kind": "purchased_heat", "carrier_mass": "10000 t", "steam_enthalpy": "2777 kJ/kg"}
WATER = {"id": "热", "kind": "purchased_heat", "carrier_mass": "10000 t", "water_temperature": "95 °C"}


@pytest.mark.parametrize(
    ("row", "heat"), [(STEAM, 10_000 * (2777 - 83.74) / 1000), (WATER, 10_000 * (95 - 20) * 4.1868 / 1000)]
)
def test_heat_told_by_mass(row: dict[str, Any], heat: float) -> None:
    data = altered(STEEL_WORKS, energy=[STEEL_WORKS["energy"][0], row])
    made = source(data, "energy.热")
    assert made.design_year == pytest.approx(heat * 0.11, rel=1e-12)
    assert {one.symbol for one in made.inputs} >= {"m"}
    whole = EnergyUse(counted(data).books).total(equivalent=False)[0]
    none = altered(STEEL_WORKS, energy=[STEEL_WORKS["energy"][0], {**row, "amount": "无"}])
    assert whole - EnergyUse(counted(none).books).total(equivalent=False)[0] == pytest.approx(heat * 0.03412, rel=1e-9)
    shown = {one.id: one for one in indicators_of(counted(data), load_register(), as_of=AS_OF)}
    assert shown["annual_energy_tce"].value == pytest.approx(whole, rel=1e-12)


def test_steam_without_its_enthalpy_is_missing() -> None:
    row = {name: value for name, value in STEAM.items() if name != "steam_enthalpy"}
    made = counted(altered(STEEL_WORKS, energy=[STEEL_WORKS["energy"][0], row])).inventory(0)
    assert made.design_year_total is None
    assert any("蒸汽焓值" in line for line in made.missing)


def test_heat_that_is_told_is_not_replaced() -> None:
    row = {**STEAM, "amount": "5000 GJ"}
    made = source(altered(STEEL_WORKS, energy=[STEEL_WORKS["energy"][0], row]), "energy.热")
    assert made.design_year == pytest.approx(550)

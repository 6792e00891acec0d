"""Figures outside the usual range are doubted, with the slip that would explain them."""

from typing import Any

import pytest

from tanping.assessment.plausibility import Doubt, doubts
from tanping.factors.record import FuelFactor
from tanping.factors.register import load_register

from .projects import CEMENT_LINE, COAL_PLANT, COAL_UNIT, altered, counted, fuel, plain, without


def found(data: dict[str, Any]) -> dict[str, Doubt]:
    return {doubt.range.key: doubt for doubt in doubts(counted(data))}


def coal(**changes: Any) -> dict[str, Any]:
    return plain(fuels=[fuel(**changes), COAL_PLANT["fuels"][1]])


def sound() -> dict[str, Any]:
    """A plant whose figures agree: coal for 280 g of standard coal a kWh supplied."""
    amount = 0.280 * 4_800_000 * 29.3076 / 20
    return plain(
        fuels=[fuel(amount=f"{amount:.0f} t"), COAL_PLANT["fuels"][1]],
        materials=[{**COAL_PLANT["materials"][0], "amount": "40000 t"}],
    )


def test_sound_figures_raise_no_doubt() -> None:
    assert found(sound()) == {}
    assert not any("超出" in line for line in counted(sound()).inventory(0).warnings)


@pytest.mark.parametrize(
    ("changes", "key", "slip", "corrected"),
    [
        ({"ncv": "5000 GJ/t"}, "power.ncv.hard_coal", "kcal/kg", 20.934),
        ({"ncv": "20934 GJ/t"}, "power.ncv.hard_coal", "kJ/kg", 20.934),
        ({"ncv": "5.0 GJ/t"}, "power.ncv.hard_coal", "Mcal/kg", 20.934),
        ({"carbon_per_heat": "26.5 tC/GJ"}, "power.carbon_per_heat.hard_coal", "kgC/GJ", 0.0265),
        ({"carbon_per_heat": "0.0946 tC/GJ"}, "power.carbon_per_heat.hard_coal", "二氧化碳因子", 0.0258),
        ({"carbon_per_heat": "94.6 tC/GJ"}, "power.carbon_per_heat.hard_coal", "kgCO2/GJ", 0.0258),
        ({"carbon_as_received": "0.55 %"}, "power.carbon_as_received.hard_coal", "小数", 55),
    ],
)
def test_slips_of_coal(changes: dict[str, str], key: str, slip: str, corrected: float) -> None:
    doubt = found(coal(**changes))[key]
    assert slip in doubt.slip
    assert doubt.corrected == pytest.approx(corrected, rel=1e-9)
    assert slip in doubt.words()


def test_lignite_has_ranges_of_its_own() -> None:
    brown = {"fuel": "褐煤", "ncv": "13.0 GJ/t"}
    sound_ones = ({"carbon_per_heat": "0.0275 tC/GJ"}, {"carbon_as_received": "35.8 %", "carbon_per_heat": None})
    assert not any(
        key.startswith("power.") and "lignite" in key for one in sound_ones for key in found(coal(**brown, **one))
    )
    shown = found(coal(**{**brown, "ncv": "22 GJ/t"}, carbon_as_received="0.358 %"))
    assert shown["power.carbon_as_received.lignite"].corrected == pytest.approx(35.8, rel=1e-9)
    assert "power.ncv.lignite" in shown


def test_gangue_is_no_steam_coal_written_in_kilocalories() -> None:
    gangue = {"fuel": "煤矸石", "ncv": "6.5 GJ/t", "carbon_per_heat": "0.0254 tC/GJ"}
    usual = found(plain(fuels=[fuel(**gangue, amount="8000000 t"), COAL_PLANT["fuels"][1]]))  # 1.00 tCO2/MWh
    assert not any("hard_coal" in key or "intensity" in key for key in usual)
    far = found(plain(fuels=[fuel(**gangue, amount="12000000 t"), COAL_PLANT["fuels"][1]]))
    assert "power.supply_intensity.cfb" in far


def test_carbon_of_lignite_is_what_its_heat_and_carbon_ranges_leave() -> None:
    register = load_register()
    heat, carbon = (register.range(f"power.{name}.lignite") for name in ("ncv", "carbon_per_heat"))
    received = register.range("power.carbon_as_received.lignite")
    assert (received.low, received.high) == pytest.approx((heat.low * carbon.low * 100, heat.high * carbon.high * 100))
    tables = [one for one in register.of("fuel.lignite") if isinstance(one, FuelFactor)]
    printed = [float(one.ncv * one.carbon_content) * 100 for one in tables if one.ncv and one.carbon_content]
    assert len(printed) >= 5
    assert all(map(received.holds, printed)), printed


def test_what_no_slip_explains_is_still_doubted() -> None:
    doubt = found(coal(ncv="29 GJ/t"))["power.ncv.hard_coal"]
    assert doubt.corrected is None
    assert "疑似" not in doubt.words()


def test_units() -> None:
    shown = found(plain(units=[{**COAL_UNIT, "hours": "8760 h", "auxiliary_rate": "0.04 %", "life": "80 a"}]))
    assert {"power.hours", "power.auxiliary_rate.coal", "lifetime.life"} <= shown.keys()
    assert shown["power.auxiliary_rate.coal"].corrected == pytest.approx(4)
    assert not shown["power.hours"].impossible


def test_heat_and_coal_rate_apart() -> None:
    assert "power.heat_balance_gap" in found(plain())
    assert "power.heat_balance_gap" not in found(sound())


def test_emission_of_a_thousand_times_too_much_coal() -> None:
    data = sound()
    data["fuels"][0]["amount"] = "1968000000 t"
    doubt = found(data)["power.supply_intensity.coal"]
    assert "1000" in doubt.slip


def test_limestone_of_nothing_is_an_answer() -> None:
    data = sound()
    data["materials"][0]["amount"] = "无"
    assert "power.fgd_share" not in found(data)
    data["materials"][0]["amount"] = "40 t"
    assert "power.fgd_share" in found(data)


def test_default_carbon_is_not_a_slip() -> None:
    assert "power.carbon_per_heat.hard_coal" not in found(plain(fuels=[without(fuel(), "carbon_per_heat")]))


def test_clinker() -> None:
    clinker = {
        **CEMENT_LINE["products"][0],
        "cao": "0.65 %",
        "cao_noncarbonate": "0.005 %",
        "mgo": "1.5 %",
        "mgo_noncarbonate": "0.2 %",
    }
    shown = found(altered(CEMENT_LINE, products=[clinker, CEMENT_LINE["products"][1]]))
    assert shown["cement.cao"].corrected == pytest.approx(0.65)
    assert "cement.method_gap" in shown


def test_warnings_of_the_inventory_carry_the_doubts() -> None:
    warnings = counted(coal(ncv="5000 GJ/t")).inventory(0).warnings
    assert any("kcal/kg" in line and "超出常见范围" in line for line in warnings)

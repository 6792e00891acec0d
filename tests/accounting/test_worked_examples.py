"""Every worked example, to a relative 1e-9 (zero exactly), by array, by number and by worked expression."""

import math

import numpy as np
import pytest

from tanping.assessment.accounting.catalogue import formulas
from tanping.assessment.accounting.formula import Worked, leaf, total

F = formulas()


def work(formula_id: str, *operands: object) -> Worked:
    return F[formula_id].work(**dict(zip(F[formula_id].symbols, operands, strict=True)))


def add(*rows: Worked) -> float:
    return total(row.tree for row in rows).value


ALPHA_X = (0.86, 1_000_000, 1_200_000)
COKE = (400_000, 28.435, 0.02942, 0.98)
RAW = [(100_000, 0.440), (20_000, 0.471), (1_000, 3.663), (50_000, 0.172)]
FIXED = [(500_000, 0.037), (2_000, 2.699), (500, 3.382)]
OXIDES = (0.65, 0.005, 0.015, 0.002)
MATERIALS = [(20_000, 295), (10_000, 2340), (5_000, 735)]

ONE_FORMULA = [
    ("B1", "PW-2", (1_000_000, 20.0, 0.0265, 0.99), 1923900),
    ("B2", "PW-2", (1_000_000, 20.0, 0.03085, 0.99), 2239710),
    ("B3", "PW-2", (1_000_000, 20.0, 0.03356, 0.99), 2436456),
    ("B4", "PW-3", (55, 8, 2), 51.632653061224490),
    ("B5", "PW-2", (100, 389.31, 0.0153, 0.99), 2162.188809),
    ("B6", "PW-2", (100, 389.31, 0.01532, 0.99), 2165.0151996),
    ("B7", "PW-2", (1, 42.652, 0.0202, 0.98), 3.0959096373333333),
    ("B11a", "PW-6", (4_000_000, 20_000_000), 0.2),
    ("B11b", "PW-7r", (2_400_000, 0.05), 2280000),
    ("B11c", "PW-8", (0.2, 2_000_000, 2_280_000), 0.70175438596491228),
    ("B11d", "PW-8h", (0.2, 2_000_000, 4_000_000), 0.1),
    ("B8a", "PW-2", (1, 33.0, 0.0708, 0.99), 8.481132),
    ("B8b", "PW-2", (1, 84.0, 0.0496, 0.99), 15.124032),
    ("B8c", "PW-2", (1, 179.81, 0.01358, 0.99), 8.863805874),
    ("B9a", "PW-2", (1, 173.54, 0.0121, 0.99), 7.62239742),
    ("B9b", "PW-2", (1, 173.854, 0.0121, 0.99), 7.636189242),
    ("B10a", "PW-2", (1, 28.435, 0.0295, 0.93), 2.860418825),
    ("B10b", "PW-2", (1, 28.435, 0.02942, 0.98), 3.0060306686666667),
    ("B12a", "ST-3", RAW[0], 44000),
    ("B12b", "ST-3", RAW[1], 9420),
    ("B12c", "ST-3", RAW[2], 3663),
    ("B12d", "ST-3", RAW[3], 8600),
    ("B13a", "ST-4", FIXED[0], 18500),
    ("B13b", "ST-4", FIXED[1], 5398),
    ("B13c", "ST-4", FIXED[2], 1691),
    ("B14", "PW-2", COKE, 1202412.2674666667),
    ("B16a", "EL-1", (100_000, 0.5306), 53060),
    ("B16b", "HT-1", (50_000, 0.11), 5500),
    ("B17a", "CM-1e", (1_000_000, 0.535), 535000),
    ("B17b", "CM-1k", (30_000, 0.480), 14400),
    ("B17c", "CM-1k", (10_000, 0.305), 3050),
    ("B19a", "CM-2", (1_000_000, 0, 0, *OXIDES), 521085.71428571429),
    ("B19", "CM-2", (1_000_000, 20_000, 5_000, *OXIDES), 534112.85714285714),
    ("B20", "CM-3", (1_500_000, 0.001), 5500),
    ("B21", "ET-2", (2_400_000, 0.7910, 1, 4_000_000, 0.1033), 2311600),
    ("B22", "ET-2", (2_400_000, 0.7902, 1, 4_000_000, 0.1027), 2307280),
    ("B26a", "ET-1f", (0.85,), 1),
    ("B26b", "ET-1f", (0.82,), 1.0042),
    ("B26c", "ET-1f", (0.80,), 1.007),
    ("B26d", "ET-1f", (0.78,), 1.0102),
    ("B26e", "ET-1f", (0.75,), 1.015),
    ("B26f", "ET-1f", (0.70,), 1.030225),
    ("B26g", "ET-1f", (0.50,), 1.093443263942640625),
    ("A5a", "ET-2k", (45,), 1.1260585598096309),
    ("A5b", "ET-2k", (40,), 1.1602542984272311),
    ("A5c", "ET-2k", (30,), 1.2811463206704754),
    ("A5d", "ET-2k", (20,), 1.6088678960433444),
    ("A5e", "ET-2k", (10,), 2.7472245725602019),
    ("A1a", "ET-3x", ALPHA_X, 0.031007751937984496),
    ("B27a", "EL-1", (100_000, 0.5500), 55000),
    ("B27b", "EL-1", (100_000, 0.5306), 53060),
    ("B27c", "EL-1", (100_000, 0.6096), 60960),
    ("B28a", "CN-1", MATERIALS[0], 5900),
    ("B28b", "CN-1", MATERIALS[1], 23400),
    ("B28c", "CN-1", MATERIALS[2], 3675),
    ("B29a", "CN-2", (48_000, 40, 0.129), 247.68),
    ("B29b", "CN-2", (15_000, 500, 0.078), 585),
    ("B30", "CN-3", (300, 3.096), 928.8),
    ("B31", "LT-4", (0.5568, 0.5306, 2), -0.023810775362250490),
    ("A7", "ST-3", (1_000, 0.440), 440),
]


@pytest.mark.parametrize(("row", "formula_id", "operands", "expected"), ONE_FORMULA, ids=[r[0] for r in ONE_FORMULA])
def test_one_formula(row: str, formula_id: str, operands: tuple[float, ...], expected: float) -> None:
    formula = F[formula_id]
    assert formula(*map(float, operands)) == pytest.approx(expected, rel=1e-9)
    arrays = [np.full(3, value, dtype=np.float64) for value in operands]
    assert formula(*arrays) == pytest.approx(np.full(3, expected), rel=1e-9)
    assert work(formula_id, *operands).value == pytest.approx(expected, rel=1e-9)


def steel_process() -> Worked:
    return F["ST-3"].work(m=leaf(1), ef=total(work("ST-3", *row).tree for row in RAW))


def test_b12_steel_process_total() -> None:
    assert add(*(work("ST-3", *row) for row in RAW)) == pytest.approx(65683, rel=1e-9)


def test_b13_fixed_carbon_total() -> None:
    assert add(*(work("ST-4", *row) for row in FIXED)) == pytest.approx(25589, rel=1e-9)


def steel_parts() -> dict[str, object]:
    return {
        "e_fuel": work("PW-2", *COKE),
        "e_process": total(work("ST-3", *row).tree for row in RAW),
        "fixed": total(work("ST-4", *row).tree for row in FIXED),
    }


def test_b15_steel_direct() -> None:
    assert F["EN-2"].work(**steel_parts()).value == pytest.approx(1242506.2674666667, rel=1e-9)
    assert F["ST-1d"].work(**steel_parts()).value == pytest.approx(1242506.2674666667, rel=1e-9)


def test_b16_steel_total() -> None:
    purchased = {"e_electricity": work("EL-1", 100_000, 0.5306), "e_heat": work("HT-1", 50_000, 0.11)}
    assert F["EN-1"].work(**steel_parts(), **purchased).value == pytest.approx(1301066.2674666667, rel=1e-9)


def test_b17_clinker_2024_method() -> None:
    deducted = total([work("CM-1k", 30_000, 0.480).tree, work("CM-1k", 10_000, 0.305).tree])
    worked = F["CM-1"].work(made=work("CM-1e", 1_000_000, 0.535), deducted=deducted)
    assert worked.value == pytest.approx(517550, rel=1e-9)
    assert worked.text == (
        "max(0, 1 000 000 t × 0.535 tCO2/t − (30 000 t × 0.48 tCO2/t + 10 000 t × 0.305 tCO2/t)) = 517 550 tCO2"
    )


def test_b18_floor_at_zero() -> None:
    assert F["CM-1"].work(made=work("CM-1e", 1_000, 0.535), deducted=work("CM-1k", 2_000, 0.480)).value == 0


def test_b23_draft_peak_correction() -> None:
    worked = F["ET-2"].work(w_g=2_400_000, b_e=0.7902, f_p=work("ET-2k", 40), q_h=4_000_000, b_h=0.1027)
    assert worked.value == pytest.approx(2611199.0718812753, rel=1e-9)


def allowance_2021(f_l: float, f: float) -> float:
    return (
        F["ET-1"]
        .work(
            w_s=2_280_000,
            b_e=0.8218,
            f_l=f_l,
            f_r=work("ET-1r", 0.22, 0.2),
            f_f=work("ET-1f", f),
            q_h=4_000_000,
            b_h=0.1111,
        )
        .value
    )


def test_b24_air_cooled_part_load() -> None:
    assert allowance_2021(1.05, 0.82) == pytest.approx(2333123.53631584, rel=1e-9)


def test_b25_water_cooled_full_load() -> None:
    assert allowance_2021(1, 0.85) == pytest.approx(2235661.024, rel=1e-9)


def test_a1_cement_allowance() -> None:
    alpha = F["ET-3a"].work(x=work("ET-3x", *ALPHA_X))
    assert alpha.value == pytest.approx(0.0046511627906976744, rel=1e-9)
    assert F["ET-3"].work(e=1_000_000, alpha=alpha).value == pytest.approx(1004651.1627906977, rel=1e-9)


def test_b28_and_b29_sums() -> None:
    assert add(*(work("CN-1", *row) for row in MATERIALS)) == pytest.approx(32975, rel=1e-9)
    carried = add(work("CN-2", 48_000, 40, 0.129), work("CN-2", 15_000, 500, 0.078))
    assert carried == pytest.approx(832.68, rel=1e-9)


@pytest.mark.parametrize(("f", "expected"), [(0.2, 0.03), (0.35, 0.03), (-0.2, -0.03), (-0.5, -0.03), (0.1, 0.015)])
def test_surplus_coefficient_bounds(f: float, expected: float) -> None:
    assert F["ET-3a"](f) == pytest.approx(expected, rel=1e-12)


def test_peak_correction_is_one_from_half_load() -> None:
    assert F["ET-2k"](50.0) == 1.0
    assert F["ET-2k"](49.999) == pytest.approx(1.1003, abs=1e-3)


def test_unknown_load_stays_unknown() -> None:
    assert math.isnan(F["ET-1f"](math.nan))
    assert math.isnan(work("ET-1f", math.nan).value)

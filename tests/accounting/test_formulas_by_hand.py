"""Formulas the worked examples leave out, each against a figure worked by hand."""

import math

import pytest

from tanping.assessment.accounting.catalogue import formulas

F = formulas()

BY_HAND = [
    ("PW-1", {"fc": 1000, "c_ar": 0.5, "of": 0.99}, 1815),
    ("PW-1g", {"volume": 0.95, "atoms": 1}, 0.95 * 12 / 22.4 * 10),
    ("PW-3d", {"c_d": 0.6, "m_ar": 10}, 0.54),
    ("PW-3q", {"q_gr_ad": 24000, "h_ad": 4, "m_ar": 10, "m_ad": 2}, ((24000 - 824) * 90 / 98 - 230) / 1000),
    ("PW-4", {"heat_in": 1000, "r_h": 0.2, "coal_rate": 0.3, "w_s": 100, "gj_per_tce": 29.3076}, 800 / (30 * 29.3076)),
    ("PW-5", {"b": 1000, "i": 0.9, "ef": 0.44, "tr": 0.5}, 198),
    ("PW-5s", {"so2_removed": 64}, 44),
    ("PW-5u", {"urea": 60}, 44),
    ("PW-7", {"w_g": 100, "w_aux": 5}, 95),
    ("PW-7g", {"capacity": 1000, "hours": 5000}, 5e6),
    ("PW-7h", {"w_g": 1000, "w_aux": 60, "w_aux_h": 10, "r_h": 0.2}, 960),
    ("PW-8g", {"r_h": 0.25, "e": 800, "w_g": 1000}, 0.6),
    ("PW-9", {"fc": 12, "ncv": 10, "cc": 0.025, "of": 1, "phi": 0.4}, 4.4),
    ("PW-9b", {"fc": 12, "ncv": 10, "cc": 0.025, "of": 1, "phi": 0.4}, 6.6),
    ("PW-9c", {"fc": 12, "c_ar": 0.5, "of": 1, "phi": 0.25}, 5.5),
    ("PW-9cb", {"fc": 12, "c_ar": 0.5, "of": 1, "phi": 0.25}, 16.5),
    ("PW-10", {"e_gen": 100, "m_stored": 60, "e_transport": 2, "e_leak": 1}, 43),
    ("PW-10c", {"eta": 0.9, "s": 0.5, "e_gen": 1000}, 450),
    ("PW-10t", {"e_transport": 2, "e_leak": 3}, 5),
    ("PW-10w", {"w_s": 1000, "w": 0.25, "m_cap": 400}, 900),
    ("EL-2", {"ad": 100, "certified": 30, "ef": 0.5}, 35),
    ("HT-2", {"m": 1000, "h": 2777.1}, 2693.36),
    ("HT-2w", {"m": 1000, "t": 70}, 209.34),
    ("ST-2", {"purchased": 100, "opening": 10, "closing": 15, "other_use": 5, "sold": 20}, 70),
    ("ST-6", {"in_fuel": 10, "in_material": 5, "out_fuel": 4, "out_product": 1}, 10),
    ("ST-6c", {"carbon_in": 100, "carbon_out": 88}, 44),
    ("ST-7", {"made": 100, "used": 50, "power": 30, "sold": 5, "flared": 4, "holder": 3, "loss": 2}, 6),
    ("ST-8", {"processes": 10, "works": 9}, 1),
    ("ST-9", {"m_h2": 100, "e": 52}, 5200),
    ("CM-4", {"m": 10, "hv": 15, "ef": 0.09, "phi": 0.6}, 8.1),
    ("CM-4b", {"m": 10, "hv": 15, "ef": 0.09, "phi": 0.6}, 5.4),
    ("CM-5", {"use": 100, "waste_heat": 40}, 60),
    ("CM-6", {"clinker_used": 75, "cement": 100}, 0.75),
    ("CM-6e", {"rho": 0.75, "e_clinker": 0.84, "e_grinding": 4, "cement": 100}, 0.67),
    ("EOL-1", {"share": 0.1, "machinery": 30, "transport": 20}, 5),
    ("ET-1r", {"slope": 0.22, "r_h": 0.5}, 0.89),
    ("TC-1", {"quantity": 100, "coefficient": 0.7143}, 71.43),
    ("TC-1q", {"quantity": 29.3076, "ncv": 20, "gj_per_tce": 29.3076}, 20),
    ("LT-1", {"capacity": 10, "hours": 100, "on": 0.5, "ramp": 0.8, "available": 0.9}, 360),
    ("LT-2", {"output": 100, "q": 0.5, "ef": 2}, 100),
    ("LT-2q", {"q0": 100, "d": 0.01, "age": 2}, 102.01),
    ("LT-3", {"operation": 100, "construction": 5, "end_of_life": 1}, 106),
    (
        "NC-1",
        {"proposed": 100, "existing_after": 40, "existing_before": 50, "replaced": 30, "regional": -5},
        65,
    ),
    ("NC-2", {"existing": 50, "under_construction": 5, "proposed": 100, "cut": 20}, 135),
    ("PF-1", {"e": 100, "denominator": 40}, 2.5),
    ("RG-1", {"e": 300, "value_added": 100, "city_intensity": 2}, 50),
    ("RG-2", {"e": 5, "e_city": 1000}, 0.5),
    ("RG-3", {"new_energy": 3, "increment": 60}, 5),
    ("RG-4", {"a": 100, "b": 50, "d": 10, "e": 5}, 0),
    ("RG-4", {"a": 100, "b": 50, "d": 30, "e": 2}, 25),
]


@pytest.mark.parametrize(("formula_id", "operands", "expected"), BY_HAND)
def test_by_hand(formula_id: str, operands: dict[str, float], expected: float) -> None:
    assert F[formula_id](**operands) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("formula_id", ["PW-4", "PW-6", "PW-8", "PW-8g", "PW-8h", "CM-6", "PF-1", "RG-2", "RG-3"])
def test_nothing_to_divide_by_is_unknown(formula_id: str) -> None:
    operands = dict.fromkeys(F[formula_id].symbols, 0.0)
    assert math.isnan(F[formula_id](**operands))

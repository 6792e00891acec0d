"""What each mistake would give, worked out with a calculator: the tries of a figure hit exactly these values and no others."""

import random
from functools import cache

import pytest
from sample_works import C, Cement, Power, Steel, case_of

from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.crosscheck.mistakes import benchmark, slips
from tanping.assessment.crosscheck.rerun import evaluate

from .test_figures import with_rows

RNG = random.Random(11)
PLANT, HEAT, WORKS, LINE, OXIDE = Power(RNG), Power(RNG, chp=True), Steel(RNG), Cement(RNG), Cement(RNG, "guide-2013")
MASS, AIR = Power(RNG, carbon="mass"), Power(RNG, carbon="air")
SLAG = 3_000_000
CATCH = {
    "start": "2027-01-01",
    "rate": "90 %",
    "site": "某盐穴",
    "electricity": "0.25 MWh/t",
    "leak": "无",
    "transport": "无",
}
BURNT = PLANT.coal + PLANT.light_oil + PLANT.fgd
PROJECTS = {
    "plant": PLANT.data,
    "plant that builds": with_rows(
        PLANT.data,
        construction=[
            {"id": "筋", "kind": "material", "item": "热轧钢筋", "amount": "10000 t", "distance": "500 km"},
            {"id": "油", "kind": "machinery", "item": "柴油", "amount": "300 t"},
        ],
    ),
    "plant with changes": with_rows(
        PLANT.data,
        project={"nature": "扩建"},
        changes=[
            {"id": "旧", "account": "existing", "before": "1000000 tCO2", "after": "600000 tCO2"},
            {"id": "甲", "account": "replaced", "party": "甲厂", "before": "800000 tCO2", "after": "无"},
            {"id": "乙", "account": "regional", "party": "乙厂", "before": "90000 tCO2", "after": "40000 tCO2"},
        ],
    ),
    "plant that catches": with_rows(
        PLANT.data,
        captures=[
            {"id": "封", "destination": "stored", "share": "40 %", **CATCH},
            {"id": "用", "destination": "used", "share": "5 %", **CATCH},
        ],
    ),
    "plant with other fuels": with_rows(
        PLANT.data,
        fuels=[
            {
                "id": "校核煤",
                "fuel": "烟煤",
                "role": "check",
                "amount": "3300000 t",
                "ncv": "20.1 GJ/t",
                "carbon_per_heat": "0.0264 tC/GJ",
            },
            {
                "id": "污泥",
                "fuel": "烟煤",
                "role": "co_firing",
                "amount": "40000 t",
                "ncv": "6 GJ/t",
                "carbon_per_heat": "0.03 tC/GJ",
                "fossil_share": "0.4",
            },
        ],
    ),
    "plant by mass": MASS.data,
    "plant by air-dry mass": AIR.data,
    "heat and power": HEAT.data,
    "works": with_rows(
        WORKS.data,
        materials=[{"id": "灰", "role": "flux", "material": "生石灰", "amount": "60000 t", "factor": "0.05 tCO2/t"}],
        energy=[{"id": "外供电", "kind": "sold_electricity", "amount": "50000 MWh"}],
    ),
    "line": LINE.data,
    "line on slag": with_rows(
        LINE.data,
        materials=[{"id": "渣", "units": "1", "role": "alternative_raw", "material": "电石渣", "amount": f"{SLAG} t"}],
    ),
    "line by oxides": OXIDE.data,
}
WORKS_TOTAL = WORKS.total + 60_000 * 0.05 - 50_000 * 0.5827
SUM = LINE.line + LINE.burnt + LINE.mwh * 0.5827
CHECK, SLUDGE = 3_300_000 * 20.1 * 0.0264 * 0.99 * C, 40_000 * 6 * 0.03 * 0.99 * C
MIXED = PLANT.total + 0.4 * SLUDGE
HEAT_BURNT = HEAT.coal + HEAT.light_oil + HEAT.fgd
CRUDE, TAR = WORKS.crude * 0.037, WORKS.tar * 2.699
STORED, USED = 0.9 * 0.4 * BURNT, 0.9 * 0.05 * BURNT
NET = PLANT.total + 600_000 - 1_000_000 - 800_000 - 50_000
LIME, MAGNESIA = (OXIDE.cao - OXIDE.cao_nc) / 100, (OXIDE.mgo - OXIDE.mgo_nc) / 100
ALL = OXIDE.clinker + OXIDE.dust + OXIDE.bypass
AS_DONE = LIME * 44 / 56 + MAGNESIA * 44 / 40


def thousand(value: float) -> list[float]:
    return [value * 1e3, value / 1e3]


def wan(value: float) -> list[float]:
    return [value * 1e4, value / 1e4]


ROWS: list[tuple[str, str, str, list[float]]] = [
    ("plant", "煤", "no_co2_per_c", [PLANT.coal / C]),
    ("plant", "煤", "twice_co2_per_c", [PLANT.coal * C]),
    ("plant", "煤", "no_oxidation", [PLANT.coal / 0.99]),
    ("plant", "煤", "oxidation_percent", [PLANT.coal * 100]),
    ("plant", "煤", "mass_thousand", thousand(PLANT.coal)),
    ("plant", "煤", "mass_ten_thousand", wan(PLANT.coal)),
    ("plant", "煤", "carbon_per_tj", [PLANT.coal * 1000]),
    ("plant", "煤", "ncv_thousand", thousand(PLANT.coal)),
    ("plant", "煤", "ncv_kcal_as_kj", [PLANT.coal / 4.1868]),
    ("plant", "煤", "ncv_kcal_as_mj", [PLANT.coal * 1000 / 4.1868]),
    ("plant", "煤", "default_carbon", [PLANT.coal / PLANT.cc * cc for cc in (0.03085, 0.03356)]),
    ("plant", "煤", "air_dry", []),
    ("plant by mass", "煤", "carbon_percent", [MASS.coal * 100]),
    ("plant by mass", "煤", "air_dry", [MASS.coal * (100 - MASS.m_ad) / (100 - MASS.m_ar)]),
    ("plant by mass", "煤", "default_carbon", [MASS.fc * MASS.ncv * cc * 0.99 * C for cc in (0.03085, 0.03356)]),
    ("plant by air-dry mass", "煤", "air_dry", [AIR.fc * AIR.c_ad / 100 * 0.99 * C]),
    ("plant by air-dry mass", "煤", "default_carbon", [AIR.fc * AIR.ncv * cc * 0.99 * C for cc in (0.03085, 0.03356)]),
    ("plant with other fuels", "design_year_total", "check_coal_added", [MIXED + CHECK]),
    ("plant with other fuels", "design_year_total", "check_coal_instead", [MIXED + CHECK - PLANT.coal]),
    ("plant with other fuels", "fuels.污泥", "biomass_all_fossil", [SLUDGE]),
    ("plant with other fuels", "fuels.污泥", "waste_all_biogenic", [0.0]),
    ("plant with other fuels", "design_year_total", "biomass_all_fossil", [PLANT.total + SLUDGE]),
    ("works", "design_year_total", "byproduct_twice", [WORKS_TOTAL + WORKS.coke_row]),
    ("plant", "外购电", "mwh_thousand", thousand(PLANT.grid)),
    ("plant", "外购电", "wan_kwh", [PLANT.grid * 10, PLANT.grid / 10]),
    ("plant", "外购电", "yi_kwh", [*wan(PLANT.grid), PLANT.grid * 1e5, PLANT.grid / 1e5]),
    ("plant", "石灰石", "material_thousand", thousand(PLANT.fgd)),
    ("plant", "石灰石", "material_ten_thousand", wan(PLANT.fgd)),
    ("plant", "design_year_total", "thousand", thousand(PLANT.total)),
    ("plant", "design_year_total", "ten_thousand", wan(PLANT.total)),
    ("plant", "design_year_total", "half_of_units", [PLANT.total / 2]),
    (
        "plant",
        "design_year_total",
        "left_out",
        [PLANT.total - part for part in (PLANT.coal, PLANT.light_oil, PLANT.fgd, PLANT.grid)],
    ),
    (
        "plant",
        "design_year_total",
        "counted_twice",
        [PLANT.total + part for part in (PLANT.coal, PLANT.light_oil, PLANT.fgd, PLANT.grid)],
    ),
    (
        "plant that builds",
        "design_year_total",
        "construction_added",
        [PLANT.total + 10_000 * 2.340 + 10_000 * 500 * 0.078 / 1000 + 300 * 3.096],
    ),
    ("plant", "ets_emission", "desulphurisation_in_ets", [BURNT]),
    ("plant", "generated", "hours_full_year", [2 * PLANT.cap * hours for hours in (8760, 8000, 9000)]),
    ("plant", "supply_intensity", "gross_for_net", [BURNT / PLANT.w_g]),
    ("plant", "generation_intensity", "net_for_gross", [BURNT / PLANT.w_s]),
    ("plant", "supply_intensity", "heat_ratio_ignored", []),
    ("heat and power", "supply_intensity", "heat_ratio_ignored", [HEAT_BURNT / HEAT.w_s]),
    ("plant that catches", "captures.封", "share_ignored", [0.9 * BURNT]),
    ("plant that catches", "design_year_total", "used_subtracted", [PLANT.total - STORED - USED]),
    (
        "plant that catches",
        "design_year_total",
        "share_ignored",
        [PLANT.total - 0.9 * BURNT, PLANT.total - STORED],
    ),
    ("plant that catches", "supply_intensity", "loss_ignored", [(BURNT - STORED) / PLANT.w_s]),
    ("plant with changes", "net_change", "cut_added", [NET + 800_000, NET + 1_600_000, NET + 100_000]),
    ("plant with changes", "net_change", "replaced_forgotten", [NET + 400_000, NET + 800_000, NET + 50_000]),
    ("plant with changes", "net_change", "replaced_twice", [NET - 400_000, NET - 800_000, NET - 50_000]),
    (
        "works",
        "design_year_total",
        "fixed_added",
        [WORKS_TOTAL + 2 * (CRUDE + TAR), WORKS_TOTAL + 2 * CRUDE, WORKS_TOTAL + 2 * TAR],
    ),
    (
        "works",
        "design_year_total",
        "fixed_forgotten",
        [WORKS_TOTAL + CRUDE + TAR, WORKS_TOTAL + CRUDE, WORKS_TOTAL + TAR],
    ),
    ("works", "design_year_total", "fixed_twice", [WORKS_TOTAL - CRUDE, WORKS_TOTAL - TAR]),
    (
        "works",
        "design_year_total",
        "limestone_twice",
        [WORKS_TOTAL + WORKS.stone * 0.44, WORKS_TOTAL + WORKS.dolomite * 0.471],
    ),
    ("works", "design_year_total", "lime_as_limestone", [WORKS_TOTAL + 60_000 * (0.44 - 0.05)]),
    ("works", "design_year_total", "own_as_bought", [WORKS_TOTAL + WORKS.iron * 0.172]),
    ("works", "design_year_total", "sold_not_deducted", [WORKS_TOTAL + WORKS.sold]),
    ("works", "design_year_total", "sold_not_netted", [WORKS_TOTAL + 50_000 * 0.5827]),
    ("works", "外购热", "heat_thousand", thousand(WORKS.gj * WORKS.ef_h)),
    ("works", "外购热", "heat_kcal", [WORKS.gj * WORKS.ef_h * 4.1868, WORKS.gj * WORKS.ef_h / 4.1868]),
    ("works", "外购热", "heat_default", [WORKS.gj * 0.11]),
    ("works", "吨钢排放", "other_product", [WORKS_TOTAL / WORKS.iron, WORKS_TOTAL / WORKS.rolled]),
    ("line", "units.1.clinker", "deduction_forgotten", [LINE.clinker * 0.535]),
    ("line", "units.1.clinker", "floor_missing", []),
    ("line on slag", "units.1.clinker", "floor_missing", [LINE.clinker * 0.535 - (LINE.slag + SLAG) * 0.48]),
    (
        "line on slag",
        "units.1.clinker",
        "deduction_forgotten",
        [LINE.clinker * 0.535, 0.0, max(0.0, LINE.clinker * 0.535 - LINE.slag * 0.48)],
    ),
    ("line", "design_year_total", "waste_heat_subtracted", [SUM - LINE.own * 0.5827]),
    ("line", "design_year_total", "raw_meal_added", [SUM + LINE.raw * share * C for share in (0.001, 0.003)]),
    ("line by oxides", "熟料", "mgo_44_56", [ALL * (LIME + MAGNESIA) * 44 / 56]),
    ("line by oxides", "熟料", "cao_44_40", [ALL * (LIME + MAGNESIA) * 44 / 40]),
    ("line by oxides", "熟料", "mgo_molar", [ALL * (LIME * 44 / 56 + MAGNESIA * 44 / 40.3)]),
    (
        "line by oxides",
        "熟料",
        "noncarbonate_kept",
        [
            ALL * (OXIDE.cao / 100 * 44 / 56 + OXIDE.mgo / 100 * 44 / 40),
            ALL * (OXIDE.cao / 100 * 44 / 56 + MAGNESIA * 44 / 40),
            ALL * (LIME * 44 / 56 + OXIDE.mgo / 100 * 44 / 40),
        ],
    ),
    (
        "line by oxides",
        "熟料",
        "dust_forgotten",
        [made * AS_DONE for made in (OXIDE.clinker, OXIDE.clinker + OXIDE.dust, OXIDE.clinker + OXIDE.bypass)],
    ),
    ("line by oxides", "生料", "raw_meal_percent", [OXIDE.raw_meal * 100]),
    ("line by oxides", "生料", "no_co2_per_c", [OXIDE.raw_meal / C]),
]


@cache
def case(name: str) -> Case:
    return case_of(PROJECTS[name])


def tried(name: str, said: str) -> dict[str, list[float]]:
    """Value of every try by mistake."""
    figure = case(name).find(said)
    found: dict[str, list[float]] = {}
    for one in slips(case(name), figure):
        found.setdefault(one.mistake.id, []).append(float(evaluate(figure.whole, dict(one.changes))))
    return found


@pytest.mark.parametrize(("name", "said"), dict.fromkeys(row[:2] for row in ROWS), ids=str)
def test_a_mistake_gives_what_it_would(name: str, said: str) -> None:
    found = tried(name, said)
    for mistake, expected in (row[2:] for row in ROWS if row[:2] == (name, said)):
        # The same mistake in every row of a project with one such row is that row's mistake: each value counts once.
        made = sorted({round(value, 6) for value in found.get(mistake, [])})
        assert made == pytest.approx(sorted({round(value, 6) for value in expected}), rel=1e-9, abs=2e-6), mistake


def test_an_allowance_on_another_basis_by_hand() -> None:
    figure = case("plant").find("ets_allowance")
    made = {one.variant or one.detail: value for one, value in benchmark.rerun(case("plant"), figure)}
    assert figure.recomputed == pytest.approx(PLANT.w_g * 0.7910, rel=1e-9)
    assert made["用供电量乘发电基准值"] == pytest.approx(PLANT.w_s * 0.7910, rel=1e-9)
    assert any(value == pytest.approx(PLANT.w_g * 0.8049, rel=1e-9) for value in made.values())


def test_a_lifetime_can_be_run_and_leaves_out_what_is_only_shown() -> None:
    figure = case("plant with other fuels").find("lifetime_total")
    assert evaluate(figure.whole, {}) == pytest.approx(MIXED * 30, rel=1e-9)
    assert figure.recomputed == pytest.approx(MIXED * 30, rel=1e-9)


def test_a_capture_that_catches_nothing_is_nothing() -> None:
    idle = with_rows(
        PLANT.data, captures=[{"id": "封", "destination": "stored", "share": "40 %", **CATCH, "rate": "无"}]
    )
    figure = case_of(idle).find("design_year_total")
    assert evaluate(figure.whole, {}) == pytest.approx(PLANT.total, rel=1e-9)


def test_what_is_stated_as_none_is_no_row_of_the_energy() -> None:
    data = with_rows(PLANT.data, energy=[{"id": "热", "kind": "purchased_heat", "amount": "无"}])
    figure = case_of(data).find("annual_energy_tce")
    rows = {term.id for term in figure.terms}
    assert "energy.外购电" in rows
    assert "energy.热" not in rows


def test_a_category_shows_what_it_does_not_count() -> None:
    figure = case("plant with other fuels").find("fuel_total")
    counted = {term.id: term.counted for term in figure.terms}
    assert counted == {
        "fuels.煤": True,
        "fuels.油": True,
        "fuels.污泥": True,
        "fuels.校核煤": False,
        "fuels.污泥.biogenic": False,
    }
    assert figure.recomputed == pytest.approx(PLANT.coal + PLANT.light_oil + 0.4 * SLUDGE, rel=1e-9)


def test_mistakes_of_capture_say_where_and_are_not_tried_where_they_can_not_be() -> None:
    catching = case("plant that catches")
    row, whole = catching.find("captures.封"), catching.find("design_year_total")
    assert [one.where for one in slips(catching, row) if one.mistake.id == "share_ignored"] == [""]
    names = {term.name for term in whole.terms if term.id in ("captures.封", "captures.用")}
    assert {one.where for one in slips(catching, whole) if one.mistake.id == "share_ignored"} == names
    rows = [
        {"id": "全", "destination": "stored", "share": "100 %", **CATCH},
        {"id": "晚", "destination": "stored", "share": "10 %", **{**CATCH, "start": "2040-01-01"}},
    ]
    other = case_of(with_rows(PLANT.data, captures=rows))
    made = list(slips(other, other.find("design_year_total")))
    assert [one.where for one in made if one.mistake.id == "share_ignored" and "全" in one.where] == []
    assert not any(one.mistake.id == "used_subtracted" for one in made)

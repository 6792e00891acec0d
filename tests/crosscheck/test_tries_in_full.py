"""Every try of a figure, worked out with a calculator: which mistake, where, in which variant, with what share, and the value it gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest
from sample_works import AS_OF, C, Gas, Power, case_of

from tanping.assessment.accounting.inventory import account
from tanping.assessment.crosscheck.figures import Case
from tanping.assessment.crosscheck.mistakes import benchmark, slips
from tanping.assessment.crosscheck.rerun import evaluate
from tanping.assessment.performance import indicators_of
from tanping.assessment.project.columns import columns_of
from tanping.assessment.project.intake import project_from_plain
from tanping.factors.register import load_register

from .test_figures import with_rows
from .test_mistakes_by_hand import (
    AIR,
    ALL,
    AS_DONE,
    BURNT,
    CHECK,
    HEAT,
    HEAT_BURNT,
    LIME,
    LINE,
    MAGNESIA,
    MASS,
    MIXED,
    NET,
    OXIDE,
    PLANT,
    PROJECTS,
    RNG,
    SLAG,
    SLUDGE,
    STORED,
    SUM,
    USED,
    WORKS,
    WORKS_TOTAL,
    case,
)

GAS = Gas(RNG)
KCAL = 4.1868
COAL, OIL, STONE = "煤（烟煤） 主燃料（设计煤种）", "油（柴油） 点火助燃", "石灰石 脱硫过程"
SLUDGE_ROW, CHECK_ROW = "污泥（烟煤） 掺烧", "校核煤（烟煤） 校核煤种（替代方案，不相加）"


class Try(NamedTuple):
    """One try as the tables below write it."""

    id: str
    value: float
    where: str = ""
    detail: str = ""
    variant: str = ""
    share: float = 1.0
    evidence: float = 1.0

    @property
    def words(self) -> tuple[str, str, str, str]:
        return self.id, self.where, self.detail, self.variant


def scaled(id: str, part: float, *factors: float, of: float | None = None, **said: Any) -> list[Try]:
    """A part of a figure times each factor, the rest as it is; the ways share the weight."""
    whole = part if of is None else of
    return [Try(id, whole + part * (f - 1), variant=f"{f:g}", share=1 / len(factors), **said) for f in factors]


def thousands(id: str, part: float, **said: Any) -> list[Try]:
    return scaled(id, part, 1e3, 1e-3, **said)


def wan(id: str, part: float, **said: Any) -> list[Try]:
    return scaled(id, part, 1e4, 1e-4, **said)


def same(id: str, value: float, said: str, share: float, **more: Any) -> Try:
    """A try that is called by the factor it takes."""
    return Try(id, value, detail=said, variant=said, share=share, **more)


def whole(value: float) -> list[Try]:
    return [*thousands("thousand", value), *wan("ten_thousand", value)]


def half(value: float) -> Try:
    return Try("half_of_units", value / 2, where="2 台（条）中的 1 台（条）", variant="1/2")


def heating_value(part: float) -> list[Try]:
    return [
        *scaled("ncv_kcal_as_kj", part, 1 / KCAL),
        *scaled("ncv_kcal_as_mj", part, 1000 / KCAL),
        *thousands("ncv_thousand", part),
    ]


def burning(part: float, oxidation: float = 0.99) -> list[Try]:
    return [
        Try("no_co2_per_c", part / C),
        Try("twice_co2_per_c", part * C),
        Try("no_oxidation", part / oxidation),
        *scaled("oxidation_percent", part, 100),
    ]


def defaults(right: float, per_carbon: float) -> list[Try]:
    """Both published defaults of coal without carbon test; ``per_carbon``: the emission at one tC/GJ."""
    return [same("default_carbon", per_carbon * cc, f"{cc} tC/GJ", 0.5) for cc in (0.03085, 0.03356)]


def material(part: float) -> list[Try]:
    return [*thousands("material_thousand", part), *wan("material_ten_thousand", part)]


def mass(part: float) -> list[Try]:
    return [*thousands("mass_thousand", part), *wan("mass_ten_thousand", part)]


def megawatt_hours(part: float, **said: Any) -> list[Try]:
    return [
        *thousands("mwh_thousand", part, **said),
        *scaled("wan_kwh", part, 10, 0.1, **said),
        *scaled("yi_kwh", part, 1e4, 1e-4, 1e5, 1e-5, evidence=0.3, **said),
    ]


# Of the eight tables that list this coal, alone or together; parts of a row that was measured are tried one by one.
OF_COAL = [
    same("other_standard", PLANT.coal / 0.99 * 0.98, "cets_steel_2024 OF 0.98", 1 / 8),
    same("other_standard", PLANT.coal / 0.99 * 0.93, "gbt32151_34_2024 OF 0.93", 1 / 8),
    *(
        same("other_standard", PLANT.coal / PLANT.cc * cc, f"{said} CC {cc}", 0.4 / 8)
        for said, cc in (
            ("cets_steel_2024", 0.02308),
            ("gbt32151_34_2024", 0.0261),
            ("guide_2013_other", 0.0256),
            ("guide_2013_steel", 0.02618),
            ("ipcc_2006", 0.0258),
        )
    ),
]


def by_mass(plant: Power) -> list[Try]:
    part = plant.coal
    return [
        *mass(part),
        *burning(part),
        *scaled("carbon_percent", part, 100, evidence=3.0),
        *defaults(part, plant.fc * plant.ncv * 0.99 * C),
        same("other_standard", part / 0.99 * 0.98, "cets_steel_2024 OF 0.98", 0.4 / 8),
        same("other_standard", part / 0.99 * 0.93, "gbt32151_34_2024 OF 0.93", 0.4 / 8),
        half(part),
    ]


FOOTPRINTS = (
    ("life_cycle", "全国2023 年 0.6205 kgCO2e/kWh（全国电力平均碳足迹因子）", 0.6205, 1 / 2),
    ("life_cycle", "全国2024 年 0.5777 kgCO2e/kWh（全国电力平均碳足迹因子）", 0.5777, 1 / 2),
    ("fossil_only", "全国2021 年 0.8426 kgCO2/kWh（全国化石能源电力二氧化碳排放因子）", 0.8426, 1 / 3),
    ("fossil_only", "全国2022 年 0.8325 kgCO2/kWh（全国化石能源电力二氧化碳排放因子）", 0.8325, 1 / 3),
    ("fossil_only", "全国2023 年 0.8273 kgCO2/kWh（全国化石能源电力二氧化碳排放因子）", 0.8273, 1 / 3),
    *(
        (
            "market_excluded",
            f"全国{year} 年 {value:.4f} kgCO2/kWh（全国电力平均二氧化碳排放因子（不包括市场化交易的非化石能源电量））",
            value,
            1 / 3,
        )
        for year, value in ((2021, 0.5942), (2022, 0.5856), (2023, 0.6096))
    ),
)
# What a works in 江苏 may have taken: its province, its region, the nation, what the market asked for, the six old grids.
NEAR = (0.5306, 0.5366, 0.5568, 0.5500, 0.5617, 0.5992, 0.5978, 0.6451, 0.5703, 0.5810, 0.6101, 0.7035, 0.7129, 0.7182)
SEEN = (0.6829, 0.5839)


def clinker_amount(part: float, rest: float, floor: bool = True) -> list[Try]:
    """Clinker at its factor and what is deducted; less than nothing is nothing."""
    return [
        Try(one.id, max(0.0, one.value - rest) if floor else one.value - rest, variant=one.variant, share=0.5)
        for one in material(part)
    ]


CLINKER, DEDUCTED = LINE.clinker * 0.535, LINE.slag * 0.48
IPCC = "0.51 tCO2/t（《2006年IPCC国家温室气体清单指南》第3卷第2章）"
OXIDES_ROW = "熟料（水泥熟料） 熟料生产过程（氧化钙氧化镁法）"
ELECTRICITY_ROWS = ("other_year", "other_province")

# Every try of figures of one row.
IN_FULL: dict[tuple[str, str], list[Try]] = {
    ("plant", "煤"): [
        *mass(PLANT.coal),
        *heating_value(PLANT.coal),
        *burning(PLANT.coal),
        *scaled("carbon_per_tj", PLANT.coal, 1000),
        *defaults(PLANT.coal, PLANT.coal / PLANT.cc),
        *OF_COAL,
        half(PLANT.coal),
    ],
    ("plant by mass", "煤"): [
        *by_mass(MASS),
        Try("air_dry", MASS.coal * (100 - MASS.m_ad) / (100 - MASS.m_ar)),
    ],
    ("plant by air-dry mass", "煤"): [*by_mass(AIR), Try("air_dry", AIR.fc * AIR.c_ad / 100 * 0.99 * C)],
    ("gas", "气"): [
        *wan("gas_ten_thousand", GAS.row),
        *heating_value(GAS.row),
        *burning(GAS.row),
        *scaled("carbon_per_tj", GAS.row, 1000),
        same("other_standard", GAS.row / 0.01532 * 0.0153, "gbt32151_34_2024 CC 0.0153", 1 / 7),
        same("other_standard", GAS.row / 389.31 * 48 / 0.01532 * 0.0153, "ipcc_2006 NCV 48、CC 0.0153", 1 / 7),
        same("other_standard", GAS.row / 389.31 * 48, "ipcc_2006 NCV 48", 0.4 / 7),
    ],
    ("plant", "石灰石"): [*material(PLANT.fgd), half(PLANT.fgd)],
    ("works", "石灰石"): material(WORKS.stone * 0.44),
    ("works", "粗钢固碳"): [
        *material(WORKS.crude * 0.037),
        same("process_other_standard", WORKS.crude * 0.0154, "0.0154 tCO2/t（guide_2013_steel）", 1),
    ],
    ("works", "焦油固碳"): material(WORKS.tar * 2.699),
    ("line", "units.1.clinker"): [
        *clinker_amount(CLINKER, DEDUCTED),
        Try("deduction_forgotten", CLINKER, variant="all"),
        same("other_clinker", LINE.clinker * 0.51 - DEDUCTED, IPCC, 1),
    ],
    ("line on slag", "units.1.clinker"): [
        *clinker_amount(CLINKER, DEDUCTED + SLAG * 0.48),
        Try("deduction_forgotten", CLINKER, variant="all"),
        Try("deduction_forgotten", 0.0, where=f"1 熟料生产过程 {LINE.slag:g} t", share=0.4),
        Try("deduction_forgotten", CLINKER - DEDUCTED, where="1 熟料生产过程 3e+06 t", share=0.4),
        Try("floor_missing", CLINKER - DEDUCTED - SLAG * 0.48),
        same("other_clinker", 0.0, IPCC, 1),
    ],
    ("line by oxides", "熟料"): [
        Try("mgo_44_56", ALL * (LIME + MAGNESIA) * 44 / 56),
        Try("cao_44_40", ALL * (LIME + MAGNESIA) * 44 / 40),
        Try("mgo_molar", ALL * (LIME * 44 / 56 + MAGNESIA * 44 / 40.3)),
        Try("noncarbonate_kept", ALL * (OXIDE.cao / 100 * 44 / 56 + OXIDE.mgo / 100 * 44 / 40), variant="both"),
        Try(
            "noncarbonate_kept",
            ALL * (OXIDE.cao / 100 * 44 / 56 + MAGNESIA * 44 / 40),
            where=f"{OXIDES_ROW} CaO_nc",
            share=0.4,
        ),
        Try(
            "noncarbonate_kept",
            ALL * (LIME * 44 / 56 + OXIDE.mgo / 100 * 44 / 40),
            where=f"{OXIDES_ROW} MgO_nc",
            share=0.4,
        ),
        Try("dust_forgotten", OXIDE.clinker * AS_DONE, variant="all"),
        Try("dust_forgotten", (OXIDE.clinker + OXIDE.bypass) * AS_DONE, where=f"{OXIDES_ROW} M_窑尘", share=0.4),
        Try("dust_forgotten", (OXIDE.clinker + OXIDE.dust) * AS_DONE, where=f"{OXIDES_ROW} M_旁路", share=0.4),
        *clinker_amount(OXIDE.clinker * AS_DONE, -(OXIDE.dust + OXIDE.bypass) * AS_DONE),
    ],
    ("line by oxides", "生料"): [
        *scaled("raw_meal_percent", OXIDE.raw_meal, 100),
        Try("no_co2_per_c", OXIDE.raw_meal / C),
    ],
    ("plant that catches", "captures.封"): [Try("share_ignored", 0.9 * BURNT), half(STORED)],
    ("plant that builds", "construction.筋"): [*scaled("construction_thousand", 23_400.0, 1000), half(23_400.0)],
    ("plant that builds", "construction.油"): [*scaled("construction_thousand", 300 * 3.096, 1000), half(300 * 3.096)],
    ("concrete", "construction.砼"): [
        *scaled("concrete_by_mass", 88_500.0, 2.4),
        *scaled("construction_thousand", 88_500.0, 1000),
        half(88_500.0),
    ],
    ("concrete", "construction.砼.transport"): [
        *scaled("construction_thousand", 300_000 * 2.4 * 40 * 0.129 / 1000, 1000),
        half(300_000 * 2.4 * 40 * 0.129 / 1000),
    ],
    ("plant", "generated"): [
        Try("net_for_gross", PLANT.w_s),
        *(same("hours_full_year", 2000.0 * h, f"{h}", 1 / 3) for h in (8760, 8000, 9000)),
        *whole(PLANT.w_g),
        half(PLANT.w_g),
    ],
    ("plant", "supplied"): [
        Try("gross_for_net", PLANT.w_g),
        *(same("hours_full_year", 2000.0 * h * PLANT.w_s / PLANT.w_g, f"{h}", 1 / 3) for h in (8760, 8000, 9000)),
        *whole(PLANT.w_s),
        half(PLANT.w_s),
    ],
}
PROJECTS_HERE = {
    "gas": GAS.data,
    "concrete": with_rows(
        PLANT.data,
        construction=[{"id": "砼", "kind": "material", "item": "C30混凝土", "amount": "30 万m3", "distance": "40 km"}],
    ),
}


def of(name: str) -> Case:
    return case_of(PROJECTS_HERE[name]) if name in PROJECTS_HERE else case(name)


def made(one: Case, said: str) -> list[Try]:
    """Every try of a figure, as the tables write it."""
    figure = one.find(said)
    assert not isinstance(figure, str), figure
    return [
        Try(
            slip.mistake.id,
            float(evaluate(figure.whole, dict(slip.changes))),
            slip.where,
            slip.detail,
            slip.variant,
            slip.share,
            slip.evidence,
        )
        for slip in slips(one, figure)
    ]


def assert_same(found: Iterable[Try], expected: Iterable[Try]) -> None:
    """Alike whatever the order; words exactly, numbers to float64 noise."""
    mine, wanted = (sorted(rows, key=lambda one: (one.words, round(one.value, 3))) for rows in (found, expected))
    assert [one.words for one in mine] == [one.words for one in wanted]
    for one, other in zip(mine, wanted, strict=True):
        assert (one.value, one.share, one.evidence) == pytest.approx(
            (other.value, other.share, other.evidence), rel=1e-9, abs=1e-6
        ), one.words


@pytest.mark.parametrize(("name", "said"), IN_FULL, ids=str)
def test_a_row_is_tried_in_these_ways_and_no_others(name: str, said: str) -> None:
    assert_same(made(of(name), said), IN_FULL[name, said])


def of_mistakes(rows: Iterable[Try], *ids: str) -> list[Try]:
    return [one for one in rows if one.id in ids]


def test_bought_electricity_is_tried_with_factors_of_other_years_places_and_kinds() -> None:
    rows, mwh = made(case("plant"), "外购电"), PLANT.mwh
    year, province = (of_mistakes(rows, id) for id in ELECTRICITY_ROWS)
    kinds = [same(id, mwh * value, said, share) for id, said, value, share in FOOTPRINTS]
    rest = [one for one in rows if one.id not in ELECTRICITY_ROWS]
    assert_same(rest, [*megawatt_hours(PLANT.grid), *kinds, half(PLANT.grid)])
    assert sorted(one.value for one in year) == pytest.approx(sorted(mwh * one for one in (*NEAR, *SEEN)), rel=1e-9)
    assert {one.share for one in year if "江苏 2018 年电网因子" in one.detail or "0.5839" in one.detail} == {0.25}
    assert sorted(one.share for one in year) == [0.25] * 2 + [0.5] * 14
    assert all(one.variant == one.detail and one.where == "" for one in (*year, *province))
    averages = load_register().of("grid.average")
    away = [one for one in averages if one.region not in ("江苏", "华东", "全国")]
    assert {one.share for one in province} == {1 / len(away)}
    # Where another place has the very factor of one's own, it is the own.
    assert sorted(one.value for one in province) == pytest.approx(
        sorted(mwh * one.number for one in away if one.number not in (*NEAR, 0.5827)), rel=1e-9
    )


def test_the_newest_year_comes_first_and_a_value_is_tried_once() -> None:
    rows = of_mistakes(made(case("plant"), "外购电"), "other_year")
    years = [re.findall(r"(\d{4}) 年 ", one.detail)[0] for one in rows if "电力平均" in one.detail]
    assert years == ["2023"] * 2 + ["2022"] * 3 + ["2021"] * 3
    # In 2023 the centre had what the south had in 2022: a plant in the south took its own.
    south = made(case_of(with_rows(PLANT.data, site={"province": "云南", "city": "玉溪"})), "外购电")
    year, province = ([one.value for one in of_mistakes(south, id)] for id in ELECTRICITY_ROWS)
    twin = pytest.approx(PLANT.mwh * 0.5271)
    assert sum(one == twin for one in year) == 1
    assert sum(one == twin for one in province) == 0


def bought(**said: str) -> dict[str, Any]:
    return {**PLANT.data, "energy": [{**PLANT.data["energy"][0], **said}]}


def test_a_factor_in_use_is_no_other_factor() -> None:
    rows = made(case_of(bought(factor="0.6205 tCO2/MWh", override_reason="试")), "外购电")
    (one,) = of_mistakes(rows, "life_cycle")
    assert (one.value, one.share) == pytest.approx((PLANT.mwh * 0.5777, 1.0))
    rows = made(case_of(bought(factor="0 tCO2/MWh", override_reason="试")), "外购电")
    assert {one.id for one in rows} == {"mwh_thousand", "wan_kwh", "yi_kwh", "half_of_units"}


def heated(province: str = "江苏", city: str = "盐城", **said: str) -> Case:
    data = with_rows(WORKS.data, site={"province": province, "city": city})
    data["energy"] = [data["energy"][0], {"id": "外购热", "kind": "purchased_heat", "amount": f"{WORKS.gj} GJ", **said}]
    return case_of(data)


def test_bought_heat_is_tried_with_other_units_and_factors() -> None:
    part = WORKS.gj * WORKS.ef_h
    units = [
        *thousands("heat_thousand", part),
        *scaled("heat_kcal", part, KCAL, 1 / KCAL),
        *scaled("steam_mass", part, 1 / 2.7),
    ]
    provinces = load_register().of("heat.province")
    rows = made(heated("山东", "济南", factor=f"{WORKS.ef_h} tCO2/GJ"), "外购热")
    assert_same(
        rows,
        [
            *units,
            Try("heat_default", WORKS.gj * 0.11, detail="0.11 tCO2/GJ"),
            *(
                Try(
                    "heat_province",
                    WORKS.gj * one.number,
                    detail=f"{one.region}2025 年 {one.value} tCO2e/GJ（热力 {one.region}）",
                    variant=one.region,
                    share=(5 if one.region == "山东" else 1) / 15,
                )
                for one in provinces
            ),
        ],
    )
    own = made(heated(factor="0.0751 tCO2/GJ"), "外购热")
    assert len(of_mistakes(own, "heat_province")) == 14
    assert {one.share for one in of_mistakes(own, "heat_province")} == {1 / 14}
    assert of_mistakes(made(heated(factor="0.11 tCO2/GJ"), "外购热"), "heat_default") == []


def evidence(data: dict[str, Any], said: str) -> dict[str, float]:
    """How much likelier what was typed makes each mistake, where it does."""
    found = {one.id: one.evidence for one in made(case_of(data), said)}
    return {id: weight for id, weight in found.items() if weight != 1.0 and id != "yi_kwh"}


def coal(**said: str) -> dict[str, Any]:
    first, *others = PLANT.data["fuels"]
    return {**PLANT.data, "fuels": [{**first, **said}, *others]}


@pytest.mark.parametrize(
    ("data", "said", "likely"),
    [
        (coal(amount="3000000000 kg"), "煤", {"mass_thousand"}),
        (coal(amount="300 万t"), "煤", {"mass_ten_thousand"}),
        (coal(ncv="5000 kcal/kg"), "煤", {"ncv_kcal_as_kj", "ncv_kcal_as_mj"}),
        (coal(ncv="21 MJ/kg"), "煤", {"ncv_thousand"}),
        (coal(ncv="21000 kJ/kg"), "煤", {"ncv_thousand"}),
        (coal(carbon_per_heat="26 kgC/GJ"), "煤", {"carbon_per_tj"}),
        (coal(oxidation="99 %", override_reason="试"), "煤", {"oxidation_percent"}),
        (bought(amount="30 GWh"), "外购电", {"mwh_thousand"}),
        (bought(amount="3000 万kWh"), "外购电", {"mwh_thousand", "wan_kwh"}),
        (
            with_rows(
                PLANT.data,
                materials=[{"id": "乙", "role": "desulphurisation", "material": "石灰石", "amount": "9 万t"}],
            ),
            "乙",
            {"material_ten_thousand"},
        ),
        (
            with_rows(
                PLANT.data,
                materials=[{"id": "乙", "role": "desulphurisation", "material": "石灰石", "amount": "9000000 kg"}],
            ),
            "乙",
            {"material_thousand"},
        ),
        (
            with_rows(WORKS.data, energy=[{"id": "热", "kind": "purchased_heat", "amount": "90000000 MJ"}]),
            "热",
            {"heat_thousand"},
        ),
    ],
    ids=lambda one: " ".join(sorted(one)) if isinstance(one, set) else "",
)
def test_what_was_typed_speaks_for_a_mistake(data: dict[str, Any], said: str, likely: set[str]) -> None:
    assert evidence(data, said) == dict.fromkeys(likely, 3.0)


def test_a_hundred_million_is_likely_only_where_it_was_typed() -> None:
    for amount, weight in (("0.3 亿kWh", 3.0), ("30000 MWh", 0.3)):
        rows = of_mistakes(made(case_of(bought(amount=amount)), "外购电"), "yi_kwh")
        assert {one.evidence for one in rows} == {weight}


@pytest.mark.parametrize(
    ("said", "tried"),
    [
        ({"fuel": "无烟煤"}, True),
        ({"fuel": "褐煤"}, True),
        ({"fuel": "柴油"}, False),
        ({"fuel": "焦炭"}, False),
        ({"fuel": "焦炉煤气", "amount": "3000 万Nm3", "ncv": "170 GJ/1e4Nm3"}, False),
        ({"fuel": "自取名"}, False),
        ({"carbon_per_heat": None, "moisture_total": None}, False),
    ],
    ids=str,
)
def test_the_default_of_coal_without_carbon_test_is_one_of_measured_coal(said: dict[str, Any], tried: bool) -> None:
    data = coal(**{"override_reason": "试", **said})
    assert bool(of_mistakes(made(case_of(data), "煤"), "default_carbon")) is tried


def test_carbon_is_air_dry_only_where_both_moistures_are_told() -> None:
    by_carbon = {**MASS.data["fuels"][0]}
    for told in ("moisture_total", "moisture_air_dry", ""):
        row = {name: value for name, value in by_carbon.items() if not name.startswith("moisture") or name == told}
        found = made(case_of({**MASS.data, "fuels": [row]}), "煤")
        assert of_mistakes(found, "air_dry") == [], told
    told = {"moisture_total": "12 %", "moisture_air_dry": "3 %"}
    assert of_mistakes(made(case_of(coal(**told)), "煤"), "air_dry") == []


def test_a_fuel_of_a_share_that_is_fossil() -> None:
    for share, ids in (
        ("1", set()),
        ("0", {"biomass_all_fossil"}),
        ("0.4", {"biomass_all_fossil", "waste_all_biogenic"}),
    ):
        data = coal(fossil_share=share, role="co_firing")
        rows = of_mistakes(made(case_of(data), "煤"), "biomass_all_fossil", "waste_all_biogenic")
        assert {one.id for one in rows} == ids, share


# Every try of some mistakes in figures of several rows.
IN_SUMS: list[tuple[str, str, list[Try]]] = [
    (
        "plant with other fuels",
        "design_year_total",
        [
            Try("check_coal_added", MIXED + CHECK, detail=CHECK_ROW),
            Try("check_coal_instead", MIXED + CHECK - PLANT.coal, detail=CHECK_ROW),
            Try("biomass_all_fossil", MIXED + 0.6 * SLUDGE, where=SLUDGE_ROW),
            Try("biomass_all_fossil", MIXED + 0.6 * SLUDGE, where="污泥（烟煤） 掺烧（生物源，备忘）", variant="memo"),
            Try("waste_all_biogenic", MIXED - 0.4 * SLUDGE, where=SLUDGE_ROW),
        ],
    ),
    (
        "works",
        "design_year_total",
        [
            Try("byproduct_twice", WORKS_TOTAL + WORKS.coke_row, detail="焦炭 还原剂/工序燃料"),
            Try("sold_not_deducted", WORKS_TOTAL + WORKS.sold, detail="外供煤气（高炉煤气） 外供（扣减）"),
            *(
                Try(id, WORKS_TOTAL + times * (WORKS.crude * 0.037 + WORKS.tar * 2.699), variant="all")
                for id, times in (("fixed_added", 2), ("fixed_forgotten", 1))
            ),
            *(
                Try(id, WORKS_TOTAL + times * part, where=where, share=0.3)
                for id, times in (("fixed_added", 2), ("fixed_forgotten", 1))
                for part, where in (
                    (WORKS.crude * 0.037, "粗钢固碳（粗钢） 固碳产品"),
                    (WORKS.tar * 2.699, "焦油固碳（焦油） 固碳产品"),
                )
            ),
            Try("fixed_twice", WORKS_TOTAL - WORKS.crude * 0.037, detail="粗钢固碳（粗钢） 固碳产品", share=0.5),
            Try("fixed_twice", WORKS_TOTAL - WORKS.tar * 2.699, detail="焦油固碳（焦油） 固碳产品", share=0.5),
            Try("limestone_twice", WORKS_TOTAL + WORKS.stone * 0.44, detail="石灰石"),
            Try("limestone_twice", WORKS_TOTAL + WORKS.dolomite * 0.471, detail="白云石"),
            Try("lime_as_limestone", WORKS_TOTAL + 60_000 * 0.39, detail="生石灰"),
            Try("own_as_bought", WORKS_TOTAL + WORKS.iron * 0.172, detail="铁水"),
            Try("sold_not_netted", WORKS_TOTAL + 50_000 * 0.5827, detail="外供电 外供电力"),
        ],
    ),
    (
        "works",
        "吨钢排放",
        [
            same("other_product", WORKS_TOTAL / WORKS.iron, "铁水", 0.5),
            same("other_product", WORKS_TOTAL / WORKS.rolled, "钢材", 0.5),
        ],
    ),
    (
        "line",
        "design_year_total",
        [
            Try("waste_heat_subtracted", SUM - LINE.own * 0.5827, detail="余热电"),
            Try("raw_meal_added", SUM + LINE.raw * 0.001 * C, where="生料", variant="normal"),
            Try("raw_meal_added", SUM + LINE.raw * 0.003 * C, where="生料", variant="high_carbon_raw_material"),
            Try("deduction_forgotten", SUM + DEDUCTED, where="1 熟料生产过程", variant="all"),
            Try("other_clinker", SUM - LINE.clinker * 0.025, where="1 熟料生产过程", detail=IPCC, variant=IPCC),
        ],
    ),
    (
        "line",
        "clinker_direct",
        [same("clinker_for_cement", (LINE.line + LINE.burnt) / LINE.cement, "水泥", 1)],
    ),
    (
        "plant that catches",
        "design_year_total",
        [
            Try("used_subtracted", PLANT.total - STORED - USED, detail="用 碳捕集利用（备忘）"),
            Try("share_ignored", PLANT.total - 0.9 * BURNT, where="封 碳捕集封存"),
            Try("share_ignored", PLANT.total - STORED, where="用 碳捕集利用（备忘）"),
        ],
    ),
    ("plant that catches", "supply_intensity", [Try("loss_ignored", (BURNT - STORED) / PLANT.w_s)]),
    (
        "plant with changes",
        "net_change",
        [
            same(id, NET - cut * times, said, 1 / 3)
            for said, cut in (
                ("现有工程 旧", 400_000),
                ("产能置换（被置换） 甲厂", 800_000),
                ("区域碳减排 乙厂", 50_000),
            )
            for id, times in (("replaced_twice", 1), ("replaced_forgotten", -1), ("cut_added", -2))
        ],
    ),
    (
        "plant that builds",
        "lifetime_total",
        [
            *(
                Try(
                    "construction_thousand",
                    PLANT.total * 30 + 24_718.8 + 0.1 * (928.8 + 390) + 999 * part,
                    where=where,
                    variant="1000",
                    evidence=evidence,
                )
                for part, where, evidence in (
                    (23_400, "筋（热轧钢筋） 建材生产", 1.0),
                    (390, "筋（热轧钢筋） 建材运输", 1.0),
                    (300 * 3.096, "油（柴油） 施工机械燃料", 1.0),
                    (24_718.8, "全部施工期排放", 1.5),
                )
            ),
        ],
    ),
    (
        "plant that builds",
        "design_year_total",
        [Try("construction_added", PLANT.total + 24_718.8, detail="施工期排放")],
    ),
    ("plant", "ets_emission", [Try("desulphurisation_in_ets", BURNT)]),
    ("plant", "generation_intensity", [Try("net_for_gross", BURNT / PLANT.w_s)]),
    ("plant", "supply_intensity", [Try("gross_for_net", BURNT / PLANT.w_g)]),
    ("heat and power", "supply_intensity", [Try("heat_ratio_ignored", HEAT_BURNT / HEAT.w_s)]),
    ("heat and power", "heat_intensity", [Try("heat_ratio_ignored", 0.0)]),
    (
        "rich",
        "per_output_value",
        [Try("money_ten_thousand", PLANT.total / 400_000 / f, variant=f"money {f:g}", share=0.5) for f in (1e4, 1e-4)],
    ),
    (
        "rich",
        "region_beta",
        [
            Try("money_ten_thousand", PLANT.total / 52_000_000 * 100 * times, variant=f"{part} {f:g}", share=0.5)
            for part, f, times in (
                ("emission", 1e4, 1e4),
                ("emission", 1e-4, 1e-4),
                ("city", 1e4, 1e-4),
                ("city", 1e-4, 1e4),
            )
        ],
    ),
    (
        "plant",
        "design_year_total",
        [
            *whole(PLANT.total),
            half(PLANT.total),
            *(
                row
                for part, said in (
                    (PLANT.coal, COAL),
                    (PLANT.light_oil, OIL),
                    (PLANT.fgd, STONE),
                    (PLANT.grid, "外购电 外购电力"),
                )
                for row in (
                    Try("left_out", PLANT.total - part, detail=said),
                    Try("counted_twice", PLANT.total + part, detail=said, share=1 / 4),
                )
            ),
        ],
    ),
]
PROJECTS_HERE["rich"] = with_rows(
    PLANT.data,
    project={"output_value": "40 亿元", "value_added": "12 亿元"},
    area={"city_intensity": "1.2 tCO2/万元", "city_peak": "5200 万tCO2"},
)


@pytest.mark.parametrize(("name", "said", "expected"), IN_SUMS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_sum_is_tried_in_these_ways(name: str, said: str, expected: list[Try]) -> None:
    assert_same(of_mistakes(made(of(name), said), *{one.id for one in expected}), expected)


def test_sources_of_many_share_what_is_left_out() -> None:
    rows = made(case("works"), "design_year_total")
    left, twice = (of_mistakes(rows, id) for id in ("left_out", "counted_twice"))
    # Eleven rows, of which gas sold, power sold and two products of fixed carbon are left out nowhere.
    assert len(left) == len(twice) == 7
    assert [one.share for one in left] == pytest.approx([6 / 11] * 7)
    assert [one.share for one in twice] == pytest.approx([1 / 11] * 7)


def test_products_in_another_unit_and_products_of_none_are_no_denominator() -> None:
    more = [
        {"id": "电", "product": "电力", "amount": "90000 MWh"},
        {"id": "渣", "product": "水渣", "amount": "无"},
        {"id": "粗钢二", "product": "粗钢坯料", "amount": "不清楚"},
    ]
    rows = made(case_of(with_rows(WORKS.data, products=more)), "per_product.钢材")
    assert {one.variant for one in of_mistakes(rows, "other_product", "clinker_for_cement")} == {"铁水", "粗钢"}


def test_only_hours_that_differ_are_other_hours() -> None:
    data = {**PLANT.data, "units": [{**unit, "hours": "8000 h"} for unit in PLANT.data["units"]]}
    assert [one.detail for one in of_mistakes(made(case_of(data), "generated"), "hours_full_year")] == ["8760", "9000"]
    data["units"][0]["hours"] = "5000 h"
    assert [one.detail for one in of_mistakes(made(case_of(data), "generated"), "hours_full_year")] == ["8760", "9000"]


def test_net_for_gross_needs_every_rate() -> None:
    for rate in ("无", "不清楚"):
        data = {**PLANT.data, "units": [{**unit} for unit in PLANT.data["units"]]}
        data["units"][0]["auxiliary_rate"] = rate
        assert of_mistakes(made(case_of(data), "generated"), "net_for_gross") == [], rate


def test_part_of_the_units_is_part_of_the_new_ones_of_a_kind() -> None:
    old = {**PLANT.data["units"][0], "id": "0", "nature": "现有", "commissioned": "2010-01-01"}
    third = {**PLANT.data["units"][0], "id": "3"}
    data = with_rows(PLANT.data, units=[third, old], project={"nature": "扩建"})
    rows = of_mistakes(made(case_of(data), "煤"), "half_of_units")
    assert_same(
        rows,
        [
            Try(
                "half_of_units",
                PLANT.coal * part / 3,
                where=f"3 台（条）中的 {part} 台（条）",
                variant=f"{part}/3",
                share=0.5,
            )
            for part in (1, 2)
        ],
    )
    assert of_mistakes(made(case("works"), "焦炭"), "half_of_units") == []


@pytest.mark.parametrize(
    ("figure", "id"),
    [("annual_energy_tce", "equivalent_for_equal"), ("annual_energy_tce_equivalent", "equal_for_equivalent")],
)
def test_standard_coal_by_the_other_value(figure: str, id: str) -> None:
    equal, rate, per_tce = 0.1229, 0.3024, 29.3076
    heat = PLANT.fc * PLANT.ncv / per_tce + PLANT.oil * 1.4571
    mine, other = (equal, rate) if figure == "annual_energy_tce" else (rate, equal)
    out = PLANT.w_s / 2

    def total(bought: float, first: float, second: float, coal_part: float = 0.0) -> float:
        return heat + coal_part + PLANT.mwh * bought - out * (first + second)

    rows = of_mistakes(made(case("plant"), figure), id, "table_coefficient")
    table = PLANT.fc * 0.7143 - PLANT.fc * PLANT.ncv / per_tce
    assert_same(
        rows,
        [
            Try(id, total(other, other, other)),
            Try(id, total(other, mine, mine), variant="one", share=0.3),
            Try(id, total(mine, other, mine), variant="one", share=0.3),
            Try(id, total(mine, mine, other), variant="one", share=0.3),
            Try("table_coefficient", total(mine, mine, mine, table), where="烟煤", detail="0.7143 kgce/kg"),
        ],
    )
    # One row only: all of them and one of them are the same.
    (only,) = of_mistakes(made(case("line"), figure), id)
    assert (only.variant, only.share) == ("", 1.0)


def test_an_allowance_is_tried_on_the_other_output_and_the_other_class() -> None:
    plant = case("plant")
    assert list(benchmark.rerun(plant, plant.find("煤"))) == []  # type: ignore[arg-type]
    rows = [
        Try(slip.mistake.id, value, slip.where, slip.detail, slip.variant, slip.share, slip.evidence)
        for slip, value in benchmark.rerun(plant, plant.find("ets_allowance"))  # type: ignore[arg-type]
    ]
    assert_same(
        rows,
        [
            same("benchmark_on_supply", PLANT.w_s * 0.7910, "用供电量乘发电基准值", 0.5),
            same("benchmark_on_supply", PLANT.w_g * 0.7910, "用发电量乘供电基准值", 0.5),
            same("benchmark_class", PLANT.w_g * 0.8049, "按 300 MW 等级及以下取", 1),
        ],
    )


def allowances(one: Case) -> list[Try]:
    figure = one.find("ets_allowance")
    assert not isinstance(figure, str)
    return [
        Try(slip.mistake.id, value, slip.where, slip.detail, slip.variant, slip.share)
        for slip, value in benchmark.rerun(one, figure)
    ]


def test_an_allowance_on_supply_is_tried_on_what_is_generated() -> None:
    # Gas, 2022: the benchmark stands on electricity supplied, without corrections for cooling and load.
    one = case_of(GAS.data, as_of=date(2023, 6, 1))
    figure = one.find("ets_allowance")
    assert not isinstance(figure, str)
    assert figure.recomputed is not None
    made = {one.variant: one.value for one in allowances(one)}
    assert made["用发电量乘供电基准值"] == pytest.approx(figure.recomputed / 0.98, rel=1e-9)
    assert made["用供电量乘发电基准值"] == pytest.approx(figure.recomputed * 0.98, rel=1e-9)


@pytest.mark.parametrize(
    ("capacity", "said"),
    [("400 MW", "按 300 MW 等级及以下取"), ("399 MW", "按 300 MW 等级以上取")],
)
def test_the_other_class_of_a_unit(capacity: str, said: str) -> None:
    data = {**PLANT.data, "units": [{**unit, "capacity": capacity} for unit in PLANT.data["units"]]}
    assert [one.detail for one in allowances(case_of(data)) if one.id == "benchmark_class"] == [said]
    data["units"][0]["capacity"] = "1000 MW"
    large = capacity == "400 MW"
    assert [one.detail for one in allowances(case_of(data)) if one.id == "benchmark_class"] == [
        "按 300 MW 等级及以下取" if large else "按 300 MW 等级以上取"
    ]


def test_one_part_of_a_kind_is_all_of_it() -> None:
    data = OXIDE.data
    data["materials"] = [row for row in data["materials"] if row["id"] != "旁路"]
    data["products"] = [{**data["products"][0], "mgo_noncarbonate": "无"}, *data["products"][1:]]
    rows = of_mistakes(made(case_of(data), "熟料"), "dust_forgotten", "noncarbonate_kept")
    whole = OXIDE.clinker + OXIDE.dust
    oxides = LIME * 44 / 56 + OXIDE.mgo / 100 * 44 / 40
    kept = OXIDE.cao / 100 * 44 / 56 + OXIDE.mgo / 100 * 44 / 40
    assert_same(
        rows,
        [
            Try("dust_forgotten", OXIDE.clinker * oxides, variant="all"),
            Try("noncarbonate_kept", whole * kept, variant="both"),
        ],
    )
    data["materials"] = [{**row, "amount": "无"} if row["id"] == "窑尘" else row for row in data["materials"]]
    data["products"][0]["cao_noncarbonate"] = "无"
    assert of_mistakes(made(case_of(data), "熟料"), "dust_forgotten", "noncarbonate_kept") == []


def names(rows: Iterable[Try]) -> Iterator[tuple[str, str, str, str, float]]:
    for one in rows:
        yield (*one.words, round(one.value, 3))


def test_a_project_among_others_is_tried_as_it_would_be_alone() -> None:
    chosen = {
        "plant with changes": ("net_change", "generated", "supply_intensity", "ets_allowance"),
        "plant that catches": ("supply_intensity", "design_year_total"),
        "works": ("吨钢排放", "design_year_total"),
        "line on slag": ("design_year_total", "clinker_direct"),
        "line by oxides": ("design_year_total", "annual_energy_tce"),
    }
    register = load_register()
    blocks = account(columns_of([project_from_plain(PROJECTS[name]) for name in chosen]), register, as_of=AS_OF)
    for at, (name, figures) in enumerate(chosen.items()):
        among = Case(
            blocks, blocks.inventory(at), indicators_of(blocks, register, as_of=AS_OF, project=at), register, AS_OF, at
        )
        for said in figures:
            mine, alone = among.find(said), case(name).find(said)
            assert not isinstance(mine, str)
            assert not isinstance(alone, str)
            assert mine.recomputed == pytest.approx(alone.recomputed, rel=1e-12)
            again, before = (list(benchmark.rerun(*one)) for one in ((among, mine), (case(name), alone)))
            assert [value for _, value in again] == pytest.approx([value for _, value in before], rel=1e-12)
            if mine.whole is not None:
                assert list(names(made(among, said))) == list(names(made(case(name), said))), (name, said)


def places(one: Case, said: str, id: str) -> set[str]:
    return {row.where for row in of_mistakes(made(one, said), id)}


def test_only_what_is_counted_is_mistaken() -> None:
    fuels = places(case("plant with other fuels"), "design_year_total", "mass_thousand")
    assert fuels == {COAL, OIL, SLUDGE_ROW, "全部燃料"}
    assert places(case("plant"), "ets_emission", "material_thousand") == set()
    assert places(case("plant"), "design_year_total", "material_thousand") == {STONE}
    site = with_rows(PLANT.data, construction=[{"id": "电", "kind": "electricity", "amount": "9000 MWh"}])
    assert places(case_of(site), "design_year_total", "mwh_thousand") == {"外购电 外购电力"}
    both = LINE.data
    both["products"] = [
        {**both["products"][0], "cao": "65 %", "mgo": "2 %", "cao_noncarbonate": "无", "mgo_noncarbonate": "无"},
        *both["products"][1:],
    ]
    assert places(case_of(both), "design_year_total", "mgo_44_56") == set()
    heat = with_rows(WORKS.data, energy=[{"id": "外供热", "kind": "sold_heat", "amount": "90000 GJ"}])
    assert places(case_of(heat), "design_year_total", "heat_thousand") == {
        "外购热 外购热力",
        "外供热 外供热力",
        "全部热力",
    }
    (sold,) = of_mistakes(made(case_of(heat), "design_year_total"), "sold_not_netted")
    assert (sold.value, sold.detail) == (pytest.approx(WORKS.total), "外供热 外供热力")


def test_coal_that_burns_out_has_no_oxidation_to_forget() -> None:
    rows = made(case_of(coal(oxidation="1", override_reason="试")), "煤")
    assert of_mistakes(rows, "no_oxidation", "oxidation_percent") == []


def test_what_is_unknown_or_nothing_is_not_scaled() -> None:
    for amount in ("无", "不清楚"):
        rows = made(case_of(coal(amount=amount)), "design_year_total")
        assert of_mistakes(rows, "mass_thousand", "mass_ten_thousand", "gas_ten_thousand") == of_mistakes(
            [one for one in rows if one.where == OIL], "mass_thousand", "mass_ten_thousand"
        ), amount


def test_a_factor_of_ones_own_is_compared_by_the_name_of_the_material() -> None:
    more = [
        {"id": "石二", "role": "flux", "material": "石灰石", "amount": "1000 t", "factor": "0.43 tCO2/t"},
        {"id": "钢二", "role": "fixed_carbon", "material": "粗钢", "amount": "1000 t", "factor": "0.02 tCO2/t"},
        {"id": "奇", "role": "flux", "material": "没有名字的", "amount": "1000 t", "factor": "0.43 tCO2/t"},
    ]
    one = case_of(with_rows(WORKS.data, materials=more))
    found = {said: of_mistakes(made(one, said), "process_other_standard") for said in ("石二", "钢二", "奇")}
    assert [(row.value, row.share) for row in found["石二"]] == [(pytest.approx(440), 1.0)]
    assert sorted((row.value, row.share) for row in found["钢二"]) == [
        (pytest.approx(15.4), 0.5),
        (pytest.approx(37.0), 0.5),
    ]
    assert found["奇"] == []


def test_something_is_more_than_nothing_however_little() -> None:
    def ids(data: dict[str, Any], *wanted: str) -> list[str]:
        return [one.id for one in of_mistakes(made(case_of(data), "design_year_total"), *wanted)]

    for amount, tried in (("0.5 {}", 1), ("0 {}", 0), ("不清楚", 0)):
        line, works = LINE.data, WORKS.data
        line["energy"] = [line["energy"][0], {**line["energy"][1], "amount": amount.format("MWh")}]
        line["materials"] = [{**line["materials"][0], "amount": amount.format("t")}, *line["materials"][1:]]
        works["products"] = [{**works["products"][0], "amount": amount.format("t")}, *works["products"][1:]]
        assert len(ids(line, "waste_heat_subtracted")) == tried, amount
        assert len(ids(line, "raw_meal_added")) == 2 * tried, amount
        assert len(ids(works, "own_as_bought")) == tried, amount


def test_rows_that_are_blocked_have_nothing_to_mistake() -> None:
    rows = [
        {"id": "甲", "kind": "purchased_electricity", "amount": "100 GJ"},
        {"id": "乙", "kind": "purchased_heat", "amount": "100 MWh"},
    ]
    one = case_of(with_rows(WORKS.data, energy=rows))
    assert made(one, "甲") == made(one, "乙") == []


def test_a_factor_seen_elsewhere_is_not_tried_on_itself() -> None:
    rows = of_mistakes(made(case_of(bought(factor="0.5839 tCO2/MWh", override_reason="试")), "外购电"), "other_year")
    values = [one.value / PLANT.mwh for one in rows]
    assert pytest.approx(0.6829) in values
    assert pytest.approx(0.5839) not in values


def test_a_project_of_no_province_has_the_nation_for_a_home() -> None:
    data = {**bought(factor="0.5 tCO2/MWh", override_reason="试"), "site": {}}
    rows = of_mistakes(made(case_of(data), "外购电"), "other_year")
    values = {round(one.value / PLANT.mwh, 6) for one in rows}
    assert values == {0.5306, 0.5366, 0.5568, 0.5703, 0.5810, 0.6101, *SEEN}


def test_fixed_carbon_is_not_mistaken_where_there_is_none_or_nothing_else() -> None:
    ids = ("fixed_added", "fixed_forgotten", "fixed_twice")
    assert of_mistakes(made(case("plant"), "design_year_total"), *ids) == []
    removed = made(case("works"), "固碳产品扣减合计")
    assert of_mistakes(removed, *ids) == []
    assert len(of_mistakes(removed, "material_thousand")) == 6
    assert of_mistakes(made(case("works"), "fuel_total"), "own_as_bought") == []
    assert len(of_mistakes(made(case("works"), "process_total"), "own_as_bought")) == 1


def test_urea_lime_and_rows_without_a_name() -> None:
    urea = with_rows(
        PLANT.data, materials=[{"id": "脲", "role": "denitrification", "material": "尿素", "amount": "900 t"}]
    )
    rows = made(case_of(urea), "脲")
    assert {one.id for one in rows} == {"material_thousand", "material_ten_thousand", "half_of_units"}
    more = [
        {"id": "灰二", "role": "flux", "material": "石灰", "amount": "900 t", "factor": "0.44 tCO2/t"},
        {"id": "灰三", "role": "flux", "material": "石灰", "amount": "900 t", "factor": "0 tCO2/t"},
        {"id": "无名", "role": "flux", "amount": "900 t"},
    ]
    data = with_rows(WORKS.data, materials=more, products=[{"id": "无名", "amount": "5 t"}])
    del data["materials"][-1]
    (lime,) = of_mistakes(made(case_of(data), "design_year_total"), "lime_as_limestone")
    assert lime.value == pytest.approx(WORKS.total + 900 * 0.44 + 900 * 0.44)
    line = LINE.data
    line["materials"] = [{**line["materials"][0], "material": None}, *line["materials"][1:]]
    assert {one.where for one in of_mistakes(made(case_of(line), "design_year_total"), "raw_meal_added")} == {"生料"}

"""Which record is chosen, why, and what a refusal says."""

from datetime import date
from decimal import Decimal

import pytest

from tanping.factors.lookup import NoFactor
from tanping.factors.record import Level

TODAY, PAST = date(2026, 11, 1), date(2020, 12, 10)


def value(selected):
    return str(selected.record.value)


class TestGrid:
    @pytest.mark.parametrize(
        ("province", "day", "expected"),
        [
            ("江苏", TODAY, "0.5827"),
            ("江苏省", TODAY, "0.5827"),
            ("江苏", date(2025, 12, 31), "0.5827"),
            ("江苏", date(2025, 12, 30), "0.5978"),
            ("江苏", date(2024, 12, 19), "0.6451"),
            ("江苏", date(2024, 4, 12), "0.6451"),
            ("江苏", date(2024, 4, 11), "0.5703"),
            ("江苏", date(2023, 2, 27), "0.5810"),
            ("江苏", PAST, "0.6101"),
            ("华东", TODAY, "0.5500"),
            ("全国", TODAY, "0.5306"),
        ],
    )
    def test_latest_published_by_the_day(self, register, province, day, expected):
        assert value(register.grid_factor(province, day)) == expected

    def test_the_step_taken_is_printed(self, register):
        here = register.grid_factor("江苏", TODAY)
        assert here.level is Level.PROVINCE
        assert "江苏" in here.why
        assert "省级" in here.why
        assert "公告2025年第47号" in here.why

    def test_fallback_says_its_level(self, register):
        found = register.grid_factor("江苏", TODAY, variant="fossil_only")
        assert (value(found), found.level) == ("0.8273", Level.NATION)
        assert "取全国值" in found.why

    def test_before_the_first_announcement_the_national_reporting_value_is_marked(self, register):
        found = register.grid_factor("江苏", PAST)
        assert found.level is Level.NATION
        assert any("尚未公布" in warning for warning in found.warnings)

    def test_nothing_was_published_in_2015(self, register):
        with pytest.raises(NoFactor):
            register.grid_factor("江苏", date(2015, 6, 1))

    @pytest.mark.parametrize("place", ["西藏", "西藏自治区", "香港", "澳门", "台湾", "台湾省"])
    @pytest.mark.parametrize("day", [TODAY, PAST])
    def test_places_without_a_value_are_refused_and_told_what_exists(self, register, place, day):
        with pytest.raises(NoFactor, match="没有公布的电力平均因子") as refusal:
            register.grid_factor(place, day)
        if day is TODAY:
            assert "0.5306" in str(refusal.value)
            assert refusal.value.exists

    @pytest.mark.parametrize("day", [TODAY, PAST])
    @pytest.mark.parametrize("place", ["欧盟", "非经合组织", "全球"])
    def test_places_abroad_have_no_chinese_factor(self, register, place, day):
        with pytest.raises(NoFactor):
            register.grid_factor(place, day)

    def test_an_unknown_place_is_asked_back(self, register):
        with pytest.raises(NoFactor, match="江苏"):
            register.grid_factor("江苏苏", TODAY)

    def test_inner_mongolia_has_one_value_for_two_grids(self, register):
        found = register.grid_factor("内蒙古", TODAY)
        assert value(found) == "0.6479"
        assert any("一个省级值" in warning for warning in found.warnings)

    def test_a_province_is_needed(self, register):
        with pytest.raises(NoFactor, match="须指明地区"):
            register.lookup("grid.average", as_of=TODAY)

    def test_old_regions_hold_for_their_time_only(self, register):
        assert value(register.lookup("grid.old6.average", region="江苏", as_of=PAST)) == "0.7035"
        found = register.lookup("grid.old6.average", region="四川", as_of=PAST)
        assert (value(found), [str(rival.value) for rival in found.rivals]) == ("0.5257", ["0.5915"])
        with pytest.raises(NoFactor, match="已被代替"):
            register.lookup("grid.old6.average", region="江苏", as_of=TODAY)


class TestNeverSilently:
    def test_life_cycle_needs_its_name(self, register):
        with pytest.raises(NoFactor, match="不得与CO2平均因子混用"):
            register.lookup("grid.lifecycle.china", as_of=TODAY)
        assert value(register.lookup("grid.lifecycle.china", variant="life_cycle", as_of=TODAY)) == "0.5777"

    def test_crediting_factors_need_a_reason(self, register):
        asked = {"region": "江苏", "as_of": TODAY}
        with pytest.raises(NoFactor, match="公布日期不明"):
            register.lookup("grid.baseline.operating_margin", **asked)
        found = register.lookup("grid.baseline.operating_margin", override="减排项目另册复核用", **asked)
        assert value(found) == "0.8086"
        assert found.override == "减排项目另册复核用"
        assert any("减排项目另册复核用" in warning for warning in found.warnings)

    def test_drafts_need_a_reason(self, register):
        key = "ets.power.coal_gt300.benchmark"
        with pytest.raises(NoFactor, match="征求意见稿"):
            register.lookup(key, year=2025, as_of=TODAY)
        assert value(register.lookup(key, year=2025, as_of=TODAY, override="按征求意见稿测算")) == "0.7902"

    def test_a_reason_must_be_written(self, register):
        with pytest.raises(NoFactor, match="理由是空的"):
            register.lookup("ets.power.coal_gt300.benchmark", year=2025, as_of=TODAY, override="  ")

    def test_a_doubtful_value_names_the_one_to_take(self, register):
        with pytest.raises(NoFactor, match=r"fuel\.gbt32151_34_2024\.lng"):
            register.lookup("fuel.lng", standard="cets_steel_2024", as_of=TODAY)
        found = register.lookup("fuel.lng", standard="gbt32151_34_2024", as_of=TODAY)
        assert found.record.carbon_content == Decimal("0.0153")
        assert [rival.carbon_content for rival in found.rivals] == [Decimal("0.0172")]

    def test_sources_that_disagree_are_shown_beside_the_one_of_the_method(self, register):
        found = register.lookup("fuel.coke", standard="gbt32151_34_2024", as_of=TODAY)
        assert {(rival.carbon_content, rival.oxidation) for rival in found.rivals} == {
            (Decimal("0.02942"), Decimal("0.98")),
            (Decimal("0.0294"), Decimal("0.93")),
        }

    def test_no_reason_reaches_a_later_publication(self, register):
        with pytest.raises(NoFactor, match="才公布"):
            register.lookup("fuel.gbt32151_34_2024.diesel", as_of=PAST, override="想用新标准")

    def test_unknown_publication_needs_a_reason(self, register):
        with pytest.raises(NoFactor, match="公布日期不明"):
            register.lookup("construction.material.concrete_c40", as_of=TODAY)
        assert register.lookup("construction.material.concrete_c40", as_of=TODAY, override="图纸为C40").override


class TestStandards:
    @pytest.mark.parametrize(
        ("item", "standard", "day", "expected"),
        [
            ("fuel.diesel", "gbt32151_34_2024", TODAY, "3.09591"),
            ("fuel.coke", "cets_steel_2024", TODAY, "3.00603"),
            ("fuel.coke", "gbt32151_34_2024", TODAY, "2.86042"),
            ("fuel.fuel_oil", "power_guide_2022", TODAY, "3.17046"),
            ("fuel.diesel", "gbt51366_2019", TODAY, "0.07259"),
            ("fuel.bituminous_coal", "guide_2013_steel", TODAY, "1.74709"),
            ("process.scrap", "cets_steel_2024", TODAY, "0.037"),
            ("process.scrap", "guide_2013_steel", TODAY, "0.0154"),
            ("process.clinker.portland", "cets_cement_2024", TODAY, "0.535"),
            ("process.raw_deduction.carbide_slag", "cets_cement_2024", TODAY, "0.48"),
            ("process.mgo", "guide_2013_cement", TODAY, "1.1"),
            ("process.carbonate.caco3", "gbt32151_34_2024", TODAY, "0.44"),
            ("process.coal_oxidation", "power_guide_2022", TODAY, "0.99"),
            ("fuel.bituminous_coal", "guide_2013_steel", PAST, "1.74709"),
            ("fuel.diesel", "guide_2015_other", PAST, "3.14512"),
            ("fuel.diesel", "gbt51366_2019", PAST, "0.07259"),
            ("process.coal_oxidation", "guide_2013_power", PAST, "0.98"),
            ("process.desulphurisation.caco3", "guide_2013_power", PAST, "0.44"),
            ("process.limestone", "guide_2013_steel", PAST, "0.44"),
            ("construction.material.concrete_c30", None, PAST, "295"),
            ("construction.transport.truck_diesel_18t", None, PAST, "0.129"),
            ("heat.default", None, TODAY, "0.11"),
            ("heat.default", None, PAST, "0.11"),
            ("energy.raw_coal", None, TODAY, "0.7143"),
            ("energy.raw_coal", None, PAST, "0.7143"),
            ("energy.standard_coal", None, TODAY, "29.3076"),
            ("heat.water.reference_enthalpy", None, TODAY, "83.74"),
            ("ref.power.supply_coal.national", None, TODAY, "302.4"),
        ],
    )
    def test_ordinary_questions_have_an_answer(self, register, item, standard, day, expected):
        assert value(register.lookup(item, standard=standard, region="江苏", as_of=day)) == expected

    def test_a_standard_not_yet_published_is_refused(self, register):
        with pytest.raises(NoFactor, match="2024 才公布"):
            register.lookup("fuel.diesel", standard="gbt32151_34_2024", as_of=PAST)

    def test_a_year_counts_from_its_last_day(self, register):
        asked = {"key": "fuel.gbt32151_34_2024.diesel"}
        assert register.lookup(**asked, as_of=date(2024, 12, 31))
        with pytest.raises(NoFactor):
            register.lookup(**asked, as_of=date(2024, 12, 30))

    def test_the_method_is_never_chosen_silently(self, register):
        with pytest.raises(NoFactor, match="须指明 standard") as refusal:
            register.lookup("fuel.diesel", as_of=TODAY)
        assert "gbt32151_34_2024" in str(refusal.value)

    def test_a_standard_that_lacks_the_item_says_who_has_it(self, register):
        with pytest.raises(NoFactor, match="gbt32151_34_2024"):
            register.lookup("fuel.naphtha", standard="cets_steel_2024", as_of=TODAY)

    def test_a_replaced_edition_is_noted(self, register):
        found = register.lookup("process.limestone", standard="guide_2013_steel", as_of=TODAY)
        assert any("GB/T 32151.5-2026" in warning for warning in found.warnings)
        before = register.lookup("process.limestone", standard="guide_2013_steel", as_of=date(2026, 9, 30))
        assert not any("GB/T 32151.5-2026" in warning for warning in before.warnings)

    def test_variants_that_differ_are_asked_back(self, register):
        with pytest.raises(NoFactor, match="须指明 variant"):
            register.lookup("process.raw_meal_carbon", as_of=TODAY)
        assert value(register.lookup("process.raw_meal_carbon", variant="normal", as_of=TODAY)) == "0.001"

    def test_variants_with_the_same_figure_need_no_choice(self, register):
        found = register.lookup("heat.default", as_of=TODAY)
        assert found.record.document == "GB/T 32150-2025"
        assert "同值另见GB/T 32151.34-2024" in found.why

    def test_default_carbon_of_coal_follows_its_time(self, register):
        asked = {"key": "fuel.coal_default", "standard": "power_guide_2022"}
        assert register.lookup(**asked, as_of=PAST).record.carbon_content == Decimal("0.03356")
        assert register.lookup(**asked, as_of=date(2022, 6, 29)).record.carbon_content == Decimal("0.03356")
        assert register.lookup(**asked, as_of=date(2022, 6, 30)).record.carbon_content == Decimal("0.03085")
        assert register.lookup(**asked, as_of=TODAY).record.carbon_content == Decimal("0.03085")

    def test_provincial_heat_needs_its_database_named(self, register):
        asked = {"key": "heat.province", "region": "北京", "as_of": TODAY}
        with pytest.raises(NoFactor, match=r"heat\.default"):
            register.lookup(**asked)
        found = register.lookup(**asked, variant="national_db_2025")
        assert value(found) == "0.0548"
        assert {str(rival.value) for rival in found.rivals} == {"0.11"}

    def test_what_rests_on_unchecked_text_says_so(self, register):
        assert any("待核" in warning for warning in register.lookup("energy.diesel", as_of=TODAY).warnings)
        assert not register.grid_factor("江苏", TODAY).warnings


class TestComplianceYears:
    @pytest.mark.parametrize(
        ("key", "year", "expected"),
        [
            ("ets.power.coal_gt300.benchmark", 2019, "0.877"),
            ("ets.power.coal_gt300.benchmark", 2024, "0.791"),
            ("ets.power.coal_le300.balance", 2023, "0.8155"),
            ("ets.power.gas.benchmark", 2022, "0.3901"),
            ("ets.heat.coal.benchmark", 2021, "0.1111"),
            ("ets.power.cooling_correction.air", 2021, "1.05"),
            ("ets.industry.alpha_slope", 2025, "0.15"),
        ],
    )
    def test_by_year(self, register, key, year, expected):
        assert value(register.lookup(key, year=year, as_of=TODAY)) == expected

    def test_the_year_must_be_named(self, register):
        with pytest.raises(NoFactor, match="须指明年度"):
            register.lookup("ets.power.coal_gt300.benchmark", as_of=TODAY)

    def test_a_year_nobody_ruled_on(self, register):
        with pytest.raises(NoFactor, match="没有 2027 年度的值"):
            register.lookup("ets.power.coal_gt300.benchmark", year=2027, as_of=TODAY)

    def test_a_rule_counts_once_published(self, register):
        with pytest.raises(NoFactor, match="2024-10-21 才公布"):
            register.lookup("ets.power.coal_gt300.benchmark", year=2023, as_of=date(2024, 10, 20))

    def test_corrections_end_with_their_rule(self, register):
        with pytest.raises(NoFactor, match="没有 2023 年度的值"):
            register.lookup("ets.power.cooling_correction.air", year=2023, as_of=TODAY)

    def test_the_peak_correction_is_one_with_its_rival_shown(self, register):
        found = register.lookup("ets.power.peak_correction_2023.factor", year=2024, as_of=TODAY)
        assert (value(found), [str(rival.value) for rival in found.rivals]) == ("1", ["1.015"])

    def test_the_sector_balance_of_2025_is_not_made_up(self, register):
        assert not register.of("ets.industry.balance")


def test_gwp_sets_are_named(register):
    with pytest.raises(NoFactor, match="须指明 variant"):
        register.lookup("gwp.ch4", as_of=TODAY)
    assert value(register.lookup("gwp.ch4", variant="AR5", as_of=TODAY)) == "28"
    found = register.lookup("gwp.sf6", variant="AR6", as_of=TODAY)
    assert (value(found), [str(rival.value) for rival in found.rivals]) == ("25200", ["24300"])


def test_an_unknown_key_suggests_the_nearest(register):
    with pytest.raises(NoFactor, match=r"grid\.average"):
        register.lookup("grid.averag", region="江苏", as_of=TODAY)


def test_the_same_question_gets_the_same_answer_object(register):
    assert register.grid_factor("江苏", TODAY) == register.grid_factor("江苏", TODAY)

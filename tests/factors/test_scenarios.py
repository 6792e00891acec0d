"""Grid scenarios are named, labelled and scaled; none invents a forecast."""

from datetime import date

import numpy as np
import pytest

from tanping.factors.lookup import NoFactor
from tanping.factors.scenarios import grid_path, observed_trend, scenario_names

TODAY = date(2026, 11, 1)
YEARS = range(2021, 2061)


@pytest.fixture
def base(register):
    return register.grid_factor("江苏", TODAY)


def test_constant_is_the_default_and_stays(register, base):
    assert next(iter(scenario_names(register))) == "constant"
    path = grid_path(register, "constant", YEARS, base, as_of=TODAY)
    assert set(path.factors) == {0.5827}
    assert "不变" in path.label
    assert "0.5827" in path.label


def test_trend_is_the_observed_change(register, base):
    rate, ends = observed_trend(register, TODAY)
    assert rate == pytest.approx(-0.023810775362250490, rel=1e-12)
    assert [record.data_year for record in ends] == [2021, 2023]
    path = grid_path(register, "trend", YEARS, base, as_of=TODAY)
    assert path.factors[YEARS.index(2023)] == 0.5827
    assert path.factors[YEARS.index(2021)] == 0.5827
    assert path.factors[YEARS.index(2033)] == pytest.approx(0.5827 * (0.5306 / 0.5568) ** 5, rel=1e-12)
    assert "-2.381 %/a" in path.label
    assert "不是预测" in path.label


def test_trend_uses_what_was_published_by_then(register):
    day = date(2025, 6, 1)
    rate, _ = observed_trend(register, day)
    assert rate == pytest.approx(0.5366 / 0.5568 - 1)
    with pytest.raises(NoFactor, match="不足两年"):
        observed_trend(register, date(2024, 6, 1))


def test_a_pathway_meets_the_official_value_in_its_year(register, base):
    name = "path:traj.tpi_1_5c.electricity.non_oecd.s1"
    path = grid_path(register, name, YEARS, base, as_of=TODAY)
    at = dict(zip(YEARS, path.factors, strict=True))
    assert at[2023] == pytest.approx(0.5827)
    assert at[2030] == pytest.approx(0.5827 * 0.179 / 0.424)
    assert at[2026] == pytest.approx(0.5827 * (0.354 + (0.249 - 0.354) / 3) / 0.424)
    assert at[2040] == at[2060] == 0
    assert "情景路径，不是预测" in path.label
    assert {record.data_year for record in path.records} >= {2019, 2030, 2050}


def test_every_named_scenario_is_computed(register, base):
    names = scenario_names(register)
    assert len(names) == 9
    for name in names:
        path = grid_path(register, name, YEARS, base, as_of=TODAY, override="作敏感性分析")
        assert path.factors.shape == (len(YEARS),)
        assert np.isfinite(path.factors).all()
        assert (path.factors >= 0).all()
        assert path.label


def test_a_pathway_of_unknown_date_needs_a_reason(register, base):
    with pytest.raises(NoFactor, match="公布日期不明"):
        grid_path(register, "path:traj.iea_nze.electricity.global.s1", YEARS, base, as_of=TODAY)


def test_a_reporting_value_has_no_trend(register):
    base = register.grid_factor("江苏", date(2020, 12, 10))
    assert grid_path(register, "constant", [2030], base, as_of=TODAY).factors[0] == 0.6101
    for name in ("trend", "path:traj.oecm.electricity.global.s1"):
        with pytest.raises(NoFactor, match="不能作为此情景的起点"):
            grid_path(register, name, [2030], base, as_of=TODAY)


def test_an_unknown_scenario_lists_those_on_hand(register, base):
    with pytest.raises(NoFactor, match="constant、trend"):
        grid_path(register, "official_2035", [2030], base, as_of=TODAY)

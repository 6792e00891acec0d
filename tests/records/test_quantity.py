from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.records import units_build
from tanping.records.quantity import (
    Quantity,
    QuantityError,
    coal_equivalent,
    convert,
    dimension_label,
    parse_quantity,
    parse_unit,
    same_dimension,
)
from tanping.records.unit_table import unit_table

# text, the field's unit, the value in it
WRITTEN = [
    ("1200000 t", "t", "1200000"),
    ("1200000t", "万t", "120"),
    ("120 万吨", "t", "1200000"),
    ("120万 吨", "t", "1200000"),
    ("45 亿kWh", "MWh", "4500000"),
    ("45亿千瓦时", "万kWh", "450000"),
    ("45 亿度", "kWh", "4500000000"),
    ("600 MW", "MW", "600"),
    ("60 万千瓦", "MW", "600"),
    ("5.2 GJ/t", "GJ/t", "5.2"),
    ("3.1 万Nm3", "1e4Nm3", "3.1"),
    ("3.1 万Nm³", "Nm3", "31000"),
    ("3.1 10⁴Nm³", "万Nm3", "3.1"),
    ("100 万tce", "tce", "1000000"),
    ("100 万吨标准煤", "万tce", "100"),
    ("261.8 gce/kWh", "克标准煤/千瓦时", "261.8"),
    ("302.4 gce/(kW·h)", "gce/kWh", "302.4"),
    ("20 MJ/kg", "GJ/t", "20"),
    ("5000 kcal/kg", "GJ/t", "20.934"),
    ("5000 大卡/公斤", "MJ/kg", "20.934"),
    ("5000 千卡/千克", "GJ/t", "20.934"),
    ("5000 KCAL/KG", "GJ/t", "20.934"),
    ("8500 kcal/Nm3", "GJ/万Nm3", "355.878"),
    ("1.2 万Gcal", "GJ", "50241.6"),
    ("1200 百万大卡", "吉卡", "1200"),
    ("7000 kcal", "MJ", "29.3076"),  # 1 kgce by GB/T 2589: the calorie that is meant
    ("55 %", "%", "55"),
    ("55％", "1", "0.55"),
    ("0.55", "1", "0.55"),
    ("2", "倍", "2"),
    ("4950 h", "h", "4950"),
    ("4950 小时", "h", "4950"),
    ("26.5 kgC/GJ", "tC/GJ", "0.0265"),
    ("0.0265 tC/GJ", "kgC/GJ", "26.5"),
    ("0.0946 tCO2/GJ", "tCO2/MWh", "0.34056"),
    ("0.5306 kgCO2/kWh", "tCO2/MWh", "0.5306"),
    ("0.5306 tCO₂/MWh", "kgCO2/kWh", "0.5306"),
    ("530.6 gCO2/kWh", "kgCO2/kWh", "0.5306"),
    ("76 亿元", "万元", "760000"),
    ("12000 元", "万元", "1.2"),
    ("40 千米", "km", "40"),
    ("800 米", "千米", "0.8"),
    ("20000 m³", "立方米", "20000"),
    ("2 万立方米", "m3", "20000"),
    ("4000 吨/日", "t/d", "4000"),
    ("4000 t/d", "吨/日", "4000"),
    ("35 蒸吨/小时", "t/h", "35"),
    ("35 t/h", "蒸吨/小时", "35"),
    ("10 毫克/立方米", "mg/m3", "10"),
    ("70 千瓦时/吨", "kWh/t", "70"),
    ("109 kgce/t", "千克标准煤/吨", "109"),
    ("120 万吨/年", "t/a", "1200000"),
    ("120 万t/a", "万吨/年", "120"),
    ("１２０　万吨", "万t", "120"),
    ("１，２００，０００ ｔ", "t", "1200000"),
    ("1,200,000 t", "t", "1200000"),
    ("1 200 000 t", "t", "1200000"),
    ("1\u202f200\u202f000 t", "t", "1200000"),
    ("1.2e6 t", "t", "1200000"),
    ("1.2×10^6 t", "t", "1200000"),
    ("1.2×10⁶ t", "t", "1200000"),
    (".5 t", "kg", "500"),
    ("389.31 GJ/10⁴Nm³", "GJ/1e4Nm3", "389.31"),
    ("0.129 kgCO2e/(t·km)", "kgCO2e/(t*km)", "0.129"),
    ("735 kgCO2e/t", "tCO2e/t", "0.735"),
    ("0.01 %/a", "%/a", "0.01"),
    ("3 亩", "m2", "2000"),
    ("100 shift", "台班", "100"),
    ("7000 万千卡", "GJ", "293.076"),
]


@pytest.mark.parametrize(("text", "unit", "value"), WRITTEN)
def test_quantities_as_people_write_them(text: str, unit: str, value: str) -> None:
    quantity = parse_quantity(text, unit)
    assert quantity.in_unit(unit) == Decimal(value)
    assert quantity.text == text
    assert "E" not in str(quantity.in_unit(unit))


def test_value_is_kept_as_typed_and_unit_gets_its_canonical_spelling() -> None:
    assert parse_quantity("120.50 万吨", "t") == Quantity(Decimal("120.50"), "万t", "120.50 万吨")
    assert str(parse_quantity("120.50 万吨", "t").value) == "120.50"
    assert parse_quantity("4000 吨/日", "t/d").unit == "t/d"


# text, field unit, what the message must say, what it must offer
REFUSED = [
    ("1200000", "t", "没有写单位", "万t"),
    ("55", "%", "没有写单位", "%"),
    ("", "t", "没有填写", "t"),
    ("-5 t", "t", "负数", "不小于 0"),
    ("NaN", "t", "不是一个确定的数", "t"),
    ("inf t", "t", "不是一个确定的数", "t"),
    ("∞ t", "t", "不是一个确定的数", "t"),
    ("1e400 t", "t", "超出可用范围", "28 位"),
    ("-1e400 t", "t", "超出可用范围", "28 位"),
    ("1e99999999999 t", "t", "分隔不清", "1.2e6"),
    ("9" * 60 + " t", "t", "超出可用范围", "28 位"),
    ("9" * 4000 + " t", "t", "过长", "t"),
    ("5 kWh", "t", "“kWh”是能量的单位，这里要质量", "万t"),
    ("5 t", "kWh", "“t”是质量的单位，这里要能量", "万kWh"),
    ("5 kWh", "MW", "kWh 是电量，MW 是装机容量", "MW"),
    ("5 kt", "t", "航速", "千吨"),
    ("5 万kt", "t", "航速", "千吨"),
    ("5 kt/d", "t/d", "航速", "千吨"),
    ("5 Mcal", "GJ", "M 有人当千", "kcal"),
    ("5500 卡/克", "GJ/t", "相差 1000 倍", "大卡"),
    ("5500 万卡", "GJ", "相差 1000 倍", "大卡"),
    ("5500 cal/g", "GJ/t", "相差 1000 倍", "大卡"),
    ("5500 大卡", "GJ/t", "如 5000 kcal/kg", "GJ/t"),
    ("8500 大卡", "GJ/万Nm3", "如 8500 kcal/Nm3", "GJ/万Nm3"),
    ("5 ton", "t", "短吨", "t"),
    ("600 mw", "MW", "大小写", "MW"),
    ("600 MWW", "MW", "您是否想写 MW", "MW"),
    ("20 gj/t", "GJ/t", "您是否想写 GJ", "GJ/t"),
    ("100-120 t", "t", "范围", "一个数"),
    ("100～120 t", "t", "范围", "一个数"),
    ("100至120 t", "t", "范围", "一个数"),
    ("2×1000 MW", "MW", "算式", "总数"),
    ("约 5 t", "t", "不是一个确定的数", "约"),
    ("1,20 t", "t", "分隔不清", "千分位"),
    ("1,5 t", "t", "分隔不清", "千分位"),
    ("1.2.3 t", "t", "分隔不清", "千分位"),
    ("12 34 t", "t", "分隔不清", "千分位"),
    ("1.2×106 t", "t", "分隔不清", "1.2e6"),
    ("1_000 t", "t", "分隔不清", "千分位"),
    ("一百吨", "t", "开头不是数字", "t"),
    ("٣ t", "t", "开头不是数字", "t"),
    ("不清楚", "t", "开头不是数字", "t"),
    ("5 m3", "Nm3", "标准状态", "Nm3"),
    ("5 kgce", "kg", "实物量", "kg"),
    ("5 GJ", "tce", "GB/T 2589", "tce"),
    ("5 tCO2e", "tCO2", "其他温室气体", "tCO2"),
    ("5 tC", "tCO2", "44/12", "tCO2"),
    ("5 t/h", "t/a", "8760", "t/a"),
    ("5 t/d", "t/a", "8760", "t/a"),
    ("4950 h", "a", "8760", "a"),
    ("5 t", "t/a", "每年", "t/a"),
    ("5 kWh(供电)", "kWh", "口径“供电”", "字段"),
    ("5 GJ/t(高位)", "GJ/t", "口径“高位”", "字段"),
    ("5 GJ/t HHV", "GJ/t", "口径“HHV”", "字段"),
    ("5 万%", "%", "不认识单位", "%"),
    ("5 t//d", "t/d", "不认识单位", "t/d"),
    ("5 t/", "t/d", "不认识单位", "t/d"),
    ("5 ((((((t))))))", "t", "不认识单位", "t"),
    ("5 t\x00", "t", "不认识单位", "t"),
    ("5 " + "t·" * 40, "t", "不认识单位", "t"),
    ("5 C", "t", "不认识单位", "t"),
    ("5 knot", "t", "不认识单位", "t"),
    ("5 9**9**9", "t", "分隔不清", "千分位"),
    ("5 t**9**9", "t", "不认识单位", "t"),
    ("5 °C", "t", "温度", "t"),
]


@pytest.mark.parametrize(("text", "unit", "what", "allowed"), REFUSED)
def test_refusals_speak_the_field_s_language(text: str, unit: str, what: str, allowed: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_quantity(text, unit, minimum=0)
    assert what in caught.value.what or what in str(caught.value)
    assert allowed in f"{caught.value.allowed}{caught.value.example}"
    assert "\x00" not in str(caught.value)


def test_bounds_are_inclusive_and_hold_in_the_field_s_unit() -> None:
    assert parse_quantity("0 t", "t", minimum=0).value == 0
    assert parse_quantity("-0 t", "t", minimum=0).value == 0
    assert parse_quantity("100 %", "1", maximum=1).value == 100
    with pytest.raises(QuantityError, match="太大"):
        parse_quantity("100.0001 %", "1", maximum=1)
    with pytest.raises(QuantityError, match="太小"):
        parse_quantity("999.999 kg", "t", minimum=1)
    assert parse_quantity("-12 GJ", "GJ").value == -12


def test_a_header_may_carry_the_unit() -> None:
    assert parse_quantity("120", "万t", header=True) == Quantity(Decimal(120), "万t", "120")
    assert parse_quantity("1200000 t", "万t", header=True).in_unit("万t") == 120


def test_an_error_becomes_a_problem_with_its_place() -> None:
    from tanping.records.errors import Where

    with pytest.raises(QuantityError) as caught:
        parse_quantity("120", "t")
    line = str(caught.value.problem(Where("项目.yaml", 12), "燃料.消耗量"))
    assert line == "项目.yaml:12: 燃料.消耗量: “120”没有写单位；应为：数字加质量的单位，如 t、万t、kg；例：120 万t"


def test_coal_equivalent_meets_heat_only_through_a_dated_factor() -> None:
    with pytest.raises(QuantityError, match="GB/T 2589"):
        convert(Decimal(1), "tce", "GJ")
    factor = coal_equivalent(date(2026, 11, 1))
    assert convert(Decimal(1000), "tce", "GJ", through=factor) == Decimal("29307.6")
    assert convert(Decimal("29307.6"), "GJ", "tce", through=factor) == 1000
    assert convert(Decimal(1), "kgce", "MJ", through=factor) == Decimal("29.3076")
    assert "GB/T 2589-2020" in factor.text
    assert "GB/T 2589-2008" in coal_equivalent(date(2021, 3, 31)).text
    with pytest.raises(QuantityError, match="没有标准煤折热系数"):
        coal_equivalent(date(2000, 1, 1))
    with pytest.raises(QuantityError, match="质量"):
        convert(Decimal(1), "t", "GJ", through=factor)


def test_hours_bridge_hour_and_year() -> None:
    hours = parse_quantity("5500 h/a", "h/a")
    assert convert(Decimal(100), "t/h", "t/a", through=hours) == 550000
    assert convert(Decimal(550000), "t/a", "t/h", through=hours) == 100
    with pytest.raises(QuantityError):
        convert(Decimal(1), "t/a", "t/h", through=parse_quantity("0 h/a", "h/a"))


def test_words_outside_the_table_come_from_pint_only_when_they_mean_one_thing() -> None:
    assert parse_quantity("10 Gg", "t").in_unit("t") == 10000
    assert parse_quantity("3 lb", "kg").in_unit("kg") == Decimal("1.36077711")
    for word in ("knot", "coulomb", "year", "month", "horsepower", "ton_TNT", "degF"):
        with pytest.raises(QuantityError, match="不认识单位"):
            parse_unit(word)


def test_table_agrees_with_pint_where_pint_knows_the_unit() -> None:
    import pint

    registry = pint.UnitRegistry(non_int_type=Decimal)
    ours = ["t", "kg", "g", "mg", "J", "kJ", "MJ", "GJ", "TJ", "PJ", "kWh", "MWh", "GWh", "TWh", "kW", "MW", "GW"]
    ours += ["h", "d", "min", "s", "m", "km", "cm", "mm", "L", "Pa", "kPa", "MPa", "ha"]
    for spelling in ours:
        unit = parse_unit(spelling)
        expected = registry.Quantity(Decimal(1), spelling).to_root_units()
        grams = "gram" in str(expected.units)
        assert Decimal(unit.numerator) / Decimal(unit.denominator) == expected.magnitude / (1000 if grams else 1)


def test_common_spellings_do_not_import_pint() -> None:
    texts = [(text, unit) for text, unit, _ in WRITTEN]
    code = (
        "import sys\nfrom tanping.records.quantity import parse_quantity\n"
        f"for text, unit in {texts!r}: parse_quantity(text, unit).in_unit(unit)\n"
        "assert not {'pint', 'yaml', 'dataclasses', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_generated_table_is_the_unit_file() -> None:
    assert units_build.TARGET.read_text(encoding="utf-8") == units_build.build()


def test_a_spelling_given_twice_is_refused(tmp_path) -> None:
    text = units_build.SOURCE.read_text(encoding="utf-8").replace("spellings: [秒]", "spellings: [小时]")
    copy = tmp_path / "units.yaml"
    copy.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="小时"):
        units_build.build(copy)


def test_every_canonical_spelling_reads_back_as_itself() -> None:
    for atom in set(unit_table().atoms.values()):
        assert parse_unit(atom.name).name == atom.name


def test_dimension_words() -> None:
    assert dimension_label("kgC/GJ") == "单位热值含碳量"
    assert dimension_label("台/d") == "每时间（小时或日）的台数"
    assert same_dimension("tCO2/MWh", "tCO2/GJ")
    assert not same_dimension("tCO2", "tCO2e")


NUMBERS = st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=6, allow_nan=False)
SPELLINGS = st.sampled_from(sorted(unit_table().atoms))
MULTIPLE = st.sampled_from(["", "万", "亿"])


@given(NUMBERS, SPELLINGS, MULTIPLE)
def test_text_round_trip(value: Decimal, spelling: str, multiple: str) -> None:
    atom = unit_table().atoms[spelling]
    unit = (multiple if atom.multiples else "") + spelling
    first = parse_quantity(f"{value:f} {unit}", unit)
    again = parse_quantity(f"{first.value:f} {first.unit}", first.unit)
    assert (again.value, again.unit) == (first.value, first.unit)
    assert first.in_unit(unit) == value


@given(NUMBERS, st.data())
def test_conversion_there_and_back_is_exact_when_it_ends(value: Decimal, data: st.DataObject) -> None:
    atoms = unit_table().atoms
    one = data.draw(SPELLINGS)
    same = sorted(name for name, atom in atoms.items() if atom.dimension == atoms[one].dimension)
    other = data.draw(st.sampled_from(same))
    there = convert(value, one, other)
    top = value.as_integer_ratio()[0] * atoms[one].numerator * atoms[other].denominator
    bottom = value.as_integer_ratio()[1] * atoms[one].denominator * atoms[other].numerator
    above, below = there.as_integer_ratio()
    if above * bottom == top * below:
        assert convert(there, other, one) == value
    else:
        assert abs(convert(there, other, one) - value) <= abs(value) * Decimal("1e-48")


@given(st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("100000"), places=4))
def test_a_value_typed_on_a_threshold_stays_on_it(line: Decimal) -> None:
    """The line in kgce/t, typed in another spelling of the same size: equal, and one digit beyond is not."""
    assert parse_quantity(f"{line} 千克标准煤/吨", "kgce/t").in_unit("kgce/t") == line
    assert parse_quantity(f"{line / 1000:f} tce/t", "kgce/t").in_unit("kgce/t") == line
    assert parse_quantity(f"{line * 1000:f} gce/t", "kgce/t").in_unit("kgce/t") == line
    assert parse_quantity(f"{line + Decimal('1e-9')} kgce/t", "kgce/t").in_unit("kgce/t") > line
    assert float(parse_quantity(f"{line / 1000:f} tce/t", "kgce/t").in_unit("kgce/t")) == float(line)


@given(st.text(max_size=40))
def test_any_text_is_a_quantity_or_a_refusal(text: str) -> None:
    try:
        quantity = parse_quantity(text, "t")
    except QuantityError:
        return
    assert quantity.in_unit("t").is_finite()


@given(st.text(alphabet="0123456789.,eE+- ×^t万吨/·()kgMWh", max_size=30))
def test_text_near_the_grammar_is_a_quantity_or_a_refusal(text: str) -> None:
    try:
        quantity = parse_quantity(text, "t", header=True)
    except QuantityError:
        return
    assert quantity.in_unit("t").is_finite()


def test_the_documentation_lists_every_spelling() -> None:
    text = units_build.DOCUMENT.read_text(encoding="utf-8")
    examples, _, table = text.partition(units_build.MARK)
    assert table.strip() == units_build.spellings().strip()
    listed = set(re.findall(r"`([^`]+)`", table))
    masses = [
        "t",
        "吨",
        "公吨",
        "tonne",
        "kg",
        "千克",
        "公斤",
        "KG",
        "Kg",
        "g",
        "克",
        "mg",
        "毫克",
        "μg",
        "ug",
        "微克",
        "Mt",
        "兆吨",
    ]
    for spelling in unit_table().atoms:
        mass = max((word for word in masses if spelling.startswith(word)), key=len, default="")
        assert spelling in listed or (mass in listed and spelling.removeprefix(mass) in listed), spelling
    for row in re.findall(r"^\| (`.+?) \|", examples, flags=re.MULTILINE):
        for written in re.findall(r"`([^`]+)`", row):
            assert any(_reads(written, unit) for unit in DOCUMENTED), written


DOCUMENTED = [
    "t",
    "MWh",
    "MW",
    "GJ/t",
    "Nm3",
    "tce",
    "gce/kWh",
    "tC/GJ",
    "tCO2/MWh",
    "kgCO2e/(t·km)",
    "1",
    "t/a",
    "t/d",
    "元",
]


def _reads(written: str, unit: str) -> bool:
    try:
        return parse_quantity(written, unit).in_unit(unit) > 0
    except QuantityError:
        return False

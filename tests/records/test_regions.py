from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tanping.records.errors import InputError, Where
from tanping.records.regions import (
    Place,
    PlaceError,
    check_region,
    cities_of,
    contains,
    counties_of,
    division_code,
    find_city,
    find_county,
    find_place,
    find_province,
    full_name,
    grid_region,
    region_keys,
    region_record,
    register,
)

TODAY = date(2026, 11, 1)
SHEYANG = Place("江苏", "盐城", "射阳")


@pytest.mark.parametrize(
    ("region", "place", "expected"),
    [
        ("全国", Place(), True),
        ("全国", SHEYANG, True),
        ("江苏", SHEYANG, True),
        ("江苏", Place("江西", "新余"), False),
        ("盐城", Place("江苏"), None),
        ("江苏沿海三市", SHEYANG, True),
        ("江苏沿海三市", Place("江苏"), None),
        ("江苏沿海三市", Place(), None),
        ("江苏沿海三市", Place("江西"), False),
        ("江苏沿海三市", Place("江苏", "苏州"), False),
        ("沿江八市", Place("江苏", "南通"), True),
        ("沿江八市", Place("江苏", "盐城"), False),
        ("苏南", Place("江苏", "镇江"), True),
        ("江苏（苏南以外）", Place("江苏", "镇江"), False),
        ("江苏（苏南以外）", SHEYANG, True),
        ("江苏（苏南以外）", Place("浙江"), False),
        ("近岸海域行动县区", SHEYANG, True),
        ("近岸海域行动县区", Place("江苏", "盐城", "阜宁"), False),
        ("近岸海域行动县区", Place("江苏", "盐城"), None),
        ("近岸海域行动县区", Place("江苏", "南京"), False),
        ("近岸海域行动县区", Place("江苏", "南通", "通州湾"), True),
        ("近岸海域行动县区", Place("江苏", "南通", "通州"), None),
        ("长江经济带", Place("江苏"), True),
        ("长江经济带", Place("山东"), False),
        ("大气重点区域", SHEYANG, True),
        ("大气重点区域", Place("河南", "南阳"), False),
        ("大气重点区域", Place("河南"), None),
        ("大气重点区域", Place("广东", "湛江"), False),
        ("长江流域", SHEYANG, False),
        ("长江流域", Place("江苏", "苏州", "张家港"), True),
        ("长江流域", Place("江苏", "南通"), None),
        ("长江流域", Place("江苏", "南通", "海门"), True),
        ("长江流域", Place("江苏", "扬州", "宝应"), False),
        ("长江流域", Place("江苏", "扬州", "仪征"), None),
        ("长江流域", Place("山东"), False),
        ("长江流域", Place("湖北", "武汉"), None),
        ("淮河流域", SHEYANG, True),
        ("淮河流域", Place("江苏", "苏州"), False),
        ("淮河流域", Place("江苏", "南通", "海安"), None),
        ("太湖流域", Place("江苏", "苏州", "张家港"), True),
        ("太湖流域", Place("江苏", "镇江", "丹阳"), True),
        ("太湖流域", Place("江苏", "南京", "溧水"), None),
        ("太湖流域", SHEYANG, False),
        ("吉林", Place("吉林", "长春"), True),
        ("江苏", Place("火星"), None),
        ("盐城", Place("江苏", "不存在"), None),
        ("盐城", Place(None, None, "射阳"), True),
    ],
)
def test_membership_is_true_false_or_not_known(region: str, place: Place, expected: bool | None) -> None:
    assert contains(region, place, TODAY) is expected


def test_membership_changes_on_the_day_the_document_does() -> None:
    qinhuangdao, wenzhou = Place("河北", "秦皇岛"), Place("浙江", "温州")
    assert contains("大气重点区域", qinhuangdao, date(2023, 11, 29)) is False
    assert contains("大气重点区域", qinhuangdao, date(2023, 11, 30)) is True
    assert contains("大气重点区域", wenzhou, date(2023, 11, 29)) is True
    assert contains("大气重点区域", wenzhou, date(2023, 11, 30)) is False
    assert contains("大气重点区域", SHEYANG, date(2020, 12, 10)) is True
    assert contains("大气重点区域", SHEYANG, date(2018, 6, 26)) is None
    assert contains("近岸海域行动县区", SHEYANG, date(2027, 1, 1)) is None
    record = region_record("大气重点区域", TODAY)
    assert record is not None
    assert "国发〔2023〕24号" in record.document


def test_key_air_region_has_the_82_cities_of_the_plan() -> None:
    record = region_record("大气重点区域", TODAY)
    assert record is not None
    cities = 0
    for path, said in record.says.items():
        assert said
        cities += len(cities_of(path[0])) if len(path) == 1 else 1
    # 雄安新区 and 济源 are counted apart from the plan's 82 (neither is a prefecture).
    assert cities - 2 == 82


def test_unknown_region_key() -> None:
    with pytest.raises(KeyError):
        contains("江苏沿海四市", SHEYANG, TODAY)
    with pytest.raises(InputError) as caught:
        check_region("江苏沿海四市", Where("coast.yaml", 7))
    assert "coast.yaml:7: region: 地域“江苏沿海四市”不在地域登记册中，您是否想写 江苏沿海三市" in str(caught.value)
    assert check_region("苏南", Where("coast.yaml", 7)) == "苏南"


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("江苏", "江苏"),
        ("江苏省", "江苏"),
        (" 江 苏 省 ", "江苏"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("上海市", "上海"),
    ],
)
def test_province_spellings(written: str, short: str) -> None:
    assert find_province(written) == short


def test_city_and_county_spellings() -> None:
    assert find_city("盐城市") == find_city("盐城", "江苏省") == "盐城"
    assert find_city("延边朝鲜族自治州", "吉林") == "延边"
    assert find_county("射阳县", "盐城市") == find_county("射阳") == "射阳"
    assert find_county("大丰市") == find_county("大丰区", "盐城") == "大丰"
    assert find_county("丰县", "徐州") == "丰县"
    assert find_county("淮安", "淮安") == find_county("楚州区", "淮安") == "淮安区"
    assert find_county("港闸区", "南通") == "崇川"
    assert find_county("徐圩新区", "连云港") == find_county("徐圩", "连云港") == "徐圩新区"
    assert find_county("鼓楼区", "徐州") == "鼓楼"


@pytest.mark.parametrize(
    ("find", "args", "what", "allowed"),
    [
        (find_province, ("江疏省",), "江苏", ""),
        (find_province, ("",), "没有名为“”的省份", ""),
        (find_city, ("盐诚", "江苏"), "您是否想写 盐城", "连云港"),
        (find_city, ("苏州", "浙江"), "没有名为“苏州”的浙江的设区市", "杭州"),
        (find_city, ("高雄", "台湾"), "没有台湾下一级", "留空"),
        (find_county, ("射羊县", "盐城"), "您是否想写 射阳", "东台"),
        (find_county, ("鼓楼区",), "南京、徐州都有", "设区市"),
        (find_county, ("易门", "玉溪"), "没有玉溪的县", "江苏"),
        (find_province, ("\x00\x1b[31m",), "没有名为“��[31m”的省份", ""),
    ],
)
def test_wrong_names_get_a_suggestion(find, args: tuple[str, ...], what: str, allowed: str) -> None:
    with pytest.raises(PlaceError) as caught:
        find(*args)
    assert what in caught.value.what
    assert allowed in caught.value.allowed


def test_places() -> None:
    assert find_place("江苏省", "盐城市", "射阳县") == SHEYANG
    assert find_place(None, None, "射阳县") == SHEYANG
    assert find_place(None, "盐城市") == Place("江苏", "盐城")
    assert find_place("云南", "玉溪市", "易门县") == Place("云南", "玉溪", "易门县")
    assert find_place(None) == Place()
    assert full_name(SHEYANG) == "江苏省盐城市射阳县"
    assert full_name(Place("北京", "北京")) == "北京市"
    assert division_code(SHEYANG) == "320924"
    assert division_code(Place("江苏", "盐城")) == "320900"
    assert division_code(Place("江苏")) == "320000"
    assert division_code(Place("江苏", "连云港", "徐圩新区")) is None
    assert "射阳" in counties_of("盐城市")


def test_grid_regions() -> None:
    assert grid_region("江苏省") == "华东"
    assert grid_region("四川") == "西南"
    assert grid_region("四川", as_of=date(2012, 6, 1)) == "华中"
    assert grid_region("内蒙古") is None
    assert grid_region("内蒙古", "赤峰") == "东北"
    assert grid_region("内蒙古", "包头") == "华北"
    assert grid_region("台湾") is None
    with pytest.raises(PlaceError):
        grid_region("江疏")


def test_every_mainland_place_lies_in_exactly_one_grid_region() -> None:
    keys = [key for key, region in register().regions.items() if region.kind == "grid"]
    for day in (date(2012, 6, 1), TODAY):
        for province, cities in register().cities.items():
            for city in cities:
                said = [contains(key, Place(province, city), day) for key in keys]
                grouped = [key for key in keys if region_record(key, day)]
                assert [said[keys.index(key)] for key in grouped].count(None) == 0
                assert said.count(True) == (0 if (province, day.year) == ("西藏", 2012) else 1), (province, city)


def test_codes_are_unique_and_nested() -> None:
    book = register()
    codes = [*book.provinces.values(), *(code for cities in book.cities.values() for code in cities.values() if code)]
    for city, counties in book.counties.items():
        for code in filter(None, counties.values()):
            assert code[:4] == (book.cities["江苏"][city] or "")[:4]
            codes.append(code)
    assert len(codes) == len(set(codes))
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(book.cities["江苏"]) == 13
    assert sum(1 for counties in book.counties.values() for code in counties.values() if code) == 95


PLACES = st.one_of(
    st.sampled_from([(p, c, None) for p, cities in register().cities.items() for c in cities]),
    st.sampled_from([("江苏", c, k) for c, counties in register().counties.items() for k in counties]),
)
DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2035, 12, 31))
NAMED = [key for key in region_keys() if register().regions[key].kind in ("nation", "group", "basin", "grid")]


@given(st.sampled_from(NAMED), PLACES, DAYS)
def test_knowing_more_of_a_place_never_turns_an_answer(region: str, path: tuple[str, ...], day: date) -> None:
    fine = contains(region, Place(*path), day)
    for known in range(3):
        coarse = contains(region, Place(*path[:known]), day)
        assert coarse is None or coarse is fine


@given(PLACES, DAYS)
def test_a_jiangsu_place_is_south_or_not(path: tuple[str, ...], day: date) -> None:
    place = Place(*path)
    south, rest = contains("苏南", place, day), contains("江苏（苏南以外）", place, day)
    assert (south, rest).count(True) == (1 if path[0] == "江苏" else 0)


@given(PLACES)
def test_a_place_is_never_surely_in_two_basins_that_share_a_divide(path: tuple[str, ...]) -> None:
    yangtze, huai = (contains(basin, Place(*path), TODAY) for basin in ("长江流域", "淮河流域"))
    assert not (yangtze and huai)
    if path[0] == "江苏":
        assert (yangtze is None) == (huai is None)
        assert yangtze or huai or yangtze is None


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_text_is_a_place_or_a_refusal(province: str, city: str, county: str) -> None:
    for region in ("江苏沿海三市", "长江流域"):
        assert contains(region, Place(province, city, county), TODAY) in (True, False, None)
    try:
        find_place(province, city, county)
    except PlaceError:
        return

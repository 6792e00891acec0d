"""What is wrong with a table is told by file, line and field, all of it at once."""

from pathlib import Path

import pytest

from tanping.factors.register import read_register
from tanping.records.errors import InputError

GRID = "grid/average_2023.csv"
FUELS = "fuels/gbt32151_34_2024.csv"


def spoil(folder: Path, name: str, line: int, old: str, new: str) -> None:
    lines = (folder / name).read_text(encoding="utf-8").split("\n")
    assert old in lines[line - 1], lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_register(folder)
    return [str(problem) for problem in error.value.problems]


@pytest.mark.parametrize(
    ("name", "line", "old", "new", "field", "says"),
    [
        (GRID, 2, "0.5306", "约0.53", "value", "不是数字"),
        (GRID, 2, "0.5306", "0,5306", "", "23"),
        (GRID, 2, "0.5306", "1e400", "value", "不是数字"),
        (GRID, 2, "0.5306", "NaN", "value", "不是数字"),
        (GRID, 2, "0.5306", "-0.5306", "value", "不是数字"),
        (GRID, 2, "0.5306", "０.5306", "value", "不是数字"),
        (GRID, 2, "0.5306", "", "value", "没有填写"),
        (GRID, 2, "kgCO2/kWh", "kgCO2/kWg", "unit", "单位"),
        (GRID, 2, "kgCO2/kWh", "", "unit", "没有填写"),
        (GRID, 2, "公告2025年第47号附件《2023年电力二氧化碳排放因子》", "", "document", "没有填写"),
        (GRID, 2, "official", "certain", "basis", "official"),
        (GRID, 2, "official", "", "basis", "没有填写"),
        (GRID, 2, "final", "old", "status", "superseded"),
        (GRID, 2, "2025-12-31", "2025-13-01", "published", "不是日期"),
        (GRID, 2, ",2023,", ",23,", "data_year", "不是年份"),
        (GRID, 2, ",2023,,,", ",,,,", "valid_from", "没有数据年份"),
        (GRID, 2, ",全国,", ",全国各地,", "region", "全国"),
        (GRID, 2, ",全国,", ",,", "region", "没有填写"),
        (GRID, 2, "grid.china.average", "grid china", "key", "写法不对"),
        (GRID, 2, "2026-12-31", "", "review_by", "没有填写"),
        (GRID, 3, "0.6096,", "0.6096,,", "", "24 格"),
        (GRID, 1, "unit", "units", "unit", "缺少这一列"),
        (GRID, 1, "note", "note,remark", "remark", "不认识的列"),
        (FUELS, 2, "2.52151", "2.53", "ef", "44/12"),
        (FUELS, 2, "0.094439", "0.0954", "ef_per_gj", "44/12"),
        (FUELS, 2, ",0.94,", ",94,", "oxidation", "不是氧化率"),
        (FUELS, 2, "GJ/t", "GJ/1e4Nm3", "ef_unit", "分母"),
        ("heat/default.csv", 2, "true", "yes", "preferred", "true / false"),
        ("heat/default.csv", 2, ",heat,", ",,", "preferred", "没有冲突编号"),
        ("heat/default.csv", 2, ",heat,", ",heaat,", "conflict", "没有说明"),
        ("process/steel.csv", 21, "2026-10-01", "", "replaced_by", "只填了一个"),
        ("ets/power_benchmark.csv", 2, "2019-01-01", "2020-01-01", "valid_to", "早于"),
        ("plausibility.csv", 2, "16,26", "26,16", "high", "小于下限"),
        ("plausibility.csv", 2, "GJ/t", "GJ/tt", "unit", "单位"),
    ],
)
def test_each_is_refused_with_file_line_and_field(copy, name, line, old, new, field, says):
    spoil(copy, name, line, old, new)
    found = problems(copy)
    told = [text for text in found if text.startswith(f"data/{name}:{line}: ") and says in text]
    assert told, found
    if field:
        assert f": {field}: " in told[0]


def test_a_duplicate_names_both_places(copy):
    table = copy / GRID
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    (told,) = [text for text in problems(copy) if "重复" in text]
    assert f"data/{GRID}:42: key:" in told
    assert f"data/{GRID}:2 重复" in told


def test_overlapping_validity_is_refused(copy):
    table = copy / "fuels/power_guide_2022.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    again = next(line for line in lines if "coal_default" in line and "2022-01-01" in line)
    table.write_text("\n".join([*lines, again.replace("2022-01-01", "2025-01-01")]) + "\n", encoding="utf-8")
    assert any("有效期" in text and "重叠" in text and "valid_from" in text for text in problems(copy))


def test_two_keys_may_not_answer_one_question(copy):
    table = copy / GRID
    lines = table.read_text(encoding="utf-8").splitlines()
    other = lines[1].replace("grid.china.average", "grid.nation.average")
    table.write_text("\n".join([*lines, other]) + "\n", encoding="utf-8")
    assert any("grid.average 已由 grid.china.average" in text for text in problems(copy))


def test_one_key_keeps_one_unit(copy):
    spoil(copy, GRID, 2, "kgCO2/kWh", "tCO2/MWh")
    assert any("单位与" in text for text in problems(copy))


def test_all_problems_come_at_once(copy):
    spoil(copy, GRID, 2, "0.5306", "x")
    spoil(copy, GRID, 5, "official", "?")
    spoil(copy, FUELS, 3, ",全国,", ",,")
    assert len(problems(copy)) == 3


def test_the_tables_beside_the_factors_are_as_strict(copy):
    again = {name: (copy / name).read_text("utf-8").splitlines()[1] for name in ("places.csv", "conflicts.csv")}
    for name, line in again.items():
        with (copy / name).open("a", encoding="utf-8") as table:
            table.write(line + "\n")
    spoil(copy, "conflicts.csv", 3, "closed", "shut")
    ranges = copy / "plausibility.csv"
    lines = ranges.read_text("utf-8").splitlines()
    ranges.write_text("\n".join([*lines, lines[1], lines[2].replace(",9,16,", ",,,")]) + "\n", encoding="utf-8")
    spoil(copy, FUELS, 2, "2.52151,tCO2/t,0.094439,tCO2/GJ", ",tCO2/t,,")
    spoil(copy, FUELS, 1, "note", "note,note")
    spoil(copy, "fuels/national_db_2025.csv", 2, "0.0983,tCO2e/GJ", ",")
    spoil(copy, "fuels/national_db_2025.csv", 3, "2027-12-31", "2027-13-31")
    spoil(copy, "fuels/cets_steel_2024.csv", 2, ",GJ/t,", ",,")
    found = "\n".join(problems(copy))
    for says in (
        f"data/places.csv:{len((copy / 'places.csv').read_text('utf-8').splitlines())}: region: “全国”重复",
        "conflict: “",
        "state: “shut”不在可选范围",
        f"data/plausibility.csv:{len(lines) + 1}: key: “power.ncv.hard_coal”重复",
        f"data/plausibility.csv:{len(lines) + 2}: low: 上下限都没有填写",
        f"data/{FUELS}:1: note: 列名重复",
        "data/fuels/national_db_2025.csv:2: ef: 没有填写",
        "data/fuels/national_db_2025.csv:3: review_by: “2027-13-31”不是日期",
        "data/fuels/cets_steel_2024.csv:2: ncv_unit: 没有填写",
    ):
        assert says in found, (says, found)


def test_a_unit_without_a_number_is_refused(copy):
    spoil(copy, FUELS, 2, "2.52151,tCO2/t", ",tCO2/t")
    assert any(": ef_unit: 有单位却没有数值" in text for text in problems(copy))


def test_a_key_names_one_thing_and_a_conflict_has_a_winner(copy):
    for path in copy.rglob("*.csv"):
        text = path.read_text("utf-8")
        path.write_text(text.replace(",true,heat,", ",false,heat,"), encoding="utf-8")
    table = copy / FUELS
    lines = table.read_text("utf-8").splitlines()
    later = lines[1].replace("2024-12-31", "2030-01-01").replace("fuel.anthracite", "fuel.coke", 1)
    table.write_text("\n".join([*lines, later.replace(",2024,", ",2030,")]) + "\n", encoding="utf-8")
    found = problems(copy)
    assert any("没有一条标为采用" in text for text in found), found
    assert any(": item: 同一键的 item 与" in text for text in found), found


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "文件是空的"),
        (b"key,item\n", "缺少这一列"),
        ("键,值\n".encode("gbk"), "不是 UTF-8"),
        (b"\0\0", "空字符"),
        (b'key,"item\n', "引号不配对"),
        (b"x" * (4 * 1024 * 1024 + 1), "文件过大"),
    ],
    ids=["empty", "half a header", "gbk", "binary", "quotes", "large"],
)
def test_files_that_are_no_tables(copy, content, says):
    (copy / "grid" / "broken.csv").write_bytes(content)
    assert any(says in text and "data/grid/broken.csv" in text for text in problems(copy))


def test_a_missing_base_file_is_named(copy):
    (copy / "places.csv").unlink()
    assert any(text.startswith("data/places.csv: 缺少这个文件") for text in problems(copy))


def test_a_folder_that_is_not_there(tmp_path):
    assert "找不到文件夹" in problems(tmp_path / "nowhere")[0]

"""The main job from the command line, on the real example and on every kind of bad input."""

import json
import zipfile
from pathlib import Path

import pytest

from tanping.assessment.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = str(EXAMPLES / "sheyanggang.yaml")
BLANK = str(EXAMPLES / "sheyanggang-unpublished-blank.yaml")


def result(capsys, *arguments):
    assert main(arguments) == 0
    return json.loads(capsys.readouterr().out)


def test_assess_the_example(capsys):
    found = result(capsys, "assess", EXAMPLE, "--json", "-")
    assert found["schema"] == "tanping.assessment/1"
    assert found["as_of"] == "2026-11-01"
    inventory = found["inventory"]
    assert inventory["complete"]
    assert inventory["unit"] == "tCO2"
    coal = next(source for source in inventory["sources"] if source["id"] == "fuels.设计煤种")
    assert coal["design_year"] == pytest.approx(3_308_000 * 22.0 * 0.0262 * 0.99 * 44 / 12, rel=1e-9)
    assert len(inventory["annual"]) >= 30
    parts = sum(
        source["design_year"]
        for source in inventory["sources"]
        if source["stage"] == "operation" and not source["memo"]
    )
    assert inventory["design_year_total"] == pytest.approx(parts, rel=1e-9)
    assert found["screening"]["verdict"] in ("禁止", "限制", "需论证", "资料不足", "符合")
    assert len(found["screening"]["findings"]) >= 40
    assert all(item["document"] and item["article"] for item in found["screening"]["findings"])


def test_less_law_in_2020(capsys):
    now = result(capsys, "assess", EXAMPLE, "--json", "-")
    then = result(capsys, "assess", EXAMPLE, "--as-of", "2020-12-10", "--json", "-")
    clauses_now = {item["clause"] for item in now["screening"]["findings"]}
    clauses_then = {item["clause"] for item in then["screening"]["findings"]}
    assert then["as_of"] == "2020-12-10"
    assert len(clauses_then) < len(clauses_now)


def test_the_half_filled_copy_says_what_is_missing(capsys):
    found = result(capsys, "assess", BLANK, "--json", "-")
    assert found["screening"]["verdict"] == "资料不足"
    assert not found["inventory"]["complete"]
    assert found["inventory"]["design_year_total"] is None
    assert found["inventory"]["lifetime_total"] is None
    assert found["inventory"]["missing"]
    ranked = [item["decides"] for item in found["screening"]["missing"]]
    assert ranked
    assert found["screening"]["missing"][0]["label"]


def test_screen_works_on_a_half_filled_file(capsys):
    found = result(capsys, "screen", BLANK, "--json", "-")
    assert found["screening"]["missing"]
    assert "inventory" not in found


def test_the_json_file_is_the_same_as_standard_output(capsys, tmp_path):
    target = tmp_path / "r.json"
    assert main(["assess", EXAMPLE, "--json", str(target)]) == 0
    said = capsys.readouterr().out
    assert "审查：" in said
    assert json.loads(target.read_text()) == result(capsys, "assess", EXAMPLE, "--json", "-")


@pytest.mark.parametrize("sector", ["power", "steel", "cement"])
def test_blank_forms_are_valid_and_say_nothing(sector, tmp_path, capsys):
    yaml, xlsx = tmp_path / "blank.yaml", tmp_path / "blank.xlsx"
    assert main(["template", sector, "--yaml", str(yaml)]) == 0
    assert main(["template", sector, "--xlsx", str(xlsx)]) == 0
    capsys.readouterr()
    for path in (yaml, xlsx):
        found = result(capsys, "assess", str(path), "--as-of", "2026-11-01", "--json", "-")
        assert found["screening"]["verdict"] == "资料不足"
        assert found["inventory"]["design_year_total"] is None


def test_schema(capsys):
    assert "tanping.project/1" in json.dumps(result(capsys, "schema"))


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)


HOSTILE = {
    "missing.yaml": None,
    "empty.yaml": b"",
    "blank.yaml": b"  \n\n",
    "binary.yaml": b"\x00\x01\xff\xfe" * 50,
    "list.yaml": b"- 1\n- 2\n",
    "large.yaml": b"a: " + b"x" * 10_000_000,
    "bomb.yaml": b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "deep.yaml": b"[" * 10_000,
    "twice.yaml": b"schema: tanping.project/1\nschema: tanping.project/1\n",
    "tag.yaml": b"!!python/object/apply:os.system ['true']\n",
    "notexcel.xlsx": b"this is text",
    "emptyexcel.xlsx": b"",
    "nodate.yaml": b"schema: tanping.project/1\n",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_input_is_refused_in_one_clear_line(name, tmp_path, capsys):
    path = tmp_path / name
    if HOSTILE[name] is not None:
        path.write_bytes(HOSTILE[name])
    target = tmp_path / "out.json"
    assert main(["assess", str(path), "--json", str(target)]) == 2
    said = capsys.readouterr()
    assert name in said.err
    assert "Traceback" not in said.err
    assert not target.exists()


def test_zip_bomb(tmp_path, capsys):
    path = tmp_path / "bomb.xlsx"
    bomb(path)
    assert main(["assess", str(path), "--as-of", "2026-11-01"]) == 2
    assert "bomb.xlsx" in capsys.readouterr().err


def test_a_target_that_cannot_be_written(tmp_path, capsys):
    assert main(["assess", EXAMPLE, "--json", str(tmp_path / "no" / "such" / "folder.json")]) == 2
    assert "folder.json" in capsys.readouterr().err


def test_verify_tells_an_edited_result(tmp_path, capsys):
    target = tmp_path / "r.json"
    assert main(["assess", EXAMPLE, "--json", str(target)]) == 0
    assert main(["verify", str(target)]) == 0
    edited = json.loads(target.read_text())
    edited["inventory"]["design_year_total"] += 1
    target.write_text(json.dumps(edited))
    capsys.readouterr()
    assert main(["verify", str(target)]) == 1
    assert "不符" in capsys.readouterr().out

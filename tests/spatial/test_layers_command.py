"""``tanping layers`` as a person uses it."""

from __future__ import annotations

import json

import pytest
from made_layers import box, geojson

from tanping.assessment.cli import main

AREA = box(0, 0, 1000, 1000)


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    path = tmp_path / "红线.geojson"
    path.write_bytes(geojson(AREA))
    return path


def add(file, **more) -> int:
    said = {
        "kind": "生态保护红线", "name": "红线", "date": "2023-06-01", "document": "批复", "crs": "CGCS2000",
        "accuracy": "5", "covers": "江苏", "by": "张",
    } | more  # fmt: skip
    return main(["layers", "add", str(file), *(part for name, text in said.items() for part in (f"--{name}", text))])


def test_add_list_check_remove(file, capsys):
    assert add(file) == 0
    said = capsys.readouterr().out
    id = said.split()[1]
    assert id.startswith("ecological_redline-2023-06-01-")
    assert "要素 1 个" in said
    assert main(["layers", "list"]) == 0
    said = capsys.readouterr().out
    assert id in said
    assert "精度 5 m" in said
    assert "共 1 个图层" in said
    assert main(["layers", "list", "--json"]) == 0
    (plain,) = json.loads(capsys.readouterr().out)
    assert plain["id"] == id
    assert main(["layers", "check"]) == 0
    assert "问题 0 个；可叠图回答 2 项" in capsys.readouterr().out
    assert main(["layers", "remove", id[:22]]) == 0
    assert main(["layers", "list"]) == 0
    assert "共 0 个图层" in capsys.readouterr().out


def test_a_bad_claim_and_a_bad_file_exit_two(file, capsys):
    assert add(file, kind="红线啊", crs="火星") == 2
    said = capsys.readouterr().err
    assert "红线.geojson: --kind:" in said
    assert "--crs" in said
    assert "Traceback" not in said
    file.write_text("{")
    assert add(file) == 2
    assert "不是有效的 JSON" in capsys.readouterr().err


def test_odd_dates_and_metres_are_refused_in_chinese(file, capsys):
    for more in ({"date": "2023年"}, {"accuracy": "五"}, {"accuracy": "nan"}):
        with pytest.raises(SystemExit) as leaving:
            add(file, **more)
        assert leaving.value.code == 2
        assert "不是" in capsys.readouterr().err


def test_check_tells_what_was_touched(file, capsys, tmp_path):
    assert add(file) == 0
    next((tmp_path / "home" / "layers").glob("*/features.txt")).write_text("", "utf-8")
    capsys.readouterr()
    assert main(["layers", "check"]) == 1
    assert "散列不一致" in capsys.readouterr().out


def test_kinds_tell_what_they_answer(file, capsys):
    assert main(["layers", "list", "--kinds"]) == 0
    said = capsys.readouterr().out
    assert "饮用水水源保护区（drinking_water，面，分区：一级保护区" in said
    assert main(["layers", "list", "--kinds", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 20


def test_help_stays_light():
    import subprocess
    import sys

    code = "import sys; from tanping.assessment.cli import build_parser; build_parser(); print([m for m in ('shapely','pyproj','pyogrio','numpy') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"

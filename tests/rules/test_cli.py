from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tanping.assessment.cli import main
from tanping.rules.pack import PACKS, load_packs


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["rules", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, _ = run(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out)


def test_list_filters(capsys: pytest.CaptureFixture[str]) -> None:
    everything = as_json(capsys, "list")
    assert len(everything) == len(load_packs().clauses)
    sea = as_json(capsys, "list", "--topic", "海洋与岸线")
    assert sea
    assert {item["topic"] for item in sea} == {"海洋与岸线"}
    old = as_json(capsys, "list", "--on", "2016-01-01")
    assert all((item["effective_from"] or "") <= "2016-01-01" for item in old)
    assert len(old) < len(everything)
    assert {item["pack"] for item in as_json(capsys, "list", "--pack", "coast")} == {"coast"}
    assert all("clinker" in item["sectors"] for item in as_json(capsys, "list", "--sector", "clinker"))
    assert all(item["provisional"] for item in as_json(capsys, "list", "--provisional"))
    assert all("法典" in json.dumps(item, ensure_ascii=False) for item in as_json(capsys, "list", "法典", "第三百"))


@pytest.mark.parametrize(
    ("option", "text", "near"), [("--pack", "coasts", "coast"), ("--sector", "clinkers", "clinker")]
)
def test_a_filter_that_nothing_has_is_refused(
    capsys: pytest.CaptureFixture[str], option: str, text: str, near: str
) -> None:
    assert main(["rules", "list", option, text]) == 2
    said = capsys.readouterr().err
    assert f"{option}: 没有“{text}”" in said
    assert near in said.replace(text, "")


def test_list_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list", "--pack", "coast")
    assert code == 0
    assert out.splitlines()[-1] == f"共 {len(out.splitlines()) - 1} 条"


def test_show_tells_the_whole_record(capsys: pytest.CaptureFixture[str]) -> None:
    clause = load_packs().clauses[0]
    code, out, _ = run(capsys, "show", clause.id)
    assert code == 0
    for word in (clause.id, clause.article, clause.requirement, clause.office, clause.document.title):
        assert word in out
    assert as_json(capsys, "show", clause.id)["id"] == clause.id


def test_show_suggests_the_near_id(capsys: pytest.CaptureFixture[str]) -> None:
    clause = load_packs().clauses[0]
    code, out, err = run(capsys, "show", clause.id + "x")
    assert code == 2
    assert out == ""
    assert f"您是否想写 {clause.id}" in err


def test_check_of_another_pack(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (PACKS / "coast.yaml").read_text(encoding="utf-8")
    path = tmp_path / "official_list.yaml"
    head, _, clauses = text.partition("clauses:")
    first = clauses.split("\n  - id: ")[1]
    path.write_text(
        head.replace("pack: coast", "pack: official_list") + "clauses:\n  - id: new-" + first, encoding="utf-8"
    )
    code, out, _ = run(capsys, "check", str(path))
    assert code == 1
    assert "用例不足" in out
    assert "内容相同" in out or "new-" in out
    path.write_text("- x\n", encoding="utf-8")
    code, _, err = run(capsys, "check", str(path))
    assert code == 2
    assert "official_list.yaml:1" in err
    assert "Traceback" not in err


def test_diff(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = (PACKS / "coast.yaml").read_text(encoding="utf-8")
    other = tmp_path / "coast.yaml"
    other.write_text(text.replace("severity: 禁止", "severity: 限制", 1), encoding="utf-8")
    code, out, _ = run(capsys, "diff", str(PACKS / "coast.yaml"), str(other))
    assert code == 0
    assert "命中后：禁止 → 限制" in out
    assert out.splitlines()[-1] == "共 1 处不同"
    (change,) = as_json(capsys, "diff", str(PACKS / "coast.yaml"), str(other))
    assert change["fields"] == {"severity": ["禁止", "限制"]}
    code, out, _ = run(capsys, "diff", str(PACKS), str(PACKS))
    assert out.strip() == "没有不同"


def test_a_difference_in_any_field_is_told_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before = PACKS / "coast.yaml"
    known = {line.split(":")[0].strip(" -") for line in before.read_text(encoding="utf-8").splitlines() if ":" in line}
    lines = before.read_text(encoding="utf-8").replace("unit_natures: [new, renovated]", "unit_natures: [new]")
    (tmp_path / "coast.yaml").write_text(
        lines.replace("basis: recalled", "basis: reprint").replace("evidence: [", "evidence: [甲, "), encoding="utf-8"
    )
    _, out, _ = run(capsys, "diff", str(before), str(tmp_path / "coast.yaml"))
    assert "单元性质：new、renovated → new" in out
    assert "待核原文：是 → 否" in out
    fields = {line.strip().split("：")[0] for line in out.splitlines() if line.startswith("    ")}
    assert fields.isdisjoint(known)
    assert {"单元性质", "依据程度", "待核原文", "可核材料"} == fields


@pytest.mark.parametrize("name", ["gone.yaml", "."])
def test_diff_without_packs_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "diff", name, str(PACKS))
    assert code == 2
    assert "找不到规则包" in err


def test_an_impossible_date_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["rules", "list", "--on", "2026-02-30"])
    assert caught.value.code == 2
    assert "“2026-02-30”不是日期" in capsys.readouterr().err

"""Own packs and verifications in the law: they count in every result, are named in its versions, and lapse with what they rest on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tanping.assessment.cli import main
from tanping.assessment.portfolio import job, partition
from tanping.assessment.portfolio.mapping import ColumnMap
from tanping.assessment.review.law import law_of
from tanping.records.canonical import sha256
from tanping.records.errors import InputError
from tanping.rules.attest import Verifications
from tanping.rules.law import VERIFICATIONS, cases_of, law_cases, law_state, load_law, own_law_hash, packs_from
from tanping.rules.pack import PACKS, load_packs

EXAMPLE = Path(__file__).parents[2] / "examples" / "sheyanggang.yaml"
OWN = """pack: own_list
title: 某清单
documents:
  list: {title: 某市沿海准入清单, number: 某府〔2026〕1号, issuer: 某市政府}
clauses:
  - id: own-1
    document: list
    article: 第一条
    sectors: [all]
    requirement: 沿海陆域不得新上
    condition: on_coastal_land
    severity: 禁止
    office: 海洋
    topic: 海洋与岸线
    basis: recalled
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TANPING_PACKS", raising=False)
    return tmp_path / "home"


@pytest.fixture
def own(home: Path) -> Path:
    folder = home / "packs"
    folder.mkdir(parents=True)
    (folder / "own_list.yaml").write_text(OWN, "utf-8")
    return folder


def screened(capsys: pytest.CaptureFixture[str], *more: str) -> dict:
    assert main(["screen", str(EXAMPLE), "--json", "-", *more]) == 0
    return json.loads(capsys.readouterr().out)


def finding(result: dict, clause: str) -> dict:
    return next(item for item in result["screening"]["findings"] if item["clause"] == clause)


def test_without_own_packs_the_law_is_what_ships(home: Path) -> None:
    assert load_law() is load_packs()


def test_an_own_pack_counts_and_is_named_and_archived(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = load_law()
    raw = (own / "own_list.yaml").read_bytes()
    assert len(law.clauses) == len(load_packs().clauses) + 1
    result = screened(capsys)
    assert result["versions"]["packs"]["own_list"] == sha256(raw)
    assert law_of(result["versions"])[sha256(raw)] == raw
    found = finding(result, "own-1")
    assert (found["met"], found["provisional"]) == ("不符合", True)
    assert result["screening"]["best"] != "禁止"
    (own / "own_list.yaml").write_text(OWN.replace("recalled", "official"), "utf-8")
    checked = screened(capsys)
    assert checked["screening"]["best"] == "禁止"


def test_one_of_the_same_name_takes_the_place_of_the_one_that_ships(own: Path) -> None:
    coast = (PACKS / "coast.yaml").read_text("utf-8")
    (own / "coast.yaml").write_text(coast.replace("severity: 禁止", "severity: 限制", 1), "utf-8")
    law = load_law()
    assert [pack.name for pack in law][:-1] == [pack.name for pack in load_packs()]
    assert next(pack for pack in law if pack.name == "coast").source.startswith(str(own))
    assert cases_of("coast") == ()
    assert {case.clause for case in law_cases()} <= {clause.id for clause in law.clauses}


def test_a_broken_own_pack_is_told_and_nothing_is_judged_with_less(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "own_list.yaml").write_text(OWN.replace("禁止", "严禁"), "utf-8")
    with pytest.raises(InputError, match=r"own_list\.yaml:12"):
        load_law()
    assert main(["screen", str(EXAMPLE)]) == 2
    assert "严禁" in capsys.readouterr().err
    (own / "own_list.yaml").rename(own / "verifications.yaml")
    with pytest.raises(InputError, match="留给原文核对记录"):
        load_law()


def test_a_folder_named_for_one_run(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert "own_list" in screened(capsys)["versions"]["packs"]
    assert "own_list" not in screened(capsys, "--packs", str(other))["versions"]["packs"]
    assert "own_list" in load_law().versions
    assert main(["screen", str(EXAMPLE), "--packs", str(tmp_path / "gone")]) == 2
    with packs_from(other):
        assert load_law() is load_packs()


def test_a_verified_clause_counts_and_its_record_is_named_and_archived(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clause = load_law().clause("own-1")
    assert clause.provisional
    kept = Verifications.open()
    kept.attach(
        clause, data="第一条 沿海陆域不得新上项目".encode(), file="清单.txt", excerpt="沿海陆域不得新上项目", by="甲"
    )
    state = law_state()
    assert finding(screened(capsys), "own-1")["provisional"]
    kept.check(clause, "一致", by="乙")
    assert law_state() != state
    result = screened(capsys)
    found = finding(result, "own-1")
    assert (found["provisional"], found["excerpt"], found["basis"]) == (False, "沿海陆域不得新上项目", "official")
    assert result["screening"]["best"] == "禁止"
    named = result["versions"]["packs"][VERIFICATIONS]
    assert json.loads(law_of(result["versions"])[named])["verified"][0]["check"]["by"] == "乙"
    (own / "own_list.yaml").write_text(OWN.replace("第一条", "第二条"), "utf-8")
    assert load_law().clause("own-1").provisional
    assert VERIFICATIONS not in load_law().versions


def test_law_that_is_not_here_is_told(home: Path) -> None:
    versions = {"factors": "0" * 64, "packs": {}}
    with pytest.raises(LookupError):
        law_of(versions)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["rules", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_out_and_in_by_command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "zoning.xlsx"
    assert run(capsys, "export", "zoning", "--out", str(book))[0] == 0
    code, out, _ = run(capsys, "import", str(book), "--dry-run")
    assert code == 0
    assert "代替自带的同名规则包" in out
    assert not (home / "packs").exists()
    assert run(capsys, "import", str(book))[0] == 0
    assert load_law().versions["zoning"] != load_packs().versions["zoning"]
    assert [c.plain() for c in load_law().clauses] == [c.plain() for c in load_packs().clauses]
    assert run(capsys, "import", str(book))[0] == 0
    assert len(list((home / "packs" / "earlier").glob("zoning-*.yaml"))) == 2
    assert run(capsys, "remove", "zoning")[0] == 0
    assert load_law() is load_packs()
    assert run(capsys, "remove", "zoning")[0] == 2
    code, _, err = run(capsys, "export", "zonign", "--out", str(book))
    assert code == 2
    assert "您是否想写 zoning" in err
    assert run(capsys, "export", "--out", str(book))[0] == 0
    code, _, err = run(capsys, "import", str(book))
    assert code == 2
    assert "规则包!B2" in err


def test_verified_by_command(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "清单.txt"
    text.write_text("第一条 沿海陆域不得新上项目", "utf-8")
    code, _, err = run(capsys, "verify", "own-1", "--check", "一致", "--by", "乙")
    assert code == 2
    assert "还没有附上原文" in err
    said = ("--excerpt", "沿海陆域不得新上", "--page", "第3页", "--by", "甲")
    code, out, _ = run(capsys, "verify", "own-1", "--attach", str(text), *said)
    assert code == 0
    assert "待第二人复核" in out
    code, _, err = run(capsys, "verify", "own-1", "--check", "一致", "--by", "甲")
    assert code == 2
    assert "不能自己复核" in err
    code, out, _ = run(capsys, "verify", "own-1", "--check", "一致", "--by", "乙")
    assert code == 0
    assert "已核原文" in out
    assert "own-1  [已核原文]" in run(capsys, "verify")[1]
    (row,) = json.loads(run(capsys, "verify", "--json")[1])
    assert row["check"]["by"] == "乙"
    assert run(capsys, "verify", "own-1x")[0] == 2
    assert "第3页" in run(capsys, "show", "own-1")[1]


def test_a_table_is_judged_by_the_same_law_and_no_worker_by_another(own: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    table.write_text(
        "项目代码,行业,生产单元类别,单元性质,建设性质,省,设区市,受理日期\nA,电力,煤电,新增,新建,江苏,盐城,2026-11-01\n",
        "utf-8",
    )
    job.run(table, out, job.Options())
    written = pq.read_schema(out).metadata
    assert any(sha256((own / "own_list.yaml").read_bytes()).encode() in value for value in written.values())
    day = date(2026, 11, 1)
    mine = partition.Settings("in.csv", (), (), ColumnMap(), day, "审批", law=own_law_hash())
    assert "own_list" in partition.versions(mine)["packs"]
    with pytest.raises(InputError, match="与发起任务的机器不同"):
        partition.laws_of(replace(mine, law=""))

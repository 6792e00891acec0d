from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_law import HEAD, Packer, clause_text

from tanping.records.basis import Basis
from tanping.records.errors import InputError
from tanping.records.expressions import And, Name, Not
from tanping.rules.clause import LegalDocument, Severity
from tanping.rules.diff import differences
from tanping.rules.facts import Catalogue, Moment, load_catalogue
from tanping.rules.pack import load_packs, parse_pack, read_packs


def refusals(catalogue: Catalogue, text: str, name: str | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_pack(text.encode(), "bad.yaml", catalogue, name)
    return [str(problem) for problem in caught.value.problems]


def test_a_clause_is_read_as_written(pack_of: Packer) -> None:
    text = clause_text(
        condition="coastal",
        unless="exempt",
        unit_natures="[all]",
        project_natures="[relocation]",
        region="江苏沿海三市",
        effective_from="2026-08-15",
        effective_to="2026-12-31",
        date_of="approved",
        binds_at="开工",
        evidence="[专章, 报告]",
        basis="recalled",
        basis_note="见某处",
        severity="限制",
    )
    packs = pack_of(text)
    clause = packs.clause("c")
    assert clause.hit == And((Name("coastal"), Not(Name("exempt"))))
    assert clause.facts == ("coastal", "exempt")
    assert clause.unit_natures == ("new", "renovated", "existing")
    assert clause.sectors == ("power", "steel", "kiln")
    assert clause.project_natures == ("relocation",)
    assert (clause.effective_from, clause.effective_to) == (date(2026, 8, 15), date(2026, 12, 31))
    assert (clause.region, clause.date_of, clause.binds_at) == ("江苏沿海三市", "approved", Moment.START)
    assert (clause.severity, clause.basis, clause.provisional) == (Severity.RESTRICTED, Basis.RECALLED, True)
    assert clause.evidence == ("专章", "报告")
    assert clause.document == LegalDocument("law", "某法", "某令", "某部")
    assert clause.where.line is not None
    assert clause.pack == "small"
    assert not clause.manual
    assert clause.plain()["condition"] == "coastal"
    assert clause.plain()["effective_from"] == "2026-08-15"
    assert packs.packs[0].foreword == "说明"


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("[furnaces]", ("steel", "kiln")),
        ("[power, furnaces]", ("power", "steel", "kiln")),
        ("[kiln, furnaces]", ("kiln", "steel")),
        ("[all, furnaces]", ("power", "steel", "kiln")),
    ],
)
def test_a_group_is_read_as_its_members(pack_of: Packer, written: str, codes: tuple[str, ...]) -> None:
    clause = pack_of(clause_text(sectors=written)).clauses[0]
    assert clause.sectors == codes
    assert clause.plain()["sectors"] == list(codes)


def test_what_is_not_said_takes_its_plain_meaning(pack_of: Packer) -> None:
    clause = pack_of(clause_text(unit_natures=None)).clause("c")
    assert clause.unit_natures == ("new", "renovated", "existing")
    assert (clause.effective_from, clause.effective_to, clause.region) == (None, None, "全国")
    assert (clause.binds_at, clause.date_of, clause.superseded_by, clause.excerpt) == (None, "", "", "")


def test_the_words_null_and_blank_mean_nothing(pack_of: Packer) -> None:
    clause = pack_of(clause_text(effective_from="null", effective_to="", excerpt="null", superseded_by="")).clause("c")
    assert (clause.effective_from, clause.effective_to, clause.excerpt, clause.superseded_by) == (None, None, "", "")


@pytest.mark.parametrize(
    ("title", "number", "citation"),
    [
        ("某法", "", "《某法》"),
        ("某法", "某令", "《某法》（某令）"),
        ("《甲》实施细则", "", "《〈甲〉实施细则》"),
    ],
)
def test_citations(title: str, number: str, citation: str) -> None:
    assert LegalDocument("k", title, number).citation == citation


@pytest.mark.parametrize(
    ("more", "word", "field"),
    [
        ({"condition": "costal"}, "没有名为 costal", "c.condition"),
        ({"condition": "coastal and"}, "第 12 列：表达式没有写完", "c.condition"),
        ({"condition": "open('x')"}, "不允许调用函数", "c.condition"),
        ({"condition": "coastal.real"}, "不允许用“.”取属性", "c.condition"),
        ({"condition": "not " * 500 + "coastal"}, "嵌套过深", "c.condition"),
        ({"condition": "rate > old_t"}, "单位不同", "c.condition"),
        ({"condition": "notice > '2026-02-30'"}, "没有 2026-02-30", "c.condition"),
        ({"unless": "costal"}, "没有名为 costal", "c.unless"),
        ({"effective_from": "2026-02-30"}, "没有“2026-02-30”这一天", "c.effective_from"),
        ({"effective_from": "2026-W06-1"}, "没有“2026-W06-1”这一天", "c.effective_from"),
        ({"effective_from": "20260201"}, "没有“20260201”这一天", "c.effective_from"),
        ({"effective_from": "[a]"}, "这一天", "c.effective_from"),
        ({"effective_from": "2026-02-02", "effective_to": "2026-02-01"}, "早于起始日", "c.effective_to"),
        ({"severity": "严禁"}, "没有“严禁”", "c.severity"),
        ({"severity": None}, "缺少 severity", "c.severity"),
        ({"basis": "guess"}, "没有“guess”", "c.basis"),
        ({"basis": None}, "缺少 basis", "c.basis"),
        ({"binds_at": "明天"}, "没有“明天”", "c.binds_at"),
        ({"topic": "海洋与岸"}, "您是否想写 海洋与岸线", "c.topic"),
        ({"topic": None}, "缺少 topic", "c.topic"),
        ({"sectors": "[pawer]"}, "您是否想写 power", "c.sectors"),
        ({"sectors": "[furnace]"}, "您是否想写 furnaces", "c.sectors"),
        ({"unit_natures": "[furnaces]"}, "没有“furnaces”", "c.unit_natures"),
        ({"sectors": "[]"}, "缺少 sectors", "c.sectors"),
        ({"sectors": "power"}, "应是列表", "c.sectors"),
        ({"unit_natures": "[old]"}, "没有“old”", "c.unit_natures"),
        ({"project_natures": "[old]"}, "没有“old”", "c.project_natures"),
        ({"region": "江苏沿海四市"}, "您是否想写 江苏沿海三市", "c.region"),
        ({"document": "lew"}, "您是否想写 law", "c.document"),
        ({"document": None}, "缺少 document", "c.document"),
        ({"article": None}, "缺少 article", "c.article"),
        ({"article": '"  "'}, "缺少 article", "c.article"),
        ({"article": "[a]"}, "一段文字", "c.article"),
        ({"requirement": None}, "缺少 requirement", "c.requirement"),
        ({"office": None}, "缺少 office", "c.office"),
        ({"date_of": "birthday"}, "不是项目日期", "c.date_of"),
        ({"date_of": "rate"}, "不是项目日期", "c.date_of"),
        ({"condition": None}, "既没有 condition，也没有 question", "c.condition"),
        ({"question": "吗？"}, "只能有一个", "c.question"),
        ({"condition": None, "question": "吗？", "unless": "exempt"}, "不能写 unless", "c.unless"),
        ({"sevrity": "禁止"}, "您是否想写 severity", "clauses.sevrity"),
        ({"evidence": "专章"}, "应是列表", "c.evidence"),
        ({"superseded_by": "d"}, "不存在", "c.superseded_by"),
    ],
)
def test_a_bad_clause_is_refused_with_its_line(
    pack_of: Packer, more: dict[str, str | None], word: str, field: str
) -> None:
    with pytest.raises(InputError) as caught:
        pack_of(clause_text("fine"), clause_text("c", **{"condition": "coastal", **more}))
    problem = caught.value.problems[0]
    assert word in str(problem)
    assert problem.field == field
    assert problem.where.source == "small.yaml"
    assert problem.where.line is not None
    assert problem.where.line > HEAD.count("\n") + 10


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "文件是空的"),
        ("- a\n", "规则包应是键值"),
        ("just words\n", "规则包应是键值"),
        ("pack: [\n", "不是有效的 YAML"),
        ("pack: a\npack: b\n", "重复"),
        ("pack: &x a\ntitle: *x\n", "锚点"),
        ("pack: !!python/object:os.system a\n", "锚点或标签"),
        ("pack: small\ntitle: t\n---\npack: b\n", "一份内容"),
        (HEAD, "缺少 clauses"),
        (HEAD.replace("clauses:", "clauses: []"), "缺少 clauses"),
        (HEAD.replace("clauses:", "clauses: x"), "缺少 clauses"),
        (HEAD + "  - text\n", "每条应是键值"),
        (HEAD.replace("title: 小规则包", "") + clause_text(), "缺少 title"),
        (HEAD.replace("pack: small", "") + clause_text(), "缺少 pack"),
        (HEAD.replace("title: 某法, ", "") + clause_text(), "缺少 title"),
        (HEAD.replace("law: {title: 某法, number: 某令, issuer: 某部}", "law: 某法") + clause_text(), "应写明 title"),
        (HEAD.replace("issuer: 某部", "isuer: 某部") + clause_text(), "您是否想写 issuer"),
        (
            HEAD.replace("documents:\n  law: {title: 某法, number: 某令, issuer: 某部}\n", "") + clause_text(),
            "缺少 documents",
        ),
        (HEAD.replace("foreword", "forword") + clause_text(), "您是否想写 foreword"),
        ("[" * 10_000, "嵌套过深"),
        ("a: " + "{b: " * 200 + "1" + "}" * 200, "嵌套过深"),
    ],
)
def test_a_malformed_pack_is_refused(catalogue: Catalogue, text: str, word: str) -> None:
    found = refusals(catalogue, text)
    assert any(word in line for line in found), found
    assert all(line.startswith("bad.yaml") for line in found)


def test_every_problem_is_told(catalogue: Catalogue) -> None:
    text = HEAD + clause_text("a", "costal") + clause_text("b", basis="x") + clause_text("d", article=None)
    assert len(refusals(catalogue, text)) == 3


def test_not_utf8_and_too_large_are_refused(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="UTF-8"):
        parse_pack("包".encode("gb18030"), "x.yaml", catalogue)
    with pytest.raises(InputError, match="过大"):
        parse_pack(b"a: " + b"x" * (4 * 1024 * 1024), "x.yaml", catalogue)


# ---------------------------------------------------------------------------------------------- folders and sets


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_of_packs(folder: Path) -> None:
    catalogue = load_catalogue(folder / "facts")
    write(folder, "small", HEAD + clause_text("a"))
    write(folder, "other", HEAD.replace("pack: small", "pack: other") + clause_text("b"))
    packs = read_packs(sorted(folder.glob("*.yaml")), catalogue)
    assert [pack.name for pack in packs] == ["other", "small"]
    assert [clause.id for clause in packs.clauses] == ["b", "a"]
    assert set(packs.versions) == {"facts", "other", "small"}
    assert all(len(digest) == 64 for name, digest in packs.versions.items() if name != "facts")
    assert packs.versions["other"] != packs.versions["small"]
    assert [clause.id for clause in packs.only({"a"}).clauses] == ["a"]
    assert packs.only({"a"}).versions == packs.versions
    with pytest.raises(KeyError):
        packs.clause("z")


def test_a_packs_name_is_its_files(folder: Path) -> None:
    catalogue = load_catalogue(folder / "facts")
    path = write(folder, "coast", HEAD + clause_text("a"))
    with pytest.raises(InputError, match="与文件名不同"):
        read_packs([path], catalogue)


def test_ids_and_names_are_used_once(folder: Path) -> None:
    catalogue = load_catalogue(folder / "facts")
    small = write(folder, "small", HEAD + clause_text("a"))
    other = write(folder, "other", HEAD.replace("pack: small", "pack: other") + clause_text("a"))
    with pytest.raises(InputError, match=r"编号重复，另见 .*small\.yaml:\d+"):
        read_packs([small, other], catalogue)
    with pytest.raises(InputError, match="包名“small”重复"):
        read_packs([small, small], catalogue)


def test_problems_of_all_files_are_told_together(folder: Path) -> None:
    catalogue = load_catalogue(folder / "facts")
    first = write(folder, "small", HEAD + clause_text("a", "costal"))
    second = write(folder, "other", "- x\n")
    with pytest.raises(InputError) as caught:
        read_packs([first, second, folder / "gone.yaml", folder / "facts"], catalogue)
    assert len(caught.value.problems) == 4


def test_the_hash_is_that_of_the_bytes(catalogue: Catalogue) -> None:
    one = parse_pack((HEAD + clause_text()).encode(), "a.yaml", catalogue)
    same = parse_pack((HEAD + clause_text()).encode(), "b.yaml", catalogue)
    more = parse_pack((HEAD + clause_text() + "# 注\n").encode(), "a.yaml", catalogue)
    assert one.sha256 == same.sha256 != more.sha256


def test_shipped_packs_are_loaded_once() -> None:
    assert load_packs() is load_packs()
    assert load_packs().facts_sha256


# ---------------------------------------------------------------------------------------------- supersession


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ({"effective_to": "2026-08-14"}, {"effective_from": "2026-08-15"}, ""),
        ({"effective_to": "2026-08-15"}, {"effective_from": "2026-08-15"}, "重叠：2026-08-15 终止，2026-08-15 起施行"),
        ({"effective_to": "2026-08-15"}, {}, "重叠：2026-08-15 终止，未写起始日"),
        ({}, {"effective_from": "2026-08-15"}, "应写终止日"),
        ({"effective_to": "2026-08-14", "superseded_by": "old"}, {}, "不存在"),
        ({"effective_to": "2026-08-14", "superseded_by": "nwe"}, {}, "您是否想写 new"),
    ],
)
def test_supersession(pack_of: Packer, old: dict[str, str], new: dict[str, str], word: str) -> None:
    clauses = clause_text("old", **{"superseded_by": "new", **old}), clause_text("new", **new)
    if not word:
        assert pack_of(*clauses).clause("old").superseded_by == "new"
        return
    with pytest.raises(InputError, match=word):
        pack_of(*clauses)


# ---------------------------------------------------------------------------------------------- differences


def test_differences_name_what_changed(pack_of: Packer) -> None:
    before = pack_of(clause_text("a"), clause_text("b"), clause_text("d")).clauses
    after = pack_of(
        clause_text("d", severity="限制", condition="polluting"), clause_text("a"), clause_text("e")
    ).clauses
    changes = differences(before, after)
    assert [(change.kind, change.clause) for change in changes] == [("修改", "d"), ("新增", "e"), ("删除", "b")]
    assert {(item.field, item.before, item.after) for item in changes[0].fields} == {
        ("severity", "禁止", "限制"),
        ("condition", "coastal", "polluting"),
    }
    assert differences(before, before) == ()

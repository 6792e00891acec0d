"""The forms of the office: content, order, layout of GB/T 9704, PDF and Word alike."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from brief import brief
from docx import Document
from pypdf import PdfReader

from tanping.assessment.change import Accounts
from tanping.assessment.documents import context, figures, fonts, html, opinion, pdf, seal
from tanping.assessment.documents.forms import FORMS, source
from tanping.assessment.documents.office import DEFAULT, Office, load_office, read_office
from tanping.assessment.documents.press import Job, Pages, Press
from tanping.assessment.documents.review import Check, OfficeFinding, Outcome, Review
from tanping.assessment.documents.tree import read
from tanping.assessment.documents.word import word_bytes
from tanping.assessment.result import Assessment
from tanping.records.errors import InputError

pytestmark = pytest.mark.xdist_group("press")


@pytest.fixture(autouse=True)
def no_settings_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def words_of(form: str, assessment: Assessment, review: Review | None = None) -> str:
    return squeezed(read(source(form, assessment, review).html).text)


def in_order(text: str, *parts: str) -> None:
    at = 0
    for part in parts:
        found = text.find(squeezed(part), at)
        assert found >= 0, part
        at = found


@pytest.mark.parametrize("form", FORMS)
def test_every_form_prints_without_a_review(form: str, assessment: Assessment, press: Press) -> None:
    assert "None" not in words_of(form, assessment)
    reader = PdfReader(io.BytesIO(pdf.print_pdf(brief(assessment), press, form)))
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert squeezed(context.project_name(assessment)) in text
    assert "None" not in text
    wide = float(reader.pages[0].mediabox.width) > float(reader.pages[0].mediabox.height)
    assert wide == FORMS[form].page.landscape
    assert reader.attachments[pdf.RECORD]


@pytest.mark.parametrize("form", [name for name in FORMS if not name.startswith("report")])
def test_word_says_the_same(form: str, assessment: Assessment, review: Review) -> None:
    body = Document(io.BytesIO(word_bytes(assessment, form, review))).element.body
    written = squeezed("".join(node.text or "" for node in body.iter() if node.tag.endswith("}t")))
    for part in read(source(form, assessment, review).html).all("td", "h2", "h3"):
        if not part.first("p"):
            assert squeezed(part.text) in written, part.text


def test_opinion_stands_in_its_order(assessment: Assessment, review: Review) -> None:
    in_order(
        words_of("opinion", assessment, review),
        "送审稿",
        "关于江苏射阳港电厂 2×1000 MW 扩建项目碳排放环境影响评价的联审意见",
        "江苏射阳港发电有限责任公司：",
        "于2026年11月1日受理，于2026年11月9日收齐补正材料，于2026年11月25日完成技术评估",
        "一、项目概况",
        "二、联审组织情况",
        "收到意见3份，自然资源逾期未复。",
        "三、核算审核情况",
        "约 637 万t",
        "达产年（设计工况）二氧化碳排放总量为636.77万吨",
        "四、政策与准入符合性",
        "五、减污降碳措施",
        "六、各单位意见及采纳情况",
        "盐发改函〔2026〕88号",
        "部分采纳",
        "七、问题与修改要求",
        "由环评编制单位于2027年1月15日前完成",
        "八、联审结论",
        "修改完善后同意",
        "九、批复及监管建议",
        "十、说明",
        "不是行政许可",
        "附件：",
        "抄送：江苏省发展改革委，盐城市生态环境局",
    )


def test_charts_of_the_opinion_are_vectors_numbered_and_cited(
    assessment: Assessment, review: Review, press: Press
) -> None:
    accounts = Accounts(0.0, 0.0, 6.4e6, 6.4e6, 0.0, 1e6, 0.0, 6.4e6, "", 5.4e6, "", (), ())
    with_change = replace(brief(assessment), accounts=accounts)
    reader = PdfReader(io.BytesIO(pdf.print_pdf(with_change, press, "opinion", review)))
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    titles = ["碳排放净变化量的构成", "逐年排放量(按类别)", "供电碳排放强度与参考值"]
    assert "，".join(f"{title}见图{number}" for number, title in enumerate(titles, 1)).replace("，", ",") in text
    for number, title in enumerate(titles, 1):
        assert f"图{number}{title}" in text
    assert not [image for page in reader.pages for image in page.images]
    drawn = Document(io.BytesIO(word_bytes(with_change, "opinion", review)))
    assert len(drawn.inline_shapes) == len(titles)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_conclusion_has_one_of_three_forms(assessment: Assessment, review: Review, outcome: Outcome) -> None:
    text = words_of("opinion", assessment, replace(review, outcome=outcome))
    assert set(re.findall(r"联审结论为?:([^。]+)。", text)) == {outcome}


def test_nothing_is_concluded_before_the_review(assessment: Assessment) -> None:
    text = words_of("opinion", assessment)
    assert "联审结论待会审后填写" in text
    assert "尚未征求意见" in text
    assert re.findall(r"联审结论为?:", text) == []


def test_sealed_and_numbered_is_no_draft(assessment: Assessment, review: Review) -> None:
    sealed = replace(review, seal="ab" * 32, number="苏环碳审〔2026〕1号", day=date(2026, 12, 31))
    text = words_of("opinion", assessment, sealed)
    assert "送审稿" not in text
    in_order(text, "苏环碳审〔2026〕1号", "2026年12月31日", "2026年12月31日印发")
    assert source("opinion", assessment, sealed).identifier != source("opinion", assessment, review).identifier


@pytest.mark.parametrize(
    "form", ["opinion", "correction", "consultation", "conformity", "recount", "countersign", "answers", "report"]
)
def test_papers_of_a_trial_are_no_official_documents(form: str, assessment: Assessment, review: Review) -> None:
    trial = replace(review, seal="ab" * 32, number="苏环碳审〔2026〕1号", trial=True)
    assert "单机试用稿，不作公文使用".replace("，", ",") in words_of(form, assessment, trial)


def test_an_incomplete_total_is_said_to_be(incomplete: Assessment, review: Review) -> None:
    text = words_of("opinion", incomplete, review)
    assert "排放总量不完整" in text
    assert "3号机组燃煤年消耗量" in text
    assert "达产年（设计工况）二氧化碳排放总量为" not in text
    assert "3号机组燃煤年消耗量" in words_of("correction", incomplete)


def test_official_grid_is_22_lines_of_28_characters(press: Press) -> None:
    css = [fonts.installed().style(sheet) for sheet in html.style(*FORMS["opinion"].styles)]
    mark = f'<div class="seal">{seal.mark("ab" * 32)}<p>码</p></div>'
    body = f'<html lang="zh-CN"><body>{mark}<p style="text-indent:0">{"国" * 2000}</p></body></html>'
    reader = PdfReader(io.BytesIO(press.print(Job(lambda: Pages(body, css, "00" * 16)))))
    lines = [line for line in reader.pages[0].extract_text().splitlines() if "国国" in line]
    assert len(lines) == 22
    assert {line.count("国") for line in lines} == {28}


def test_self_check_has_its_four_lists_and_no_official_look(assessment: Assessment) -> None:
    text = words_of("self_check", assessment)
    in_order(
        text,
        "自查结果不代表审查意见",
        "一、硬伤：禁止或限制的情形（1 条）",
        "第八十三条第二款",
        "二、批前须办：各类文件（3 件）",
        "节能审查意见",
        "开工前",
        "发展改革",
        "三、须论证：报告中要专门说明的事项（4 条）",
        "四、缺资料（7 项）",
        "最能改变结论的 5 个问题",
        "本项目新增煤炭消费由哪些来源替代",
        "五、排放量怎么算出来的",
    )
    assert "发文机关" not in text
    for item in assessment.inventory.sources:
        assert squeezed(figures.expression(item.expression)) in text


def test_conformity_tells_every_clause(assessment: Assessment) -> None:
    text = words_of("conformity", assessment)
    for finding in assessment.screening.findings:
        if finding.applies != "不涉及":
            assert squeezed(finding.requirement) in text, finding.clause


def test_demands_and_answers(assessment: Assessment, review: Review) -> None:
    for form in ("revision", "answers"):
        text = words_of(form, assessment, review)
        for demand in review.demands:
            assert squeezed(demand.text.rstrip("。")) in text
            assert squeezed(demand.page) in text


def test_letter_asks_the_open_questions_and_brings_the_sheet(assessment: Assessment) -> None:
    text = words_of("consultation", assessment)
    assert squeezed("本项目是否由国家审查并一并开展碳排放评价") in text
    for word in ("同意", "原则同意（附意见）", "不同意", "无意见", "不涉及", "材料不足暂无法出具"):
        assert squeezed(f"□ {word}") in text


@pytest.mark.parametrize("form", FORMS)
def test_a_form_shows_the_charts_it_names_and_no_other(form: str, assessment: Assessment) -> None:
    made = source(form, assessment)
    assert re.findall('src="chart:([^"]+)"', made.html) == list(made.charts)
    assert bool(made.charts) == (form in pdf.DRAWN)


EVIL = "<b onclick=x>{{ 7*7 }}</b>\u202e\u2066🙂𠮷㐀&amp;" + "长" * 2000


CLAUSES = ("energy-review-31-3-before-start",)


def hostile(value: Any, evil: str = EVIL) -> Any:
    """The same record with every text replaced by a stranger's."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = {"outcome", "seal"}
        told = {item.name: getattr(value, item.name) for item in fields(value) if item.name not in kept}
        return replace(value, **{name: hostile(said, evil) for name, said in told.items()})
    if isinstance(value, tuple):
        return tuple(item if item in CLAUSES else hostile(item, evil) for item in value)
    return evil if isinstance(value, str) else value


@pytest.mark.parametrize("form", [name for name in FORMS if not name.startswith("report")])
def test_a_stranger_in_every_field_of_a_review(form: str, assessment: Assessment, review: Review, press: Press) -> None:
    whole = replace(
        review,
        checks=(Check("a", "b", "c", "存疑", "d", "e", "f"),),
        findings=((CLAUSES[0], OfficeFinding("a", "b", "c", "d", "e", "f")),),
        number="n",
        conclusion="c",
        about="a",
        minutes=("m",),
        seal="ab" * 32,
    )
    made = source(form, assessment, hostile(whole)).html
    assert "<b onclick" not in made
    assert not set("\u202e\u2066🙂") & set(made)
    if form != "self_check":
        assert "长" * 2000 in made
    if form == "opinion":
        few = Review(site_visit="s", answers=whole.answers[:1], demands=whole.demands[:1], seal=whole.seal)
        short = EVIL.replace("长" * 2000, "长" * 400)
        reader = PdfReader(io.BytesIO(pdf.print_pdf(brief(assessment), press, form, hostile(few, short))))
        assert "{{7*7}}" in squeezed("".join(page.extract_text() for page in reader.pages))


def test_a_strangers_words_in_a_review_stay_words(assessment: Assessment, review: Review) -> None:
    evil = "<script>x</script>{{ 7*7 }}\u202e<img src=http://x/>"
    answers = tuple(replace(item, text=evil, office=evil) for item in review.answers)
    demands = tuple(replace(item, text=evil) for item in review.demands)
    made = source("opinion", assessment, replace(review, answers=answers, demands=demands, site_visit=evil))
    assert "<script" not in made.html
    assert "<img src=http" not in made.html
    assert "\u202e" not in made.html
    assert "{{ 7*7 }}" in made.html


def test_settings_fill_the_letterhead(assessment: Assessment, tmp_path: Path) -> None:
    (tmp_path / "office.yaml").write_text(
        "office:\n  name: 某省生态环境厅\n  contact: 联系人：张某，电话 000\nphrases:\n  power: [按月报送煤耗。]\n",
        "utf-8",
    )
    text = words_of("opinion", assessment)
    in_order(text, "某省生态环境厅文件", "按月报送煤耗。", "某省生态环境厅", "（联系人：张某，电话 000）", "抄送：")


def test_shipped_settings_are_blank_and_sound() -> None:
    office = load_office()
    assert office == read_office(DEFAULT)
    assert office.mark == "（发文机关）文件"
    assert Office(name="甲厅").mark == "甲厅文件"
    assert office.phrases["power"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("office:\n  nmae: 甲\n", "您是否想写 name"),
        ("office: 甲\n", "应是若干"),
        ("office:\n  name: [甲]\n", "一行文字"),
        ("phrases:\n  power: 甲\n", "若干行文字"),
        ("phrases:\n  steal: []\n", "您是否想写 steel"),
    ],
)
def test_wrong_settings_are_told_by_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "office.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=told) as caught:
        load_office()
    assert re.search(r"office\.yaml:\d+: ", str(caught.value))


def test_organisation_says_who_did_not_answer(review: Review) -> None:
    lines = opinion.organisation(review)
    assert any("自然资源逾期未复" in line for line in lines)
    assert opinion.organisation(Review()) == ["现场踏勘情况：未记载。", "专家参加情况：未记载。"]

"""Papers drafted from a real record: who may print what, what each says, the same bytes again, what changed since."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader
from review_walk import World, example_file

from tanping.assessment.documents.forms import source
from tanping.assessment.documents.tree import read, texts
from tanping.assessment.review.errors import NotAllowedError, RefusedError
from tanping.assessment.review.roles import Action
from tanping.assessment.review.service.opinions import Point
from tanping.assessment.review.service.papers import PRINTED
from tanping.assessment.review.verify import verify
from tanping.records.canonical import sha256

At = Callable[[str], World]
LEAD, APPLICANT = "牵头处经办", "建设单位"

pytestmark = pytest.mark.xdist_group("press")


@pytest.fixture
def world_at(sqlite_stations: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path))
    return sqlite_stations


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def papers(world: World, who: str) -> dict[str, str]:
    found = world.review.printing.documents_of(world.p(who), world.id)
    return {f"{item.form}:{item.about}": item.why or ("封" if item.sealed else "稿") for item in found}


def words(world: World, form: str, about: str = "", who: str = LEAD) -> str:
    ready = world.review.printing._ready(world.p(who), world.id, form, about)
    return squeezed(read(source(form, ready.assessment, ready.review).html).text)


def readable(text: str) -> str:
    """Without what the fonts of one machine hold and another's don't."""
    return re.sub("[〓🙂]", "", squeezed(text))


def letters(world: World) -> World:
    """Something demanded at acceptance, issued."""
    clerk = world.p("受理")
    world.review.demands.write(clerk, world.id, "补充设计煤种元素分析报告。", place="fuels/设计煤种/carbon_per_heat")
    return world


def test_papers_come_with_the_procedure(world_at: At) -> None:
    assert papers(world_at("草稿"), APPLICANT) == {"self_check:": "稿"}
    early = papers(world_at("受理审查"), LEAD)
    assert early["conformity:"] == "封"
    assert early["opinion:"] == "完成技术评估后起草"
    asked = papers(world_at("会审中"), LEAD)
    assert asked["consultation:能源"] == "封"
    assert asked["opinion:"] == "稿"
    filed = papers(world_at("已归档"), LEAD)
    assert (filed["opinion:"], filed["countersign:"]) == ("封", "封")
    assert papers(world_at("已归档"), APPLICANT) == {"self_check:": "稿"}
    assert papers(world_at("已归档"), "审计") == filed


@pytest.mark.parametrize("form", ["opinion", "countersign", "conformity", "recount", "consultation", "report"])
def test_inner_papers_are_not_the_applicants(world_at: At, form: str) -> None:
    world = world_at("已归档")
    with pytest.raises(NotAllowedError):
        world.review.printing.print_form(world.p(APPLICANT), world.id, form, "docx", "能源" if "con" in form else "")


def test_what_is_not_due_is_refused_with_the_reason(world_at: At) -> None:
    world = world_at("技术评估")
    with pytest.raises(RefusedError, match="完成技术评估后起草"):
        world.review.printing.preview(world.p(LEAD), world.id, "opinion")


def test_the_opinion_says_what_the_record_says(world_at: At) -> None:
    world = world_at("已归档")
    text = words(world, "opinion")
    sealed = next(step for step in world.review.steps.taken(world.p(LEAD), world.id) if step.action == Action.NUMBER)
    for part in (
        sealed.hash,
        "苏环碳联〔2026〕3号",
        "征求了气候、大气等2个处室的意见。",
        "函请能源等1个单位提出意见。",
        "收到意见3份，均已答复。",
        "苏能函〔2026〕8号",
        "落实监测计划。",
        "原则同意",
        "经联审，原则同意。",
        "本次联审于2026年11月2日受理",
    ):
        assert squeezed(part) in text, part
    assert "送审稿" not in text
    assert squeezed("落实监测计划。（气候）") in text


def test_a_conclusion_in_no_fixed_form_is_marked_until_it_is_sealed(world_at: At) -> None:
    assert "签发前须改定" in words(world_at("会签"), "opinion")
    assert "送审稿" in words(world_at("会签"), "opinion")
    assert "签发前须改定" not in words(world_at("已归档"), "opinion")


def test_the_countersigning_sheet_grows_with_the_signatures(world_at: At) -> None:
    before, after = words(world_at("会签"), "countersign"), words(world_at("已归档"), "countersign")
    for office in ("气候", "大气"):
        assert squeezed(f"会签（{office}）") in before
        assert squeezed(f"{office}处室负责人某") not in before
        assert squeezed(f"{office}处室负责人某 同意") in after
    assert squeezed("牵头处签发某 签发") in after


def test_a_notice_reaches_the_applicant_once_it_is_issued(world_at: At) -> None:
    world = letters(world_at("受理审查"))
    assert papers(world, LEAD)["correction:"] == "稿"
    assert papers(world, APPLICANT) == {"self_check:": "稿"}
    world.review.demands.set_terms(world.p("受理"), world.id, "环评编制单位", date(2026, 11, 20))
    event = world.step("受理", Action.REQUEST_CORRECTION)
    assert papers(world, APPLICANT) == {"self_check:": "稿", "correction:1": "封", "answers:": "封"}
    text = words(world, "correction", "1", APPLICANT)
    assert event.hash in text
    assert squeezed("由环评编制单位于2026年11月20日前完成") in squeezed(text)
    assert squeezed("请于2026年11月20日前补正") in squeezed(text)
    assert "补充设计煤种元素分析报告" in text
    table = words(world, "answers", who=APPLICANT)
    assert "补充设计煤种元素分析报告" in table
    assert squeezed("环评编制单位，2026年11月20日前") in squeezed(table)


def test_verified_values_and_office_findings_stay_inside(world_at: At) -> None:
    world = world_at("技术评估")
    assessor = world.p("技术评估")
    place = "fuels/设计煤种/carbon_per_heat"
    declared = example_file()["fuels"][0]["carbon_per_heat"]
    value = declared["value"] if isinstance(declared, dict) else declared
    world.review.verification.check(assessor, world.id, place, "已核实", verified="0.026237 tC/GJ", page="第 4-38 页")
    world.review.submissions.recalculate(assessor, world.id)
    world.review.demands.write(assessor, world.id, "核对单位热值含碳量。", place=place)
    world.step("技术评估", Action.ASK_REVISION)
    recount = words(world, "recount", who="技术评估")
    assert squeezed("0.026237 tC/GJ") in recount
    assert squeezed(str(value)) in recount
    raw = world.review.printing.print_form(world.p(APPLICANT), world.id, "revision", "pdf", "1")
    (copy,) = PdfReader(io.BytesIO(raw)).attachments["assessment.json"]
    assert "0.026237" not in copy.decode()


def test_offices_own_findings_stand_beside_the_hints(world_at: At) -> None:
    text = words(world_at("意见汇总"), "conformity")
    assert "处室认定" in text
    assert squeezed("经核对报告，符合要求。") in text


def test_the_same_record_prints_the_same_bytes_and_each_print_is_on_record(world_at: At) -> None:
    world = world_at("已归档")
    auditor = world.p("审计")
    first = world.review.printing.print_form(auditor, world.id, "opinion", "pdf")
    assert world.review.printing.print_form(world.p(LEAD), world.id, "opinion", "pdf") == first
    prints = [event for event in world.review.filing.events(auditor, world.id) if event.kind == PRINTED]
    assert [(event.who.role, event.body["sha256"]) for event in prints] == [
        ("审计", sha256(first)),
        (LEAD, sha256(first)),
    ]
    assert verify(world.engine).faults == ()


def test_changes_since_the_last_print_are_told(world_at: At) -> None:
    world = world_at("会审中")
    lead = world.p(LEAD)
    assert world.review.printing.changes(lead, world.id, "opinion") is None
    world.review.printing.print_form(lead, world.id, "opinion", "docx")
    found = world.review.printing.changes(lead, world.id, "opinion")
    assert found is not None
    assert (found.gone, found.come, found.by) == ((), (), "牵头处经办某")
    stamp = world.review.printing.stamp(lead, world.id)
    asked = next(item for item in world.review.opinions.of_review(lead, world.id) if item.office == "能源")
    world.review.register.attach(lead, world.id, f"opinion:{asked.id}", "复函.pdf", b"%PDF scan")
    world.review.opinions.record_reply(
        lead,
        world.id,
        asked.id,
        asked.version,
        "同意",
        reply_number="苏能函〔2026〕8号",
        reply_date=world.clock.moment.date(),
    )
    assert world.review.printing.stamp(lead, world.id) != stamp
    found = world.review.printing.changes(lead, world.id, "opinion")
    assert found is not None
    assert any("苏能函〔2026〕8号" in text for text in found.come)
    assert any("尚未答复" in text for text in found.gone)


HOSTILE = "<b onclick=x>粗</b>{{ 7*7 }}\u202e\u2066倒\u2069🙂‮𠮷㐂㐀&amp;" + "很长" * 1000


def test_hostile_words_stay_words_and_paper_and_word_file_agree(world_at: At) -> None:
    world = world_at("会审中")
    lead = world.p(LEAD)
    asked = next(item for item in world.review.opinions.of_review(lead, world.id) if item.office == "能源")
    world.review.register.attach(lead, world.id, f"opinion:{asked.id}", "复函.pdf", b"%PDF scan")
    world.review.opinions.record_reply(
        lead, world.id, asked.id, asked.version, "原则同意", text=HOSTILE, points=[Point(HOSTILE)],
        reply_number="<i>〔2026〕\u202e8号", reply_date=world.clock.moment.date(),
    )  # fmt: skip
    ready = world.review.printing._ready(lead, world.id, "opinion", "")
    page = source("opinion", ready.assessment, ready.review).html
    assert "<b onclick" not in page
    assert not set("\u202e\u2066\u2069") & set(page)
    raw = world.review.printing.print_form(lead, world.id, "opinion", "pdf")
    written = world.review.printing.print_form(lead, world.id, "opinion", "docx")
    body = Document(io.BytesIO(written)).element.body
    in_word = squeezed("".join(node.text or "" for node in body.iter() if node.tag.endswith("}t")))
    in_pdf = squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages))
    assert "{{7*7}}" in in_pdf
    for part in map(readable, texts(read(page))):
        if "校验码" not in part and "代替的字符" not in part:
            assert part in readable(in_word), part[:60]
            assert all(piece in in_pdf for piece in re.findall(r"[\d.]+", part)), part[:60]
    assert in_pdf.count("很长") == in_word.count("很长") == 2000

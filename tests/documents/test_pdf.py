"""The PDF itself, read back: structure, text, figures, attachment, limits."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from brief import brief
from pypdf import PageObject, PdfReader

from tanping.assessment.documents import context, figures, pdf
from tanping.assessment.documents.press import Job, Limits, Pages, Press, PrintError
from tanping.assessment.result import Assessment
from tanping.records.titles import title_marks

pytestmark = pytest.mark.xdist_group("press")


@pytest.fixture(scope="module")
def printed(assessment: Assessment, press: Press) -> bytes:
    return pdf.print_pdf(assessment, press)


@pytest.fixture(scope="module")
def reader(printed: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(printed))


@pytest.fixture(scope="module")
def text(reader: PdfReader) -> str:
    return text_of(reader)


def text_of(reader: PdfReader) -> str:
    """All text, without the spaces and line breaks that layout puts in."""
    return squeezed("".join(page.extract_text() for page in reader.pages))


def squeezed(text: str) -> str:
    plain = text.translate({ord("₂"): "2", ord("³"): "3"})
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", plain))


def test_archival_structure(reader: PdfReader) -> None:
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert "/OutputIntents" in root
    assert "江苏射阳港电厂" in str(reader.metadata and reader.metadata.title)
    fonts = {
        str(font.get_object()["/BaseFont"]): font.get_object()
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert fonts
    for font in fonts.values():
        (inner,) = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"]
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor
    assert all("CJK" in name or "FangSong" in name for name in fonts)


def test_bookmarks_follow_the_chapters(reader: PdfReader) -> None:
    tops = [item.title for item in reader.outline if not isinstance(item, list)]
    assert tops[:2] == ["评估结论摘要", "目\u3000录"]
    assert [title[0] for title in tops[2:10]] == list("一二三四五六七八")
    assert all(title.startswith("附录") for title in tops[10:])


def place_of(page: PageObject, wanted: str) -> float | None:
    """Where on the line a text stands that is a run of its own, points from the left."""
    found: list[float] = []

    def note(text: str, _: object, matrix: list[float], *__: object) -> None:
        if squeezed(text) == wanted:
            found.append(matrix[4])

    page.extract_text(visitor_text=note)
    return found[0] if found else None


def test_page_numbers_odd_right_even_left(reader: PdfReader) -> None:
    places = [place_of(page, f"—{number}—") for number, page in enumerate(reader.pages, 1)]
    assert places[0] is None
    assert None not in places[1:]
    middle = float(reader.pages[0].mediabox.width) / 2
    assert [place > middle for place in places[1:] if place is not None] == [
        number % 2 == 1 for number in range(2, len(places) + 1)
    ]


def test_every_figure_and_expression_stands_in_it(text: str, assessment: Assessment) -> None:
    inventory = assessment.inventory
    for source in inventory.sources:
        assert squeezed(figures.expression(source.expression)) in text, source.name
        assert squeezed(figures.tonnes(source.total)) in text
        for item in source.inputs:
            assert squeezed(f"{item.symbol}——{item.label}，{figures.as_stated(item.value)}") in text
    assert squeezed(figures.ten_thousand_tonnes(inventory.design_year_total)) in text
    assert squeezed(figures.tonnes(inventory.design_year_total)) in text
    for check in assessment.crosschecks:
        assert squeezed(check.declared) in text
    for indicator in assessment.indicators:
        for reference in indicator.references:
            assert squeezed(reference.document) in text


def test_every_applicable_clause_is_cited(text: str, assessment: Assessment) -> None:
    for finding in assessment.screening.findings:
        if finding.applies != "不涉及":
            assert squeezed(title_marks(finding.document)) in text, finding.clause
            assert squeezed(finding.article) in text, finding.clause
        if finding.applies != "不涉及" and finding.met != "符合":
            assert squeezed(finding.requirement) in text
    for condition in assessment.conditions:
        assert squeezed(condition.text) in text
    for fact in assessment.screening.missing:
        assert squeezed(fact.label) in text
    for statement in assessment.statements:
        assert squeezed(statement.text) in text
    assert "疑似需论证" in text
    assert "不是行政许可" in text


def test_no_box_and_no_replacement_character(text: str) -> None:
    assert "\ufffd" not in text
    assert "〓" not in text
    assert "None" not in text
    assert "CO2" in text


def test_record_is_attached(reader: PdfReader, text: str, assessment: Assessment) -> None:
    (attached,) = reader.attachments[pdf.RECORD]
    assert attached == context.canonical(assessment)
    assert json.loads(attached)["schema"] == "tanping.assessment/1"
    assert context.digest(attached) in text


def test_made_again_it_is_the_same_bytes(assessment: Assessment, press: Press) -> None:
    printed = pdf.print_pdf(brief(assessment), press)
    assert pdf.print_pdf(brief(assessment), press) == printed
    with pdf.start_press() as other:
        assert pdf.print_pdf(brief(assessment), other) == printed


def test_incomplete_total_is_not_passed_off(incomplete: Assessment, press: Press) -> None:
    text = text_of(PdfReader(io.BytesIO(pdf.print_pdf(brief(incomplete), press))))
    assert "排放总量不完整" in text
    assert squeezed("3号锅炉设计煤种燃烧：3号机组燃煤年消耗量") in text
    assert "已知部分小计" in text
    assert squeezed(figures.tonnes(incomplete.inventory.known_design_year)) in text


HOSTILE = (
    "<b>粗</b><script>x</script>",
    "\u202e倒\u2066着",
    "名" * 900,
    "A" * 900,
    "👩‍👩‍👧 项目 😀",
    "𠮷野家 㐀 𰻝 龘 \U00031350",
    "'; DROP TABLE x; -- ${7*7} {{7*7}}",
    "url(http://127.0.0.1:9/x) @import 'http://127.0.0.1:9/y';",
)


def test_hostile_text_prints_as_text(assessment: Assessment, press: Press) -> None:
    """One report with a hostile text in every kind of field, the long ones in those that could burst a page."""
    identity = dict(zip(("name", "owner", "preparer", "code", "summary"), HOSTILE, strict=False))
    project = {**assessment.project, "project": {**assessment.project["project"], **identity}}
    sources = tuple(
        replace(source, name=name, expression=name, term=name)
        for source, name in zip(assessment.inventory.sources, HOSTILE, strict=False)
    )
    statements = tuple(replace(assessment.statements[0], text=name, note=name) for name in HOSTILE)
    conditions = tuple(replace(assessment.conditions[0], text=name) for name in HOSTILE)
    inventory = replace(assessment.inventory, sources=sources)
    spoilt = replace(assessment, project=project, inventory=inventory, statements=statements, conditions=conditions)
    findings = [item for item in assessment.screening.findings if item.clause == conditions[0].clause]
    made = pdf.print_pdf(replace(spoilt, screening=replace(spoilt.screening, findings=tuple(findings))), press)
    text = text_of(PdfReader(io.BytesIO(made))).replace("〓", "")
    for name in HOSTILE:
        visible = "".join(
            c for c in squeezed(name) if unicodedata.category(c) not in ("Cf", "So") and c != "\U00031350"
        )
        assert visible[:60] in text
    assert "U+202E" in text
    assert "U+1F600" in text
    assert "U+31350" in text


def bare(body: str) -> Job:
    return Job(lambda: Pages(body, [], "00" * 16))


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.png", "file:///etc/hostname"])
def test_no_address_is_ever_fetched(address: str) -> None:
    with pdf.start_press("recount") as own, pytest.raises(PrintError, match="外部地址"):
        own.print(bare(f'<html><body><img src="{address}"/></body></html>'))


def test_a_press_that_was_closed_says_so() -> None:
    own = pdf.start_press("recount")
    own.close()
    with pytest.raises(PrintError, match="已经结束"):
        own.print(bare("<p>一</p>"))


def test_a_report_that_fails_leaves_the_old_file(
    assessment: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "报告.pdf"
    target.write_bytes(b"old")

    def refuse(*_: object) -> bytes:
        raise PrintError("排版：未生成文件")

    monkeypatch.setattr(Press, "print", refuse)
    with pytest.raises(PrintError):
        pdf.write_pdf(assessment, target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_document_too_big_is_ended_with_a_word() -> None:
    rows = "<tr><td>一</td><td>二</td></tr>" * 12_000
    with Press(["Noto Sans CJK SC"], Limits(memory=240, seconds=60, patience=120), charts=False) as small:
        with pytest.raises(PrintError, match=r"内存|中止"):
            small.print(bare(f"<html><body><table>{rows}</table></body></html>"))
        assert not small.alive


def test_a_document_too_slow_is_ended_with_a_word() -> None:
    with (
        Press(["Noto Sans CJK SC"], Limits(patience=0), charts=False) as hurried,
        pytest.raises(PrintError, match="时限"),
    ):
        hurried.print(bare("<html><body>一</body></html>"))

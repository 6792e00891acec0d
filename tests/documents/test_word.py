"""The Word file: the same words and figures as the PDF, in real styles and tables."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest
from docx import Document

from tanping.assessment.documents import figures
from tanping.assessment.documents.review import Review
from tanping.assessment.documents.tree import read
from tanping.assessment.documents.word import Page, docx_of, word_bytes
from tanping.assessment.result import Assessment
from tanping.records.titles import title_marks


@pytest.fixture(scope="module")
def made(assessment: Assessment) -> bytes:
    return word_bytes(assessment)


def text_of(data: bytes) -> str:
    """All text of the body, spaces taken out."""
    body = Document(io.BytesIO(data)).element.body
    words = (node.text or "" for node in body.iter() if node.tag.endswith("}t"))
    return re.sub(r"\s", "", "".join(words))


def test_headings_are_headings(made: bytes) -> None:
    paragraphs = Document(io.BytesIO(made)).paragraphs
    tops = [paragraph.text for paragraph in paragraphs if paragraph.style and paragraph.style.name == "Heading 1"]
    assert [top[0] for top in tops[1:9]] == list("一二三四五六七八")
    assert sum(top.startswith("附录") for top in tops) == 4


def test_figures_and_citations_are_the_same(made: bytes, assessment: Assessment) -> None:
    text = text_of(made)
    for source in assessment.inventory.sources:
        assert re.sub(r"\s", "", figures.expression(source.expression)).replace("₂", "2") in text
    for finding in assessment.screening.findings:
        if finding.applies != "不涉及":
            assert title_marks(finding.document).replace(" ", "") in text
    assert re.sub(r"\s", "", figures.tonnes(assessment.inventory.design_year_total)) in text
    assert "不是行政许可" in text


def test_tables_keep_their_shape(made: bytes) -> None:
    document = Document(io.BytesIO(made))
    assert len(document.tables) > 10
    for table in document.tables:
        xml = table._tbl.xml
        assert 'w:tblLayout w:type="fixed"' in xml
        widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', xml)]
        assert sum(widths) == pytest.approx(158 / 25.4 * 1440, abs=len(widths))
        assert all("w:cantSplit" in row._tr.xml for row in table.rows)
    assert any("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)


def test_charts_are_pictures_with_words(made: bytes) -> None:
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert sum(name.startswith("word/media/") and name.endswith(".png") for name in names) == 2
    assert Document(io.BytesIO(made)).styles["Picture"].paragraph_format.line_spacing == 1.0
    assert "descr=" in Document(io.BytesIO(made)).element.body.xml


def test_hostile_text_is_text(assessment: Assessment) -> None:
    name = "<w:p>&amp;\u202e{{1}} ]]> \x00 名" + "A" * 500
    project = {**assessment.project, "project": {**assessment.project["project"], "name": name}}
    text = text_of(word_bytes(replace(assessment, project=project)))
    assert "<w:p>&amp;〓{{1}}]]>〓名AAAA" in text


def test_made_again_it_is_the_same_bytes(made: bytes, assessment: Assessment) -> None:
    assert word_bytes(assessment) == made


def test_a_page_source_reads_as_a_tree() -> None:
    body = read(
        "<html><body><p class='a b'>一<b>二</b><br>三 &lt;四&gt;</p><table><tr><td colspan=2>五</table></body></html>"
    )
    paragraph, table = body.elements
    assert paragraph.classes == {"a", "b"}
    assert paragraph.text == "一二\n三 <四>"
    assert table.first("td") is not None


def test_official_grid_is_kept() -> None:
    data = docx_of(
        "<body><p>正文</p></body>", Page(top=37, right=26, bottom=35, left=28, body=15.75, leading=28.95, font="仿宋")
    )
    section = Document(io.BytesIO(data)).sections[0]
    assert [
        round(side.mm)
        for side in (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
        if side
    ] == [
        37,
        26,
        35,
        28,
    ]


def test_a_signature_never_stands_alone_on_a_page(assessment: Assessment, review: Review) -> None:
    paragraphs = Document(io.BytesIO(word_bytes(assessment, "revision", review))).paragraphs
    at = next(place for place, one in enumerate(paragraphs) if one.style.name == "First Sign")
    assert paragraphs[at - 1].paragraph_format.keep_with_next
    assert paragraphs[at - 1].text.startswith("修改稿请于")


def test_an_empty_place_adds_no_line_to_a_cell(assessment: Assessment) -> None:
    check = replace(assessment.crosschecks[0], document="", page="", kind="figure")
    made = Document(io.BytesIO(word_bytes(replace(assessment, crosschecks=(check,)), "recount")))
    assert made.tables[0].rows[1].cells[0].text == check.label

"""The same page source as an editable Word file: real styles, real tables, headings Word can list.

One template serves the PDF and this file; nothing is worded twice. Tables are of fixed width with repeated heads, so that they keep
their shape in Word, WPS and LibreOffice alike.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from tanping.assessment.documents.page import FANGSONG, HEI, KAI, SONG, Page
from tanping.assessment.documents.tree import Element, read
from tanping.records.doors.export import write_file

if TYPE_CHECKING:
    from tanping.assessment.documents.review import Review
    from tanping.assessment.result import Assessment

INK, SOFT = RGBColor(0x16, 0x20, 0x2A), RGBColor(0x4A, 0x55, 0x60)
TONES = {
    "stop": RGBColor(0x8F, 0x1D, 0x1D),
    "limit": RGBColor(0x8A, 0x4B, 0x00),
    "argue": RGBColor(0x6B, 0x5A, 0x00),
    "open": RGBColor(0x1F, 0x3B, 0x57),
    "ask": RGBColor(0x1F, 0x3B, 0x57),
    "clear": RGBColor(0x22, 0x5C, 0x3D),
    "condition": RGBColor(0x22, 0x5C, 0x3D),
}
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_HEADINGS = {"h2": 1, "h3": 2, "h4": 3}
_DOTS = 1500  # across a picture: about 240 an inch
_SPACES = re.compile(r"[ \n\t]+")


def write_word(assessment: Assessment, path: Path, form: str = "report", review: Review | None = None) -> None:
    """Write a form as DOCX, whole or not at all. Raises OSError."""
    write_file(Path(path), word_bytes(assessment, form, review))


def word_bytes(assessment: Assessment, form: str = "report", review: Review | None = None) -> bytes:
    """Return a form as DOCX; the same assessment and review give the same bytes."""
    from tanping.assessment.documents import fonts
    from tanping.assessment.documents.forms import FORMS, source

    made = source(form, assessment, review, fonts.of_the_reader())
    with ThreadPoolExecutor(1) as pool:  # the charts are drawn while the text is written
        pictures = {name: pool.submit(_picture, chart.spec).result for name, chart in made.charts.items()}
        return docx_of(made.html, replace(FORMS[form].page, running=made.running), pictures)


def docx_of(source: str, page: Page, pictures: Mapping[str, Callable[[], bytes]] | None = None) -> bytes:
    """Return a page source as DOCX. ``pictures`` give the PNG of its charts by id."""
    writer = _Writer(page, pictures or {})
    writer.blocks(read(source))
    return writer.bytes()


def _picture(spec: dict[str, Any]) -> bytes:
    from tanping.assessment.documents import draw

    return draw.png(spec, _DOTS / spec["width"])


@dataclass(frozen=True)
class _Ink:
    """How a run is set."""

    bold: bool = False
    font: str = ""
    size: float | None = None
    colour: RGBColor | None = None
    lowered: bool = False
    small: float = 8
    """Size of what is said by the way."""


class _Writer:
    """Walks the tree and writes paragraphs, tables and pictures."""

    def __init__(self, page: Page, pictures: Mapping[str, Callable[[], bytes]]):
        self.page, self.pictures = page, pictures
        self.small = 10.5 if page.official else 8
        self.document = Document()
        self.body: Any = self.document
        _styles(self.document, page)
        normal = self.document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
        self.style_ids = {style.name: None if style == normal else style.style_id for style in self.document.styles}
        _paper(self.document, page)

    def bytes(self) -> bytes:
        properties = self.document.core_properties
        properties.author, properties.comments, properties.language = "TanPing 碳评联审", "", "zh-CN"
        properties.created = properties.modified = _MADE
        properties.last_modified_by = ""
        buffer = io.BytesIO()
        self.document.save(buffer)
        return _same_bytes(buffer.getvalue())

    def add(self, body: Any, style: str) -> Any:
        """Add a paragraph of a style. By its id: python-docx looks through all styles for the default one each time it is given a name."""
        paragraph = body.add_paragraph()
        paragraph._p.style = self.style_ids[style]
        return paragraph

    def blocks(self, element: Element) -> None:
        for item in element.elements:
            self.block(item)

    def block(self, element: Element) -> None:
        match element.tag:
            case "h1":
                self.paragraph(element, "Title")
            case "h2" | "h3" | "h4":
                self.heading(element)
            case "p" | "div" if element.classes & {"seal", "running"}:
                pass  # the lines at the head and foot of the pages
            case "p":
                self.paragraph(element, _style_of(element))
            case "table":
                self.table(element)
            case "figure":
                self.figure(element)
            case "nav":
                self.contents(element)
            case "ul":
                for item in element.elements:
                    self.paragraph(item, "Line")
            case _:
                self.part(element)

    def part(self, element: Element) -> None:
        if element.tag == "section" and self._breaks(element):
            self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        if "signed" in element.classes:
            self._keep_last()
        if "box" in element.classes:
            for item in element.elements:
                self.paragraph(item, "Box")
        else:
            self.blocks(element)

    def _keep_last(self) -> None:
        """A signature never stands alone on a page (GB/T 9704)."""
        for paragraph in self.document.paragraphs[-1:]:
            paragraph.paragraph_format.keep_with_next = True

    def _breaks(self, element: Element) -> bool:
        return bool(element.classes & {"summary", "chapter"}) and "flow" not in element.classes

    def heading(self, element: Element) -> None:
        paragraph = self.add(self.document, f"Heading {_HEADINGS[element.tag]}")
        self.runs(paragraph, element, _Ink())

    def paragraph(self, element: Element, style: str) -> None:
        paragraph = self.add(self.body, style)
        self.runs(paragraph, element, _Ink(colour=_tone(element), small=self.small))

    def contents(self, element: Element) -> None:
        for item in element.elements:
            if item.tag == "h2":
                self.paragraph(item, "Contents Title")
        links = list(element.all("a"))
        lines = [self.add(self.document, "Contents") for _ in links]
        if lines:
            _mark(lines[0], "begin", 'TOC \\o "1-1" \\h \\z', "separate")
            for line, link in zip(lines, links, strict=True):
                self.runs(line, link, _Ink())
            _mark(lines[-1], "end")

    def figure(self, element: Element) -> None:
        image, caption = element.first("img"), element.first("figcaption")
        name = image.attributes.get("src", "").removeprefix("chart:") if image else ""
        if name in self.pictures:
            paragraph = self.add(self.document, "Picture")
            shape = paragraph.add_run().add_picture(io.BytesIO(self.pictures[name]()), width=Mm(self.page.width))
            _describe(shape, image.attributes.get("alt", "") if image else "")
        if caption:
            self.paragraph(caption, "Caption")

    def table(self, element: Element) -> None:
        caption = element.first("caption")
        if caption:
            self.paragraph(caption, "Table Title")
        rows = list(element.all("tr"))
        count = max((sum(_span(cell) for cell in row.elements) for row in rows), default=0)
        if not count:
            return
        widths = _widths(element, count, self.page.width)
        table = self.document.add_table(rows=0, cols=count)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        boxed = self.page.official or "boxed" in element.classes
        plain = element.classes & {"plate", "tiles", "range"}
        _table_shape(table, widths, () if plain else (_BOXED if boxed else _RULED))
        heads = {id(row) for part in element.all("thead") for row in part.elements}
        for row in rows:
            self.row(table, row, widths, head=id(row) in heads)
            if "boxed" in element.classes:
                _roomy(table.rows[-1])
        self.add(self.document, "After Table")

    def row(self, table: Any, row: Element, widths: list[float], head: bool) -> None:
        cells = table.add_row().cells
        _row_shape(table.rows[-1], head)
        at = 0
        for element in row.elements:
            span = _span(element)
            cell = cells[at] if span == 1 else cells[at].merge(cells[at + span - 1])
            cell.width = Mm(sum(widths[at : at + span]))
            self.cell(cell, element, _Ink(bold=head or "sum" in row.classes, font=HEI if head else ""))
            if head or row.classes & {"stage", "document"}:
                _shade(cell, "EDF1F5" if head else "F7F9FA")
                cell.paragraphs[0].paragraph_format.keep_with_next = True
            at += span

    def cell(self, cell: Any, element: Element, ink: _Ink) -> None:
        paragraph = cell.paragraphs[0]
        paragraph._p.style = self.style_ids["Cell"]
        if "figure" in element.classes:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        inner = [item for item in element.elements if item.tag == "p"]
        if inner:
            for number, item in enumerate(inner):
                target = paragraph if number == 0 else self.add(cell, "Cell")
                self.runs(target, item, replace(ink, bold="tile-value" in item.classes))
        else:
            self.runs(paragraph, element, ink)

    def runs(self, paragraph: Any, element: Element, ink: _Ink) -> None:
        """Write the texts of an element as runs; white space is folded as a browser folds it."""
        ends_in_space = True
        for text, set_in in _runs(element, ink):
            if text in ("\n", "\t"):
                run = paragraph.add_run()
                run.add_break() if text == "\n" else run.add_tab()
                ends_in_space = True
                continue
            folded = _SPACES.sub(" ", text)
            folded = folded.lstrip(" ") if ends_in_space else folded
            if folded:
                _set(paragraph.add_run(folded), set_in)
                ends_in_space = folded.endswith(" ")


def _runs(element: Element, ink: _Ink) -> Iterator[tuple[str, _Ink]]:
    for item in element.inside:
        if isinstance(item, str):
            yield item, ink
        elif item.tag == "br":
            yield "\n", ink
        else:
            inner = _inked(item, ink)
            if item.tag == "span" and item.classes & {"place", "date"} and item.text:
                yield "\n" if "place" in item.classes else "\t", inner
            yield from _runs(item, inner)


def _inked(element: Element, ink: _Ink) -> _Ink:
    ink = replace(ink, colour=_tone(element) or ink.colour)
    if element.tag == "sub":
        return replace(ink, lowered=True)
    if element.tag in ("b", "strong") or "cite" in element.classes:
        return replace(ink, font=HEI)
    if element.tag == "small" or element.classes & {"place", "who"}:
        return replace(ink, size=ink.small, colour=SOFT)
    if "result" in element.classes:
        return replace(ink, bold=True)
    return ink


def _tone(element: Element) -> RGBColor | None:
    if not element.classes & {"result", "verdict"}:
        return None
    return next((colour for tone, colour in TONES.items() if tone in element.classes), None)


_PARAGRAPHS = {
    "project": "Subtitle",
    "kind": "Kind",
    "verdict": "Verdict",
    "expression": "Expression",
    "unknown": "Expression",
    "line": "Line",
    "point": "Line",
    "meta": "Meta",
    "legend": "Meta",
    "version": "Meta",
    "note": "Meta",
    "footnote": "Meta",
    "cover-note": "Cover Note",
    "under": "Cover Note",
    "form-title": "Title",
    "letterhead": "Letterhead",
    "number": "Document Number",
    "draft": "Draft",
    "addressee": "Addressee",
    "day": "Sign",
    "sign": "First Sign",
    "printer": "Imprint",
    "imprint-line": "First Imprint",
    "attachments": "Attachments",
    "empty": "Meta",
    "seal-line": "Cover Note",
    "annex-mark": "Draft",
}


def _style_of(element: Element) -> str:
    return next((style for name, style in _PARAGRAPHS.items() if name in element.classes), "Normal")


def _span(cell: Element) -> int:
    return int(cell.attributes.get("colspan", "1"))


def _widths(table: Element, count: int, whole: float) -> list[float]:
    """Widths of the columns in millimetres, from the table's ``col`` elements, else equal."""
    given = [
        float(found[1])
        for column in table.all("col")
        if (found := re.search(r"width:\s*([\d.]+)%", column.attributes.get("style", "")))
    ]
    if len(given) != count:
        given = [100 / count] * count
    return [share / sum(given) * whole for share in given]


def _set(run: Any, ink: _Ink) -> None:
    if ink.bold:
        run.bold = True
    if ink.font:
        _fonts(run._element.get_or_add_rPr(), ink.font)
    if ink.size:
        run.font.size = Pt(ink.size)
    if ink.colour is not None:
        run.font.color.rgb = ink.colour
    if ink.lowered:
        run.font.subscript = True


def _fonts(properties: Any, chinese: str, latin: str = "Times New Roman") -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    latin = "Arial" if chinese == HEI else latin
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", chinese), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)


# name: (based on, size, font, bold, before, after, first-line indent, left indent, alignment, keep with next)
_STYLES: dict[str, tuple[str, float, str, bool, float, float, float, float, str, bool]] = {
    "Title": ("Normal", 28, SONG, False, 0, 24, 0, 0, "center", False),
    "Subtitle": ("Normal", 17, HEI, True, 48, 48, 0, 0, "center", False),
    "Kind": ("Normal", 15, KAI, False, 60, 18, 0, 0, "center", False),
    "Cover Note": ("Normal", 9.5, SONG, False, 18, 0, 0, 0, "center", False),
    "Heading 1": ("Normal", 16, HEI, True, 18, 10, 0, 0, "left", True),
    "Heading 2": ("Normal", 12.5, HEI, True, 12, 5, 0, 0, "left", True),
    "Heading 3": ("Normal", 11, HEI, True, 9, 3, 0, 0, "left", True),
    "Contents Title": ("Normal", 16, HEI, True, 24, 12, 0, 0, "center", True),
    "Contents": ("Normal", 11.5, SONG, False, 0, 3, 0, 0, "left", False),
    "Verdict": ("Normal", 16, HEI, True, 0, 4, 0, 0, "left", True),
    "Expression": ("Normal", 10.5, SONG, False, 2, 4, 0, 6, "left", False),
    "Line": ("Normal", 9.5, SONG, False, 0, 3, -16, 16, "left", False),
    "Meta": ("Normal", 8.5, SONG, False, 0, 3, 0, 0, "left", False),
    "Cell": ("Normal", 9, SONG, False, 0, 0, 0, 0, "left", False),
    "Table Title": ("Normal", 10, HEI, True, 4, 3, 0, 0, "left", True),
    "After Table": ("Normal", 4, SONG, False, 0, 0, 0, 0, "left", False),
    "Picture": ("Normal", 9, SONG, False, 4, 0, 0, 0, "center", True),
    "Caption": ("Normal", 9.5, HEI, True, 2, 8, 0, 0, "center", False),
    "Draft": ("Normal", 15.75, HEI, False, 0, 0, 0, 0, "left", False),
    "Letterhead": ("Normal", 33, SONG, False, 0, 28.95, 0, 0, "center", True),
    "Document Number": ("Normal", 15.75, FANGSONG, False, 0, 0, 0, 0, "center", False),
    "Addressee": ("Normal", 15.75, FANGSONG, False, 0, 0, 0, 0, "left", True),
    "Sign": ("Normal", 15.75, FANGSONG, False, 0, 0, 0, 0, "right", True),
    "First Sign": ("Sign", 15.75, FANGSONG, False, 57.9, 0, 0, 0, "right", True),
    "Imprint": ("Normal", 14, FANGSONG, False, 0, 0, 14, 0, "left", False),
    "First Imprint": ("Imprint", 14, FANGSONG, False, 28.95, 0, 14, 0, "left", True),
    "Attachments": ("Normal", 15.75, FANGSONG, False, 28.95, 0, 31.5, 0, "left", True),
    "Box": ("Normal", 9.5, SONG, False, 0, 0, 0, 6, "left", True),
}
# What a form without a cover sets otherwise: its title heads the page.
_HEADED: dict[str, tuple[str, float, str, bool, float, float, float, float, str, bool]] = {
    "Title": ("Normal", 18, HEI, True, 0, 4, 0, 0, "center", True),
    "Cover Note": ("Normal", 9.5, SONG, False, 0, 8, 0, 0, "center", False),
}
# What an official document sets otherwise (GB/T 9704): one size, levels told by typeface.
_OFFICIAL: dict[str, tuple[str, float, str, bool, float, float, float, float, str, bool]] = {
    "Title": ("Normal", 22, SONG, False, 57.9, 28.95, 0, 0, "center", True),
    "Heading 1": ("Normal", 15.75, HEI, False, 0, 0, 31.5, 0, "left", True),
    "Heading 2": ("Normal", 15.75, KAI, False, 0, 0, 31.5, 0, "left", True),
    "Heading 3": ("Normal", 15.75, FANGSONG, True, 0, 0, 31.5, 0, "left", True),
    "Line": ("Normal", 15.75, FANGSONG, False, 0, 0, 31.5, 0, "left", False),
    "Meta": ("Normal", 10.5, FANGSONG, False, 0, 4, 0, 0, "left", False),
    "Cell": ("Normal", 10.5, FANGSONG, False, 0, 0, 0, 0, "left", False),
    "Table Title": ("Normal", 15.75, HEI, False, 0, 6, 0, 0, "center", True),
    "Caption": ("Normal", 12, HEI, False, 0, 14, 0, 0, "center", False),
}
_OFFICIAL_LEADING = {"Title": 36.0, "Meta": 16.0, "Cell": 15.0, "Table Title": 28.95, "Caption": 20.0}
_TIGHT = {
    "Cell": 13.0,
    "Meta": 13.0,
    "Line": 15.0,
    "After Table": 6.0,
    "Expression": 17.0,
    "Contents": 18.0,
    "Cover Note": 16.0,
    "Box": 17.0,
}
_ALIGN = {
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def _styles(document: Any, page: Page) -> None:
    normal = document.styles["Normal"]
    normal.font.size, normal.font.color.rgb = Pt(page.body), INK
    _fonts(normal.element.get_or_add_rPr(), page.font)
    _language(normal.element.get_or_add_rPr())
    shape = normal.paragraph_format
    shape.line_spacing, shape.space_after, shape.widow_control = Pt(page.leading), Pt(4), True
    shape.first_line_indent, shape.alignment = Pt(page.body * 2), WD_ALIGN_PARAGRAPH.LEFT
    shape.space_after = Pt(0) if page.official else Pt(4)
    wanted = {**_STYLES, **(_OFFICIAL if page.official else {} if page.cover else _HEADED)}
    leading = {**_TIGHT, **(dict.fromkeys(_OFFICIAL, page.leading) | _OFFICIAL_LEADING if page.official else {})}
    known = {style.name for style in document.styles}
    for name, (base, size, font, bold, before, after, first, left, align, keep) in wanted.items():
        style = document.styles[name] if name in known else document.styles.add_style(name, 1)
        style.base_style = document.styles[base]
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = INK
        _fonts(style.element.get_or_add_rPr(), font)
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(before), Pt(after)
        form.first_line_indent, form.left_indent = Pt(first), Pt(left)
        form.alignment, form.keep_with_next = _ALIGN[align], keep
        # An exact line height would cut a picture down to one line.
        form.line_spacing = 1.0 if name == "Picture" else Pt(leading.get(name, max(size * 1.5, 12)))
    document.styles["Contents Title"].paragraph_format.page_break_before = True
    _official_marks(document, page)
    _rule(document.styles["Expression"], {"left": "16"}, "6F93B5", "F7F9FA")
    _rule(document.styles["Box"], dict.fromkeys(("top", "left", "bottom", "right"), "6"), "8A96A2")
    for border in document.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)


def _language(properties: Any) -> None:
    """Say that the text is Chinese as written on the mainland: it decides the shape and place of punctuation."""
    language = OxmlElement("w:lang")
    for name, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        language.set(qn(f"w:{name}"), value)
    properties.append(language)


def _official_marks(document: Any, page: Page) -> None:
    """The red head with its rule, the rules of the imprint, the room beside the signature."""
    red = RGBColor(0xC0, 0, 0)
    document.styles["Letterhead"].font.color.rgb = red
    document.styles["Sign"].paragraph_format.right_indent = Pt(page.body * 4)
    document.styles["Imprint"].paragraph_format.tab_stops.add_tab_stop(Mm(page.width - 5), WD_TAB_ALIGNMENT.RIGHT)
    _rule(document.styles["Document Number"], {"bottom": "12"}, "C00000")
    _rule(document.styles["Imprint"], {"bottom": "6"}, "000000")
    _rule(document.styles["First Imprint"], {"top": "6"}, "000000")


def _rule(style: Any, sides: dict[str, str], colour: str, fill: str = "") -> None:
    """Draw rules beside every paragraph of a style (side → eighths of a point), and shade it."""
    borders, shade = OxmlElement("w:pBdr"), OxmlElement("w:shd")
    for side, size in sides.items():
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", size), ("space", "6"), ("color", colour)):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    properties = style.element.get_or_add_pPr()
    place = next((n for n, item in enumerate(properties) if item.tag in _AFTER_BORDERS), len(properties))
    properties.insert(place, borders)
    if fill:
        properties.insert(place + 1, shade)


# The schema fixes the order of a paragraph's properties; borders and shading stand before these.
_AFTER_BORDERS = frozenset(qn(f"w:{name}") for name in ("spacing", "ind", "jc", "outlineLvl", "tabs"))


def _paper(document: Any, page: Page) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(page.paper[0]), Mm(page.paper[1])
    section.orientation = WD_ORIENT.LANDSCAPE if page.landscape else WD_ORIENT.PORTRAIT
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.footer_distance = Mm(15)
    section.different_first_page_header_footer = page.cover
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        paragraph.paragraph_format.first_line_indent = Pt(0)
        paragraph.add_run("— ")
        _field(paragraph, "PAGE", "1")
        paragraph.add_run(" —")
    for header in (section.header, section.even_page_header) if page.running else ():
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _set(paragraph.add_run(page.running), _Ink(size=8.5, colour=SOFT))


def _field(paragraph: Any, code: str, shown: str) -> None:
    """Add a field that Word keeps up to date, with what it shows until then."""
    _mark(paragraph, "begin", code, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _mark(paragraph: Any, *parts: str) -> None:
    """Add the marks of a field: ``begin``, ``separate``, ``end``; any other text is its code."""
    for part in parts:
        mark = OxmlElement("w:fldChar" if part in ("begin", "separate", "end") else "w:instrText")
        if mark.tag == qn("w:fldChar"):
            mark.set(qn("w:fldCharType"), part)
        else:
            mark.set(qn("xml:space"), "preserve")
            mark.text = f" {part} "
        paragraph.add_run()._element.append(mark)


# side, eighths of a point, colour
_RULED = (("top", "8", "1F3B57"), ("bottom", "8", "1F3B57"), ("insideH", "4", "C3CCD4"))
_BOXED = tuple((side, "5", "000000") for side in ("top", "left", "bottom", "right", "insideH", "insideV"))


def _table_shape(table: Any, widths: list[float], rules: tuple[tuple[str, str, str], ...]) -> None:
    """Fix the widths and draw rules: in a report strong above and below and none upright, in an official document all round."""
    properties = table._tbl.tblPr
    layout = OxmlElement("w:tblLayout")
    layout.set(qn("w:type"), "fixed")
    properties.append(layout)
    if rules:
        borders = OxmlElement("w:tblBorders")
        for side, size, colour in rules:
            rule = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", colour)):
                rule.set(qn(f"w:{name}"), value)
            borders.append(rule)
        properties.append(borders)
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(round(width / 25.4 * 1440)))


def _row_shape(row: Any, head: bool) -> None:
    """Keep a row on one page; repeat a head on every page."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",):
        properties.append(OxmlElement(name))


def _roomy(row: Any) -> None:
    """Leave room to write by hand."""
    row.height = Mm(10)
    for cell in row.cells:
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _describe(shape: Any, text: str) -> None:
    shape._inline.docPr.set("descr", text)


def _same_bytes(data: bytes) -> bytes:
    """Pack the parts again with one fixed time, so that the same document is the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return packed.getvalue()

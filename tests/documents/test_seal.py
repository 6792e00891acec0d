"""The printed QR code, read by a real decoder from the rendered page: crisp, and as a poor scan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tanping.assessment.documents import context, pdf
from tanping.assessment.documents.press import Press
from tanping.assessment.documents.review import Review
from tanping.assessment.result import Assessment

pytestmark = pytest.mark.xdist_group("press")
SEAL = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
INCH = 72


@pytest.fixture(scope="module", params=["recount", "correction"])
def printed(
    request: pytest.FixtureRequest, assessment: Assessment, review: Review, press: Press
) -> Iterator[pypdfium2.PdfDocument]:
    """A wide working paper and an official letter: the two places a code stands in."""
    raw = pdf.print_pdf(assessment, press, request.param, replace(review, seal=SEAL))
    document = pypdfium2.PdfDocument(raw)
    yield document
    document.close()


def codes(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def scan(page: pypdfium2.PdfPage, dots: int, turned: float) -> Image.Image:
    """The page as a grey copy put on the glass askew."""
    image = page.render(scale=dots / INCH, grayscale=True).to_pil().convert("L")
    return image.rotate(turned, expand=True, fillcolor=255, resample=Image.Resampling.BILINEAR)


def test_every_page_reads_as_the_hash_and_code_printed_beside_it(
    printed: pypdfium2.PdfDocument, assessment: Assessment
) -> None:
    code = context.digest(context.canonical(assessment))[:12]
    for page in printed:
        beside = re.sub(r"\s", "", page.get_textpage().get_text_bounded())
        assert f"校验码{code}封存事件{SEAL}" in beside
        (read,) = codes(page.render(scale=300 / INCH).to_pil())
        assert read == f"TANPING SEAL {SEAL.upper()}"


@pytest.mark.parametrize(("dots", "turned"), [(150, 0.0), (150, 2.5), (200, -6.0)])
def test_a_poor_scan_still_reads(printed: pypdfium2.PdfDocument, dots: int, turned: float) -> None:
    assert codes(scan(printed[0], dots, turned)) == [f"TANPING SEAL {SEAL.upper()}"]

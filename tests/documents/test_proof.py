"""What verification finds: changed data, changed words, swapped attachments; and what it lets pass."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from tanping.assessment.assess import assess
from tanping.assessment.documents import context, html, pdf, proof
from tanping.assessment.documents.press import Press
from tanping.assessment.documents.recorded import read_assessment
from tanping.assessment.project.intake import load_project
from tanping.assessment.result import REVISION, Assessment
from tanping.records.errors import InputError

pytestmark = pytest.mark.xdist_group("press")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"


@pytest.fixture(scope="module")
def real() -> Assessment:
    return assess(load_project(EXAMPLE))


@pytest.fixture(scope="module")
def printed(real: Assessment, press: Press) -> bytes:
    return pdf.print_pdf(real, press, "self_check")


def verified(tmp_path: Path, data: bytes) -> proof.Proof:
    path = tmp_path / "结果"
    path.write_bytes(data)
    return proof.verify(path)


def with_record(printed: bytes, copy: bytes) -> bytes:
    """The same pages with another record attached."""
    writer = PdfWriter(clone_from=io.BytesIO(printed))
    names = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1].get_object()["/EF"]["/F"].get_object()
    stream.set_data(copy)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_untouched_print_holds(printed: bytes, tmp_path: Path) -> None:
    found = verified(tmp_path, printed)
    assert found.sound, [str(line) for line in found.lines]
    assert [line.holds for line in found.lines] == [True, True, True]
    assert found.verdict == "与原件相符"


@pytest.mark.parametrize("form", ["report", "recount"])
def test_every_remade_form_holds(form: str, press: Press, tmp_path: Path) -> None:
    in_few_clauses = assess(load_project(EXAMPLE), as_of=date(2020, 12, 10))  # there was less law then
    found = verified(tmp_path, pdf.print_pdf(in_few_clauses, press, form))
    assert [line.holds for line in found.lines] == [True, True, True], [str(line) for line in found.lines]


def test_a_mark_added_afterwards_does_no_harm(printed: bytes, tmp_path: Path) -> None:
    writer = PdfWriter(io.BytesIO(printed), incremental=True)
    writer.add_metadata({"/Sealed": "yes"})
    writer.add_blank_page()
    out = io.BytesIO()
    writer.write(out)
    assert verified(tmp_path, out.getvalue()).sound


def test_a_changed_figure_in_the_record_is_named(real: Assessment, printed: bytes, tmp_path: Path) -> None:
    plain = real.plain()
    plain["inventory"]["design_year_total"] -= 1e6
    found = verified(tmp_path, with_record(printed, proof.canonical_bytes(plain)))
    assert not found.sound
    assert "校验码" in found.verdict
    assert any("inventory.design_year_total" in line.text for line in found.lines)


def test_a_record_that_was_reindented_is_told(real: Assessment, printed: bytes, tmp_path: Path) -> None:
    found = verified(tmp_path, with_record(printed, json.dumps(real.plain(), indent=1).encode()))
    assert "随附数据被改动过" in found.verdict


def test_a_changed_word_on_the_page_is_named(
    real: Assessment, press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A print whose visible total differs from its record, as an edit of the page would leave it."""
    honest = html.page_source

    def forged(*given: object) -> tuple[str, tuple[str, ...]]:
        source, lacking = honest(*given)  # type: ignore[arg-type]
        assert "695.88" in source
        return source.replace("695.88", "595.88"), lacking

    monkeypatch.setattr(html, "page_source", forged)
    earlier = replace(real, versions={**real.versions, "result": REVISION - 1})
    made, worded_otherwise = pdf.print_pdf(real, press, "self_check"), pdf.print_pdf(earlier, press, "self_check")
    monkeypatch.undo()
    found = verified(tmp_path, made)
    assert [line.holds for line in found.lines] == [True, True, False]
    assert "695.88" in found.verdict
    # An earlier program may have worded the same record so; nobody is accused.
    assert [line.holds for line in verified(tmp_path, worded_otherwise).lines] == [True, True, None]


def test_json_is_worked_again(real: Assessment, tmp_path: Path) -> None:
    plain = real.plain()
    assert verified(tmp_path, json.dumps(plain, ensure_ascii=False, indent=1).encode()).sound
    plain["screening"]["verdict"] = "禁止"
    found = verified(tmp_path, json.dumps(plain).encode())
    assert not found.sound
    assert "screening.verdict" in found.verdict


def test_another_program_that_works_out_otherwise_is_not_called_false(real: Assessment, tmp_path: Path) -> None:
    plain = real.plain()
    plain["versions"] = {**plain["versions"], "engine": "9.9.9"}
    found = verified(tmp_path, json.dumps(plain).encode())
    assert found.lines[-1].holds is True
    assert "程序 9.9.9" in found.lines[-1].text
    plain["inventory"]["design_year_total"] -= 1
    found = verified(tmp_path, json.dumps(plain).encode())
    assert found.sound
    assert found.lines[-1].holds is None
    assert "inventory.design_year_total" in found.lines[-1].text


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7 broken", b"[]", b'{"schema": "x"}', b"{" * 100_000])
def test_what_is_no_result_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        verified(tmp_path, data)


def test_a_pdf_without_a_record_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(InputError, match="没有随附"):
        verified(tmp_path, out.getvalue())


def test_the_copy_is_what_the_page_names(real: Assessment, printed: bytes) -> None:
    (copy,) = PdfReader(io.BytesIO(printed)).attachments[pdf.RECORD]
    assert context.digest(copy)[:12] in proof.squeezed(PdfReader(io.BytesIO(printed)).pages[0].extract_text())
    assert copy == context.canonical(real)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda plain: plain["screening"]["findings"][0].update(best="甚好"),
        lambda plain: plain["inventory"]["sources"][0].update(term=None),
        lambda plain: plain["project"].update(units=5),
    ],
    ids=["a word no result has", "no word", "another project"],
)
def test_a_record_that_cannot_be_worked_again_nor_worded_is_not_compared(
    real: Assessment, printed: bytes, tmp_path: Path, spoil: Callable[[dict[str, Any]], None]
) -> None:
    plain = json.loads(json.dumps(real.plain()))
    plain["versions"]["factors"] = "0" * 64  # kept nowhere, so that the record itself would be worded
    spoil(plain)
    found = verified(tmp_path, with_record(printed, proof.canonical_bytes(plain)))
    assert [line.holds for line in found.lines] == [False, None, None]
    assert "没有逐段比对" in found.lines[-1].text


def test_a_result_of_another_form_is_none(assessment: Assessment) -> None:
    """Whatever stands where something else is meant, at any place of a result, is told and not taken."""
    plain = json.loads(json.dumps(assessment.plain()))
    for holder, key in places(plain):
        if not isinstance(key, str) or (holder is plain and key in ("project", "versions")) or key == "by_category":
            continue
        honest = holder[key]
        holder[key] = (
            {"a": 1} if isinstance(honest, list) else [[]] if honest is None or isinstance(honest, str) else "x"
        )
        with pytest.raises(ValueError, match="not a"):
            read_assessment(plain)
        holder[key] = honest
    assert read_assessment(plain) == assessment


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a JSON value that is no one's own words; of a list the first item alone."""
    if isinstance(value, dict):
        for name in value:
            yield value, name
            if name not in ("project", "versions", "by_category"):
                yield from places(value[name])
    elif isinstance(value, list) and value:
        yield from places(value[0])

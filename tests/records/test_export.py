from __future__ import annotations

import csv
import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.records.doors.export import SafeWorkbook, csv_bytes, write_file, write_xlsx, xlsx_bytes
from tanping.records.doors.intake import parse_csv, parse_xlsx
from tanping.records.doors.text import document_text, neutral, starts_formula, visible

LIVE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/C calc'!A0", "  =1+1", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "－1", "＠A1", "\u3000=1",
    "\u200b=1", "\ufeff=1", '=HYPERLINK("x")',
]  # fmt: skip
DEAD = ["120 万吨", "a=b", "盐城", "'=1", "1-2", "", "(=1)", "%"]


def sheet_part(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


@pytest.mark.parametrize("text", LIVE)
def test_no_text_is_live_in_csv(text: str) -> None:
    assert starts_formula(text)
    (row,) = csv.reader(io.StringIO(csv_bytes([[text, "甲"]]).decode("utf-8-sig"), newline=""))
    assert row[0].startswith("'")
    assert row[0][1:] == visible(text)


@pytest.mark.parametrize("text", DEAD)
def test_plain_text_is_left_alone(text: str) -> None:
    assert not starts_formula(text)
    assert neutral(text) == text


@pytest.mark.parametrize("text", [*LIVE, *DEAD, "https://example.org", "mailto:a@b", "{=1}", "00123", "1e5"])
def test_no_text_is_live_in_a_workbook(text: str) -> None:
    data = xlsx_bytes({"项目": [["字段"], [text]]})
    part = sheet_part(data)
    assert "<f>" not in part
    assert "hyperlink" not in part
    found = parse_xlsx(data, "a.xlsx").sheets["项目"]
    assert found.formulas == ()
    assert (found.cell(1, 0) or "").strip() == visible(text).strip()


def test_a_formula_like_text_keeps_its_text_prefix_and_its_style() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("项目")
        sheet.write(0, 0, "=1+1", {"bold": True})
        sheet.write(0, 1, "=1+1")
        sheet.write(0, 2, "甲", {"bold": True})
        sheet.layout.write(0, 3, "=1+1")
        sheet.layout.write_string(0, 4, "=1+1")
    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert styles.count('quotePrefix="1"') == 2
    part = sheet_part(book.data)
    assert part.count("<f>") == 0
    assert part.count('t="s"') == 5


def test_the_program_s_own_formula_is_live() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("排放")
        sheet.row(0, [1000000, 20.0, Decimal("0.0265"), 0.99])
        sheet.formula(1, 0, "=A1*B1*C1*D1*44/12", 1923900.0)
    assert "<f>A1*B1*C1*D1*44/12</f><v>1923900.0</v>" in sheet_part(book.data)


def test_links_and_rich_text_are_refused() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("项目")
        with pytest.raises(ValueError, match="links"):
            sheet.layout.write_url(0, 0, "https://example.org")
        with pytest.raises(ValueError, match="rich text"):
            sheet.layout.write_rich_string(0, 0, "a", "b")


def test_missing_is_blank_and_never_zero() -> None:
    data = xlsx_bytes(
        {"项目": [["甲", "乙", "丙", "丁"], [None, float("nan"), "", 0], [Decimal("0"), False, date(2026, 11, 1), 1.5]]}
    )
    rows = parse_xlsx(data, "a.xlsx").sheets["项目"].rows
    assert rows[1:] == [[None, None, None, "0"], ["0", "否", "2026-11-01", "1.5"]]
    assert csv_bytes([[None, float("nan"), "", 0, False, date(2026, 11, 1), Decimal("1E+3"), 0.1, -5]]) == (
        "\ufeff,,,0,否,2026-11-01,1000,0.1,-5\r\n".encode()
    )
    for value in (float("inf"), Decimal("Infinity")):
        with pytest.raises(ValueError, match="infinity"):
            xlsx_bytes({"项目": [["甲"], [value]]})
        with pytest.raises(ValueError, match="infinity"):
            csv_bytes([[value]])


def test_the_same_content_gives_the_same_bytes() -> None:
    tables = {"项目": [["字段", "值"], ["名称", 1.5], ["=1", date(2026, 1, 2)]]}
    assert xlsx_bytes(tables, "标题") == xlsx_bytes(tables, "标题")


def test_sheet_names_are_made_fit() -> None:
    with SafeWorkbook() as book:
        names = [book.sheet(name).name for name in ("甲/乙", "甲?乙", "x" * 40, "X" * 40, "'", "\u202e表", "a:b")]
    assert names == ["甲_乙", "甲_乙_2", "x" * 31, "X" * 29 + "_2", "表", "\ufffd表", "a_b"]
    assert list(parse_xlsx(book.data, "a.xlsx").sheets) == names


def test_an_error_while_writing_leaves_no_bytes() -> None:
    book = SafeWorkbook()
    with suppress(RuntimeError), book:
        book.sheet("项目")
        raise RuntimeError
    assert book.data == b""


def test_files_are_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "结果.xlsx"
    write_xlsx(target, {"项目": [["甲"]]})
    old = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        write_file(target, b"half")
    assert target.read_bytes() == old
    assert [path.name for path in tmp_path.iterdir()] == ["结果.xlsx"]
    with pytest.raises(OSError, match="没有"):
        write_file(tmp_path / "没有" / "a.json", b"x")


def test_files_get_the_rights_any_new_file_gets_and_many_at_once_leave_the_mask_alone(tmp_path: Path) -> None:
    """The mask belongs to the whole process: to ask for it is to open it for a moment, for every thread."""
    masked = os.umask(0o027)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda at: write_file(tmp_path / f"{at}.json", b"x"), range(200)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "umask", None)
            write_file(tmp_path / "last.json", b"x")
        assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.json")} == {0o640}
    finally:
        assert os.umask(masked) == 0o027
    assert len(list(tmp_path.iterdir())) == 201


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    """A device too; as root, a result written to /dev/null took the place of the device."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_file(pipe, b"figures")
        assert os.read(reader, 100) == b"figures"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_hidden_characters_show() -> None:
    assert visible("a\x00b\x1b[31m\u202ecod.exe\u2066x\u200fy\ud800\ufffe") == "a�b�[31m�cod.exe�x�y��"
    assert visible("第一行\r\n第二行\r第三行\t尾") == "第一行\n第二行\n第三行\t尾"
    assert document_text('<b>"A&B"</b>\x0b\'') == "&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;�&#39;"
    plain = "江苏射阳港电厂 2×1000 MW，tCO₂ ㎡ “引号” 😀 é"
    assert visible(plain) == plain


@given(st.text(max_size=60))
def test_documents_get_valid_xml(text: str) -> None:
    import xml.etree.ElementTree as ElementTree

    root = ElementTree.fromstring(f'<p title="{document_text(text)}">{document_text(text)}</p>')
    assert (root.text or "") == visible(text)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=8))
def test_any_texts_come_back_as_texts(texts: list[str]) -> None:
    found = parse_csv(csv_bytes([["表头"], *[["x", text] for text in texts]]), "a.csv").sheets["a"]
    for row, text in enumerate(texts, start=1):
        shown = neutral(text)
        assert found.cell(row, 1) == (shown if shown.strip() else None)
    assert "<f>" not in sheet_part(xlsx_bytes({"项目": [["表头"], texts]}))

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tanping.records.doors import child
from tanping.records.doors.export import SafeWorkbook, xlsx_bytes
from tanping.records.doors.intake import merged_problems, parse, parse_csv, parse_xlsx, read, read_workbook
from tanping.records.doors.workbook import FORM, Workbook, address
from tanping.records.doors.xlsx_scan import RefusedError, scan
from tanping.records.errors import InputError
from tanping.records.located import Document

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_KIND = f"{OFFICE}/worksheet"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'


def sheet_xml(rows: str, *, before: str = "", head: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'


def cell_xml(reference: str, value: str = "1") -> str:
    return f'<row r="{int(re.sub("[^0-9]", "", reference))}"><c r="{reference}"><v>{value}</v></c></row>'


def workbook(parts: dict[str, str | bytes] | None = None, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A minimal workbook of one sheet 项目; ``parts`` replace or add parts by name."""
    base: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="项目" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{SHEET_KIND}" Target="worksheets/sheet1.xml"/>'
        ),
        "xl/worksheets/sheet1.xml": sheet_xml(cell_xml("A1")),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in (base | (parts or {})).items():
            archive.writestr(name, text)
    return buffer.getvalue()


def with_sheet(text: str | bytes) -> bytes:
    return workbook({"xl/worksheets/sheet1.xml": text})


def encrypted_flag() -> bytes:
    data = bytearray(workbook())
    for found in re.finditer(b"PK\x01\x02", bytes(data)):
        data[found.start() + 8] |= 1
    return bytes(data)


def lying_size() -> bytes:
    """A part that unpacks to far more than the directory says."""
    data = bytearray(with_sheet(sheet_xml(cell_xml("A1")) + " " * 900_000))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 500)
    return bytes(data)


def vast_part() -> bytes:
    """A part that the directory itself says is too large."""
    data = bytearray(workbook())
    struct.pack_into("<L", data, data.rindex(b"PK\x01\x02") + 24, 2**31)
    return bytes(data)


def packed_otherwise() -> bytes:
    return workbook(method=zipfile.ZIP_BZIP2)


def two_parts_of_one_name() -> bytes:
    return workbook({"XL/Worksheets/Sheet1.xml": sheet_xml(cell_xml("XFD1048576"))})


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "far cell": (with_sheet(sheet_xml(cell_xml("XFD1048576"))), "项目!XFD1048576", "超出表格可用的范围"),
    "far cell among good ones": (
        with_sheet(sheet_xml(cell_xml("A1") + cell_xml("B99999") + cell_xml("SZ100001"))), "项目!SZ100001", "超出表格可用的范围"
    ),
    "large box of two cells": (with_sheet(sheet_xml(cell_xml("A90000") + cell_xml("SA90001"))), "项目!SA90001", "超出"),
    "far cell by character reference": (with_sheet(sheet_xml(cell_xml("A1").replace('r="A1"', 'r="&#88;FD1048576"'))), "XFD1048576", "超出"),
    "far dimension": (with_sheet(sheet_xml(cell_xml("A1"), before='<dimension ref="A1:XFD1048576"/>')), "项目!XFD1048576", "范围过大"),
    "address that is none": (with_sheet(sheet_xml(cell_xml("A1").replace('r="A1"', 'r="AAAA1"'))), "项目", "“AAAA1”无效"),
    "address beyond Excel": (with_sheet(sheet_xml(cell_xml("A1").replace('r="A1"', 'r="XFE1"'))), "项目", "“XFE1”无效"),
    "row that is none": (with_sheet(sheet_xml(cell_xml("A1").replace('<row r="1"', '<row r="99999999"'))), "项目", "行号"),
    "zip bomb": (with_sheet(sheet_xml(cell_xml("A1")) + " " * 50_000_000), "", "压缩炸弹"),
    "zip bomb beside": (workbook({"xl/media/image1.bin": b"\0" * 50_000_000}), "", "压缩炸弹"),
    "bomb in small parts": (workbook({f"xl/media/{n}.xml": "<a>" + "b" * 1_000_000 + "</a>" for n in range(120)}), "", "过大"),
    "lying size": (lying_size(), "", "已损坏"),
    "five thousand parts": (workbook({f"xl/p{n}.bin": b"" for n in range(5000)}), "", "不像一份工作簿"),
    "entity bomb in a sheet": (with_sheet(sheet_xml("<row><c><v>&c;</v></c></row>", head=LAUGHS)), "项目", "XML 炸弹"),
    "entity bomb in strings": (workbook({"xl/sharedStrings.xml": f"{LAUGHS}<sst><si><t>&c;</t></si></sst>"}), "", "XML 炸弹"),
    "entity bomb in the workbook": (workbook({"xl/workbook.xml": f"{LAUGHS}<workbook>&c;</workbook>"}), "", "XML 炸弹"),
    "entity bomb in UTF-16": (
        with_sheet(('<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS + "<worksheet/>").encode("utf-16")), "项目", "XML 炸弹"
    ),
    "external entity": (
        with_sheet(sheet_xml("", head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')), "项目", "XML 炸弹"
    ),
    "deep XML": (with_sheet(sheet_xml("<a>" * 100_000 + "</a>" * 100_000)), "项目", "嵌套过深"),
    "long attribute": (with_sheet(sheet_xml(f'<row spans="{os.urandom(2_000_000).hex()}"/>')), "项目", "过长"),
    "broken XML": (with_sheet("<worksheet><sheetData>"), "项目", "不是有效的 XML"),
    "many element names": (with_sheet(sheet_xml("".join(f"<a{n}/>" for n in range(2100)))), "项目", "元素名过多"),
    "many relations": (
        workbook({"xl/_rels/workbook.xml.rels": RELATIONS.format("".join(f'<Relationship Id="r{n}"/>' for n in range(500)))}),
        "", "内部链接过多",
    ),
    "no sheets": (workbook({"xl/workbook.xml": "<workbook><sheets/></workbook>"}), "", "没有工作表"),
    "many styles": (workbook({"xl/styles.xml": "<styleSheet><cellXfs>" + "<xf/>" * 70_001 + "</cellXfs></styleSheet>"}), "", "样式过多"),
    "value outside any cell": (with_sheet(sheet_xml("<v>1</v>")), "项目", "没有地址"),
    "formula outside any cell": (with_sheet(sheet_xml("<f>1+1</f>")), "项目", "没有地址"),
    "vast part": (vast_part(), "", "过大"),
    "packed otherwise": (packed_otherwise(), "", "压缩方式"),
    "missing sheet": (workbook({"xl/worksheets/sheet1.xml": "<a/>", "xl/_rels/workbook.xml.rels": "<Relationships/>"}), "项目", "缺少"),
    "missing string": (with_sheet(sheet_xml('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')), "", "已损坏"),
    "many sheets": (
        workbook({"xl/workbook.xml": f'<workbook xmlns:r="{OFFICE}"><sheets>' + '<sheet name="a" r:id="rId1"/>' * 100 + "</sheets></workbook>"}),
        "", "工作表过多",
    ),
    "many merges": (with_sheet(sheet_xml("", before='<mergeCell ref="A1:B1"/>' * 6000)), "项目", "合并单元格过多"),
    "merge that is none": (with_sheet(sheet_xml("", before='<mergeCell ref="A1:' + "9" * 5000 + '"/>')), "项目", "无效"),
    "one name twice": (two_parts_of_one_name(), "", "不正常"),
    "another entrance": (
        workbook({"_rels/.rels": RELATIONS.format(f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/other.xml"/>')}),
        "", "入口不正常",
    ),
    "OpenDocument": (workbook({"content.xml": "<a/>"}), "", "OpenDocument"),
    "junk before": (b"PK\x03\x04 junk" + workbook(), "", "已损坏"),
    "junk behind": (workbook() + b"junk", "", "已损坏"),
    "cut off": (workbook()[:-40], "", "已损坏"),
    "password on the zip": (encrypted_flag(), "", "密码"),
    "password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "", "打开密码"),
    "old xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "", "旧版 .xls"),
    "macros": (workbook({"xl/vbaProject.bin": b"x"}), "", "含宏"),
    "xlsb": (workbook({"xl/workbook.bin": b"x"}), "", ".xlsb"),
    "a zip": (workbook({"xl/workbook.xml": "<a/>"}).replace(b"xl/workbook.xml", b"xl/workbonk.xml"), "", "压缩文件"),
    "not a workbook": ("就是一段文字".encode(), "", "不是 .xlsx 工作簿"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "", "不是 .xlsx 工作簿"),
    "empty": (b"", "", "文件是空的"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_are_refused_before_they_are_opened(name: str) -> None:
    data, cell, what = HOSTILE[name]
    with pytest.raises(RefusedError) as caught:
        child.read(data, FORM)
    (fault,) = caught.value.faults
    assert cell in (fault.cell or "")
    assert what in fault.what
    assert fault.allowed


def test_cells_without_an_address_stand_one_after_the_other() -> None:
    (sheet,) = child.read(
        with_sheet(sheet_xml("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")), FORM
    )
    assert sheet["rows"] == [["1", "2"], ["3"]]


def java_end(data: bytes, **wrong: int) -> bytes:
    """The 64-bit end record that Java programs write, although they need none; some of it wrong."""
    end = data.rindex(b"PK\x05\x06")
    _, _, _, _, total, size, offset, _ = struct.unpack("<4s4H2LH", data[end:])
    said = {"length": 44, "disk": 0, "total": total, "size": size, "at": end, "disks": 1, **wrong}
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", said["length"], 45, 45, said["disk"], 0, said["total"], total, said["size"], offset
    )
    return data[:end] + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, said["at"], said["disks"]) + data[end:]


def test_the_end_record_of_java_programs_is_read() -> None:
    (sheet,) = child.read(java_end(workbook()), FORM)
    assert sheet["rows"] == [["1"]]


@pytest.mark.parametrize("wrong", [{"length": 45}, {"disk": 1}, {"total": 3}, {"size": 9}, {"at": 7}, {"disks": 2}])
def test_an_end_record_that_points_elsewhere_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(RefusedError, match="已损坏"):
        scan(java_end(workbook(), **wrong), FORM)


def test_a_six_kilobyte_file_with_a_far_cell_really_is_small() -> None:
    assert len(HOSTILE["far cell"][0]) < 6 * 1024
    assert len(HOSTILE["zip bomb"][0]) < 100 * 1024


def test_refusing_costs_at_most_thirty_mebibytes(tmp_path: Path) -> None:
    """In the process that asks and in the child it starts, over what an ordinary small workbook costs."""
    (tmp_path / "good.xlsx").write_bytes(xlsx_bytes({"项目": [["字段", "填写"], ["名称", "甲"]]}))
    for index, (data, _, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{index}.xlsx").write_bytes(data)
    code = f"""
import resource, tracemalloc
from pathlib import Path
from tanping.records.doors.intake import read
from tanping.records.errors import InputError
folder = Path({str(tmp_path)!r})
read(folder / "good.xlsx")
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
tracemalloc.start()
for index in range({len(HOSTILE)}):
    data_size = (folder / f"{{index}}.xlsx").stat().st_size
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        read(folder / f"{{index}}.xlsx")
    except InputError as error:
        (line,) = str(error).splitlines()
        assert line.startswith(f"{{folder / str(index)}}.xlsx:"), line
    else:
        raise SystemExit(f"{{index}} was accepted")
    here = (tracemalloc.get_traced_memory()[1] - before) / 1024
    there = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - child
    print(index, here, there)
    assert max(here, there) <= 30 * 1024, (index, here, there)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_formulas_and_error_cells_are_refused_by_cell() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("燃料")
        sheet.row(0, ["名称", "消耗量"])
        sheet.formula(1, 1, "=60+60", 120.0)
        sheet.formula(2, 1, "=1/0", "#DIV/0!")  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        parse_xlsx(book.data, "a.xlsx")
    lines = str(caught.value).splitlines()
    assert [line.split(":")[1] for line in lines] == ["燃料!B3", "燃料!B2", "燃料!B3"]
    assert "错误值" in lines[0]
    assert "公式" in lines[1]
    assert "选择性粘贴" in lines[1]


def test_a_caller_may_take_cached_values_and_sees_which_they_are() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("燃料")
        sheet.formula(1, 1, "=60+60", 120.0)
    sheet_read = parse_xlsx(book.data, "a.xlsx", formulas=True).sheets["燃料"]
    assert sheet_read.cell(1, 1) == "120"
    assert sheet_read.formulas == ("B2",)


def test_more_than_twenty_formulas_are_summed_up() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("燃料")
        for row in range(50):
            sheet.formula(row, 0, "=1", 1.0)
    with pytest.raises(InputError) as caught:
        parse_xlsx(book.data, "a.xlsx")
    assert len(caught.value.problems) == 21
    assert "另有 30 处" in caught.value.problems[-1].what


def test_cells_come_out_as_the_text_a_person_sees() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("项目")
        values = [
            "名称",
            120,
            261.8,
            0.1 + 0.2,
            1e20,
            -5,
            True,
            date(2026, 11, 1),
            "  ",
            "120 万吨",
            None,
            "=1+1",
            1e-7,
        ]
        for row, value in enumerate(values):
            sheet.write(row, 1, value)
        sheet.write(13, 1, 0.55, {"num_format": "0%"})
        sheet.write(14, 1, 0.0523, {"num_format": "0.00%"})
        sheet.write(15, 1, 0.5, {"num_format": '0.0"%"'})
        hidden = book.sheet("选项")
        hidden.write(0, 0, "甲")
        hidden.layout.hide()
    read_back = parse_xlsx(book.data, "a.xlsx")
    sheet_read = read_back.sheets["项目"]
    column = [sheet_read.cell(row, 1) for row in range(17)]
    assert column == [
        "名称", "120", "261.8", "0.3", "100000000000000000000", "-5", "是", "2026-11-01", None, "120 万吨", None, "=1+1",
        "0.0000001", "55%", "5.23%", "0.5", None,
    ]  # fmt: skip
    assert sheet_read.cell(0, 0) is None
    assert str(sheet_read.where(2, 1)) == "a.xlsx:项目!B3"
    assert read_back.sheets["选项"].hidden
    assert not sheet_read.hidden


def test_merged_header_cells_are_named() -> None:
    with SafeWorkbook() as book:
        sheet = book.sheet("燃料")
        sheet.merge((0, 0), (0, 2), "燃料", {"bold": True})
        sheet.row(1, ["名称", "消耗量", "热值"])
        sheet.merge((5, 0), (6, 0), "说明", {"bold": True})
    sheet_read = parse_xlsx(book.data, "a.xlsx").sheets["燃料"]
    assert sheet_read.merged == ("A1:C1", "A6:A7")
    (problem,) = merged_problems(sheet_read, 0, 1)
    assert str(problem).startswith("a.xlsx:燃料!A1:C1: 表头有合并单元格")
    assert merged_problems(sheet_read, 1, 4) == []


def test_a_workbook_as_other_programs_write_it() -> None:
    """Prefixed elements, cells and rows without addresses, absolute targets, inline strings, single quotes."""
    parts: dict[str, str | bytes] = {
        "xl/worksheets/sheet1.xml": f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData><x:row><x:c t='inlineStr'><x:is><x:t>甲</x:t></x:is></x:c>"
        "<x:c><x:v>1.5</x:v></x:c></x:row></x:sheetData></x:worksheet>",
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{SHEET_KIND}" Target="/xl/worksheets/sheet1.xml"/>'
        ),
    }
    assert parse_xlsx(workbook(parts), "a.xlsx").sheets["项目"].rows == [["甲", "1.5"]]


def test_limits_of_time_size_and_memory() -> None:
    good = xlsx_bytes({"项目": [["甲"]]})
    with pytest.raises(InputError, match="超过 0 秒"):
        parse_xlsx(good, "a.xlsx", limits=replace(FORM, seconds=0))
    with pytest.raises(InputError, match="文件过大"):
        parse_xlsx(good, "a.xlsx", limits=replace(FORM, file=100))
    with pytest.raises(InputError, match="内存"):
        parse_xlsx(good, "a.xlsx", limits=replace(FORM, memory=1))
    with pytest.raises(InputError, match="超出表格"):
        parse_xlsx(xlsx_bytes({"项目": [["甲"] * 20] * 20}), "a.xlsx", limits=replace(FORM, cells=399))


def test_reading_by_path_and_kind(tmp_path: Path) -> None:
    (tmp_path / "项目.xlsx").write_bytes(xlsx_bytes({"项目": [["甲"]]}))
    (tmp_path / "项目.yaml").write_text("schema: x\n", encoding="utf-8")
    (tmp_path / "项目.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert isinstance(read(tmp_path / "项目.xlsx"), Workbook)
    assert isinstance(read(tmp_path / "项目.yaml"), Document)
    assert isinstance(read_workbook(tmp_path / "项目.csv"), Workbook)
    for path, what in [
        (tmp_path / "没有.xlsx", "找不到文件"), (tmp_path, "文件夹"), (tmp_path / "没有.yaml", "找不到文件"), (tmp_path / "\0.csv", "无法读取"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=what):
            read(path)
    with pytest.raises(InputError, match="这里要表格"):
        read_workbook(tmp_path / "项目.yaml")
    for name, what in [("a.yaml", "内容是 Excel 工作簿"), ("a.csv", "内容是 Excel 工作簿")]:
        with pytest.raises(InputError, match=what):
            parse(workbook(), name)
    for name, what in [("a.docx", "不认识扩展名“.docx”"), ("a", "没有扩展名")]:
        with pytest.raises(InputError, match=what):
            parse("甲".encode(), name)
    assert isinstance(parse(workbook(), "没有扩展名"), Workbook)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    """The scan answers to any change of any byte with sheets or a refusal, nothing else."""
    good = bytearray(xlsx_bytes({"项目": [["字段", "填写"], ["名称", "甲"], ["装机", 600]]}))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        sheets = scan(bytes(good), FORM)
    except RefusedError:
        return
    assert sheets


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ("甲,乙\r\n1,2\r\n".encode(), [["甲", "乙"], ["1", "2"]]),
        ("\ufeff甲,乙\n1,\n".encode(), [["甲", "乙"], ["1"]]),
        ("名称,消耗量\n烟煤,120 万吨\n".encode("gbk"), [["名称", "消耗量"], ["烟煤", "120 万吨"]]),
        ("名称\t消耗量\n烟煤\t1,200\n".encode("utf-16"), [["名称", "消耗量"], ["烟煤", "1,200"]]),
        ("名称;消耗量\n烟煤;1,2\n".encode(), [["名称", "消耗量"], ["烟煤", "1,2"]]),
        (b'a,"b\nc, ""d"""\n\n , \nx', [["a", 'b\nc, "d"'], [], [], ["x"]]),
    ],
)
def test_csv_as_people_save_it(data: bytes, rows: list[list[str | None]]) -> None:
    assert parse_csv(data, "燃料.csv").sheets["燃料"].rows == rows


def test_csv_places_are_lines_of_the_file() -> None:
    sheet = parse_csv(b'a,"b\nc"\nd,e\n', "燃料.csv").sheets["燃料"]
    assert sheet.lines == [1, 3]
    assert str(sheet.where(1, 1)) == "燃料.csv:3"


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"", "a.csv: ", "文件是空的"),
        (b" \n\n", "a.csv: ", "文件是空的"),
        (b"a,b\n\x00\x01", "a.csv: ", "空字节"),
        (b"a,b\n1,\xff\xff\n", "a.csv:2: ", "编码无法识别"),
        ("甲乙丙丁戊己庚辛壬癸,b\n1,".encode() + b"\xd6\xd0\n", "a.csv:2: ", "编码无法识别"),
        (b'a,b\n1,"open\n2,3\n', "a.csv:2: ", "引号不成对"),
        (b'a,b\n1,"x"y\n', "a.csv:2: ", "引号不成对"),
        (b'a\n"' + b"x\n" * 1_000_000, "a.csv:2: ", "少了一个引号"),
        (b"a\n" + b"x" * 200_000, "a.csv:2: ", "少了一个引号"),
        (b"a,b\n" + b"," * 600, "a.csv:2: ", "不超过 512 列"),
        (b"a\n" * 200_000, "a.csv:100001: ", "内容过多"),
        (b"a" * (9 * 1024 * 1024), "a.csv: ", "文件过大"),
    ],
)
def test_hostile_csv(data: bytes, line: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(data, "a.csv")
    assert str(caught.value).startswith(line)
    assert what in str(caught.value)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_csv_or_a_refusal(data: bytes) -> None:
    try:
        sheet = parse_csv(data, "a.csv").sheets["a"]
    except InputError:
        return
    assert len(sheet.lines) == len(sheet.rows)


def test_addresses() -> None:
    assert [address(0, 0), address(2, 1), address(9, 25), address(0, 26), address(0, 701), address(0, 16383)] == [
        "A1", "B3", "Z10", "AA1", "ZZ1", "XFD1",
    ]  # fmt: skip

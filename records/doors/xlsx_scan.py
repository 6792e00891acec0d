"""Look at a workbook before anything is unpacked into memory: the zip, the XML, the cell addresses.

Runs in the intake's child process. Reads each part as a stream of 64 KiB, so a bomb costs its limit in time, not in memory.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from tanping.records.doors.text import visible
from tanping.records.doors.workbook import MIB, Limits, address

Handlers = Mapping[str, Callable[[dict[str, str]], None]]

# What the zip reader raises for a part it can't take out.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, struct.error, UnicodeError
)  # fmt: skip
_CHUNK = 64 * 1024
_MAX_DIRECTORY = 128 * 1024
_MAX_DEPTH = 48
_MAX_TOKEN = MIB
_MAX_MERGES = 5000
_MAX_STYLES = 70_000
_MAX_NAMES = 2000
_EOCD, _EOCD64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_WORKBOOK = {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
_EXCEL_ROWS, _EXCEL_COLUMNS = 1_048_576, 16_384


@dataclass(frozen=True)
class Fault:
    """One reason to refuse: the cell (``表名!B3``, or None), what, what is allowed."""

    cell: str | None
    what: str
    allowed: str = ""


class RefusedError(Exception):
    """The workbook is refused; carries every fault found."""

    def __init__(self, *faults: Fault):
        super().__init__(faults[0].what)
        self.faults = faults


@dataclass
class SheetScan:
    """What a sheet's XML says besides its values: zero-based ``percent`` cells, formulas, error cells, merged ranges."""

    name: str
    part: str
    hidden: bool
    filled: int = 0
    last_row: int = -1
    last_column: int = -1
    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    percent: set[tuple[int, int]] = field(default_factory=set)


def scan(data: bytes, limits: Limits) -> list[SheetScan]:
    """Check a workbook's bytes and return its sheets in order. Raises RefusedError."""
    _check_kind(data)
    with _open_zip(data, limits) as archive:
        parts = _Parts(archive, limits)
        sheets = _sheets(parts, limits)
        percent_styles = _percent_styles(parts)
        for sheet in sheets:
            _SheetReader(sheet, percent_styles, limits).read(parts)
        parts.check_the_rest()
    return sheets


def _check_kind(data: bytes) -> None:
    if not data:
        raise RefusedError(Fault(None, "文件是空的", "填好的 .xlsx 工作簿"))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise RefusedError(Fault(None, "工作簿有打开密码，读不了", "去掉密码后另存的 .xlsx"))
        raise RefusedError(Fault(None, "这是旧版 .xls 或其他 Office 文件", "在 Excel 或 WPS 中另存为 .xlsx"))
    if not data.startswith(b"PK\x03\x04"):
        raise RefusedError(Fault(None, "不是 .xlsx 工作簿（内容不是 Excel 文件）", "Excel 或 WPS 保存的 .xlsx"))


def _open_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open the zip after its directory was found plausible: an entry list costs memory before a single part is read."""
    damaged = RefusedError(Fault(None, "文件不完整或已损坏", "重新另存的 .xlsx"))
    found = _directory(data)
    if found is None:
        raise damaged
    total, size = found
    if size > _MAX_DIRECTORY or total > limits.entries:
        raise RefusedError(Fault(None, f"压缩包里有 {total} 个文件，不像一份工作簿", f"不超过 {limits.entries} 个"))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, UnicodeError, NotImplementedError):
        raise damaged from None
    names = [_plain_name(info.filename) for info in archive.infolist()]
    if len(names) > limits.entries or len(set(names)) != len(names):
        raise RefusedError(Fault(None, "压缩包里的文件数量或名称不正常", "重新另存的 .xlsx"))
    for info in archive.infolist():
        _check_entry(info, limits)
    if sum(info.file_size for info in archive.infolist()) > limits.unpacked:
        raise _too_big(limits)
    return archive


def _directory(data: bytes) -> tuple[int, int] | None:
    """Return the entry count and the size of the zip's directory, or None when the end of the file is not as any writer makes it.

    One end record, nothing behind it, the directory right before it: every reader then finds the same directory. Exports of Java programs
    carry the 64-bit end record too, although they need none.
    """
    start = max(len(data) - 22 - 65535, 0)
    at = data.rfind(_EOCD, start)
    if at < 0 or data.count(_EOCD, start) != 1 or len(data) - at < 22:
        return None
    _, disk, first_disk, here, total, size, offset, comment = struct.unpack("<4s4H2LH", data[at : at + 22])
    if disk or first_disk or here != total or at + 22 + comment != len(data):
        return None
    if data[max(at - 20, 0) : at].startswith(_LOCATOR64):
        at -= 20 + 56
        if at < 0 or struct.unpack("<4sLQL", data[at + 56 : at + 76])[1:] != (0, at, 1):
            return None
        sign, length, _, _, disk, first_disk, here, total, size, offset = struct.unpack(
            "<4sQ2H2L4Q", data[at : at + 56]
        )
        if sign != _EOCD64 or length != 44 or disk or first_disk or here != total:
            return None
    return (total, size) if offset + size == at else None


def _check_entry(info: zipfile.ZipInfo, limits: Limits) -> None:
    if info.flag_bits & 0x1:
        raise RefusedError(Fault(None, "压缩包有密码，读不了", "去掉密码后另存的 .xlsx"))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusedError(Fault(None, "压缩方式不是 Excel 所用的", "重新另存的 .xlsx"))
    if info.file_size > limits.unpacked:
        raise _too_big(limits)
    if info.file_size > MIB and info.file_size > limits.ratio * max(info.compress_size, 1):
        what = f"压缩比过高（{visible(info.filename)[:60]} 展开为 {info.file_size // MIB} MiB），疑似压缩炸弹"
        raise RefusedError(Fault(None, what, f"压缩比不超过 {limits.ratio}"))


def _too_big(limits: Limits) -> RefusedError:
    return RefusedError(Fault(None, "展开后的内容过大", f"不超过 {limits.unpacked // MIB} MiB"))


def _plain_name(name: str) -> str:
    """How a lenient reader may see the name: case and slash direction do not tell parts apart."""
    return name.replace("\\", "/").lstrip("/").lower()


class _Parts:
    """The parts of the package, each streamed through one XML parser that knows no DTD."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits):
        self.archive = archive
        self.limits = limits
        self.infos = {_plain_name(info.filename): info for info in archive.infolist()}
        self.unread = {name for name in self.infos if name.endswith((".xml", ".rels", ".vml"))}
        self.unpacked = 0

    def __contains__(self, name: str) -> bool:
        return name in self.infos

    def parse(self, name: str, handlers: Handlers, cell: Callable[[], str | None] = lambda: None) -> None:
        """Stream one part; each element goes to the handler of its local name, ``cell`` names the place of a fault."""
        self.unread.discard(name)
        label = visible(name)[:60]
        parser = expat.ParserCreate()
        stack: list[str] = []
        known: dict[str, Callable[[dict[str, str]], None] | None] = {}
        quiet = 0

        def refuse(*_: object) -> None:
            raise RefusedError(
                Fault(cell(), f"{label} 含 DTD 或实体声明，疑似 XML 炸弹", "Excel 或 WPS 正常保存的 .xlsx")
            )

        def begin(tag: str, attributes: dict[str, str]) -> None:
            nonlocal quiet
            quiet = 0
            stack.append(tag)
            if len(stack) > _MAX_DEPTH:
                raise RefusedError(Fault(cell(), f"{label} 的 XML 嵌套过深", f"不超过 {_MAX_DEPTH} 层"))
            if tag not in known:
                if len(known) > _MAX_NAMES:
                    raise RefusedError(Fault(cell(), f"{label} 的 XML 元素名过多", "Excel 或 WPS 正常保存的 .xlsx"))
                known[tag] = handlers.get(tag[tag.rfind(":") + 1 :])
            handle = known[tag]
            if handle is not None:
                handle(attributes)

        parser.StartElementHandler = begin
        # A method in C: half of all events cost next to nothing. The stack is short, and holds the name that ends.
        parser.EndElementHandler = stack.remove
        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        try:
            for chunk in self._stream(name):
                quiet += len(chunk)
                if quiet > _MAX_TOKEN:
                    raise RefusedError(Fault(cell(), f"{label} 里有过长的内容", "单元格文字不超过 32767 字"))
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise RefusedError(Fault(cell(), f"{label} 不是有效的 XML，文件已损坏", "重新另存的 .xlsx")) from None

    def check_the_rest(self) -> None:
        """Stream every XML part nobody asked for, so that none hides a bomb."""
        for name in sorted(self.unread):
            self.parse(name, {})

    def _stream(self, name: str) -> Iterator[bytes]:
        try:
            with self.archive.open(self.infos[name]) as stream:
                while chunk := stream.read(_CHUNK):
                    self.unpacked += len(chunk)
                    if self.unpacked > self.limits.unpacked:
                        raise _too_big(self.limits)
                    yield chunk
        except UNREADABLE:
            raise RefusedError(Fault(None, f"{visible(name)[:60]} 解压失败，文件已损坏", "重新另存的 .xlsx")) from None


def _sheets(parts: _Parts, limits: Limits) -> list[SheetScan]:
    if "xl/workbook.bin" in parts:
        raise RefusedError(Fault(None, "这是 .xlsb 二进制工作簿", "另存为 .xlsx"))
    if "xl/vbaproject.bin" in parts:
        raise RefusedError(Fault(None, "工作簿含宏", "另存为不含宏的 .xlsx"))
    if "content.xml" in parts or "mimetype" in parts:
        raise RefusedError(Fault(None, "这是 OpenDocument 表格", "另存为 .xlsx"))
    if any(part not in parts for part in _WORKBOOK):
        raise RefusedError(Fault(None, "不是 .xlsx 工作簿，而是其他压缩文件", "Excel 或 WPS 保存的 .xlsx"))
    _check_root(parts)
    listed: list[tuple[str, str, bool]] = []
    targets: dict[str, str] = {}

    def on_sheet(attributes: dict[str, str]) -> None:
        link = next((value for key, value in attributes.items() if key.rsplit(":", 1)[-1] == "id"), "")
        listed.append((attributes.get("name", ""), link, attributes.get("state", "visible") != "visible"))
        if len(listed) > limits.sheets:
            raise RefusedError(Fault(None, "工作表过多", f"不超过 {limits.sheets} 张"))

    def on_relation(attributes: dict[str, str]) -> None:
        if len(targets) > limits.entries:
            raise RefusedError(Fault(None, "工作簿的内部链接过多", "重新另存的 .xlsx"))
        target = attributes.get("Target", "")
        joined = target if target.startswith("/") else f"xl/{target}"
        targets[attributes.get("Id", "")] = _plain_name(posixpath.normpath(joined))

    parts.parse("xl/workbook.xml", {"sheet": on_sheet})
    parts.parse("xl/_rels/workbook.xml.rels", {"Relationship": on_relation})
    sheets = [SheetScan(name, targets.get(link, ""), hidden) for name, link, hidden in listed]
    if not sheets:
        raise RefusedError(Fault(None, "工作簿里没有工作表", "至少一张填好的工作表"))
    for sheet in sheets:
        if sheet.part not in parts:
            raise RefusedError(Fault(visible(sheet.name), "缺少工作表的内容，文件已损坏", "重新另存的 .xlsx"))
    return sheets


def _check_root(parts: _Parts) -> None:
    """The package must name as its workbook the part that is looked at here; the reader follows the package."""
    roots: list[str] = []

    def on_relation(attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            roots.append(_plain_name(posixpath.normpath(attributes.get("Target", ""))))

    parts.parse("_rels/.rels", {"Relationship": on_relation})
    if roots != ["xl/workbook.xml"]:
        raise RefusedError(Fault(None, "工作簿的入口不正常，文件已损坏", "重新另存的 .xlsx"))


def _percent_styles(parts: _Parts) -> frozenset[str]:
    """Return the style indexes that show a number as a percentage: 55 % is stored as 0.55, and the reader must see 55 %."""
    formats = {"9", "10"}
    styles: list[str] = []
    inside = False

    def section(attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = False

    def cell_styles(attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = True

    def number_format(attributes: dict[str, str]) -> None:
        if "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))

    def cell_style(attributes: dict[str, str]) -> None:
        if inside:
            styles.append(attributes.get("numFmtId", ""))
        if len(styles) > _MAX_STYLES or len(formats) > _MAX_STYLES:
            raise RefusedError(Fault(None, "单元格样式过多", "清理样式后另存的 .xlsx"))

    if "xl/styles.xml" in parts:
        other = dict.fromkeys(("cellStyleXfs", "cellStyles", "dxfs"), section)
        handlers = {**other, "cellXfs": cell_styles, "numFmt": number_format, "xf": cell_style}
        parts.parse("xl/styles.xml", handlers)
    return frozenset(str(index) for index, shown in enumerate(styles) if shown in formats)


class _SheetReader:
    """Follow a sheet's rows and cells by their addresses, without keeping values."""

    def __init__(self, sheet: SheetScan, percent_styles: frozenset[str], limits: Limits):
        self.sheet = sheet
        self.percent_styles = percent_styles
        self.limits = limits
        self.row = self.column = -1
        self.row_text = ""
        self.attributes: dict[str, str] = {}
        self.columns: dict[str, int] = {}

    def read(self, parts: _Parts) -> None:
        handlers = {
            "row": self.on_row, "c": self.on_cell, "v": self.on_value, "is": self.on_value, "f": self.on_formula,
            "dimension": self.on_dimension, "mergeCell": self.on_merge,
        }  # fmt: skip
        parts.parse(self.sheet.part, handlers, self.here)

    def here(self) -> str | None:
        place = f"!{address(self.row, self.column)}" if self.row >= 0 and self.column >= 0 else ""
        return f"{visible(self.sheet.name)}{place}"

    def on_row(self, attributes: dict[str, str]) -> None:
        text = attributes.get("r")
        self.row = self._row_number(text) if text is not None else self.row + 1
        self.row_text = str(self.row + 1)
        self.column = -1

    def on_cell(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        reference = attributes.get("r")
        if reference is None:
            self.row, self.column = max(self.row, 0), self.column + 1
            return
        letters = reference.removesuffix(self.row_text)
        if letters in self.columns and letters + self.row_text == reference:
            self.column = self.columns[letters]
            return
        self.row, self.column = self._parse(reference)
        self.row_text = str(self.row + 1)
        self.columns[reference.removesuffix(self.row_text)] = self.column

    def on_value(self, _: dict[str, str]) -> None:
        sheet, row, column = self.sheet, self.row, self.column
        if row < 0 or column < 0:
            raise RefusedError(Fault(visible(sheet.name), "单元格没有地址，文件已损坏", "重新另存的 .xlsx"))
        sheet.filled += 1
        if row > sheet.last_row or column > sheet.last_column:
            sheet.last_row, sheet.last_column = max(sheet.last_row, row), max(sheet.last_column, column)
            self._check_box(sheet.last_row, sheet.last_column)
        if sheet.filled > self.limits.cells:
            raise RefusedError(Fault(self.here(), "填写的单元格过多", f"每张表不超过 {self.limits.cells} 个"))
        kind = self.attributes.get("t")
        if kind == "e":
            sheet.errors.append(address(row, column))
        elif (kind is None or kind == "n") and self.attributes.get("s") in self.percent_styles:
            sheet.percent.add((row, column))

    def on_formula(self, _: dict[str, str]) -> None:
        if self.row < 0 or self.column < 0:
            raise RefusedError(Fault(visible(self.sheet.name), "单元格没有地址，文件已损坏", "重新另存的 .xlsx"))
        self.sheet.formulas.append(address(self.row, self.column))
        if len(self.sheet.formulas) > self.limits.cells:
            raise RefusedError(Fault(self.here(), "公式过多", f"每张表不超过 {self.limits.cells} 个"))

    def on_merge(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("ref", "")
        for corner in reference.split(":", 1):
            self._parse(corner)
        self.sheet.merged.append(reference)
        if len(self.sheet.merged) > _MAX_MERGES:
            raise RefusedError(Fault(visible(self.sheet.name), "合并单元格过多", f"不超过 {_MAX_MERGES} 处"))

    def on_dimension(self, attributes: dict[str, str]) -> None:
        limits = self.limits
        for corner in filter(None, attributes.get("ref", "").split(":")):
            row, column = self._parse(corner)
            if row >= limits.rows or column >= limits.columns:
                allowed = f"不超过 {limits.rows} 行、{limits.columns} 列；选中多余的行列，删除后保存"
                raise RefusedError(Fault(f"{visible(self.sheet.name)}!{corner}", "工作表声明的范围过大", allowed))

    def _check_box(self, row: int, column: int) -> None:
        limits = self.limits
        if row >= limits.rows or column >= limits.columns or (row + 1) * (column + 1) > limits.cells:
            allowed = f"不超过 {limits.rows} 行、{limits.columns} 列、{limits.cells} 格；删去表外的内容后保存"
            raise RefusedError(Fault(self.here(), "内容超出表格可用的范围", allowed))

    def _parse(self, reference: str) -> tuple[int, int]:
        match = _CELL.match(reference)
        if match:
            column = 0
            for letter in match[1]:
                column = column * 26 + ord(letter) - 64
            if column <= _EXCEL_COLUMNS and int(match[2]) <= _EXCEL_ROWS:
                return int(match[2]) - 1, column - 1
        raise RefusedError(Fault(visible(self.sheet.name), f"单元格地址“{visible(reference)[:20]}”无效", "如 B3"))

    def _row_number(self, text: str) -> int:
        if text.isascii() and text.isdigit() and 1 <= len(text) <= 7 and 1 <= int(text) <= _EXCEL_ROWS:
            return int(text) - 1
        raise RefusedError(Fault(visible(self.sheet.name), f"行号“{visible(text)[:20]}”无效", "1 至 1048576"))

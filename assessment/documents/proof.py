"""Is a document as it was made? Reads the attached record, the printed hash, the visible words, and works the record again.

What this can tell and what not: docs/documents.md. A seal or signature added afterwards changes none of it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.records.canonical import CanonicalError, canonical_bytes, read_canonical, sha256
from tanping.records.errors import InputError, Problem, Where

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment

RECORD = "assessment.json"
FORM = re.compile(r"tanping-form:([a-z_]+)")
# Forms made of the assessment alone; the others also hold a review record, which the file does not carry.
REMADE = frozenset({"report", "report_full", "self_check", "conformity", "recount"})
MOST = 64 << 20
_SHOWN = 40


@dataclass(frozen=True)
class Line:
    """One thing that was looked at. ``holds`` is None where it could not be compared."""

    holds: bool | None
    text: str

    def __str__(self) -> str:
        return f"{ {True: '相符', False: '不符', None: '未比'}[self.holds] }：{self.text}"


@dataclass(frozen=True)
class Proof:
    """All that was looked at, in order."""

    lines: tuple[Line, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing differs."""
        return all(line.holds is not False for line in self.lines)

    @property
    def verdict(self) -> str:
        """The result in one line: what differs first, or that nothing does."""
        first = next((line.text for line in self.lines if line.holds is False), "")
        return f"与原件不符：{first}" if first else "与原件相符"


def verify(path: Path) -> Proof:
    """Check a PDF or JSON result. Raises InputError for a file that is neither, or carries no record."""
    raw = _read(path)
    if raw.startswith(b"%PDF"):
        return Proof(tuple(_pdf(path, raw)))
    try:
        record = json.loads(raw)
        copy = canonical_bytes(record)
    except (ValueError, RecursionError, CanonicalError):
        raise InputError(Problem(Where(str(path)), "", "不是本工具的 PDF 或 JSON 结果")) from None
    _, line = _replay(record, copy, path)
    return Proof((Line(True, f"数据可读，sha256 {sha256(copy)}"), line))


def _pdf(path: Path, raw: bytes) -> Iterator[Line]:
    import io

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        copies = reader.attachments.get(RECORD, [])
        pages = [page.extract_text() for page in reader.pages]
        form = FORM.search(str(reader.metadata.get("/Keywords", "")) if reader.metadata else "")
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError):
        raise InputError(Problem(Where(str(path)), "", "PDF 已损坏，读不出内容")) from None
    if len(copies) != 1:
        raise InputError(Problem(Where(str(path)), "", f"PDF 里没有随附的 {RECORD}，或不止一份", "由本工具打印的 PDF"))
    copy, text = copies[0], squeezed("".join(pages))
    try:
        record = read_canonical(copy)
    except CanonicalError:
        yield Line(False, "随附数据被改动过（不是规范形式）")
        return
    printed = sha256(copy)[:12]
    yield Line(
        printed in text,
        f"页面印的校验码与随附数据{'一致' if printed in text else '不一致，数据或页面被换过'}（{printed}）",
    )
    replayed, line = _replay(record, copy, path)
    yield line
    yield _visible(form[1] if form else "", replayed, pages)


def _replay(record: Any, copy: bytes, path: Path) -> tuple[Assessment | None, Line]:
    """Work the record's project again with the packs and factors of this machine."""
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import project_from_plain
    from tanping.assessment.result import SCHEMA

    if not isinstance(record, Mapping) or record.get("schema") != SCHEMA:
        raise InputError(Problem(Where(str(path)), "schema", "不是评估结果", SCHEMA))
    try:
        project = project_from_plain(record["project"], str(path))
        made = assess(project, as_of=date.fromisoformat(record["as_of"]), moment=record["moment"])
    except (InputError, KeyError, TypeError, ValueError):
        return None, Line(False, "记录里的项目数据不能重算，已被改动")
    if made.plain().get("versions") != record.get("versions"):
        return None, Line(None, "记录所用的程序、规则包或因子版本与本机不同，没有重算")
    again = canonical_bytes(made.plain())
    if again == copy:
        return made, Line(True, "用同一版本的规则包和因子重算，结果逐字节一致")
    where = _first_difference(json.loads(again), record)
    return None, Line(False, f"重算结果与记录不同：{where}")


def _visible(form: str, made: Assessment | None, pages: list[str]) -> Line:
    """Compare every heading, paragraph and cell of the form made again with the words on the pages."""
    from tanping.assessment.documents.forms import FORMS, source
    from tanping.assessment.documents.tree import read, texts

    if made is None or form not in REMADE:
        return Line(None, "可见文字没有逐段比对（含审查记录，或不能重算）")
    again = source(form, made)
    head = squeezed(FORMS[form].running) + squeezed(f"校验码 {again.sha256[:12]}")
    text = "".join(_without_frame(squeezed(page), head, number) for number, page in enumerate(pages, 1))
    lost = [part for part in texts(read(again.html)) if squeezed(part) not in text]
    if lost:
        return Line(False, f"可见文字与数据不同，共 {len(lost)} 处，第一处应为“{lost[0][:_SHOWN]}”")
    return Line(True, "可见文字逐段与数据一致")


def squeezed(text: str) -> str:
    """Return text without spaces and in one form of letters, as a comparison of what layout has moved about needs it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _without_frame(page: str, head: str, number: int) -> str:
    return page.replace(head, "").replace(f"—{number}—", "")


def _first_difference(expected: Any, found: Any, at: str = "") -> str:
    """Name the first place where two JSON values differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            if expected.get(key) != found.get(key):
                return _first_difference(expected.get(key), found.get(key), f"{at}.{key}" if at else key)
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found, strict=True)):
            if one != other:
                return _first_difference(one, other, f"{at}[{place}]")
    return f"{at}，应为 {_short(expected)}，记录为 {_short(found)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST + 1)
    except OSError as error:
        raise InputError(Problem(Where(str(path)), "", f"打不开：{error.strerror}")) from None
    if not raw or len(raw) > MOST:
        raise InputError(Problem(Where(str(path)), "", "空文件" if not raw else f"大于 {MOST >> 20} MiB"))
    return raw

"""A result somebody hands in, PDF or JSON, read in a process with limited memory and time: what it carries and what its pages say.

The process that asks never holds the file, nor anything of it that has not the form of a result.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tanping.records.canonical import CanonicalError, canonical_bytes, read_canonical, sha256
from tanping.records.doors.child import confine
from tanping.records.doors.intake import ask_child
from tanping.records.doors.workbook import MIB, Limits
from tanping.records.errors import InputError, Problem, Where

RECORD = "assessment.json"
LIMITS = Limits(file=64 * MIB, memory=768 * MIB, seconds=60)
# Processor seconds: reading a page of words takes a twentieth of a second, so that a file of few pages is soon found out.
SECONDS = 8
SECONDS_A_PAGE = 0.5
# The largest of the examples has 0.8 MiB and thirty thousand values.
MOST_RECORD = 16 * MIB
MOST_VALUES = 500_000
MOST_OBJECTS = 200_000
MOST_PAGES = 1_000
MOST_DRAWN = 32 * MIB  # and a sixteenth of that on one page; a full report has 1.2 MiB
MOST_LETTERS = 1_500_000
MOST_SIGNATURES = 20
_MOST_NAME = 200
_MOST_KEYWORDS = 2_000
_END = b"%%EOF"
_ENDS = 32  # of a file that was added to that often


class _Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """What is wrong, and what would be right."""


def read_result(path: Path, schema: str) -> dict[str, Any]:
    """Return what a file carries. Raises InputError for one that can't be opened, is neither kind, is damaged, locked or too much to read.

    ``kind``: pdf or json · ``copies``: how many records are attached · ``copy``: the record as canonical text; None when the attached one is not
    canonical, ``null`` when it is no result of ``schema`` · ``pages``: their texts · ``keywords`` · ``prints``: sha256 of the file, and of what it was
    before each thing appended to it · ``signatures``: [name, intact] each; None where there are some and nothing here reads them.
    """
    try:
        with path.open("rb") as stream:
            argument = {"schema": schema, "limits": asdict(LIMITS)}
            answer = ask_child(__name__, argument, stream, str(path), LIMITS, "本工具生成的 PDF 或 JSON")
    except OSError as error:
        raise InputError(Problem(Where(str(path)), "", f"打不开：{error.strerror}")) from None
    if "fault" in answer:
        raise InputError(Problem(Where(str(path)), "", *answer["fault"]))
    return answer


def main() -> None:
    """Read, answer."""
    wanted = json.loads(sys.argv[1])
    limits = Limits(**wanted["limits"])
    confine(limits)
    _allow(SECONDS)
    try:
        answer = contents(sys.stdin.buffer.read(limits.file + 1), wanted["schema"])
    except MemoryError:
        answer = {"fault": ["读取时超出内存上限", "本工具生成的 PDF 或 JSON"]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def _allow(seconds: float) -> None:
    """Let this process use that much processor time from its start."""
    try:
        import resource
    except ImportError:  # Windows: the asking process waits its time and ends this one
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard != resource.RLIM_INFINITY:  # confined
        resource.setrlimit(resource.RLIMIT_CPU, (min(int(seconds), hard), hard))


def contents(raw: bytes, schema: str) -> dict[str, Any]:
    """Return the answer for a file's bytes: what ``read_result`` returns, or a ``fault`` in words."""
    try:
        if not raw:
            raise _Refused("空文件")
        if len(raw) > LIMITS.file:
            raise _Refused(f"大于 {LIMITS.file // MIB} MiB")
        return _pdf(raw, schema) if raw.startswith(b"%PDF") else _json(raw, schema)
    except _Refused as refusal:
        return {"fault": list(refusal.args)}


def _json(raw: bytes, schema: str) -> dict[str, Any]:
    _bounded(raw)
    try:
        record = json.loads(raw)
        copy = canonical_bytes(record)
    except (ValueError, RecursionError, CanonicalError):
        raise _Refused("不是本工具的 PDF 或 JSON 结果") from None
    return {"kind": "json", "copy": _of_schema(record, copy, schema), "prints": [sha256(raw)]}


def _pdf(raw: bytes, schema: str) -> dict[str, Any]:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, LimitReachedError

    if raw.count(b" obj") > MOST_OBJECTS:
        raise _Refused("PDF 里的对象过多", f"不超过 {MOST_OBJECTS} 个")
    try:
        reader = PdfReader(io.BytesIO(raw), xref_stream_maximum_entries=MOST_OBJECTS)
        copies = reader.attachments.get(RECORD, [])
        copy = copies[0] if len(copies) == 1 else b""
        _bounded(copy)
        pages = list(_texts(reader))
        keywords = str(reader.metadata.get("/Keywords", "")) if reader.metadata else ""
    except (MemoryError, _Refused):
        raise
    except FileNotDecryptedError:
        raise _Refused("PDF 有打开密码，读不了", "没有加密的 PDF") from None
    except LimitReachedError:
        raise _Refused("PDF 展开后过大", "由本工具打印的 PDF") from None
    except Exception:  # the reader raises many kinds of its own; to the person they all mean one thing
        raise _Refused("PDF 已损坏，读不出内容") from None
    if len(copies) != 1:
        raise _Refused(f"PDF 里没有随附的 {RECORD}，或不止一份", "由本工具打印的 PDF")
    try:
        record = read_canonical(copy)
    except CanonicalError:
        return {"kind": "pdf", "copy": None}
    return {
        "kind": "pdf",
        "copy": _of_schema(record, copy, schema),
        "pages": pages,
        "keywords": keywords[:_MOST_KEYWORDS],
        "prints": list(_prints(raw)),
        "signatures": _signatures(raw),
    }


def _bounded(record: bytes) -> None:
    """Refuse a record that no assessment makes: parsed, a few megabytes of brackets take gigabytes."""
    if len(record) > MOST_RECORD or sum(record.count(mark) for mark in (b"{", b"[", b",")) > MOST_VALUES:
        raise _Refused("随附数据过大，不是本工具的结果", f"不超过 {MOST_RECORD // MIB} MiB、{MOST_VALUES} 项")


def _of_schema(record: Any, copy: bytes, schema: str) -> str:
    return copy.decode() if isinstance(record, dict) and record.get("schema") == schema else "null"


def _texts(reader: Any) -> Iterator[str]:
    if len(reader.pages) > MOST_PAGES:
        raise _Refused("PDF 页数过多", f"不超过 {MOST_PAGES} 页")
    _allow(SECONDS + SECONDS_A_PAGE * len(reader.pages))
    drawn = letters = 0
    for page in reader.pages:
        contents = page.get_contents()
        size = len(contents.get_data()) if contents is not None else 0
        drawn += size
        if size > MOST_DRAWN // 16 or drawn > MOST_DRAWN:
            raise _Refused("PDF 展开后过大", "由本工具打印的 PDF")
        text = page.extract_text()
        letters += len(text)
        if letters > MOST_LETTERS:
            raise _Refused("PDF 文字过多", f"不超过 {MOST_LETTERS} 字")
        yield text


def _prints(raw: bytes) -> Iterator[str]:
    """Yield the hashes of the file and of what it may have been before something was appended, the whole first."""
    yield sha256(raw)
    at = len(raw)
    for _ in range(_ENDS):
        at = raw.rfind(_END, 0, at)
        if at < 0:
            return
        for tail in (b"", b"\n", b"\r\n", b"\r"):
            if raw.startswith(tail, at + len(_END)):
                yield sha256(raw[: at + len(_END) + len(tail)])


def _signatures(raw: bytes) -> list[tuple[str, bool]] | None:
    """Return each digital signature and whether what it covers is unchanged; None without the extra ``sign``."""
    if b"/ByteRange" not in raw:
        return []
    try:
        from tanping.assessment.documents.sign import signatures
    except ImportError:
        return None
    found: list[tuple[str, bool]] = []
    try:
        for name, intact in signatures(raw):
            found.append((name[:_MOST_NAME], intact))
            if len(found) == MOST_SIGNATURES:
                break
    except MemoryError:
        raise
    except Exception:  # many kinds again: a signature that can't be read is not intact
        found.append(("不可读", False))
    return found


if __name__ == "__main__":
    main()

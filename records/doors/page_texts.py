"""The words of a document somebody attached: PDF, Word or plain text, read in a process with limited memory and time.

A scan or a picture has no words; that is an answer too, not an error.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

from tanping.records.doors.child import confine
from tanping.records.doors.intake import ask_child
from tanping.records.doors.workbook import MIB, Limits
from tanping.records.errors import InputError, Problem, Where

LIMITS = Limits(file=64 * MIB, memory=1536 * MIB, seconds=40)
MOST_PAGES = 2_000
MOST_LETTERS = 8_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def page_texts(data: bytes, name: str) -> list[str]:
    """Return the text of each page (Word and plain text: one page); none for scans, pictures and unknown kinds. Raises InputError."""
    suffix = Path(name).suffix.lower()
    if suffix not in (".pdf", ".docx", ".txt"):
        return []
    answer = ask_child(__name__, {"suffix": suffix, "limits": asdict(LIMITS)}, data, name, LIMITS, "一份普通的文件")
    if "fault" in answer:
        raise InputError(Problem(Where(name), "", str(answer["fault"]), "能正常打开的 PDF、Word 或文本"))
    return [str(text) for text in answer["pages"]]


def main() -> None:
    """Read, answer."""
    wanted = json.loads(sys.argv[1])
    limits = Limits(**wanted["limits"])
    confine(limits)
    try:
        pages = _READERS[wanted["suffix"]](sys.stdin.buffer.read(limits.file + 1))
        answer: dict[str, object] = {"pages": pages}
    except MemoryError:
        answer = {"fault": "读取时超出内存上限"}
    except Exception:  # the readers raise many kinds of their own; to the person they all mean one thing
        answer = {"fault": "文件已损坏，读不出文字"}
    json.dump(answer, sys.stdout, ensure_ascii=True, separators=(",", ":"))


def _pdf(data: bytes) -> list[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    pages: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        pages.append(page.extract_text())
        if sum(map(len, pages)) > MOST_LETTERS:
            break
    return pages


def _docx(data: bytes) -> list[str]:
    from xml.etree import ElementTree

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("word/document.xml")
        if info.file_size > MOST_LETTERS * 8:
            raise ValueError("too big")
        raw = archive.read(info)
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise ValueError("declares entities")
    root = ElementTree.fromstring(raw)  # noqa: S314 - no entities (refused above), and this process is confined
    return ["".join(node.text or "" for node in root.iter(f"{_WORD}t"))[:MOST_LETTERS]]


def _txt(data: bytes) -> list[str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [data.decode(encoding)[:MOST_LETTERS]]
        except UnicodeDecodeError:
            continue
    raise ValueError("unknown encoding")


_READERS = {".pdf": _pdf, ".docx": _docx, ".txt": _txt}


if __name__ == "__main__":
    main()

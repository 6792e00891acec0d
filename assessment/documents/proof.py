"""Is a document as it was made? Reads the attached record, the printed hash, the visible words, and works the record again.

What this can tell and what not: docs/documents.md. A seal or signature added afterwards changes none of it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping import __version__
from tanping.assessment.documents.replay import Archive, NotKeptError, as_made
from tanping.assessment.documents.result_file import read_result
from tanping.assessment.documents.seal import SHORT
from tanping.assessment.review.law import kept_law
from tanping.records.canonical import canonical_bytes, read_canonical, sha256
from tanping.records.errors import InputError, Problem, Where

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment

FORM = re.compile(r"tanping-form:([a-z_]+)")
SEAL = re.compile(r"tanping-seal:([0-9a-f]{64})")
# Forms made of the assessment alone; the others also hold a review record, which the file does not carry.
REMADE = frozenset({"report", "report_full", "self_check", "conformity", "recount"})
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
        if first:
            return f"与原件不符：{first}"
        left = sum(line.holds is None for line in self.lines)
        return f"没有发现不符，有 {left} 项没有比对" if left else "与原件相符"


@dataclass(frozen=True)
class Printed:
    """A file as it says it is: its form, the seal it names (empty: none), its record's sha256, and pages as text.

    ``prints``: sha256 of the file, and of what it was before each thing appended to it, the whole first.
    """

    form: str
    seal: str
    record: str
    prints: tuple[str, ...]
    pages: tuple[str, ...]


Witness = Callable[[Printed], Iterable[Line]]
"""Who knows what was sealed and printed, the store for instance: tells what it knows of a file."""


def verify(path: Path, witness: Witness | None = None, archive: Archive = kept_law) -> Proof:
    """Check a PDF or JSON result, also against what ``witness`` knows. Raises InputError for a file that is neither, or has no record.

    ``archive`` returns packs and factors by hash, for a result made with others than this machine's.
    """
    from tanping.assessment.result import SCHEMA

    return judged(path, read_result(path, SCHEMA), witness, archive)


def judged(path: Path, found: Mapping[str, Any], witness: Witness | None = None, archive: Archive = kept_law) -> Proof:
    """Check what was found in a file (``result_file.read_result``). Raises InputError when its record is no result."""
    if found["kind"] == "pdf":
        return Proof(tuple(_pdf(path, found, witness, archive)))
    copy = found["copy"].encode()
    line = _replay(json.loads(copy), copy, path, archive, "").line
    told = witness(Printed("", "", sha256(copy), tuple(found["prints"]), ())) if witness else ()
    return Proof((Line(True, f"数据可读，sha256 {sha256(copy)}"), line, *told))


def _pdf(path: Path, found: Mapping[str, Any], witness: Witness | None, archive: Archive) -> Iterator[Line]:
    if found["copy"] is None:
        yield Line(False, "随附数据被改动过（不是规范形式）")
        return
    copy, pages, named = found["copy"].encode(), tuple(found["pages"]), found["keywords"]
    record, text = read_canonical(copy), squeezed("".join(pages))
    form, seal = FORM.search(named), SEAL.search(named)
    printed = Printed(form[1] if form else "", seal[1] if seal else "", sha256(copy), tuple(found["prints"]), pages)
    code = printed.record[:SHORT]
    yield Line(
        code in text,
        f"页面印的校验码与随附数据{'一致' if code in text else '不一致，数据或页面被换过'}（{code}）",
    )
    replayed = _replay(record, copy, path, archive, "" if printed.seal else printed.form)
    yield replayed.line
    if printed.seal:
        yield _sealed(printed, text, witness)
        yield from witness(printed) if witness else ()
    else:
        yield _visible(printed, replayed.words)
    yield from _signed(found["signatures"])


def _sealed(printed: Printed, text: str, witness: Witness | None) -> Line:
    if printed.seal not in text:
        return Line(False, "页面印的封存事件与文件所记不同，页面被换过")
    if witness:
        return Line(True, f"页面印的封存事件与文件所记一致（{printed.seal[:SHORT]}）")
    return Line(None, f"封存事件 {printed.seal[:SHORT]}… 和可见文字须对照数据库，请加 --db")


def _signed(signatures: list[tuple[str, bool]] | None) -> Iterator[Line]:
    """Tell of each digital signature whether what it covers is unchanged."""
    if signatures is None:
        yield Line(None, "文件带有电子签名，没有核验（未安装 sign 组件）")
        return
    for name, intact in signatures:
        yield Line(intact, f"电子签名（{name}）：签名后内容{'未变' if intact else '被改动'}；证书是否可信由使用者判断")


@dataclass(frozen=True)
class _Replayed:
    """What working a record again showed, and the words of a form made of it; None where they can't be told."""

    line: Line
    words: tuple[str, ...] | None = None


def _replay(record: Any, copy: bytes, path: Path, archive: Archive, form: str) -> _Replayed:
    """Work the record's project again with the packs and factors the record names, and word ``form`` by them."""
    from tanping.assessment.result import SCHEMA

    if not isinstance(record, Mapping) or record.get("schema") != SCHEMA:
        raise InputError(Problem(Where(str(path)), "schema", "不是评估结果", SCHEMA))
    with ExitStack() as law:
        try:
            law.enter_context(as_made(record, archive))
        except NotKeptError as lacking:
            line = Line(None, f"记录所用的{lacking}与本机不同，档案里也没有，没有重算")
        except ValueError:
            line = Line(None, "记录所用的规则包或因子这一版程序读不了，没有重算")
        else:
            return _worked_again(record, copy, path, form)
    return _Replayed(line, _words_as_recorded(form, record))


def _worked_again(record: Mapping[str, Any], copy: bytes, path: Path, form: str) -> _Replayed:
    """Compare the record with the same project worked again. Another program may differ without anybody having changed anything."""
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import project_from_plain
    from tanping.assessment.result import made_here

    try:
        project = project_from_plain(record["project"], str(path))
        made = assess(project, as_of=date.fromisoformat(record["as_of"]), moment=record["moment"])
    except (InputError, KeyError, TypeError, ValueError):
        if not made_here(record["versions"]):
            return _Replayed(Line(None, "记录由另一版本的程序生成，这一版不能重算"))
        return _Replayed(Line(False, "记录里的项目数据不能重算，已被改动"))
    plain = made.plain()
    other = plain["versions"] != record["versions"]
    again = canonical_bytes({**plain, "versions": record["versions"]})
    by = "用记录所载版本的规则包和因子重算"
    if again == copy:
        program = f"（程序 {record['versions'].get('engine')}，本机 {__version__}）" if other else ""
        words = _words_as_recorded(form, record) if other else _words(form, made)
        return _Replayed(Line(True, f"{by}{program}，结果逐字节一致"), words)
    where = _first_difference(json.loads(again), record)
    if other:
        line = Line(None, f"记录由另一版本的程序或图层生成，{by}有出入，不能据此判断改动（{where}）")
        return _Replayed(line, _words_as_recorded(form, record))
    return _Replayed(Line(False, f"重算结果与记录不同：{where}"))


def _words_as_recorded(form: str, record: Any) -> tuple[str, ...] | None:
    """Return the words of a form made of the record as it stands; None where another program may word it otherwise, or its data can't be worded."""
    from tanping.assessment.documents.recorded import read_assessment
    from tanping.assessment.project.intake import project_from_plain
    from tanping.assessment.result import made_here

    try:
        made = read_assessment(record)
        project_from_plain(made.project, "")
    except (InputError, ValueError):
        return None
    if not made_here(made.versions):
        return None
    try:
        return _words(form, made)
    except (ValueError, LookupError, ArithmeticError):  # words no result has: anybody may have written them
        return None


def _words(form: str, made: Assessment) -> tuple[str, ...] | None:
    """Return every heading, paragraph and cell of a form made again."""
    from tanping.assessment.documents.forms import source
    from tanping.assessment.documents.tree import read, texts

    return tuple(texts(read(source(form, made).html))) if form in REMADE else None


def _visible(printed: Printed, words: tuple[str, ...] | None) -> Line:
    if words is None:
        return Line(None, "可见文字没有逐段比对（含审查记录，或不能重算）")
    return compared(printed, words)


def compared(printed: Printed, words: Iterable[str]) -> Line:
    """Say whether every paragraph and cell stands on the pages, and else what should."""
    from tanping.assessment.documents.forms import FORMS

    code = f"校验码 {printed.record[:SHORT]}"
    frame = (f"{code}封存事件{printed.seal}", f"{FORMS[printed.form].running}{code}")
    text = "".join(_without_frame(squeezed(page), frame, number) for number, page in enumerate(printed.pages, 1))
    lost = [part for part in words if squeezed(part) not in text and printed.record[:SHORT] not in part]
    if lost:
        return Line(False, f"可见文字与数据不同，共 {len(lost)} 处，第一处应为“{lost[0][:_SHOWN]}”")
    return Line(True, "可见文字逐段与数据一致")


def squeezed(text: str) -> str:
    """Return text without spaces and in one form of letters, as a comparison of what layout has moved about needs it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _without_frame(page: str, frame: Iterable[str], number: int) -> str:
    for part in frame:
        page = page.replace(squeezed(part), "")
    return page.replace(f"—{number}—", "")


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

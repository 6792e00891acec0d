"""PDFs that mean harm, handed in for verification: refused in words, and never in the memory of the process that asks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_pdf import SMALL, hostile, with_record

from tanping.assessment.documents import proof, result_file
from tanping.assessment.result import SCHEMA
from tanping.records.errors import InputError

FALSE_RECORD = "校验码"
REFUSED = {
    "pages that are their own parents": "已损坏",
    "a billion pages": FALSE_RECORD,
    "names that are their own children": "没有随附",
    "objects in a stream that is a bomb": "展开后过大",
    "places of two million objects": "已损坏",
    "a million objects": "对象过多",
    "content of five hundred megabytes": "展开后过大",
    "content packed twice": "展开后过大",
    "content packed by runs": "展开后过大",
    "a record of five hundred megabytes": "展开后过大",
    "a record of sixty megabytes of brackets": "随附数据过大",
    "a record of a million tables": "随附数据过大",
    "a record of fifteen megabytes that is no result": "不是评估结果",
    "a drawing that draws itself": FALSE_RECORD,
    "pages that share a long text": "展开后过大",
    "arrays in arrays": "已损坏",
    "places that lead back": FALSE_RECORD,
    "encrypted": "打开密码",
    "truncated": "已损坏",
    "only a first line": "已损坏",
}
SLOW = "a drawing shown five thousand times on a page"
# A bomb, sheer size, brackets, a large record of another kind.
IN_FULL = (
    "a million objects",
    "a record of five hundred megabytes",
    "a record of a million tables",
    "a record of fifteen megabytes that is no result",
)
SAID = """
import resource, sys
from pathlib import Path
from tanping.assessment.documents.proof import verify
from tanping.records.errors import InputError
def told(path):
    try:
        return verify(Path(path)).verdict
    except InputError as error:
        return str(error)
plain, *hostile = sys.argv[1:]
told(plain)  # what verifying imports is not the hostile file's doing
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in hostile:
    print(told(path))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return hostile()


def test_every_one_is_refused_in_words(made: dict[str, bytes]) -> None:
    """In this process, as the confined one does it."""
    assert set(made) == {*REFUSED, SLOW}
    for name, words in REFUSED.items():
        answer = result_file.contents(made[name], SCHEMA)
        if (
            words == FALSE_RECORD
        ):  # harmless: the page is read, its record has the form of a result and is told false by what it says
            assert answer["kind"] == "pdf", name
            assert len(answer["pages"]) == 1, name
        elif words == "不是评估结果":
            assert answer["copy"] == "null", name
        else:
            assert words in answer["fault"][0], (name, answer["fault"])


def test_refusing_costs_the_asking_process_at_most_thirty_mebibytes(made: dict[str, bytes], tmp_path: Path) -> None:
    paths = []
    for name, data in [("plain", with_record(SMALL)), *((name, made[name]) for name in IN_FULL)]:
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(data)
    done = subprocess.run([sys.executable, "-c", SAID, *paths], capture_output=True, text=True, check=True)
    *told, taken = done.stdout.splitlines()
    for name, words in zip(IN_FULL, told, strict=True):
        assert REFUSED[name] in words
    assert int(taken) < 30


def test_one_that_takes_too_long_is_ended(
    made: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "慢.pdf"
    path.write_bytes(made[SLOW])
    monkeypatch.setattr(result_file, "LIMITS", replace(result_file.LIMITS, seconds=1))
    with pytest.raises(InputError, match=r"时间上限|超过 1 秒"):
        proof.verify(path)


@pytest.mark.parametrize(
    "data", [b"[" * 40_000_000, b"[" + b"{}," * 5_000_000 + b"0]", b'"' + b"x" * 20_000_000 + b'"']
)
def test_so_are_json_files(data: bytes) -> None:
    assert "过大" in result_file.contents(data, SCHEMA)["fault"][0]

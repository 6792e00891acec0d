from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tanping.records.errors import InputError
from tanping.records.located import MAX_BYTES, Document, parse_yaml, read_yaml

FULL = MAX_BYTES - 64
LAUGHS = b"a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n"

# content, the line named (0 = none), what the message says
HOSTILE: dict[str, tuple[bytes, int, str]] = {
    "ten megabytes": (b"a: 1\n" * 2_000_000, 0, "文件过大"),
    "a million items": (b"- a\n" * (FULL // 4), 100_001, "内容过多"),
    "a million keys": (b"".join(b"k%d: 1\n" % n for n in range(300_000)), 100_001, "内容过多"),
    "ten thousand brackets": (b"[" * 10_000 + b"]" * 10_000, 1, "嵌套过深"),
    "brackets to the limit": (b"[" * FULL, 1, "嵌套过深"),
    "nested maps": (b"{a: " * (FULL // 4), 1, "嵌套过深"),
    "nested dashes": (b"- " * (FULL // 2), 1, "嵌套过深"),
    "nested by indent": (b"".join(b" " * n + b"a:\n" for n in range(60)), 41, "嵌套过深"),
    "billion laughs": (LAUGHS, 1, "锚点或标签"),
    "alias alone": (b"a: *x\n", 1, "别名"),
    "anchor on a key": (b"x: 1\n&k a: 1\n", 2, "键必须是普通文字"),
    "anchor on a map": (b"a: &m {b: 1}\n", 1, "锚点或标签"),
    "tag": (b"b: 1\na: !!python/object/apply:os.system [x]\n", 2, "锚点或标签"),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", 3, "键“a”重复"),
    "duplicate key deep": ("项目:\n  名称: x\n  名称: y\n".encode(), 3, "键“名称”重复"),
    "duplicate key in other quotes": (b"a: 1\n'a': 3\n", 2, "键“a”重复"),
    "duplicate key with a direction mark": ("\u202ea: 1\n\u202ea: 2\n".encode(), 2, "键“\ufffda”重复"),
    "list as key": (b"? [a]\n: 1\n", 1, "键必须是普通文字"),
    "question marks": (b"? " * (FULL // 2), 1, "键必须是普通文字"),
    "two documents": (b"---\na: 1\n---\nb: 1\n", 3, "一个文件只能有一份内容"),
    "tab": (b"a:\n\tb: 1\n", 2, "不是有效的 YAML"),
    "colon in a value": (b"x: 1\na: b: c\n", 2, "不是有效的 YAML"),
    "open quote": (b'a: "' + b"x" * FULL, 1, "不是有效的 YAML"),
    "open bracket": (b"a: [1, 2\nb: 3\n", 2, "不是有效的 YAML"),
    "unknown directive": (b"%YAML 9.9\n---\na: 1\n", 1, "不是有效的 YAML"),
    "NUL": (b"a: 1\nb: \x00\n", 2, "控制字符 U+0000"),
    "escape sequence": (b"a: 1\n\nb: \x1b[31m\n", 3, "控制字符 U+001B"),
    "delete": (b"a: \x7f\n", 1, "控制字符 U+007F"),
    "not UTF-8": ("a: 1\nb: 中文\n".encode("gbk"), 2, "不是 UTF-8"),
    "UTF-16": ("a: 1".encode("utf-16"), 1, "不是 UTF-8"),
    "surrogate": (b"a: \xed\xa0\x80\n", 1, "不是 UTF-8"),
    "empty": (b"", 0, "文件是空的"),
    "blank": (b" \n\n\n", 0, "文件是空的"),
    "mark only": (b"\xef\xbb\xbf", 0, "文件是空的"),
    "comment only": (b"# nothing\n", 0, "文件是空的"),
    "comments to the limit": (b"#" * FULL, 0, "文件是空的"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_yaml_is_refused_with_its_line(name: str) -> None:
    data, line, what = HOSTILE[name]
    with pytest.raises(InputError) as caught:
        parse_yaml(data, "项目.yaml")
    (problem,) = caught.value.problems
    assert what in problem.what
    assert str(problem).startswith(f"项目.yaml:{line}: " if line else "项目.yaml: ")
    assert "\n" not in str(problem)
    assert not any(word in str(problem) for word in ("character", "found", "expected", "Error"))


def test_refusing_costs_at_most_thirty_mebibytes(tmp_path: Path) -> None:
    for index, (data, _, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{index}.yaml").write_bytes(data)
    code = f"""
import resource
from pathlib import Path
from tanping.records.errors import InputError
from tanping.records.located import parse_yaml, read_yaml
parse_yaml(b"a: 1", "a.yaml")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for index in range({len(HOSTILE)}):
    try:
        read_yaml(Path({str(tmp_path)!r}) / f"{{index}}.yaml")
    except InputError:
        continue
    raise SystemExit(f"{{index}} was accepted")
extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
assert extra <= 30 * 1024, extra
print(extra)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_scalar_stays_the_text_that_was_typed() -> None:
    text = (
        "a: no\nb: 2026-11-01\nc: 0123\nd: 1e3\ne: ~\nf: null\ng: ''\nh:\ni: 1_000\nj: '=1+1'\nk: |\n  两行\n  文字\n"
    )
    assert parse_yaml(text.encode(), "a.yaml").data == {
        "a": "no", "b": "2026-11-01", "c": "0123", "d": "1e3", "e": "~", "f": "null", "g": "", "h": None, "i": "1_000", "j": "=1+1",
        "k": "两行\n文字\n",
    }  # fmt: skip


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbfa: 1\n", b"\xef\xbb\xbf\xef\xbb\xbfa: 1\n", b"a: 1", b"---\na: 1\n...\n", b"a: 1\r\n"]
)
def test_marks_and_line_ends_do_not_matter(raw: bytes) -> None:
    assert parse_yaml(raw, "a.yaml").data == {"a": "1"}


def test_lines_of_values_and_of_what_is_missing() -> None:
    document = parse_yaml(
        "项目:\n  名称: x\n\n机组:\n  - 容量: 1\n    煤耗:\n      值: 2\n  - 容量: 3\n".encode(), "a.yaml"
    )
    assert document.where(("项目", "名称")).line == 2
    assert document.where(("机组", 0, "煤耗")).line == 6
    assert document.where(("机组", 0, "煤耗", "值")).line == 7
    assert document.where(("机组", 1, "没有", "的")).line == 8
    assert document.where(("没有",)).line == 1
    assert str(document.where(("机组", 1))) == "a.yaml:8"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, what in [(tmp_path / "没有.yaml", "找不到文件"), (tmp_path, "文件夹")]:
        with pytest.raises(InputError, match=what):
            read_yaml(path)
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n" * 100)
    with pytest.raises(InputError, match="文件过大"):
        read_yaml(tmp_path / "a.yaml", max_bytes=100)


def test_at_the_limits_it_still_reads() -> None:
    deep = parse_yaml(b"[" * 40 + b"]" * 40, "a.yaml").data
    for _ in range(39):
        (deep,) = deep
    assert deep == []
    assert len(parse_yaml(b"- a\n" * 99_999, "a.yaml").data) == 99_999


DATA = st.recursive(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc键值: #-'\"", max_size=6), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(DATA)
def test_what_was_written_reads_back(value: object) -> None:
    raw = yaml.dump(value, allow_unicode=True, default_style='"', Dumper=_Plain).encode()
    assert parse_yaml(raw, "a.yaml").data == value


class _Plain(yaml.SafeDumper):
    """Writes no tags and no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@given(st.binary(max_size=300) | st.text("a:-[]{}&*!|>'\"#%?, \n\t键", max_size=80).map(str.encode))
def test_any_bytes_are_a_document_or_a_refusal(raw: bytes) -> None:
    try:
        document = parse_yaml(raw, "a.yaml")
    except InputError as error:
        problems = error.problems
    else:
        assert isinstance(document, Document)
        return
    assert len(problems) == 1

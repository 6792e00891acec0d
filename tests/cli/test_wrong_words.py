"""What the command line refuses is said in Chinese, in a line, and never as a traceback."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from tanping.assessment.cli import COMMANDS, build_parser, main
from tanping.assessment.documents.wording import MOMENTS
from tanping.rules.facts import Moment
from tanping.rules.law import load_law

ENGLISH = re.compile(
    r"\b(usage|error|options|argument|arguments|required|expected|invalid|choice|choose|value|show (?:this|program)|not allowed|allowed)\b"
)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("assess", "没有写 FILE"),
        ("asses x", "没有 'asses' 这一项"),
        ("assess x --as-of", "--as-of：后面没有写值"),
        ("assess x --as-of 2026-13-01", "“2026-13-01”不是日期"),
        ("screen x --moment 何时", "应为：'受理'"),
        ("screen x --bogus", "不认识 --bogus"),
        ("rules list --on 昨天", "“昨天”不是日期"),
        ("factors show k --year 20x", "“20x”不是年份"),
        ("template power", "须写 --yaml --xlsx 之一"),
        ("template power --yaml a --xlsx b", "不能与 --yaml 同用"),
        ("batch a --out b --workers ²", "“²”不是进程数"),
        ("papers a --out b --workers 0", "应为：1—256 的整数"),
        ("serve --port 65536", "“65536”不是端口"),
        ("serve --allow-host http://a", "不是主机名"),
        ("papers --out b", "没有写 FILE"),
    ],
)
def test_a_slip_in_the_line_is_told_in_chinese(given: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(given.split())
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert told in said
    assert "用法：" in said
    assert not ENGLISH.search(said), said


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_no_english_of_argparse(name: str) -> None:
    parser = build_parser((name,))
    said = parser.format_help() + "".join(
        sub.format_help() for action in parser._actions for sub in (action.choices or {}).values()
    )
    words = re.sub(r"\[.*?\]|--?[\w-]+|\([^()]*\)", "", said, flags=re.S)  # names of options are what they are
    assert not ENGLISH.search(words), ENGLISH.findall(words)


def test_moments_are_those_of_the_rules() -> None:
    assert tuple(Moment) == MOMENTS


def test_who_interrupts_reads_a_word(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("tanping.assessment.cli.schema.run", interrupted)
    assert main(["schema"]) == 1
    assert capsys.readouterr().err == "\n已中断\n"


def test_no_file_is_told_from_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for missing, told in ((tmp_path / "a", "没有这个文件"), (tmp_path / "b" / "a", "所在文件夹不存在")):
        monkeypatch.setattr("tanping.assessment.cli.schema.run", lambda _, path=missing: path.read_bytes())
        assert main(["schema"]) == 2
        assert capsys.readouterr().err == f"{missing}: 文件读写失败：{told}\n"


def test_an_excerpt_saved_by_chinese_windows_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANPING_HOME", str(tmp_path / "home"))
    clause = next(clause.id for clause in load_law().clauses if clause.provisional)
    (tmp_path / "原文.txt").write_text("第三条　禁止新建。", "utf-8")
    (tmp_path / "摘录.txt").write_bytes("禁止新建".encode("gb18030"))
    given = ["rules", "verify", clause, "--attach", str(tmp_path / "原文.txt"), "--by", "甲"]
    assert main([*given, "--excerpt", f"@{tmp_path / '摘录.txt'}"]) == 0
    assert "Traceback" not in capsys.readouterr().err
    assert main([*given, "--excerpt", f"@{tmp_path / '没有.txt'}"]) == 2
    assert "找不到文件" in capsys.readouterr().err


def test_a_signature_without_a_password_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyhanko")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.delenv("TANPING_P12_PASSWORD", raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: input())
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["sign", str(tmp_path / "a.pdf"), "--p12", str(tmp_path / "k.p12")]) == 2
    assert "没有给出证书口令" in capsys.readouterr().err

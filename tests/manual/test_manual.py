"""The manual says what is there: links and pictures resolve, commands are those of the program, every option is listed."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanping.assessment.cli import build_parser

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "manual"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
TAUGHT = [*sorted(MANUAL.glob("*.md")), ROOT / "docs" / "operation.md", ROOT / "README.md"]
MOST = 150_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_pictures_are_small_and_each_is_shown() -> None:
    shown = {
        name for page in MANUAL.glob("*.md") for name in re.findall(r"\(images/([^)]+)\)", page.read_text("utf-8"))
    }
    there = {path.name for path in (MANUAL / "images").iterdir()}
    assert shown == there
    for path in (MANUAL / "images").iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size <= MOST, path.name


def test_the_list_of_commands_is_the_programs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts" / "commands", tmp_path / "made.md"], check=True)
    assert (tmp_path / "made.md").read_text("utf-8") == (MANUAL / "commands.md").read_text("utf-8"), "run: make manual"


def options(parser: argparse.ArgumentParser, name: str = "tanping") -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, sub in action.choices.items():
                yield from options(sub, f"{name} {word}")
        elif not isinstance(action, argparse._HelpAction | argparse._VersionAction):
            yield name, (action.option_strings or [str(action.metavar or action.dest)])[0]


def test_every_option_of_every_command_is_described() -> None:
    sections = dict(
        re.findall(r"^## (tanping [^\n]+)\n(.*?)(?=^## |\Z)", (MANUAL / "commands.md").read_text("utf-8"), re.S | re.M)
    )
    found = list(options(build_parser()))
    assert len(found) > 80
    for command, option in found:
        assert re.search(rf"\| `{re.escape(option)}( [^`]*)?` \| [^|]+\S", sections[command]), f"{command} {option}"


def test_every_setting_is_described() -> None:
    folders = ("assessment", "records", "rules", "factors")
    code = "\n".join(path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py"))
    settings = set(re.findall(r"[\"'](TANPING_[A-Z_]+)[\"']", code))
    assert len(settings) > 3
    described = (MANUAL / "commands.md").read_text("utf-8")
    assert [name for name in sorted(settings) if f"| `{name}` |" not in described] == []


def taught() -> list[str]:
    found: set[str] = set()
    for page in TAUGHT:
        if page.name == "commands.md":
            continue
        text = page.read_text("utf-8")
        for block in re.findall(r"```\w*\n(.*?)```", text, re.S):
            found |= {line.partition("#")[0].strip() for line in block.splitlines() if line.startswith("tanping ")}
        found |= set(re.findall(r"`(tanping [a-z]+ [^`|\[\\…·]*--?[^`|\[\\…·]*|tanping [a-z]+(?: [a-z]+)?)`", text))
    return sorted(found)


@pytest.mark.parametrize("line", taught())
def test_commands_are_understood_by_the_program(line: str) -> None:
    words = shlex.split(line)[1:]
    parser: argparse.ArgumentParser | None = build_parser()
    known: set[str] = set()
    for word in words:
        action = (
            next((item for item in parser._actions if isinstance(item, argparse._SubParsersAction)), None)
            if parser
            else None
        )
        if action is None:
            break
        assert word in action.choices, f"{line}: {word}"
        parser = action.choices[word]
    assert parser is not None
    known = {text for item in parser._actions for text in item.option_strings}
    assert {word for word in words if word.startswith("--")} <= known, line

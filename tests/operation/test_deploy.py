"""The deployment files say what the program understands, and keep what once went wrong from coming back."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tanping.assessment.cli import build_parser

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMMAND = re.compile(r"/opt/tanping/bin/tanping ([^'\n]+)")


def commands() -> list[str]:
    return [line for path in sorted(DEPLOY.glob("*.service")) for line in COMMAND.findall(path.read_text("utf-8"))]


@pytest.mark.parametrize("line", commands())
def test_the_units_start_commands_that_exist(line: str) -> None:
    assert build_parser().parse_args(shlex.split(re.sub(r"\$\([^)]*\)", "now", line))).handler


def test_there_are_units_for_serving_and_for_the_nightly_backup() -> None:
    assert {line.split()[0] for line in commands()} >= {"serve", "doctor", "db"}
    assert "OnCalendar=" in (DEPLOY / "tanping-backup.timer").read_text("utf-8")


def test_the_service_may_write_only_its_own_folder() -> None:
    unit = (DEPLOY / "tanping.service").read_text("utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "IPAddressDeny=any", "UMask=0077", "User=tanping"):
        assert f"\n{line}\n" in unit


def test_no_place_of_the_proxy_drops_the_headers_of_all() -> None:
    """A location with a proxy_set_header of its own inherits none: the WebSocket lost its Host and was refused."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    places = re.findall(r"location [^{]+\{([^}]*)\}", text)
    assert len(places) == 4
    assert [place for place in places if "proxy_set_header" in place] == []
    for header in ("Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme", "Upgrade $http_upgrade"):
        assert f"proxy_set_header {header};" in text

"""``tanping doctor``: what is wrong with this installation and how to mend it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from tanping.assessment.cli import DONE, FAILED
from tanping.assessment.cli.serve import PORT, port_number


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser(
        "doctor", help="体检：程序包、字体、排版库、数据文件夹、数据库、节假日表、时钟、端口"
    )
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.add_argument("--no-print", action="store_true", help="这台机器不打印 PDF：不检查字体和排版库")
    parser.add_argument("--quick", action="store_true", help="不逐条核验封存记录")
    parser.add_argument("--port", type=port_number, default=PORT, help=f"要用的端口，缺省 {PORT}")
    parser.add_argument("--url", metavar="URL", help="数据库地址；缺省同 tanping db")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every line and a summary. Returns 1 when something is wrong; a note alone is not."""
    from tanping.assessment.doctor import State, Wanted, examine

    wanted = Wanted(printing=not arguments.no_print, port=arguments.port, url=arguments.url, deep=not arguments.quick)
    lines = examine(wanted)
    bad, notes = (sum(line.state is state for line in lines) for state in (State.BAD, State.NOTE))
    if arguments.json:
        checks = [
            {"name": line.name, "state": line.state.value, "said": line.said, "mend": line.mend} for line in lines
        ]
        print(
            json.dumps(
                {"sound": not bad, "problems": bad, "notes": notes, "checks": checks}, ensure_ascii=False, indent=1
            )
        )
    else:
        for line in lines:
            print(f"{line.state}　{line.name}：{line.said}")
            if line.mend and line.state is not State.GOOD:
                print(f"　　　改法：{line.mend}")
        print(f"体检通过{f'，另有 {notes} 项注意' if notes else ''}" if not bad else f"有 {bad} 项问题、{notes} 项注意")
    return FAILED if bad else DONE

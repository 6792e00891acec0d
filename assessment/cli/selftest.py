"""``tanping selftest``: does this installation compute, screen and print what it should?"""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("selftest", help="十秒自检：数据、核算、规则、打印")
    parser.add_argument("--no-print", action="store_true", help="这台机器不打印 PDF：不试打印")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Run every check and say each result. Returns 1 when one fails."""
    from tanping.assessment.selftest import checks

    failed = 0
    for name, check in checks(printing=not arguments.no_print):
        try:
            said = check()
            print(f"通过　{name}：{said}")
        except Exception as error:
            failed += 1
            print(f"失败　{name}：{error}")
    print("自检通过" if not failed else f"自检有 {failed} 项失败")
    return 1 if failed else 0

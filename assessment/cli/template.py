"""``tanping template`` and the blank forms."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("template", help="生成空白项目表（Excel 或 YAML）")
    parser.add_argument(
        "sector", choices=("power", "steel", "cement"), help="行业：power 电力、steel 钢铁、cement 水泥"
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--yaml", metavar="PATH", help="写成 YAML")
    target.add_argument("--xlsx", metavar="PATH", help="写成 Excel 表")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Write a blank form."""
    if arguments.xlsx:
        from tanping.assessment.project.form import write_form

        write_form(Path(arguments.xlsx), arguments.sector)
    else:
        from tanping.assessment.project.blank import write_blank

        write_blank(arguments.sector, Path(arguments.yaml))
    print(f"已写出 {arguments.xlsx or arguments.yaml}")
    return 0

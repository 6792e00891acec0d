"""``tanping assess`` and what it shares with ``tanping screen``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli.arguments import add_moment, day

if TYPE_CHECKING:
    from tanping.assessment.result import Assessment


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("assess", help="评价一个项目：核算、审查、出报告")
    add_input(parser)
    parser.add_argument("--json", metavar="PATH", help="结果写成 JSON（- 为标准输出）")
    parser.add_argument("--pdf", metavar="PATH", help="打印技术评估报告（PDF）")
    parser.add_argument("--xlsx", metavar="PATH", help="导出计算底稿（Excel）")
    parser.add_argument("--docx", metavar="PATH", help="导出可编辑的报告（Word）")
    parser.add_argument("--html", metavar="PATH", help="导出报告网页（单个文件，任何浏览器可开）")
    parser.set_defaults(handler=run)


def add_input(parser: argparse.ArgumentParser) -> None:
    """Add the project file, the legal date and the moment judged."""
    parser.add_argument("file", metavar="FILE", help="项目文件：Excel 表或 YAML")
    parser.add_argument("--as-of", metavar="DATE", help="法规适用日期，缺省为文件中的受理日期", type=day)
    add_moment(parser)
    parser.add_argument(
        "--packs", metavar="FOLDER", help="本单位规则包的文件夹，与自带的并用，同名的代替；缺省 TANPING_HOME/packs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Assess one project and write what was asked for."""
    outputs = {kind: getattr(arguments, kind) for kind in ("pdf", "xlsx", "docx", "html")}
    if outputs["pdf"]:
        # The press takes longest to start; it does so while the project is read and assessed.
        from tanping.assessment.documents.pdf import warm_up

        warm_up()
    from tanping.assessment.assess import assess
    from tanping.assessment.project.intake import load_project
    from tanping.rules.law import packs_from

    project = load_project(Path(arguments.file))
    with packs_from(arguments.packs):
        result = assess(project, as_of=arguments.as_of, moment=arguments.moment, source=arguments.file)
        if any(outputs.values()) or arguments.json not in (None, "-"):
            from tanping.assessment.review.law import law_unkept

            # What a written result rests on stays here, so that it can be replayed after an upgrade.
            if why := law_unkept(result.versions):
                print(why, file=sys.stderr)
    if arguments.json:
        write_json(result.plain(), arguments.json)
    for kind, path in outputs.items():
        if path:
            _write(kind, result, Path(path))
    if arguments.json != "-":
        print_summary(result)
    return 0


def write_json(plain: dict[str, Any], target: str) -> None:
    """Write a result as JSON to a path or to standard output (-)."""
    text = json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        from tanping.records.doors.export import write_file

        write_file(Path(target), text.encode())


def print_summary(result: Assessment) -> None:
    """Print the result in a few lines."""
    from tanping.records.rounding import figure

    inventory = result.inventory
    print(f"项目：{result.project['project'].get('name', '（未填名称）')}")
    print(f"法规适用日期：{result.as_of}　判断时点：{result.moment}")
    print(f"审查：{result.screening.headline}")
    if inventory.design_year_total is not None:
        print(f"达产年排放总量：{figure(inventory.design_year_total / 10000, 2)} 万tCO2")
    else:
        from tanping.assessment.documents.context import known_part

        print(f"达产年排放总量：不完整（{known_part(inventory)}，缺 {len(inventory.missing)} 项）")
        for line in inventory.missing:
            print(f"  缺：{line}")
    if result.screening.missing:
        print("最值得先补的资料：")
        for item in result.screening.missing[:5]:
            print(f"  {item.label}（影响 {item.decides} 条{'；' + item.explanation if item.explanation else ''}）")


def _write(kind: str, result: Assessment, path: Path) -> None:
    if kind == "pdf":
        from tanping.assessment.documents.pdf import write_pdf

        write_pdf(result, path)
    elif kind == "xlsx":
        from tanping.assessment.documents.workbook import write_workbook

        write_workbook(result, path)
    elif kind == "html":
        from tanping.assessment.documents.web_page import write_html

        write_html(result, path)
    else:
        from tanping.assessment.documents.word import write_word

        write_word(result, path)
    print(f"已写出 {path}", file=sys.stderr)

"""``tanping screen``: the same pipeline as ``assess``, stopped after the rules. Works on a half-filled file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli.assess import add_input, write_json

if TYPE_CHECKING:
    from tanping.assessment.assess import Screened


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("screen", help="只对照政策法规审查，半填的文件也可以")
    add_input(parser)
    parser.add_argument("--json", metavar="PATH", help="结果写成 JSON（- 为标准输出）")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Screen one project against the clauses in force."""
    from tanping.assessment.assess import screened
    from tanping.assessment.project.intake import load_project
    from tanping.rules.law import packs_from

    project = load_project(Path(arguments.file))
    with packs_from(arguments.packs):
        result = screened(project, as_of=arguments.as_of, moment=arguments.moment, source=arguments.file)
    if arguments.json:
        write_json(_plain(result), arguments.json)
    if arguments.json != "-":
        print(f"法规适用日期：{result.as_of}　判断时点：{result.moment}")
        print(f"审查：{result.screening.headline}")
        for finding in result.screening.findings:
            if finding.applies != "不涉及" and finding.met in ("不符合", "有条件符合"):
                mark = "疑似，待核原文" if finding.provisional else finding.severity
                print(f"  [{finding.met}·{mark}] {finding.document} {finding.article}：{finding.requirement}")
        for item in result.screening.missing[:10]:
            print(f"  缺：{item.label}（影响 {item.decides} 条）")
    return 0


def _plain(result: Screened) -> dict[str, Any]:
    from tanping.assessment.project.intake import plain_project
    from tanping.assessment.result import SCHEMA, to_plain

    return {
        "schema": SCHEMA,
        "project": plain_project(result.project)["project"],
        "as_of": result.as_of.isoformat(),
        "versions": result.versions,
        "screening": to_plain(result.screening),
        "conditions": to_plain(result.conditions),
    }

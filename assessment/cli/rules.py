"""``tanping rules list|show|check|diff|export|import|remove|verify``: the face of the clause packs on the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli import DONE, FAILED, upkeep
from tanping.assessment.cli.arguments import day, known

if TYPE_CHECKING:
    from tanping.rules.clause import Clause
    from tanping.rules.pack import PackSet


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("rules", help="规则库：列出、查看、检查、比较条款，导出导入，核对原文")
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True)
    _add_list(actions)
    _add_show(actions)
    _add_check(actions)
    _add_diff(actions)
    upkeep.add_actions(actions)


def _add_list(actions: Any) -> None:
    parser = actions.add_parser("list", help="按条件列出条款")
    parser.add_argument("words", nargs="*", metavar="WORD", help="编号、文件、条号、要点中都出现的词")
    parser.add_argument("--pack", help="规则包")
    parser.add_argument("--topic", help="审查要点，如 海洋与岸线")
    parser.add_argument("--sector", help="生产单元类别，如 coal_power")
    parser.add_argument("--on", type=day, metavar="DATE", help="只列该日有效的")
    parser.add_argument("--provisional", action="store_true", help="只列待核原文的")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_list)


def _add_show(actions: Any) -> None:
    parser = actions.add_parser("show", help="查看一条")
    parser.add_argument("id", metavar="ID", help="条款编号")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_show)


def _add_check(actions: Any) -> None:
    parser = actions.add_parser("check", help="检查规则包和用例；退出码 1 表示有问题")
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="另外的规则包，与自带的一起检查；缺省查自带的、本单位载入的和原文核对记录",
    )
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_check)


def _add_diff(actions: Any) -> None:
    parser = actions.add_parser("diff", help="比较两个规则包，或两个文件夹里的全部规则包")
    parser.add_argument("before", metavar="A", help="规则包文件或文件夹")
    parser.add_argument("after", metavar="B", help="规则包文件或文件夹")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_diff)


# ---------------------------------------------------------------------------------------------- list, show


def _list(arguments: argparse.Namespace) -> int:
    from tanping.rules.law import load_law

    packs = load_law()
    known("--pack", arguments.pack, (pack.name for pack in packs))
    known("--topic", arguments.topic, (clause.topic for clause in packs.clauses))
    known("--sector", arguments.sector, packs.catalogue["sector"].choices)
    chosen = [clause for clause in packs.clauses if _matches(clause, arguments)]
    if arguments.json:
        _print_json([clause.plain() for clause in chosen])
        return DONE
    for clause in chosen:
        mark = "疑似·" if clause.provisional else ""
        print(f"{clause.id}  [{mark}{clause.severity}]  {clause.document.citation}{clause.article}")
    print(f"共 {len(chosen)} 条")
    return DONE


def _matches(clause: Clause, wanted: argparse.Namespace) -> bool:
    said = " ".join((clause.id, clause.document.title, clause.document.number, clause.article, clause.requirement))
    return (
        all(word in said for word in wanted.words)
        and wanted.pack in (None, clause.pack)
        and wanted.topic in (None, clause.topic)
        and (wanted.sector is None or wanted.sector in clause.sectors)
        and (wanted.on is None or clause.in_force(wanted.on))
        and (clause.provisional or not wanted.provisional)
    )


_SHOWN = {
    "pack": "规则包",
    "article": "条号",
    "requirement": "要点",
    "excerpt": "原文摘录",
    "severity": "命中后",
    "topic": "审查要点",
    "office": "核查部门",
    "region": "地域",
    "effective_from": "起始日",
    "effective_to": "终止日",
    "superseded_by": "由何条取代",
    "date_of": "按何日期适用",
    "condition": "条件",
    "unless": "例外",
    "question": "转人工的问题",
    "binds_at": "约束时点",
    "basis_note": "依据说明",
}
_COMPARED = _SHOWN | {
    "document": "文件",
    "number": "文号",
    "issuer": "发布机关",
    "sectors": "生产单元类别",
    "unit_natures": "单元性质",
    "project_natures": "项目性质",
    "evidence": "可核材料",
    "basis": "依据程度",
    "provisional": "待核原文",
}


def _show(arguments: argparse.Namespace) -> int:
    from tanping.rules.law import load_law

    packs = load_law()
    clause = upkeep.clause_of(packs, arguments.id)
    if arguments.json:
        _print_json(clause.plain())
        return DONE
    _tell(clause, packs)
    return DONE


def _tell(clause: Clause, packs: PackSet) -> None:
    from tanping.records.expressions import render

    plain = clause.plain()
    print(f"{clause.id}\n{clause.document.citation}")
    for key, label in _SHOWN.items():
        if plain[key]:
            print(f"  {label}：{plain[key]}")
    for name, codes in (
        ("sector", clause.sectors),
        ("unit_nature", clause.unit_natures),
        ("project_nature", clause.project_natures),
    ):
        if codes:
            fact = packs.catalogue[name]
            print(f"  {fact.label}：{'、'.join(fact.choices[code] for code in codes)}")
    if clause.hit is not None:
        print(f"  命中即：{render(clause.hit, packs.catalogue)}")
    if clause.evidence:
        print(f"  证据：{'、'.join(clause.evidence)}")
    print(f"  依据程度：{clause.basis.label}{'（疑似，待核原文）' if clause.provisional else ''}")


# ---------------------------------------------------------------------------------------------- check, diff


def _check(arguments: argparse.Namespace) -> int:
    from tanping.rules.attest import Verifications
    from tanping.rules.cases import load_cases, run_cases
    from tanping.rules.check import check_packs
    from tanping.rules.law import law_cases, load_law
    from tanping.rules.pack import PACKS, read_packs

    extra = [Path(name) for name in arguments.files]
    packs = read_packs([*sorted(PACKS.glob("*.yaml")), *extra]) if extra else load_law()
    cases = load_cases(packs.catalogue) if extra else law_cases()
    results = run_cases(packs, cases)
    problems = check_packs(packs, cases) + [result.problem for result in results if not result.passed]
    problems += [] if extra else Verifications.open().damaged()
    if arguments.json:
        _print_json(
            {
                "packs": packs.versions,
                "clauses": len(packs.clauses),
                "cases": len(cases),
                "problems": [str(problem) for problem in problems],
            }
        )
    else:
        for problem in problems:
            print(problem)
        print(f"{len(packs.packs)} 个规则包，{len(packs.clauses)} 条，{len(cases)} 个用例，{len(problems)} 个问题")
    return FAILED if problems else DONE


def _diff(arguments: argparse.Namespace) -> int:
    from tanping.rules.diff import differences

    changes = differences(_clauses(arguments.before), _clauses(arguments.after))
    if arguments.json:
        _print_json(
            [
                {
                    "clause": change.clause,
                    "kind": change.kind,
                    "fields": {item.field: [item.before, item.after] for item in change.fields},
                }
                for change in changes
            ]
        )
        return DONE
    for change in changes:
        print(f"{change.kind}  {change.clause}")
        for item in change.fields:
            print(f"    {_COMPARED[item.field]}：{_said(item.before)} → {_said(item.after)}")
    print(f"共 {len(changes)} 处不同" if changes else "没有不同")
    return DONE


def _said(value: object) -> str:
    """Return a field's value in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(map(str, value)) if isinstance(value, list) and value else str(value or "（空）")


def _clauses(name: str) -> Iterable[Clause]:
    """Return the clauses of a file, or of all files of a folder, each file read by itself."""
    from tanping.records.errors import InputError, Problem, Where
    from tanping.rules.facts import load_catalogue
    from tanping.rules.pack import parse_pack

    path = Path(name)
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise InputError(Problem(Where(name), "", "找不到规则包", "规则包文件，或含有规则包的文件夹"))
    return [clause for file in files for clause in parse_pack(file.read_bytes(), str(file), load_catalogue()).clauses]


def _print_json(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))

"""``tanping rules export|import|remove|verify``: keeping the law up without writing YAML."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli import DONE

if TYPE_CHECKING:
    from tanping.rules.attest import Standing, Verifications
    from tanping.rules.clause import Clause
    from tanping.rules.pack import PackSet

MOST_FILE = 64 * 1024 * 1024
MOST_EXCERPT = 1024 * 1024


def add_actions(actions: Any) -> None:
    """Register the actions."""
    _add_export(actions)
    _add_import(actions)
    _add_remove(actions)
    _add_verify(actions)


def _add_export(actions: Any) -> None:
    parser = actions.add_parser("export", help="把一个规则包导出为 Excel；不写包名则导出空白表")
    parser.add_argument("pack", metavar="PACK", nargs="?", default="", help="规则包，如 coast；缺省为空白表")
    parser.add_argument("--out", metavar="PATH", required=True, help="写到哪个 .xlsx")
    parser.set_defaults(handler=_export)


def _add_import(actions: Any) -> None:
    parser = actions.add_parser("import", help="把填好的 Excel 载入为规则包")
    parser.add_argument("file", metavar="FILE", help="填好的 .xlsx")
    parser.add_argument("--out", metavar="FOLDER", help="写到哪个文件夹，缺省 TANPING_HOME/packs，即刻生效")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写")
    parser.set_defaults(handler=_import)


def _add_remove(actions: Any) -> None:
    parser = actions.add_parser("remove", help="停用本单位载入的规则包（移到 earlier/，不删除）")
    parser.add_argument("pack", metavar="PACK", help="规则包")
    parser.set_defaults(handler=_remove)


def _add_verify(actions: Any) -> None:
    parser = actions.add_parser(
        "verify", help="核对原文：一人附上原文，另一人复核，条款才算已核", description="不带其他选项时，列出核对情况。"
    )
    parser.add_argument("id", metavar="ID", nargs="?", help="条款编号")
    parser.add_argument("--attach", metavar="FILE", help="附上原文：PDF、Word、文本或扫描件")
    parser.add_argument(
        "--excerpt", metavar="TEXT", default="", help="原文摘录，从原文原样复制（@文件名：取自文本文件）"
    )
    parser.add_argument("--page", metavar="PAGE", default="", help="页码")
    parser.add_argument("--article", metavar="ARTICLE", default="", help="条号，缺省为条款所记")
    parser.add_argument("--reprint", action="store_true", help="附的是转载全文，不是原件")
    parser.add_argument("--check", metavar="RESULT", help="复核结论：一致 / 有出入 / 条号有误 / 已修订")
    parser.add_argument("--note", metavar="TEXT", default="", help="复核说明；不一致的必填")
    parser.add_argument("--by", metavar="NAME", default="", help="谁附的，或谁复核的；两步不能是同一个人")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_verify)


def clause_of(packs: PackSet, identifier: str) -> Clause:
    """Return a clause by id. Raises InputError with the nearest known id."""
    from tanping.records.errors import InputError, Problem, Where, suggest

    try:
        return packs.clause(identifier)
    except KeyError:
        near = suggest(identifier, [clause.id for clause in packs.clauses])
        raise InputError(Problem(Where("规则库"), "ID", f"没有编号为 {identifier} 的条款", near)) from None


# ---------------------------------------------------------------------------------------------- spreadsheets


def _export(arguments: argparse.Namespace) -> int:
    from tanping.records.doors.export import write_file
    from tanping.rules.keep import workbook_of

    data = workbook_of(arguments.pack)
    write_file(Path(arguments.out), data)
    print(f"已写出 {arguments.out}")
    return DONE


def _import(arguments: argparse.Namespace) -> int:
    from tanping.records.doors.intake import read_workbook
    from tanping.rules.keep import examine, keep
    from tanping.rules.law import load_law, packs_folder
    from tanping.rules.sheet_in import read_sheet

    law = load_law()
    examined = examine(read_sheet(read_workbook(Path(arguments.file)), law.catalogue), law)
    for note in examined.notes:
        print(f"提醒：{note}", file=sys.stderr)
    print(examined.told)
    if arguments.dry_run:
        print("检查通过，没有写出")
        return DONE
    path = keep(examined, Path(arguments.out) if arguments.out else packs_folder())
    print(f"已写出 {path}" + ("" if arguments.out else "，即刻生效"))
    return DONE


def _remove(arguments: argparse.Namespace) -> int:
    from tanping.records.errors import InputError, Problem, Where
    from tanping.rules.law import packs_folder, set_aside

    moved = set_aside(packs_folder(), arguments.pack)
    if moved is None:
        raise InputError(
            Problem(Where(str(packs_folder())), "PACK", f"没有载入过规则包“{arguments.pack}”", "自带的规则包不能停用")
        )
    print(f"已停用，移到 {moved}")
    return DONE


# ---------------------------------------------------------------------------------------------- verification


def _verify(arguments: argparse.Namespace) -> int:
    from tanping.records.errors import InputError, Problem, Where
    from tanping.rules.attest import Verifications
    from tanping.rules.law import load_law

    law, kept = load_law(), Verifications.open()
    for problem in kept.problems:
        print(problem, file=sys.stderr)
    if arguments.attach and arguments.check:
        raise InputError(Problem(Where("rules verify"), "--check", "附原文和复核是两个人的两步", "一次只做一步"))
    if not arguments.id:
        if arguments.attach or arguments.check:
            raise InputError(Problem(Where("rules verify"), "ID", "没有写条款编号"))
        return _overview(law, kept, arguments.json)
    clause = clause_of(law, arguments.id)
    if arguments.attach:
        _attach(kept, clause, arguments)
    elif arguments.check:
        kept.check(clause, arguments.check, by=arguments.by, note=arguments.note)
    _tell([(clause, kept.standing(clause))], arguments.json)
    return DONE


def _attach(kept: Verifications, clause: Clause, arguments: argparse.Namespace) -> None:
    from tanping.records.basis import Basis
    from tanping.records.doors.csv_file import decode, read_bytes

    data, excerpt = read_bytes(Path(arguments.attach), MOST_FILE), arguments.excerpt
    if excerpt.startswith("@"):
        excerpt = decode(read_bytes(Path(excerpt[1:]), MOST_EXCERPT), excerpt[1:])
    source = Basis.REPRINT if arguments.reprint else Basis.OFFICIAL
    kept.attach(
        clause, data=data, file=arguments.attach, excerpt=excerpt, by=arguments.by, page=arguments.page,
        article=arguments.article, source=source,
    )  # fmt: skip


def _overview(law: PackSet, kept: Verifications, as_json: bool) -> int:
    touched = {step.clause for step in kept.steps}
    _tell([(clause, kept.standing(clause)) for clause in law.clauses if clause.id in touched], as_json)
    if not as_json:
        open_ = sum(clause.provisional for clause in law.clauses)
        print(f"{len(law.clauses)} 条中，待核原文 {open_} 条，有核对记录 {len(touched)} 条")
    return DONE


def _tell(standings: list[tuple[Clause, Standing]], as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        rows = [{"clause": clause.id, **asdict(standing)} for clause, standing in standings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for clause, standing in standings:
        print(f"{clause.id}  [{standing.stage}]  {standing.told}")

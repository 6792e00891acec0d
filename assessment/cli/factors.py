"""``tanping factors list|show|check|export``: the face of the factor register on the command line."""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli import DONE, FAILED
from tanping.assessment.cli.arguments import day, known, year

if TYPE_CHECKING:
    from tanping.factors.lookup import NoFactor, Selected
    from tanping.factors.record import Factor
    from tanping.factors.register import Register

MAX_CELL = 44


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("factors", help="因子库：列出、查看、检查、导出")
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True)
    _add_list(actions)
    _add_show(actions)
    _add_check(actions)
    _add_export(actions)


def _add_list(actions: Any) -> None:
    parser = actions.add_parser("list", help="按条件列出因子")
    parser.add_argument("words", nargs="*", metavar="WORD", help="键、名称、文件中都出现的词")
    _add_filters(parser)
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_list)


def _add_show(actions: Any) -> None:
    parser = actions.add_parser("show", help="查看一个键的全部记录；给出日期时说明取哪一条、为什么")
    parser.add_argument("key", metavar="KEY", help="键或通用键，如 grid.average、fuel.gbt32151_34_2024.coke")
    parser.add_argument("--as-of", type=day, metavar="DATE", help="按此日取值")
    parser.add_argument("--region", help="地区，如 江苏、华东、全国")
    parser.add_argument("--standard", help="标准，如 gbt32151_34_2024")
    parser.add_argument("--variant", help="口径，如 average、life_cycle")
    parser.add_argument("--year", type=year, help="履约年度、路径年份")
    parser.add_argument("--override", metavar="REASON", help="书面理由：取用平时不得静默采用的记录")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_show)


def _add_check(actions: Any) -> None:
    parser = actions.add_parser("check", help="检查因子数据；退出码 1 表示有问题")
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="另一份数据文件夹，缺省为自带的")
    parser.add_argument("--on", type=day, metavar="DATE", help="按此日判断复核期限，缺省为今天")
    parser.add_argument("--json", action="store_true", help="写成 JSON")
    parser.set_defaults(handler=_check)


def _add_export(actions: Any) -> None:
    parser = actions.add_parser("export", help="导出因子表")
    parser.add_argument("--xlsx", metavar="PATH", required=True, help="写成 Excel")
    parser.add_argument("words", nargs="*", metavar="WORD", help="只导出含这些词的记录")
    _add_filters(parser)
    parser.set_defaults(handler=_export)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subject", help="主题，如 grid、fuels、fuels/cets_steel_2024")
    parser.add_argument("--region", help="地区")
    parser.add_argument("--basis", help="依据程度：official reprint transcribed secondary recalled")
    parser.add_argument("--status", help="状态：final draft superseded")
    parser.add_argument("--standard", help="标准")
    parser.add_argument("--provisional", action="store_true", help="只列待核的")
    parser.add_argument("--overdue", type=day, metavar="DATE", help="只列到此日已过复核期限的")


def _list(arguments: argparse.Namespace) -> int:
    from tanping.factors.register import load_register

    found = _filtered(load_register(), arguments)
    if arguments.json:
        _write_json([record.plain() for record in found])
        return DONE
    head = ("键", "名称", "值", "单位", "年份", "地区", "口径或标准", "依据程度", "状态")
    _print_table(head, [_line(record) for record in found])
    _print(f"共 {len(found)} 条" + (f"，其中待核 {pending} 条" if (pending := _pending(found)) else ""))
    return DONE


def _show(arguments: argparse.Namespace) -> int:
    from tanping.factors.lookup import NoFactor
    from tanping.factors.register import load_register
    from tanping.factors.search import newest_first
    from tanping.records.errors import InputError, Problem, Where, suggest

    register = load_register()
    records = newest_first(register.of(arguments.key))
    if not records:
        near = suggest(arguments.key, register.names())
        raise InputError(
            Problem(Where("tanping factors show"), "KEY", f"因子库没有“{arguments.key}”", near, "grid.average")
        )
    chosen: Selected | NoFactor | None = None
    if arguments.as_of:
        try:
            chosen = _choose(register, arguments)
        except NoFactor as refusal:
            chosen = refusal
    if arguments.json:
        _write_json({"records": [record.plain() for record in records], "chosen": _plain_choice(chosen)})
    else:
        _print_records(register, records)
        _print_choice(chosen)
    return FAILED if isinstance(chosen, NoFactor) else DONE


def _check(arguments: argparse.Namespace) -> int:
    from tanping.factors.register import DATA, read_register
    from tanping.records.errors import InputError

    folder = Path(arguments.folder) if arguments.folder else DATA
    try:
        register = read_register(folder)
    except InputError as error:
        if arguments.json:
            _write_json({"ok": False, "problems": [str(problem) for problem in error.problems]})
        else:
            _print(str(error))
            _print(f"发现 {len(error.problems)} 个问题")
        return FAILED
    report = _state(register, arguments.on or date.today())
    if arguments.json:
        _write_json(report)
        return DONE
    _print(
        f"因子 {report['records']} 条，表 {report['files']} 个，合理范围 {report['ranges']} 条；全部字段齐全，无重复、无重叠"
    )
    _print(f"版本 {report['version']}，sha256 {report['sha256']}")
    _print(f"依据程度：{'，'.join(f'{label} {count}' for label, count in report['basis'].items())}")
    for conflict in report["open_conflicts"]:
        _print(f"未决冲突：{conflict}")
    _print(f"到 {report['on']} 已过复核期限 {len(report['overdue'])} 条" + ("：" if report["overdue"] else ""))
    for line in report["overdue"]:
        _print(f"  {line}")
    return DONE


def _export(arguments: argparse.Namespace) -> int:
    from tanping.factors.register import load_register
    from tanping.factors.sheets import tables
    from tanping.records.doors.export import write_xlsx
    from tanping.records.errors import InputError, Problem, Where

    register = load_register()
    found = _filtered(register, arguments)
    try:
        write_xlsx(Path(arguments.xlsx), tables(register, found), title="因子库")
    except OSError:
        raise InputError(Problem(Where(arguments.xlsx), "--xlsx", "文件无法写入", "可写的文件夹中的文件名")) from None
    _print(f"已写 {len(found)} 条到 {arguments.xlsx}")
    return DONE


def _filtered(register: Register, arguments: argparse.Namespace) -> list[Factor]:
    from tanping.factors.record import Status
    from tanping.factors.search import Filter, search
    from tanping.records.basis import Basis

    wanted = Filter(
        words=" ".join(arguments.words),
        subject=known("--subject", arguments.subject, _subjects(register)),
        region=known("--region", arguments.region, {record.region for record in register}),
        basis=known("--basis", arguments.basis, set(Basis)),
        status=known("--status", arguments.status, set(Status)),
        standard=known("--standard", arguments.standard, {record.standard for record in register}),
        provisional=arguments.provisional,
    )
    return search(register.overdue(arguments.overdue) if arguments.overdue else register, wanted)


def _subjects(register: Register) -> set[str]:
    tables = {record.subject for record in register}
    return tables | {table.split("/")[0] for table in tables}


def _choose(register: Register, arguments: argparse.Namespace) -> Selected:
    if arguments.key == "grid.average" and not (arguments.variant or arguments.year) and arguments.region:
        return register.grid_factor(arguments.region, arguments.as_of, override=arguments.override)
    return register.lookup(
        arguments.key,
        as_of=arguments.as_of,
        region=arguments.region,
        standard=arguments.standard,
        variant=arguments.variant,
        year=arguments.year,
        override=arguments.override,
    )


def _state(register: Register, on: date) -> dict[str, Any]:
    from tanping.records.basis import Basis

    return {
        "ok": True,
        "records": len(register),
        "files": len(register.files),
        "ranges": len(register.ranges),
        "version": register.version,
        "sha256": register.sha256,
        "basis": {basis.label: sum(record.basis is basis for record in register) for basis in Basis},
        "open_conflicts": [
            f"{one.subject}：{one.values}；{one.decision}" for one in register.conflicts.values() if one.open
        ],
        "on": on.isoformat(),
        "overdue": [f"{record.key} {_years(record)} 复核期限 {record.review_by}" for record in register.overdue(on)],
    }


def _plain_choice(chosen: Selected | NoFactor | None) -> dict[str, Any] | None:
    from tanping.factors.lookup import NoFactor

    if chosen is None:
        return None
    if isinstance(chosen, NoFactor):
        return {"refused": list(chosen.reasons), "exists": [record.key for record in chosen.exists]}
    return {
        "record": chosen.record.plain(),
        "why": chosen.why,
        "level": str(chosen.level),
        "rivals": [record.plain() for record in chosen.rivals],
        "warnings": list(chosen.warnings),
        "override": chosen.override,
    }


def _print_records(register: Register, records: Sequence[Factor]) -> None:
    for record in records:
        _print(f"{record.key}　{record.name}　{record.region}")
        _print(f"  值：{record.cite()}")
        _print(
            f"  年份：{_years(record)}　公布：{record.published or '不明'}　状态：{record.status.label}　{record.origin.label}"
        )
        _print(f"  登记：{record.recorded}　复核期限：{record.review_by}　位置：{record.where}")
        if record.replaced_by:
            _print(f"  代替：{record.replaced_on} 起由 {record.replaced_by}")
        if record.conflict:
            conflict = register.conflicts[record.conflict]
            _print(
                f"  冲突：{conflict.subject} {conflict.values}；{conflict.decision}"
                + ("（未决）" if conflict.open else "")
            )
        if record.note:
            _print(f"  说明：{record.note}")


def _print_choice(chosen: Selected | NoFactor | None) -> None:
    from tanping.factors.lookup import NoFactor

    if chosen is None:
        return
    if isinstance(chosen, NoFactor):
        _print(f"不能取值：{chosen}")
        return
    _print(f"取值：{chosen.record.value} {chosen.record.unit}")
    _print(f"  为什么：{chosen.why}")
    for warning in chosen.warnings:
        _print(f"  注意：{warning}")
    for rival in chosen.rivals:
        _print(f"  另有：{rival.cite()}")


def _line(record: Factor) -> tuple[str, ...]:
    from tanping.factors.labels import kind

    return (
        record.key,
        record.name,
        str(record.value),
        record.unit,
        _years(record),
        record.region,
        kind(record.standard, record.variant),
        record.basis.label,
        record.status.label,
    )


def _years(record: Factor) -> str:
    if record.data_year:
        return str(record.data_year)
    first = record.valid_from.isoformat() if record.valid_from else ""
    last = record.valid_to.isoformat() if record.valid_to else ""
    return f"{first}—{last}" if last else f"{first}起"


def _pending(records: Sequence[Factor]) -> int:
    return sum(record.provisional for record in records)


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    # The first column is the key: it is copied from here, so it is never cut.
    shown = [head, *[[row[0], *map(_cut, row[1:])] for row in rows]]
    widths = [max(_width(row[at]) for row in shown) for at in range(len(head))]
    for row in shown:
        _print("  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip())


def _width(text: str) -> int:
    """Columns a terminal gives a text: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def _cut(text: str) -> str:
    if _width(text) <= MAX_CELL:
        return text
    while _width(text) > MAX_CELL - 1:
        text = text[:-1]
    return text + "…"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _write_json(plain: Any) -> None:
    json.dump(plain, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")

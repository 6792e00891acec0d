"""``tanping db …``: the store from the command line: make, upgrade, back up, restore, verify; heads; the first administrator."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli import DONE, FAILED, WRONG_INPUT

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tanping.assessment.review.record import Head

_URL = "数据库地址；缺省为环境变量 TANPING_DB_URL，再缺省为本机数据文件夹里的 SQLite 文件"


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("db", help="数据库：建库、升级、备份、恢复、核验，首个管理员")
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True)
    _add(actions, "init", _init, "建库（已有则只说明）")
    _add(actions, "upgrade", _upgrade, "升级表结构并重建防改触发器")
    backup = _add(actions, "backup", _backup, "把全部内容写成一个备份文件（zip，不含登录会话）")
    backup.add_argument("file", type=Path, metavar="FILE", help="新文件，不覆盖已有的")
    restore = _add(actions, "restore", _restore, "把备份恢复到一个空库，并核验")
    restore.add_argument("file", type=Path, metavar="FILE")
    drill = _add(
        actions, "drill", _drill, "演练：备份，恢复到临时库，核验并逐表比对；原库只读不改，退出码 1 表示不一致"
    )
    drill.add_argument("--into", metavar="URL", help="恢复到这个空库（缺省为用完即删的临时 SQLite）")
    drill.add_argument("--keep", type=Path, metavar="FILE", help="演练用的备份留存到这个新文件")
    verify = _add(actions, "verify", _verify, "核验封存记录有无改动、删除、插入、换序、截断；退出码 1 表示有")
    verify.add_argument(
        "--head", action="append", default=[], metavar="HASH|FILE", help="外存的记录头文件，或文书上印的哈希；可多次"
    )
    verify.add_argument("--json", action="store_true", help="写成 JSON")
    head = _add(actions, "head", _head, "导出记录头（存到库外，供日后核验截断）")
    head.add_argument("--out", type=Path, metavar="FILE", help="写到文件；缺省打印")
    grant = _add(actions, "grant", _grant, "PostgreSQL：授权一个不拥有表的角色运行本程序")
    grant.add_argument("role", metavar="ROLE", help="数据库角色名")
    admin = _add(actions, "admin", _admin, "建立首个管理员，打印一次性口令")
    admin.add_argument("login", metavar="LOGIN", help="登录名")
    admin.add_argument("--name", required=True, help="姓名")


def _add(actions: Any, name: str, action: Any, words: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=words)
    parser.add_argument("--url", metavar="URL", help=_URL)
    parser.set_defaults(handler=run, action=action)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run one action; what the store or the review refuses is told in a line. Exit 0 done, 1 the check failed, 2 refused."""
    from tanping.assessment.review.errors import ReviewError
    from tanping.assessment.review.store import StoreError

    try:
        return int(arguments.action(arguments))
    except (StoreError, ReviewError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT


def _engine(arguments: argparse.Namespace) -> Engine:
    from tanping.assessment.review.store import default_url
    from tanping.assessment.review.store.connection import connect

    return connect(arguments.url or default_url())


def _init(arguments: argparse.Namespace) -> int:
    from tanping.assessment.review.store import migrate

    engine = _engine(arguments)
    made = migrate.upgrade(engine)
    shown = engine.url.render_as_string(hide_password=True)
    print(f"{'已建库' if made else '数据库已在，表结构是最新的'}：{shown}（表结构 {migrate.newest()}）")
    return DONE


def _upgrade(arguments: argparse.Namespace) -> int:
    from tanping.assessment.review.store import guards, migrate
    from tanping.assessment.review.store.connection import writing
    from tanping.assessment.review.store.trouble import told

    engine = _engine(arguments)
    if not migrate.upgrade(engine):
        with told(), writing(engine).begin() as connection:
            migrate.lock(connection)
            mended = guards.missing(connection)
            guards.install(connection)
        if mended:
            print(f"已重建缺失或被改过的触发器：{'、'.join(mended)}。请用 tanping db verify 核验并查明原因。")
    print(f"表结构 {migrate.newest()}，是最新的。")
    return DONE


def _backup(arguments: argparse.Namespace) -> int:
    from tanping.assessment.review.store.backup import backup

    manifest = backup(_engine(arguments), arguments.file)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    print(f"已备份 {len(manifest['tables'])} 张表、{rows} 行：{arguments.file}")
    return DONE


def _restore(arguments: argparse.Namespace) -> int:
    from tanping.assessment.review.store.backup import restore

    engine = _engine(arguments)
    manifest = restore(engine, arguments.file)
    print(f"已从 {manifest['made']} 的备份恢复。")
    return _report(engine, [], as_json=False)


def _drill(arguments: argparse.Namespace) -> int:
    """Prove that a backup gives everything back: restore it elsewhere, verify, back that up too and compare table by table."""
    import tempfile
    import time

    from tanping.assessment.review.store.backup import backup, restore
    from tanping.assessment.review.store.connection import connect
    from tanping.assessment.review.verify import verify

    with tempfile.TemporaryDirectory(prefix="tanping-drill-") as name:
        folder, start = Path(name), time.monotonic()
        file = arguments.keep or folder / "first.zip"
        source = _engine(arguments)
        first = backup(source, file)
        copied = time.monotonic()
        target = connect(arguments.into or f"sqlite:///{folder / 'restored.sqlite'}")
        try:
            restore(target, file)
            report = verify(target)
            again = backup(target, folder / "second.zip")
        finally:
            target.dispose()
        took = copied - start, time.monotonic() - copied
    differing = sorted(
        table
        for table in {*first["tables"], *again["tables"]}
        if first["tables"].get(table) != again["tables"].get(table)
    )
    for table, said in sorted(first["tables"].items()):
        print(f"{'不符' if table in differing else '相符'}　{table}：{said['rows']} 行　{said['sha256'][:12]}")
    for fault in report.faults:
        print(fault)
    sound = not differing and report.sound
    print(
        f"备份 {took[0]:.1f} 秒，恢复和核验 {took[1]:.1f} 秒；封存记录 {report.events} 条，问题 {len(report.faults)} 处"
    )
    print("演练通过：恢复出来的库与原库逐表相同（登录会话除外，恢复后须重新登录）" if sound else "演练没有通过")
    return DONE if sound else FAILED


def _verify(arguments: argparse.Namespace) -> int:
    return _report(_engine(arguments), [_head_from(text) for text in arguments.head], as_json=arguments.json)


def _report(engine: Engine, heads: list[Head], *, as_json: bool) -> int:
    from tanping.assessment.review.verify import verify

    report = verify(engine, heads)
    if as_json:
        said = {
            "sound": report.sound,
            "events": report.events,
            "blobs": report.blobs,
            "rows": report.rows,
            "head": {"seq": report.head.seq, "hash": report.head.hash},
            "faults": [{"kind": fault.kind, "seq": fault.seq, "what": fault.what} for fault in report.faults],
        }
        print(json.dumps(said, ensure_ascii=False, indent=2))
        return DONE if report.sound else FAILED
    for fault in report.faults:
        print(fault)
    print(
        f"事件 {report.events} 条，附存内容 {report.blobs} 份，核对表行 {report.rows} 行，问题 {len(report.faults)} 处。"
    )
    print(f"记录头：第 {report.head.seq} 条 {report.head.hash}")
    if report.sound and not heads:
        print("未与库外的记录头比较：整链重算或尾部截断只有比较库外记录头（--head）才能发现。")
    return DONE if report.sound else FAILED


def _head_from(text: str) -> Head:
    from tanping.assessment.review.record import Head
    from tanping.assessment.review.store import StoreError
    from tanping.records.canonical import is_hash

    spoken = re.sub(r"\s", "", text).lower()
    if is_hash(spoken):
        return Head(0, spoken)
    try:
        said = json.loads(Path(text).read_text("utf-8"))
        head = Head(int(said["seq"]), str(said["hash"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(f"--head {text}：不是 64 位哈希，也不是 tanping db head 导出的文件。") from None
    return head


def _head(arguments: argparse.Namespace) -> int:
    from sqlalchemy.orm import Session

    from tanping.assessment.review.record import head_of
    from tanping.assessment.review.store.trouble import told
    from tanping.records.doors.export import write_file

    with told(), Session(_engine(arguments)) as session, session.begin():
        head = head_of(session)
    text = json.dumps({"schema": "tanping.head/1", "seq": head.seq, "hash": head.hash}, indent=2) + "\n"
    if arguments.out is None:
        print(text, end="")
    else:
        write_file(arguments.out, text.encode("utf-8"))
        print(f"记录头已写入 {arguments.out}，请保存到数据库以外的地方。")
    return DONE


def _grant(arguments: argparse.Namespace) -> int:
    from tanping.assessment.review.store import StoreError, guards
    from tanping.assessment.review.store.connection import writing
    from tanping.assessment.review.store.trouble import told

    engine = _engine(arguments)
    if engine.dialect.name != "postgresql":
        raise StoreError("只有 PostgreSQL 有数据库角色；SQLite 请用操作系统的文件权限。")
    with told(), writing(engine).begin() as connection:
        for statement in guards.grants(arguments.role):
            connection.exec_driver_sql(statement)
    print(f"已授权 {arguments.role}：封存表只能查和增，其余表可读写，不能改动表结构和触发器。")
    return DONE


def _admin(arguments: argparse.Namespace) -> int:
    from tanping.assessment.review.store import migrate
    from tanping.assessment.review.users import Accounts

    engine = _engine(arguments)
    migrate.upgrade(engine)
    password = Accounts(engine).first_administrator(arguments.login, arguments.name)
    print(f"管理员 {arguments.login} 已建立。一次性口令（只显示这一次，首次登录须改）：{password}")
    return DONE

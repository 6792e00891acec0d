"""``tanping verify``: is a printed or saved result untouched, does a replay give the same figures, does the store know it?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanping.assessment.cli import DONE, FAILED, WRONG_INPUT

if TYPE_CHECKING:
    from sqlalchemy import Engine


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("verify", help="核验 PDF 或 JSON 结果：是否被改动，重算是否一致，联审记录里有没有")
    parser.add_argument("file", metavar="FILE", help="本工具生成的 PDF 或 JSON")
    parser.add_argument(
        "--db",
        metavar="URL",
        nargs="?",
        const="",
        help="同时对照联审数据库里的封存事件、打印记录和文字；不写地址用 TANPING_DB_URL 或本机数据文件夹的库",
    )
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was looked at and the verdict. Returns 1 when something differs, 2 when the store can't be read."""
    from tanping.assessment.documents.proof import verify

    if arguments.db is None:
        proof = verify(Path(arguments.file))  # packs of earlier days from the archive of this installation
    else:
        from tanping.assessment.review.store import StoreError
        from tanping.assessment.review.witness import archive_of, witness_of

        try:
            engine = _engine(arguments.db)
            proof = verify(Path(arguments.file), witness_of(engine), archive_of(engine))
        except StoreError as error:
            print(error, file=sys.stderr)
            return WRONG_INPUT
    for line in proof.lines:
        print(line)
    print(proof.verdict)
    return DONE if proof.sound else FAILED


def _engine(url: str) -> Engine:
    from tanping.assessment.review.store import StoreError, default_url
    from tanping.assessment.review.store.connection import connect

    engine = connect(url or default_url())
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        raise StoreError(f"没有这个数据库文件：{engine.url.database}")
    return engine

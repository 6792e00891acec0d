"""``tanping sign``: a digital signature on a printed document, from a PKCS#12 file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

PASSWORD = "TANPING_P12_PASSWORD"  # noqa: S105 (the name of a variable)


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("sign", help="用 PKCS#12 证书给打印的 PDF 加电子签名（需安装 tanping[sign]）")
    parser.add_argument("file", metavar="FILE", help="本工具打印的 PDF")
    parser.add_argument("--p12", required=True, metavar="KEY", help="证书文件（.p12 或 .pfx）")
    parser.add_argument("--out", metavar="PATH", help="签名后的文件，缺省为原名加“-已签名”")
    parser.add_argument("--reason", default="", help="签名理由，写入签名")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Sign a copy; the printed file itself stays. Raises InputError."""
    from tanping.records.doors.export import write_file
    from tanping.records.errors import InputError, Problem, Where

    try:
        from tanping.assessment.documents.sign import sign
    except ImportError:
        raise InputError(Problem(Where("签名"), "", "没有安装签名组件", "pip install 'tanping[sign]'")) from None
    path = Path(arguments.file)
    try:
        printed = path.read_bytes()
    except OSError as error:
        raise InputError(Problem(Where(str(path)), "", f"打不开：{error.strerror}")) from None
    target = Path(arguments.out) if arguments.out else path.with_name(f"{path.stem}-已签名{path.suffix}")
    write_file(target, sign(printed, Path(arguments.p12), _password(), reason=arguments.reason))
    print(f"已写出 {target}", file=sys.stderr)
    return 0


def _password() -> str:
    from getpass import getpass

    from tanping.records.errors import InputError, Problem, Where

    known = os.environ.get(PASSWORD)
    try:
        return known if known is not None else getpass("证书口令：")
    except EOFError:
        raise InputError(
            Problem(Where("签名"), "", "没有给出证书口令", f"在终端里输入，或写在环境变量 {PASSWORD}")
        ) from None

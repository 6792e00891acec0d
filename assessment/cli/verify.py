"""``tanping verify``: is a printed or saved result untouched, and does a replay give the same figures?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("verify", help="核验 PDF 或 JSON 结果：是否被改动，重算是否一致")
    parser.add_argument("file", metavar="FILE", help="本工具生成的 PDF 或 JSON")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was looked at and the verdict. Returns 1 when something differs."""
    from tanping.assessment.documents.proof import verify

    proof = verify(Path(arguments.file))
    for line in proof.lines:
        print(line)
    print(proof.verdict)
    return 0 if proof.sound else 1

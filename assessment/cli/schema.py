"""``tanping schema``: the JSON Schema of the project file."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register the sub-command."""
    parser = subparsers.add_parser("schema", help="打印项目文件的 JSON Schema")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    from tanping.assessment.project.model import Project

    json.dump(Project.model_json_schema(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
    return 0

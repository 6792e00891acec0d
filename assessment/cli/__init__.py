"""The ``tanping`` command. Exit 0 done, 1 a check failed, 2 the input is wrong.

Each sub-command is a module with ``add_parser(subparsers)``; what is heavy is imported inside its handler, so that
``tanping --help`` stays light. (docs/decisions.md, D11)
"""

from __future__ import annotations

import argparse
import errno
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext

from tanping import __version__
from tanping.assessment.cli.chinese import speak

COMMANDS = (
    "assess",
    "screen",
    "batch",
    "papers",
    "template",
    "schema",
    "factors",
    "rules",
    "layers",
    "serve",
    "db",
    "verify",
    "sign",
    "selftest",
    "doctor",
)

DONE, FAILED, WRONG_INPUT = 0, 1, 2

_ONE_PROJECT = {f"{__name__}.{name}" for name in ("assess", "screen")}
"""What ends after one project: looking for garbage costs it a tenth of its time, and there is next to none."""


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Build the parser of some sub-commands."""
    speak()
    parser = argparse.ArgumentParser(
        prog="tanping", description="碳评联审：建设项目碳排放环境影响评价的核算、审查与联审"
    )
    parser.add_argument("--version", action="version", version=f"tanping {__version__}", help="显示版本")
    subparsers = parser.add_subparsers(title="命令", metavar="命令", required=True)
    for name in names:
        importlib.import_module(f"{__name__}.{name}").add_parser(subparsers)
    return parser


def command() -> int:
    """Be the command of a shell: a process for nothing but this, which keeps what the next one can use."""
    from tanping.records.methods import Methods

    methods = Methods()
    methods.install()
    code = main()
    methods.keep()
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Wrong input is told line by line on stderr, never as a traceback."""
    from tanping.records.errors import InputError
    from tanping.records.kept import without_collector

    # pydantic would look through all that is installed for plugins; none has a say in what a project file may hold.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # numpy's linear algebra, which nothing here uses, would start a thread for every core and keep it busy for a tenth of a second.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    said = sys.argv[1:] if argv is None else argv
    arguments = build_parser(said[:1] if said[:1] and said[0] in COMMANDS else COMMANDS).parse_args(said)
    arguments.alone = argv is None  # a process of its own, for nothing but this command
    try:
        with without_collector() if arguments.handler.__module__ in _ONE_PROJECT else nullcontext():
            code = int(arguments.handler(arguments))
            if arguments.alone:
                gc.freeze()  # the process ends: no last look for garbage, neither here nor by the interpreter
            return code
    except InputError as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print("\n已中断", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except OSError as error:
        print(f"{error.filename or ''}: 文件读写失败：{_reason(error)}", file=sys.stderr)
        return WRONG_INPUT


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        folder = os.path.dirname(str(error.filename or "")) or "."
        return "没有这个文件" if os.path.isdir(folder) else "所在文件夹不存在"
    if isinstance(error, PermissionError):
        return "没有权限"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹"
    return "磁盘已满或不可写" if error.errno in (errno.ENOSPC, errno.EROFS) else "系统不允许"

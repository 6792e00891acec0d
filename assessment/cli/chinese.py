"""What argparse itself says, in Chinese: it asks gettext, which has no catalogue of it on any machine."""

from __future__ import annotations

import argparse

_SAID = {
    "usage: ": "用法：",
    "positional arguments": "参数",
    "options": "选项",
    "show this help message and exit": "显示这份说明",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "the following arguments are required: %s": "没有写 %s",
    "unrecognized arguments: %s": "不认识 %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r 这一项；应为：%(choices)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不能用",
    "expected one argument": "后面没有写值",
    "expected at least one argument": "至少写一个",
    "expected at most one argument": "至多写一个",
    "not allowed with argument %s": "不能与 %s 同用",
    "one of the arguments %s is required": "须写 %s 之一",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 可能是 %(matches)s，请写全",
    "ignored explicit argument %r": "后面不跟值，写了 %r",
}


def speak() -> None:
    """Let argparse say what it says in Chinese, in this process; what is not known here stays as it is."""
    argparse._ = lambda said: _SAID.get(said, said)  # type: ignore[attr-defined]

"""Walk the reviewer's tasks in Chromium and say what each cost.

Usage: .venv/bin/python tests/walks [FOLDER] [--tasks abcde] [--ways small,large,keys]

FOLDER (out/walks) gets a picture of every step, ``walks.md`` and ``walks.json``. Not part of `make test`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "journey")]

import joint  # noqa: E402
import made  # noqa: E402
import rough  # noqa: E402
import tasks  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402
from served import chromium, serving  # noqa: E402
from walker import Walk, keyboard_only  # noqa: E402

JOINT = "d"
ALL = {**tasks.ALONE, **rough.ROUGH}
SMALL, LARGE = {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}
WAYS = {"small": ("1366×768", SMALL), "large": ("1920×1080", LARGE), "keys": ("1366×768 只用键盘", SMALL)}


def main() -> int:
    """Walk what was asked for; exit 1 if a task could not be finished."""
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", nargs="?", type=Path, default=ROOT / "out" / "walks")
    asked.add_argument("--tasks", default="".join(sorted([*tasks.ALONE, JOINT])))
    asked.add_argument("--ways", default=",".join(WAYS))
    told = asked.parse_args()
    (told.folder / "files").mkdir(parents=True, exist_ok=True)
    found: list[dict[str, Any]] = []
    with chromium() as browser, tempfile.TemporaryDirectory() as name:
        made.make(Path(name) / "files")
        for task in told.tasks:
            for way in told.ways.split(","):
                found.append(walked(browser, task, way, Path(name), told.folder))
                tell(found[-1])
    (told.folder / "walks.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    (told.folder / "walks.md").write_text("\n".join([*HEAD, *map(row, found), ""]), "utf-8")
    return 1 if any(item["failed"] for item in found) else 0


def walked(browser: Browser, task: str, way: str, made_in: Path, folder: Path) -> dict[str, Any]:
    """Walk one task one way, on a server of its own."""
    home = made_in / f"{task}-{way}"
    (home / "home").mkdir(parents=True)
    people = joint.office(home / "home") if task == JOINT else None
    title = "办完一次联审（各方各一台浏览器）" if people else ALL[task][0]
    walk, failed = Walk(browser, f"{task}-{way}", WAYS[way][1], folder), ""
    with serving(home) as address:
        try:
            with keyboard_only(walk.count) if way == "keys" else nullcontext():
                if people:
                    joint.joint_review(walk, address, people)
                else:
                    ALL[task][1](walk, address, made_in / "files")
        except Exception as error:
            failed = str(error).strip()[:600]
            for at, context in enumerate(walk.contexts):
                context.pages[0].screenshot(path=folder / f"{walk.name}-失败{at}.png")
        count = walk.end()
    told = {**asdict(count), "hidden_focus": sorted(count.hidden_focus)}
    return {"task": title, "way": WAYS[way][0], "failed": failed, "pace": count.pace, **told}


def tell(item: dict[str, Any]) -> None:
    """Print a line of the table and, below it, what was wrong."""
    print(row(item), flush=True)
    hidden = (f"看不出焦点：{name}" for name in item["hidden_focus"])
    for line in (*item["dead_ends"], *dict.fromkeys(item["seen"]), *hidden, *filter(None, [item["failed"]])):
        print("   ", line, flush=True)


HEAD = [
    "| 任务 | 屏幕 | 点击 | 选文件 | 按键 | 输入字符 | 等待，秒 | 按人的速度，分 | 走不通 | 截图 |",
    "|---|---|---|---|---|---|---|---|---|---|",
]


def row(item: dict[str, Any]) -> str:
    """Return a line of the table."""
    cells = (
        item["task"], item["way"], item["clicks"], item["files"], item["keys"], item["typed"], f"{item['seconds']:.0f}", f"{item['pace'] / 60:.1f}",
        "没有走完" if item["failed"] else len(item["dead_ends"]), item["pictures"],
    )  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    sys.exit(main())

"""The press: two helper processes that turn a page source and chart specifications into a PDF.

Both start at once and early, so that the layout engine's import and the drawing engine's start overlap with each other and with the
assessment itself. Each job has a limit of memory and time; a process that fails or hangs is ended and the caller told in words.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from tanping.assessment.documents import fonts
from tanping.records.errors import InputError, Problem, Where


class PrintError(InputError):
    """A document could not be made; the message is for the person who asked for it (Chinese)."""

    def __init__(self, words: str):
        super().__init__(Problem(Where("打印"), "", words))


@dataclass(frozen=True)
class Limits:
    """What one job may use: memory of the layout process (MiB), seconds of processor time, seconds by the clock."""

    memory: int = 1536
    seconds: int = 120
    patience: int = 180


@dataclass(frozen=True)
class Attached:
    """A file carried inside the PDF."""

    name: str
    text: str
    description: str
    relationship: str = "Source"


@dataclass(frozen=True)
class Pages:
    """What is laid out: page source, style sheets, a fixed identifier (hex), files to carry."""

    html: str
    css: Sequence[str]
    identifier: str
    attachments: Sequence[Attached] = ()


@dataclass(frozen=True)
class Job:
    """A document to print: what writes its pages, and chart specifications by id. The charts are drawn while the pages are written."""

    write: Callable[[], Pages]
    specs: Mapping[str, Any] = field(default_factory=dict)


class Press:
    """Start the helpers now, print later. Use as a context manager, or ``close`` it.

    ``families`` are the fonts of the documents, loaded ahead; charts are drawn in the first. Thread-safe: jobs queue. Raises PrintError
    from ``print``.
    """

    def __init__(self, families: Sequence[str], limits: Limits = Limits(), charts: bool = True):
        self.limits = limits
        self._turn = threading.Lock()
        self._fonts = tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="tanping-", suffix=".conf")  # noqa: SIM115 (closed with the press)
        self._fonts.write(fonts.only(families))
        self._fonts.flush()
        self._layout = _Helper(
            "layout_worker", str(limits.memory), str(limits.seconds), *families, FONTCONFIG_FILE=self._fonts.name
        )
        self._charts = _Helper("draw", str(limits.seconds), families[0]) if charts else None

    def __enter__(self) -> Press:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the press can take another job."""
        return self._layout.alive and (self._charts is None or self._charts.alive)

    def close(self) -> None:
        """End the helpers."""
        helpers = [helper for helper in (self._layout, self._charts) if helper is not None]
        for helper in helpers:
            helper.end()
        for helper in helpers:
            helper.close()
        self._fonts.close()

    def print(self, job: Job) -> bytes:
        """Return the PDF of ``job``. Raises PrintError, and what writing its pages raises."""
        with self._turn, tempfile.TemporaryDirectory(prefix="tanping-") as name:
            try:
                return self._print(job, Path(name))
            except PrintError:
                self.close()
                raise

    def _print(self, job: Job, folder: Path) -> bytes:
        deadline = time.monotonic() + self.limits.patience
        page, specs, images, pdf = (folder / name for name in ("page.json", "specs.json", "images.json", "out.pdf"))
        if self._charts is not None:
            _write(specs, {"specs": job.specs, "svg": str(images)})
            self._charts.order(specs)
        elif job.specs:
            raise PrintError("本次打印没有启动图表绘制")
        try:
            pages = job.write()
        except BaseException:
            self.close()  # the drawings are under way for nobody
            raise
        _write(page, {**_page(pages), "pdf": str(pdf)})
        self._layout.order(page)
        if self._charts is not None:
            _explain(self._charts.answer(deadline), "图表绘制")
        else:
            _write(images, {})
        self._layout.order(images)
        _explain(self._layout.answer(deadline), "排版")
        return pdf.read_bytes()


class _Helper:
    """One helper process, spoken to line by line."""

    def __init__(self, script: str, *arguments: str, **surroundings: str):
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the helper)
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 (our own scripts)
            [sys.executable, "-I", "-m", f"{__package__}.{script}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env={**environment, **surroundings, "PYTHONUTF8": "1"},
            cwd=tempfile.gettempdir(),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input: IO[bytes] = self._process.stdin
        self._output: IO[bytes] = self._process.stdout
        self._ready = False
        self._read = b""

    @property
    def alive(self) -> bool:
        return self._process.poll() is None and not self._input.closed

    def order(self, path: Path) -> None:
        try:
            self._input.write(f"{path}\n".encode())
            self._input.flush()
        except (OSError, ValueError):
            raise PrintError(self._last_words()) from None

    def answer(self, deadline: float) -> dict[str, Any]:
        if not self._ready:
            self._line(deadline)
            self._ready = True
        answer: dict[str, Any] = json.loads(self._line(deadline))
        return answer

    def end(self) -> None:
        """Tell it to go at once: it holds nothing, and taking down what it loaded takes longer than a page."""
        if not self._input.closed:
            with contextlib.suppress(OSError):
                self._input.close()
        self._process.kill()

    def close(self) -> None:
        self._process.wait()
        self._output.close()
        self._words.close()

    def _line(self, deadline: float) -> bytes:
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            while b"\n" not in self._read:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise PrintError("超过时限仍未完成，已停止，未生成文件。请减少内容后再试")
                chunk = os.read(self._output.fileno(), 65536)
                if not chunk:
                    raise PrintError(self._last_words())
                self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        return line

    def _last_words(self) -> str:
        if self._words.closed:
            return "排版进程已经结束，请再打印一次"
        code = self._process.wait()
        self._words.seek(0)
        words = self._words.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
        if "libpango" in " ".join(words) or "cannot load library" in " ".join(words):
            return "缺少排版所需的系统库 Pango：Debian/Ubuntu 执行 apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        if "No module named 'weasyprint'" in " ".join(words):
            return "没有安装排版程序 WeasyPrint，不能打印 PDF；请改用 Excel（--xlsx）、Word（--docx）或网页（--html）"
        last = f"（{words[-1][:200]}）" if words else ""
        return f"排版进程中止，退出码 {code}{last}；常见原因是内容过大，超出内存或时间限制"


# What the helpers need of the surroundings: where libraries and fonts are, nothing that points to a host.
_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "XDG_CACHE_HOME",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
)
_REASONS = {
    "memory": "内容过大，超出内存限制，未生成文件",
    "url": "文档中出现外部地址，已拒绝访问，未生成文件",
}


def _page(pages: Pages) -> dict[str, Any]:
    return {
        "html": pages.html,
        "css": list(pages.css),
        "identifier": pages.identifier,
        "attachments": [vars(item) for item in pages.attachments],
    }


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def _explain(answer: Mapping[str, Any], step: str) -> None:
    if answer.get("done"):
        return
    reason = _REASONS.get(answer.get("why", ""), "内部错误，未生成文件")
    detail = answer.get("detail", "").strip().splitlines()[-1:]
    raise PrintError(f"{step}：{reason}" + (f"（{detail[0]}）" if detail else ""))

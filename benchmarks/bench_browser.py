"""How long a person waits in the browser after leaving a field: saved under the lock, checked, and told below the field."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.frame import ROOT, Measure

FIELDS = 30


def _field_p95() -> float:
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from served import SCREEN, chromium, serving

    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address, chromium() as browser:
        page = browser.new_page(viewport=SCREEN)
        page.goto(address)
        page.get_by_role("button", name="新建", exact=True).click()
        field = page.get_by_role("textbox", name="受理日期", exact=True)
        told = page.get_by_text("未采用：")
        times = []
        for turn in range(FIELDS):
            field.fill(f"2026年{turn}" if turn % 2 == 0 else f"2026-11-{turn % 30 + 1:02}")
            start = time.perf_counter()
            field.press("Tab")
            told.wait_for(state="visible" if turn % 2 == 0 else "detached")
            times.append((time.perf_counter() - start) * 1000)
        return statistics.quantiles(times[2:], n=20)[-1]


MEASURES = [Measure("browser, leave a field until told, p95", "ms", None, _field_p95)]

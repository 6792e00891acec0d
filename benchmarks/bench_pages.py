"""How long a page's rerun takes, as Streamlit runs it: the example open, caches warm, the 95th percentile of 40 reruns."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

from benchmarks.frame import ROOT, Measure

RERUNS = 40


def _p95(run: Callable[[], object]) -> float:
    run()
    times = []
    for _ in range(RERUNS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(times, n=20)[-1]


def _rerun(page: str, section: str = "") -> float:
    with tempfile.TemporaryDirectory() as home:
        os.environ["TANPING_HOME"] = home
        at, _ = _opened(page)
        if section:
            at.radio(key="section").set_value(section).run()
        return _p95(at.run)


def _opened(page: str):  # type: ignore[no-untyped-def]
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from app_visits import EXAMPLE, visit

    from tanping.assessment.pages import draft as drafts
    from tanping.assessment.project.intake import load_project, plain_project
    from tanping.assessment.review.store import Store

    made = Store.open().create_draft(drafts.content_of(plain_project(load_project(EXAMPLE))), sector="power")
    return visit(page, made), made.id


MEASURES = [
    Measure("page 填报, rerun p95", "ms", 150.0, partial(_rerun, "project")),
    Measure("page 填报 (29 questions), rerun p95", "ms", 150.0, partial(_rerun, "project", "事实")),
    Measure("page 审查结果, rerun p95", "ms", 150.0, partial(_rerun, "findings")),
    Measure("page 排放核算, rerun p95", "ms", 150.0, partial(_rerun, "inventory")),
    Measure("page 打印与下载, rerun p95", "ms", 150.0, partial(_rerun, "documents")),
]

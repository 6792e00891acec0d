"""States, limits and lacks as chips and short words: always a word, never colour alone."""

from __future__ import annotations

from html import escape

from tanping.assessment.pages import parts
from tanping.assessment.review.clock import Pace, Reading
from tanping.assessment.review.workflow import MAIN_LINE, State

_TONES = {
    State.DRAFT: "open",
    State.CORRECTION: "limit",
    State.REVISION: "limit",
    State.COORDINATION: "ask",
    State.SUSPENDED: "limit",
    State.FILED: "clear",
    State.REFUSED: "stop",
    State.WITHDRAWN: "none",
    State.TERMINATED: "stop",
}
_PACES = {
    Pace.OVERDUE: ("‼", "stop"),
    Pace.SOON: ("△", "limit"),
    Pace.RUNNING: ("", "clear"),
    Pace.STOPPED: ("‖", "none"),
    Pace.UNKNOWN: ("？", "ask"),
}
BESIDE = {
    State.CORRECTION: State.ACCEPTANCE,
    State.REVISION: State.ASSESSMENT,
    State.COORDINATION: State.MERGING,
    State.REFUSED: State.ACCEPTANCE,
}
"""Where a state beside the line is shown on it, unless it is known better."""


def state(found: State) -> str:
    """Return a state as a chip."""
    return parts.chip_of(found, _TONES.get(found, "argue"))


def pace(reading: Reading) -> str:
    """Return how a limit stands: the word as a chip, what it means behind it. Empty where there is no limit."""
    if reading.pace not in _PACES:
        return ""
    mark, tone = _PACES[reading.pace]
    chip = parts.chip_of(f"{mark} {reading.pace}".strip(), tone)
    return f'{chip} <span class="tp-soft tp-small">{escape(due(reading))}</span>'


def due(reading: Reading) -> str:
    """Return the days behind the chip, without repeating its word."""
    if reading.pace is Pace.OVERDUE:
        return f"{-(reading.left or 0)} 个工作日，应于 {reading.due} 办结"
    if reading.pace is Pace.STOPPED:
        return f"{reading.reason}，已用 {reading.used} 个工作日"
    return reading.words


def line(found: State) -> str:
    """Return the steps in order with where the review stands, as markup."""
    here = found if found in MAIN_LINE else BESIDE.get(found)
    passed = MAIN_LINE.index(here) if here in MAIN_LINE else -1
    cells = []
    for number, step in enumerate(MAIN_LINE):
        kind = "here" if number == passed else "done" if number < passed else "next"
        mark = "● " if kind == "here" else "✓ " if kind == "done" else ""
        current = ' aria-current="step"' if kind == "here" else ""
        cells.append(f'<li class="tp-step-{kind}"{current}>{mark}{step}</li>')
    return f'<ol class="tp-steps">{"".join(cells)}</ol>'

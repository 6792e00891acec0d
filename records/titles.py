"""A document's title as it is cited in Chinese text."""

from __future__ import annotations

_INNER = {ord("《"): "〈", ord("》"): "〉"}


def title_marks(name: str) -> str:
    """Return a title in title marks 《》; marks inside it become the inner kind 〈〉 (GB/T 15834). A title that has them already keeps one pair."""
    whole = name.startswith("《") and name.endswith("》") and name.find("》") == len(name) - 1
    return f"《{(name[1:-1] if whole else name).translate(_INNER)}》"

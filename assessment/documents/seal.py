"""The mark of a sealed document: a QR code that holds the hash of the event that sealed it, as vectors in the page source."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

SAYS = "TANPING SEAL "
"""What stands before the hash; capitals and digits alone keep the code small."""
_QUIET = 1
SHORT = 12
"""Digits of a hash that a person compares by eye."""


@lru_cache(maxsize=64)
def mark(seal: str) -> Markup:
    """Return the QR code of a seal as an inline drawing, nothing without a seal."""
    if not seal:
        return Markup("")
    import segno

    code = segno.make_qr(says(seal), error="m", boost_error=False)
    size = code.symbol_size(border=_QUIET)[0]
    rows = (
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(code.matrix_iter(border=_QUIET))
        for x, dark in enumerate(row)
        if dark
    )
    drawn = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"><path d="{2}"/></svg>'
    )
    return drawn.format(size, f"封存事件 {seal}", "".join(rows))


def says(seal: str) -> str:
    """Return what a scan reads."""
    return SAYS + seal.upper()

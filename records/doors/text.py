"""Text on its way out: no formula comes alive in a spreadsheet, no control or direction mark hides in a document."""

from __future__ import annotations

import re
from functools import lru_cache

REPLACEMENT = "\ufffd"
# What a spreadsheet takes for the start of a formula, full-width twins included (some editions fold them).
_STARTS = "=+-@＝＋－＠"
_BLANKS = " \t\r\n\v\f\xa0\u3000\u200b\ufeff"
# C0 but tab and line feed, DEL, C1, direction overrides, isolates and marks, surrogates, the two non-characters XML forbids.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def visible(text: str) -> str:
    """Return the text with every control character and direction override shown as ``�``; line ends become ``\\n``.

    For anything that is displayed or printed: messages, HTML, DOCX, PDF, sheets. Dropping such characters would hide a forgery, keeping
    them would let it work.
    """
    return _HIDDEN.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def document_text(text: str) -> str:
    """Return text that is safe inside the XML of a DOCX or the HTML of a PDF: made visible, then escaped."""
    return visible(text).translate(_MARKUP)


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return text.lstrip(_BLANKS)[:1] in tuple(_STARTS) or text[:1] in ("\t", "\r", "\n")


@lru_cache(maxsize=8192)  # a table of projects says the same few words millions of times
def neutral(text: str) -> str:
    """Return the text made visible and, when it could start a formula, led by an apostrophe: for CSV, which knows no cell types."""
    shown = visible(text)
    return f"'{shown}" if starts_formula(shown) else shown

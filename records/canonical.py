"""The one byte form of a record, and its hash: JSON canonicalized by RFC 8785, SHA-256 in lower-case hex.

What is signed, sealed, archived or compared is these bytes, never a pretty-printed copy.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_SAFE = 2**53
_HASH = re.compile(r"[0-9a-f]{64}\Z")


class CanonicalError(ValueError):
    """The value has no canonical JSON form: NaN, an infinity, an integer beyond 2^53, a key that is no text, a Decimal, a date."""


def canonical_bytes(value: Any) -> bytes:
    """Return the RFC 8785 bytes of nested dicts, lists, texts, numbers, booleans and None.

    Raises CanonicalError. Decimals and dates are the caller's to spell as text: two spellings would be two hashes.
    """
    import rfc8785

    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise CanonicalError(str(error) or type(error).__name__) from None


def read_canonical(data: bytes) -> Any:
    """Read canonical bytes back. Raises CanonicalError when they are not in canonical form (edited, re-indented, re-ordered)."""
    try:
        value = json.loads(data, parse_int=_number)
    except (ValueError, RecursionError):
        raise CanonicalError("not JSON") from None
    if canonical_bytes(value) != data:
        raise CanonicalError("not in canonical form")
    return value


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(value: Any) -> str:
    """Return the SHA-256 of a value's canonical bytes. Raises CanonicalError."""
    return sha256(canonical_bytes(value))


def is_hash(text: str) -> bool:
    """Whether the text has the form of a hash made here."""
    return _HASH.match(text) is not None


def _number(text: str) -> int | float:
    # The standard writes a float without a fraction as an integer, so one beyond 2^53 can only have been a float.
    value = int(text)
    return value if -_SAFE < value < _SAFE else float(text)

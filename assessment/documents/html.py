"""Templates to page source: everything escaped, everything defined, every character printable.

Text from outside can never become markup (autoescape), a name the template misspells is an error (StrictUndefined), an unknown
value can't print as ``None``, and characters that would reorder or corrupt a line, or that no font holds, become 〓 with a note.
"""

from __future__ import annotations

import marshal
import re
import unicodedata
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from tanping.assessment.documents import context, figures, fonts, opinion, wording
from tanping.records.kept import kept
from tanping.rules.finding import settled_word

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

_TAG = re.compile(r"(<[^>]*>)")
_SUBSCRIPTS = {chr(0x2080 + digit): str(digit) for digit in range(10)}
_SUBSCRIPT = re.compile("[₀-₉]")
# Format characters that carry no meaning of their own and may go without a trace.
_SILENT = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f"))


def page_source(template: str, context: dict[str, Any], held: fonts.Coverage) -> tuple[str, tuple[str, ...]]:
    """Render ``template``. Returns the source and the characters that had to be replaced by 〓.

    The template is given ``replaced`` (a printed list of those characters, or an empty text) beside the context.
    """
    plate = _environment().get_template(template)
    first = plate.render({**context, "replaced": ""})
    lacking = tuple(_lacking(first, held))
    source = plate.render({**context, "replaced": fonts.describe(lacking)}) if lacking else first
    return _settle(source, lacking), lacking


def fixed_text(*templates: str) -> frozenset[str]:
    """Return the characters the templates themselves print, which a font must hold."""
    text = "".join((TEMPLATES / name).read_text("utf-8") for name in templates)
    return frozenset(text) - frozenset(_SUBSCRIPTS)


def style(*names: str) -> list[str]:
    """Return style sheets by name."""
    return [(TEMPLATES / name).read_text("utf-8") for name in names]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=_Compiled(),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "tonnes": figures.tonnes,
        "wan": figures.ten_thousand_tonnes,
        "number": figures.number,
        "significant": figures.significant,
        "as_stated": figures.as_stated,
        "unit": figures.unit,
        "percent": figures.percent,
        "signed_percent": figures.signed_percent,
        "expression": figures.expression,
        "chinese": figures.chinese,
        "ended": figures.ended,
        "bare": figures.bare,
        "day": figures.day,
        "label": wording_label,
        "question": context.question,
        "few": context.few,
        "counted": context.counted,
        "document": context.document,
        "provenance": context.provenance,
        "conclusion": context.conclusion,
        "opinion_line": opinion.opinion_line,
        "basis": wording.basis_label,
    }
    environment.globals |= {"mark": wording.MARKS.get, "tone": wording.TONES.get, "settled": settled_word}
    return environment


class _Compiled(jinja2.BaseLoader):
    """The templates as code, compiled together and kept: compiling those of one report takes longer than filling them."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] | None = None

    def load(self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None) -> Template:
        if self._codes is None:
            files = {path.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*.html"))}
            # What a filter makes of a constant is settled when the template is compiled, so the code of the filters counts too.
            parts = {**files, "jinja2": jinja2.__version__.encode()}
            self._codes = kept(
                TEMPLATES, "templates", parts, Path(__file__).parent, lambda: _compile(environment, files)
            )
        if name not in self._codes:
            raise jinja2.TemplateNotFound(name)
        code = marshal.loads(self._codes[name])  # noqa: S302 (our own, as trusted as the bytecode beside it)
        return environment.template_class.from_code(environment, code, globals if globals is not None else {})


def _compile(environment: Environment, files: dict[str, bytes]) -> dict[str, bytes]:
    return {
        name: marshal.dumps(environment.compile(content.decode(), name, str(TEMPLATES / name)))
        for name, content in files.items()
    }


def wording_label(code: str, table: str) -> str:
    """Return the label of ``code`` in the table of that name in ``wording``."""
    return wording.label(getattr(wording, table), code)


def _finalize(value: Any) -> Any:
    if value is None:
        raise ValueError("an unknown value must be written by the template, not printed as None")
    return value if isinstance(value, Markup) or not isinstance(value, str) else value.translate(_SILENT)


def _unprintable(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in "\n\t"


def _lacking(source: str, held: fonts.Coverage) -> list[str]:
    lacking = {c for c in held.missing(source) if c not in _SUBSCRIPTS}
    return sorted(lacking | {c for c in set(source) if _unprintable(c)})


def _settle(source: str, lacking: tuple[str, ...]) -> str:
    """Put 〓 for what no font holds, and set lowered digits as such: few Chinese fonts hold ₂."""
    if lacking:
        source = source.translate({ord(c): fonts.GETA for c in lacking})
    head, cut, body = source.partition("<body")
    parts = _TAG.split(cut + body)
    parts[::2] = [_SUBSCRIPT.sub(lambda found: f"<sub>{_SUBSCRIPTS[found[0]]}</sub>", text) for text in parts[::2]]
    return head + "".join(parts)

"""The layout engine, WeasyPrint, as it is used here: what it would do twice is done once, what it never needs is not loaded.

Loading, layout and writing run in one thread while whoever asked for the document waits. Nothing here changes a byte of it
(``tests/documents/test_engine.py`` lays out with and without); each part stands alone and goes when the engine does the same. Loaded in a
process of its own only (``layout_worker``), which it adapts for good.
"""

from __future__ import annotations

import io
import pkgutil
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import _cffi_backend  # type: ignore[import-untyped]
import cffi  # type: ignore[import-untyped]

from tanping.records.kept import read, write

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # attachments carry no date of their own
LEVEL = 6
"""How hard streams are packed: half the time of 9 for a hundredth more bytes."""


# -- loading ---------------------------------------------------------------------------------------------------------------------------


class Declarations(_cffi_backend.FFI):
    """The C functions the engine calls, their declarations kept compiled.

    cffi parses them at every start, a third of the engine's loading. What they compile to (cffi's out-of-line ABI mode) depends on the
    text and on cffi, so it is kept like bytecode, beside it and with the same trust; calls are quicker that way as well.
    """

    place = Path(__file__).parent / "__pycache__" / f"declarations.{sys.implementation.cache_tag}.kept"

    def __init__(self) -> None:
        """What it declares comes with ``cdef``; until then there is nothing to begin."""

    def cdef(self, text: str) -> None:
        """Declare what a C text declares."""
        key = f"{sys.version}\0{cffi.__version__}\0{_cffi_backend.__version__}\0".encode()
        known: Any = read(self.place, key)
        if not isinstance(known, dict) or text not in known:
            known = {text: _declared(text)}
            if not sys.dont_write_bytecode:
                write(self.place, key, known)
        super().__init__("declarations", **known[text])


def _declared(text: str) -> dict[str, Any]:
    """Return what cffi writes into the module it generates for a C text: the arguments that module gives its FFI."""
    plain, generated, given = cffi.api.FFI(), io.StringIO(), {}
    plain.cdef(text)
    plain.set_source("declarations", None)
    with redirect_stdout(io.StringIO()):  # it tells what it does where our answers go
        plain.emit_python_code(generated)
    taker = SimpleNamespace(FFI=lambda _, **arguments: given.update(arguments))
    exec(generated.getvalue().replace("import _cffi_backend", ""), {"_cffi_backend": taker})  # noqa: S102 (cffi's own text)
    return given


class _Later(ModuleType):
    """A module of which only names are taken, to be loaded when one is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Name(f"{self.__name__}.{name}")


class _Name:
    """Something of a module that is not loaded until it is called or looked into."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return pkgutil.resolve_name(self._path)(*arguments, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(pkgutil.resolve_name(self._path), name)


@contextmanager
def _lightly() -> Iterator[None]:
    """While the engine loads: declarations come compiled; fontTools, for variable fonts and where HarfBuzz can't cut fonts, comes later."""
    names = ("fontTools", "fontTools.subset", "fontTools.ttLib", "fontTools.varLib", "fontTools.varLib.instancer")
    later = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(later)
    if sys.platform == "linux":  # elsewhere libraries are looked for in ways that only cffi itself knows
        cffi.FFI = Declarations
    try:
        yield
    finally:
        cffi.FFI = cffi.api.FFI
        for name in later:
            del sys.modules[name]


with _lightly():
    import pydyf  # type: ignore[import-untyped]
    import weasyprint  # type: ignore[import-untyped]
    from weasyprint.pdf import build_fonts_dictionary  # type: ignore[import-untyped]
    from weasyprint.text import line_break  # type: ignore[import-untyped]
    from weasyprint.text.ffi import pango  # type: ignore[import-untyped]
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse  # type: ignore[import-untyped]

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # noqa: E402 (loaded by the engine)

# -- lines -----------------------------------------------------------------------------------------------------------------------------


class Line(line_break.Layout):
    """A line of text that stays shaped from layout to drawing: dropped in between, each is set up and shaped anew."""

    def set_text(self, text: str, justify: bool = False) -> None:
        """Take a text. As one paragraph at once where it is one: drawing asks for that, and a change would shape it anew."""
        super().set_text(text, justify)
        pango.pango_layout_set_single_paragraph_mode(self.layout, not any(mark in self.text for mark in "\n\r\u2029"))

    def deactivate(self) -> None:
        """Stay."""

    def reactivate(self, style: Any) -> None:
        """Set the text again only if its spaces grew since."""
        if self.justification_spacing:
            super().reactivate(style)


# -- fonts and streams -----------------------------------------------------------------------------------------------------------------


def fonts_together(pdf: Any, fonts: Mapping[int, Any], compress: bool, subset: bool, options: Mapping[str, Any]) -> Any:
    """Cut the fonts to the glyphs used all at once, which HarfBuzz does without holding Python up; then put them in as ever."""
    files: dict[str, list[Any]] = {}
    for font in fonts.values():
        files.setdefault(font.hash, []).append(font)

    def cut(members: Sequence[Any]) -> None:
        glyphs = {key: text for member in members for key, text in member.to_unicode.items()} if subset else {}
        members[0].clean(glyphs, options["hinting"])

    cuttable = [members for members in files.values() if not members[0].bitmap and not members[0].used_in_forms]
    with ThreadPoolExecutor() as pool:
        list(pool.map(cut, cuttable))
    for members in cuttable:
        members[0].clean = lambda *_: None
    return build_fonts_dictionary(pdf, fonts, compress, subset, options)


class Written(pydyf.Object):
    """An object of a PDF as it will stand in the file."""

    data = b""

    def __init__(self, plain: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free, self.data = plain.number, plain.generation, plain.free, plain.data


def written(_document: Any, pdf: Any) -> None:
    """Put everything into bytes once, streams packed all at once: pydyf does it twice, the second time for the hash of the file."""

    def pack(stream: Any) -> bytes:
        return zlib.compress(b"\n".join(map(pydyf._to_bytes, stream.stream)), LEVEL)

    streams = [item for item in pdf.objects if isinstance(item, pydyf.Stream) and item.compress]
    with ThreadPoolExecutor() as pool:
        for stream, packed in zip(streams, pool.map(pack, streams), strict=True):
            stream.stream, stream.compress = [packed], False
            stream.extra = {**stream.extra, "Filter": "/FlateDecode"}
    pdf.objects[:] = [Written(item) if item.compressible and item.free != "f" else item for item in pdf.objects]


class References:
    """References to the pages of a PDF, one made when asked for: every tag asks for its page's, pydyf makes them all each time."""

    def __init__(self, pdf: Any) -> None:
        self._pages = pdf.pages["Kids"]

    def __getitem__(self, place: int) -> bytes:
        return f"{self._pages[3 * place]} 0 R".encode()


# -- pages -----------------------------------------------------------------------------------------------------------------------------


Image = Callable[[str], str | None]
"""The SVG of an address a page refers to; None for one it must not refer to."""


class Refused(FatalURLFetchingError):  # noqa: N818 (ends a layout, no error of ours)
    """A page or style sheet refers to something it did not bring along: ``address``."""

    def __init__(self, address: str) -> None:
        self.address = address[:200]
        super().__init__(f"refused: {self.address}")


class Page(weasyprint.HTML):
    """A page source that is well-formed, as our templates write it: read as XML, in a thirtieth of the time."""

    def __init__(self, source: str, image: Image) -> None:
        """Read a page source. Raises xml.etree.ElementTree.ParseError."""
        root = ElementTree.fromstring(source)  # noqa: S314 (our own templates, every text in them escaped)
        self.base_url, self.url_fetcher, self.media_type = None, partial(_fetch, image), "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def lay_out(job: Mapping[str, Any], image: Image) -> bytes:
    """Return the PDF/A-3a of a job (html, css, attachments, identifier). Raises xml.etree.ElementTree.ParseError, Refused."""
    attachments = [
        weasyprint.Attachment(
            string=item["text"],
            name=item["name"],
            description=item["description"],
            created=_EPOCH,
            modified=_EPOCH,
            relationship=item["relationship"],
        )
        for item in job["attachments"]
    ]
    pdf: bytes = Page(job["html"], image).write_pdf(
        stylesheets=[_sheet(text) for text in job["css"]],
        attachments=attachments,
        pdf_variant="pdf/a-3a",
        pdf_identifier=bytes.fromhex(job["identifier"]),
        finisher=written,
    )
    return pdf


def warm_up(families: Iterable[str]) -> None:
    """Lay out a line in every family, which loads the fonts and what the engine itself loads late."""
    lines = "".join(f"<p style='font-family: \"{family}\"'>一<b>二</b>3</p>" for family in families)
    Page(f"<html><body>{lines}<table><tr><td>1</td></tr></table></body></html>", lambda _: None).render()


def _without_notes(matcher: Any) -> None:
    """Forget how foot- and endnotes look: we have none, and the engine works that out for every element there is."""
    notes = {"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"}
    matcher.other_selectors[:] = [entry for entry in matcher.other_selectors if entry[3] not in notes]


@lru_cache(maxsize=32)
def _sheet(text: str) -> Any:
    return weasyprint.CSS(string=text, url_fetcher=partial(_fetch, lambda _: None), base_url=None)


def _fetch(image: Image, address: str) -> Any:
    svg = image(address)
    if svg is None:
        raise Refused(address)
    return URLFetcherResponse(address, svg, {"Content-Type": "image/svg+xml"})


pydyf.zlib = SimpleNamespace(**{**vars(zlib), "compressobj": lambda level: zlib.compressobj(LEVEL)})
pydyf.PDF.page_references = property(References)
line_break.Layout = Line
weasyprint.pdf.build_fonts_dictionary = fonts_together
_without_notes(weasyprint.UA_STYLESHEET.matcher)

"""PDFs that are small and mean harm: each costs a plain reader gigabytes, minutes or its stack."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from functools import cache

MIB = 1 << 20
Objects = Mapping[int, bytes]


def written(objects: Objects, *, root: int = 1, more: bytes = b"") -> bytes:
    """Return a PDF of numbered objects with its table of places; ``more`` goes into the trailer."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start, size = out.tell(), max(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    for number in range(1, size):
        place = places.get(number)
        out.write(b"0000000000 65535 f \n" if place is None else b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (size, root, more, start))
    return out.getvalue()


def stream(data: bytes, more: bytes = b"") -> bytes:
    """Return the body of a stream object that holds ``data`` as it is."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), more, data)


@cache
def zeros(mebibytes: int, byte: bytes = b"0") -> bytes:
    """Return that many MiB of equal bytes, deflated: one packed piece, said again and again."""
    piece, check = byte * MIB, 1
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(mebibytes):
        check = zlib.adler32(piece, check)
    return b"\x78\xda" + packed * mebibytes + b"\x03\x00" + check.to_bytes(4, "big")


def with_record(record: bytes, more: Objects | None = None, page: bytes = b"") -> bytes:
    """Return a PDF of one page with the body of an attached record's stream; ``page`` goes into the page."""
    return written(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(assessment.json) 4 0 R] >> >> >>",
            2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >>" % (page or TEXT),
            4: b"<< /Type /Filespec /F (assessment.json) /UF (assessment.json) /EF << /F 5 0 R >> >>",
            5: record,
            **(more or {}),
        }
    )


FONT = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
TEXT = b"/Contents 6 0 R /Resources << %s >>" % FONT
SMALL = stream(b'{"schema":"tanping.assessment/1"}', b"/Type /EmbeddedFile")
_LEAF = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << %s >>" % FONT
_DEFLATED = b"/Filter /FlateDecode"


def _objects_in_a_stream() -> bytes:
    """An object stream that says a million objects are in it and unpacks to half a gigabyte, and a table that leads into it."""
    catalog, pages = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"
    head = b"1 0 2 %d " % (len(catalog) + 1)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(head + catalog + b" " + pages) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = b"\x78\xda" + start + zeros(500)[2:]
    first = b"%%PDF-1.7\n3 0 obj\n%s\nendobj\n" % stream(
        packed, b"/Type /ObjStm /N 1000000 /First %d /Filter /FlateDecode" % len(head)
    )
    entries = bytes([0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 2, 0, 3, 0, 1, 1, 0, 9, 0, 0])
    table = stream(entries, b"/Type /XRef /W [1 2 2] /Size 4 /Root 1 0 R")
    return first + b"4 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF" % (table, len(first))


def _places_of_objects() -> bytes:
    """A table of places in a stream: a few kilobytes for nearly two million objects."""
    table = stream(zeros(5, b"\x01"), b"/Type /XRef /W [1 1 1] /Size 1700000 /Root 1 0 R /Filter /FlateDecode")
    return b"%%PDF-1.7\n1 0 obj\n%s\nendobj\nstartxref\n9\n%%%%EOF" % table


def _a_million_objects() -> bytes:
    """A million objects before the true ones, so that no place in the table is right and a reader looks for them all."""
    many = b"".join(b"%d 0 obj 0 endobj\n" % number for number in range(9, 1_000_009))
    return with_record(SMALL, {6: stream(b"")}).replace(b"1 0 obj", many + b"1 0 obj", 1)


def _encrypted() -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(9, 9)
    writer.add_attachment("assessment.json", b'{"schema":"tanping.assessment/1"}')
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pages_that_share_a_bomb() -> bytes:
    """Nine hundred pages with one content that shows a page of words ten thousand times."""
    drawn = zlib.compress(b"BT /F 9 Tf " + (b"(" + b"word " * 40 + b") Tj ") * 20_000 + b"ET", 9)
    kids = b" ".join(b"%d 0 R" % number for number in range(10, 910))
    pages = dict.fromkeys(range(10, 910), b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >>" % TEXT)
    return with_record(
        SMALL, {2: b"<< /Type /Pages /Kids [%s] /Count 900 >>" % kids, 6: stream(drawn, _DEFLATED), **pages}
    )


def hostile() -> dict[str, bytes]:
    """Return the PDFs by what each does."""
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 6 0 R >> >>"
    whole = with_record(SMALL)
    return {
        "pages that are their own parents": with_record(
            SMALL, {2: b"<< /Type /Pages /Kids [2 0 R 2 0 R 2 0 R] /Count 3 >>"}
        ),
        "a billion pages": with_record(SMALL, {2: b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>"}),
        "names that are their own children": with_record(
            SMALL,
            {
                1: b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> >>",
                6: b"<< /Kids [6 0 R 6 0 R] /Names [(assessment.json) 4 0 R] >>",
            },
        ),
        "objects in a stream that is a bomb": _objects_in_a_stream(),
        "places of two million objects": _places_of_objects(),
        "a million objects": _a_million_objects(),
        "content of five hundred megabytes": with_record(SMALL, {6: stream(zeros(500), _DEFLATED)}),
        "content packed twice": with_record(
            SMALL,
            {6: stream(zlib.compress(zeros(500), 9), b"/Filter [/FlateDecode /FlateDecode]")},
        ),
        "content packed by runs": with_record(SMALL, {6: stream(b"\x81 " * 4_000_000, b"/Filter /RunLengthDecode")}),
        "a record of five hundred megabytes": with_record(stream(zeros(500), _DEFLATED)),
        "a record of sixty megabytes of brackets": with_record(stream(zeros(60, b"["), _DEFLATED)),
        "a record of a million tables": with_record(
            stream(zlib.compress(b"[" + b"{}," * 1_000_000 + b"0]"), _DEFLATED)
        ),
        "a record of fifteen megabytes that is no result": with_record(
            stream(zlib.compress(b'{"a":"%s"}' % (b"x" * 15 * MIB)), _DEFLATED)
        ),
        "a drawing that draws itself": with_record(
            SMALL,
            {6: stream(b"/A Do /A Do /A Do", form)},
            b"/Contents 6 0 R /Resources << /XObject << /A 6 0 R >> %s >>" % FONT,
        ),
        "pages that share a long text": _pages_that_share_a_bomb(),
        "a drawing shown five thousand times on a page": with_record(
            SMALL,
            {6: stream(b"/A Do " * 4_999), 7: stream(b"BT /F 9 Tf " + b"(words) Tj " * 1_000 + b"ET", _LEAF)},
            b"/Contents 6 0 R /Resources << /XObject << /A 7 0 R >> %s >>" % FONT,
        ),
        "arrays in arrays": with_record(SMALL, {6: b"[" * 200_000}),
        "places that lead back": whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % whole.rfind(b"xref\n0")),
        "encrypted": _encrypted(),
        "truncated": whole[: len(whole) // 2],
        "only a first line": b"%PDF-1.7\n" + b"\x00" * MIB,
    }

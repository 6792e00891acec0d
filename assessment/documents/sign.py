"""A digital signature on a printed document, from a PKCS#12 file (extra ``sign``: pyHanko). Appends; what was printed stays byte for byte.

No time server and no certificate service is ever asked.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from tanping.records.errors import InputError, Problem, Where

FIELD = "TanPing"
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what goes wrong is told by InputError, in Chinese


def sign(pdf: bytes, key: Path, password: str, *, reason: str = "") -> bytes:
    """Return ``pdf`` with a signature by the key and certificate of a PKCS#12 file. Raises InputError."""
    signer = _signer(key, password)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        field = f"{FIELD}{len(writer.prev.embedded_signatures) + 1}"
        about = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256", reason=reason or None)
        signed = io.BytesIO()
        signers.PdfSigner(about, signer).sign_pdf(writer, output=signed)
    except (PdfError, SigningError, ValueError) as error:
        raise InputError(Problem(Where("签名"), "", f"不能在这份 PDF 上签名：{error}")) from None
    return signed.getvalue()


def signatures(pdf: bytes) -> Iterator[tuple[str, bool]]:
    """Yield who signed and whether what the signature covers is unchanged. The certificate's standing is not judged."""
    for found in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        try:
            intact, valid = validate_sig_integrity(found.signer_info, found.signer_cert, "data", found.compute_digest())
            yield found.signer_cert.subject.human_friendly, intact and valid
        except (SignatureValidationError, PdfError, ValueError):
            yield "证书不可读", False


def _signer(key: Path, password: str) -> signers.SimpleSigner:
    try:
        key.read_bytes()
    except OSError as error:
        raise InputError(Problem(Where(str(key)), "", f"打不开：{error.strerror}")) from None
    signer = signers.SimpleSigner.load_pkcs12(str(key), passphrase=password.encode())
    if signer is None:
        raise InputError(Problem(Where(str(key)), "", "不是 PKCS#12 证书文件，或口令不对", ".p12 或 .pfx"))
    return signer

"""A signature from a PKCS#12 file: appended, verified, and told when what it covers was changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tanping.assessment.assess import assess
from tanping.assessment.cli import main
from tanping.assessment.documents import pdf, proof
from tanping.assessment.documents.press import Press
from tanping.assessment.project.intake import load_project

pytest.importorskip("pyhanko", reason="the extra sign is not installed")
pytestmark = pytest.mark.xdist_group("press")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sheyanggang.yaml"
PASSWORD = "口令 1234"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key with a certificate made by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
    from cryptography.x509.oid import NameOID

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "某厅试签")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .sign(private, SHA256())
    )
    path = tmp_path_factory.mktemp("key") / "试签.p12"
    encryption = BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"key", private, certificate, None, encryption))
    return path


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, press: Press) -> Path:
    path = tmp_path_factory.mktemp("print") / "自查报告.pdf"
    in_few_clauses = assess(load_project(EXAMPLE), as_of=date(2020, 12, 10))
    path.write_bytes(pdf.print_pdf(in_few_clauses, press, "self_check"))
    return path


def test_a_signed_print_still_holds_and_its_signature_too(
    printed: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANPING_P12_PASSWORD", PASSWORD)
    assert main(["sign", str(printed), "--p12", str(key), "--reason", "送审"]) == 0
    signed = printed.with_name("自查报告-已签名.pdf")
    assert signed.read_bytes().startswith(printed.read_bytes())
    found = proof.verify(signed)
    assert [line.holds for line in found.lines] == [True] * 4
    assert "某厅试签" in found.lines[-1].text

    raw = bytearray(signed.read_bytes())
    at = raw.rfind(b"/Reason")  # inside what the signature covers
    raw[at + 9] ^= 1
    broken = signed.with_name("改.pdf")
    broken.write_bytes(bytes(raw))
    assert [line.holds for line in proof.verify(broken).lines][-1] is False


def test_a_wrong_password_and_a_file_that_is_no_key_are_told(
    printed: Path, key: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANPING_P12_PASSWORD", "别的")
    for given, told in ((key, "口令不对"), (printed, "不是 PKCS#12"), (printed.with_name("无.p12"), "打不开")):
        assert main(["sign", str(printed), "--p12", str(given), "--out", str(printed.with_name("x.pdf"))]) == 2
        assert told in capsys.readouterr().err
    assert not printed.with_name("x.pdf").exists()

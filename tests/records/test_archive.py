from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tanping.records.archive import Archive, ArchiveError, pack_bytes, pack_files, pack_hash
from tanping.records.canonical import CanonicalError, canonical_bytes, content_hash, is_hash, read_canonical, sha256
from tanping.records.located import parse_yaml

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",)), max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


# Number and ordering samples of RFC 8785, appendix B and section 3.2.3.
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"), (1e23, "1e+23"), (999999999999999700000.0, "999999999999999700000"),
        (333333333.3333333, "333333333.3333333"), (1e21, "1e+21"), (0.000001, "0.000001"), (9.999999999999997e-7, "9.999999999999997e-7"),
        (4.5, "4.5"), (0.002, "0.002"), (1e-27, "1e-27"), (1923900.0, "1923900"),
        ({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7},
         '{"\\r":2,"1":4,"\x80":6,"\xf6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'),
        ({"b": [None, True, "\u000f\n\\\"€"], "a": {}}, '{"a":{},"b":[null,true,"\\u000f\\n\\\\\\"€"]}'),
    ],
)  # fmt: skip
def test_canonical_form_of_the_standard(value: object, expected: str) -> None:
    assert canonical_bytes(value) == expected.encode()


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53, {1: 2}, Decimal("1"), date(2026, 1, 1), "\ud800", {"\ud800": 1}, {1, 2}],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonical_bytes([value])


def test_a_bottomless_value_is_refused() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(CanonicalError):
        canonical_bytes(deep)


@given(JSON)
def test_canonical_bytes_read_back_and_do_not_depend_on_order(value: object) -> None:
    data = canonical_bytes(value)
    again = read_canonical(data)
    assert again == value
    assert canonical_bytes(again) == data
    assert data == rfc8785.dumps(value)  # type: ignore[arg-type]

    def turned(part: object) -> object:
        if isinstance(part, dict):
            return {key: turned(part[key]) for key in reversed(part)}
        return [turned(one) for one in part] if isinstance(part, list) else part

    assert content_hash(turned(value)) == content_hash(value)


@given(st.text())
def test_texts_are_spelled_or_refused_as_the_library_does(text: str) -> None:
    try:
        expected = rfc8785.dumps({text: [text]})
    except rfc8785.CanonicalizationError:
        with pytest.raises(CanonicalError):
            canonical_bytes({text: [text]})
    else:
        assert canonical_bytes({text: [text]}) == expected


@pytest.mark.parametrize(
    "data", [b'{"b": 1}', b'{"b":1,"a":2}', b'{"a":1.0}', b'{"a":1,"a":1}', b"[NaN]", b"\xff", b"", b"[" * 10**5]
)
def test_edited_bytes_are_not_canonical(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        read_canonical(data)


@given(st.binary(max_size=2000))
def test_stored_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    name = archive.store(data)
    assert name == sha256(data)
    assert is_hash(name)
    assert archive.store(data) == name
    assert archive.load(name) == data
    assert archive.hashes() == [name]
    assert name in archive


def test_an_old_pack_replays_after_the_new_one_is_stored(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "packs")
    old = {"coast.yaml": "clauses:\n  - id: a\n    limit: 15 km\n", "cases/coast.yaml": "cases: []\n"}
    first = archive.store(pack_bytes(old))
    second = archive.store(pack_bytes(old | {"coast.yaml": "clauses:\n  - id: a\n    limit: 30 km\n"}))
    assert first != second
    replay = pack_files(archive.load(first))
    assert replay == old
    document = parse_yaml(replay["coast.yaml"].encode(), "coast.yaml")
    assert document.data["clauses"][0]["limit"] == "15 km"
    assert document.where(("clauses", 0, "limit")).line == 3
    assert pack_hash(dict(reversed(old.items()))) == first


def test_damage_and_absence_are_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    name = archive.store(b"law")
    (tmp_path / name[:2] / name).write_bytes(b"lax")
    with pytest.raises(ArchiveError, match="已被改动"):
        archive.load(name)
    with pytest.raises(ArchiveError, match="已被改动"):
        archive.store(b"law")
    with pytest.raises(ArchiveError, match="档案中没有"):
        archive.load("0" * 64)


@pytest.mark.parametrize("data", [b"not a pack", b"[]", b"5", b'{"a.yaml": 1}', b"[" * 10**5])
def test_what_is_no_pack_is_told(data: bytes) -> None:
    with pytest.raises(ArchiveError, match="不是规则包"):
        pack_files(data)


@pytest.mark.parametrize("name", ["../../etc/passwd", "0" * 63, "A" * 64, "0" * 64 + "\n", ""])
def test_only_hashes_name_blobs(tmp_path: Path, name: str) -> None:
    assert name not in Archive(tmp_path)
    with pytest.raises(ArchiveError, match="不是内容哈希"):
        Archive(tmp_path).load(name)


@pytest.mark.parametrize("name", ["../a.yaml", "/a.yaml", "a/../b.yaml", "c:\\a.yaml", "a//b.yaml", "", "./a"])
def test_pack_files_stay_in_the_pack(name: str) -> None:
    with pytest.raises(ArchiveError, match="相对文件名"):
        pack_bytes({name: ""})
    with pytest.raises(ArchiveError, match="相对文件名"):
        pack_files(canonical_bytes({name: ""}))


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        Archive(tmp_path).store(b"law")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

"""What kind of file a layer is, and its parts laid out under plain names before a map library sees them.

Runs in the confined process. A GeoPackage is one file, GeoJSON another; a Shapefile is several, loose ones come bundled as a zip. Nothing from the
file decides a name or a place on disk.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tanping.assessment.spatial.limits import LayerLimits
from tanping.records.doors.text import visible
from tanping.records.doors.workbook import MIB
from tanping.records.doors.xlsx_scan import UNREADABLE, Fault, RefusedError

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
ALLOWED = "GeoPackage（.gpkg）、Shapefile（.shp 或压成 .zip）、GeoJSON（.geojson）"
_JSON = (".geojson", ".json")
_CHUNK = 256 * 1024
_GPKG_IDS = (b"GPKG", b"GP10", b"GP11")


@dataclass(frozen=True)
class Package:
    """A layer file laid out: ``kind`` geojson, gpkg or shapefile; ``path`` of the file to open; ``parts`` that came with it."""

    kind: str
    path: Path
    parts: frozenset[str]


def lay_out(data: bytes, name: str, folder: Path, limits: LayerLimits) -> Package:
    """Write the parts of a layer file into ``folder``. Raises RefusedError."""
    if not data:
        raise RefusedError(Fault(None, "文件是空的", ALLOWED))
    if data[:4] == b"PK\x03\x04":
        return _unzip(data, folder, limits)
    return _single(data, PurePosixPath(name).suffix.lower(), folder)


def _single(data: bytes, suffix: str, folder: Path) -> Package:
    if data.startswith(b"SQLite format 3\x00"):
        if data[68:72] not in _GPKG_IDS:
            raise RefusedError(Fault(None, "是 SQLite 数据库，但不是 GeoPackage", ALLOWED))
        return _written(data, "gpkg", ".gpkg", folder)
    if data[:4] == b"\x00\x00\x27\x0a":
        raise RefusedError(Fault(None, "只有 .shp，缺少 .shx、.dbf、.prj", "几个文件放在同一文件夹，或一起压成 .zip"))
    if suffix in _JSON or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _written(data, "geojson", ".geojson", folder)
    raise RefusedError(Fault(None, "不是认识的图层文件", ALLOWED))


def _written(data: bytes, kind: str, suffix: str, folder: Path) -> Package:
    path = folder / f"layer{suffix}"
    path.write_bytes(data)
    return Package(kind, path, frozenset({suffix}))


def _unzip(data: bytes, folder: Path, limits: LayerLimits) -> Package:
    damaged = RefusedError(Fault(None, "压缩包不完整或已损坏", "重新压缩的 .zip"))
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, UnicodeError, NotImplementedError, OSError):
        raise damaged from None
    with archive:
        chosen = _chosen(_entries(archive, limits))
        suffixes: set[str] = set()
        left = limits.unpacked
        for suffix, info in chosen.items():
            try:
                left = _extract(archive, info, folder / f"layer{suffix}", left, limits)
            except UNREADABLE:
                raise damaged from None
            suffixes.add(suffix)
    main = next(suffix for suffix in (".shp", ".gpkg", *_JSON) if suffix in suffixes)
    if main != ".shp":
        return _single((folder / f"layer{main}").read_bytes(), main, folder)
    if ".shx" not in suffixes:
        raise RefusedError(Fault(None, "Shapefile 缺少 .shx", "、".join(SHAPEFILE_PARTS)))
    return Package("shapefile", folder / "layer.shp", frozenset(suffixes))


def _entries(archive: zipfile.ZipFile, limits: LayerLimits) -> list[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > limits.entries:
        raise RefusedError(Fault(None, f"压缩包里有 {len(infos)} 个文件", f"一个图层，不超过 {limits.entries} 个文件"))
    for info in infos:
        name = visible(info.filename)[:60]
        if info.flag_bits & 0x1:
            raise RefusedError(Fault(name, "压缩包有密码", "去掉密码后重新压缩"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedError(Fault(name, "压缩方式不支持", "普通 .zip"))
        if info.file_size > MIB and info.file_size > limits.ratio * max(info.compress_size, 1):
            what = f"压缩比过高（展开为 {info.file_size // MIB} MiB），疑似压缩炸弹"
            raise RefusedError(Fault(name, what, f"压缩比不超过 {limits.ratio}"))
    if sum(info.file_size for info in infos) > limits.unpacked:
        raise _too_big(limits)
    return infos


def _too_big(limits: LayerLimits) -> RefusedError:
    return RefusedError(Fault(None, "展开后的内容过大", f"不超过 {limits.unpacked // MIB} MiB"))


def _chosen(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the parts of the one layer in the archive, by suffix."""
    files = [info for info in infos if not info.is_dir() and "__MACOSX" not in info.filename]
    mains = [info for info in files if _suffix(info) in (".shp", ".gpkg", *_JSON)]
    if len(mains) != 1:
        listed = "、".join(visible(info.filename)[:40] for info in mains[:6])
        what = f"压缩包里有 {len(mains)} 个图层（{listed}）" if mains else "压缩包里没有图层文件"
        raise RefusedError(Fault(None, what, f"一个压缩包一个图层：{ALLOWED}"))
    (main,) = mains
    if _suffix(main) != ".shp":
        return {_suffix(main): main}
    stem = main.filename[: -len(".shp")].lower()
    chosen: dict[str, zipfile.ZipInfo] = {}
    for info in files:
        suffix = _suffix(info)
        if suffix in SHAPEFILE_PARTS and info.filename.lower() == stem + suffix:
            if suffix in chosen:
                raise RefusedError(Fault(visible(info.filename)[:60], "压缩包里有同名文件", "每个文件一份"))
            chosen[suffix] = info
    return chosen


def _suffix(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(info.filename.replace("\\", "/")).suffix.lower()


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, left: int, limits: LayerLimits) -> int:
    with archive.open(info) as stream, path.open("wb") as target:
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _too_big(limits)
            target.write(chunk)
    return left


def bundle(parts: dict[str, bytes]) -> bytes:
    """Return the parts of a loose Shapefile (suffix → bytes) as one zip, the same bytes for the same parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for suffix in sorted(parts):
            info = zipfile.ZipInfo(f"layer{suffix}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, parts[suffix])
    return buffer.getvalue()

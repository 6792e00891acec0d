"""Packs kept by the hash of their content, so that a result of years ago can be replayed with the law it was made with.

An archive is a folder; a blob lies under the first two digits of its hash. Nothing stored is ever changed or removed here.
A pack is a set of small text files; its blob is the canonical JSON of name -> text, so the hash does not depend on file
times, order or line marks of the file system.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from tanping.records.canonical import canonical_bytes, is_hash, sha256

MAX_BLOB = 64 * 1024 * 1024


class ArchiveError(Exception):
    """A blob that is missing, damaged or not storable (Chinese message)."""


def pack_bytes(files: Mapping[str, str]) -> bytes:
    """Return the one byte form of a pack: relative file names and their texts. Raises ArchiveError for names that leave the pack."""
    for name in files:
        _check_name(name)
    return canonical_bytes(dict(files))


def pack_hash(files: Mapping[str, str]) -> str:
    """Return the hash under which a pack is archived and which results print."""
    return sha256(pack_bytes(files))


def pack_files(data: bytes) -> dict[str, str]:
    """Return the files whose one byte form this is. Raises ArchiveError."""
    try:
        files = json.loads(data)
    except (ValueError, RecursionError):
        files = None
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise ArchiveError("档案中的内容不是规则包或因子包")
    for name in files:
        _check_name(name)
    return files


class Archive:
    """A folder of blobs by content hash."""

    def __init__(self, folder: Path):
        self.folder = folder

    def store(self, data: bytes) -> str:
        """Store bytes, return their hash. Storing the same bytes again changes nothing."""
        if len(data) > MAX_BLOB:
            raise ArchiveError(f"内容超过 {MAX_BLOB // 1024 // 1024} MiB，不能归档")
        name = sha256(data)
        target = self._path(name)
        if target.exists():
            self.load(name)
            return name
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(draft, target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        return name

    def load(self, name: str) -> bytes:
        """Return the bytes of a hash. Raises ArchiveError when they are missing or no longer have that hash."""
        if not is_hash(name):
            raise ArchiveError(f"“{name[:64]}”不是内容哈希（64 位十六进制）")
        try:
            data = self._path(name).read_bytes()
        except OSError:
            raise ArchiveError(f"档案中没有 {name}，需从产生该结果的环境取回规则包或因子包") from None
        if sha256(data) != name:
            raise ArchiveError(f"档案中的 {name} 内容已被改动，不能用于复算")
        return data

    def __contains__(self, name: str) -> bool:
        return is_hash(name) and self._path(name).exists()

    def hashes(self) -> list[str]:
        """Return every stored hash, sorted."""
        return sorted(path.name for path in self.folder.glob("??/*") if is_hash(path.name))

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    if not name or "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts or str(path) != name:
        raise ArchiveError(f"“{name[:64]}”不是规则包内的相对文件名")

"""The directory of uploaded files: each is kept under the hash of its content, and written whole or not at all."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

LOCK = 20200311
"""The advisory lock that who writes files shares, and who removes what nobody uses has alone."""


LEAST_FREE = 200 << 20
"""Bytes of the disk that are left for what else lives there: the database, perhaps."""


class Uploads:
    """Blocking: call it in a thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_full(self) -> bool:
        """Say whether strangers' files are no longer to be taken."""
        return self.folder.is_dir() and shutil.disk_usage(self.folder).free < LEAST_FREE

    def keep(self, content: bytes, small: bytes) -> str:
        """Write the file and its thumbnail; return the name of both. One that is there counts as new again."""
        name = hashlib.sha256(content).hexdigest()
        self._path(name).parent.mkdir(parents=True, exist_ok=True)
        _write(self._path(name, small=True), small)
        _write(self._path(name), content)
        return name

    def keep_document(self, content: bytes) -> str:
        """Write the file as it came; return its name. One that is there counts as new again."""
        name = hashlib.sha256(content).hexdigest()
        self._document(name).parent.mkdir(parents=True, exist_ok=True)
        _write(self._document(name), content)
        return name

    def read(self, name: str, *, small: bool = False) -> bytes:
        """Raise OSError where it is not there."""
        return self._path(name, small=small).read_bytes()

    def read_document(self, name: str) -> bytes:
        """Raise OSError where it is not there."""
        return self._document(name).read_bytes()

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def has_document(self, name: str) -> bool:
        return self._document(name).is_file()

    def older_than(self, seconds: float) -> Iterator[tuple[str, Path]]:
        """Yield each file last written before that moment of the epoch, with its name; an unfinished one has none."""
        for file in self.folder.glob("*/*"):
            if file.stat().st_mtime < seconds:
                yield ("" if file.suffix == ".new" else file.stem.removesuffix("-small")), file

    def _path(self, name: str, *, small: bool = False) -> Path:
        return self.folder / name[:2] / f"{name}{'-small' if small else ''}.jpg"

    def _document(self, name: str) -> Path:
        """Name no kind: nobody opens it by a tap in a folder."""
        return self.folder / name[:2] / f"{name}.bin"


def _write(file: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".new", delete=False) as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(file)

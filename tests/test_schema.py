"""Released migrations are never changed (sql/README.md)."""

import hashlib

from portal.settings import ROOT

SQL = ROOT / "sql"


def test_released_files_are_as_they_were() -> None:
    for line in (SQL / "released.txt").read_text("ascii").splitlines():
        sha256, name = line.split()
        assert hashlib.sha256((SQL / name).read_bytes()).hexdigest() == sha256, name


def test_each_file_has_its_stub() -> None:
    files = {path.stem for path in SQL.glob("[0-9]*.sql")}
    assert files == {path.stem for path in (SQL / "revisions").glob("[0-9]*.py")}
    assert len({name[:4] for name in files}) == len(files)

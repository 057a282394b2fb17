"""`make` on a machine that lacks something: a sentence, and nothing left behind that breaks the next run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.settings import ROOT


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def make(place: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = ["make", "--directory", str(place), ".venv/bin/pip", f"PYTHON={python}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("half_made", [False, True])
def test_python_without_venv_is_told_of_before_anything_is_made(place: Path, *, half_made: bool) -> None:
    """As Debian's python3 without python3-venv."""
    bare = place / "python"
    bare.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    if half_made:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / ".venv"], check=True)
    for _ in range(2):
        told = make(place, str(bare))
        assert told.returncode
        assert "sudo apt install python3-venv" in told.stdout
    assert (place / ".venv").exists() is half_made


def test_half_made_environment_is_made_anew(place: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / ".venv"], check=True)
    assert make(place).returncode == 0
    assert (place / ".venv/bin/pip").exists()


def test_python_that_is_too_old_is_told_of(place: Path) -> None:
    old = place / "python"
    old.write_text('#!/bin/sh\necho "The portal needs Python" >&2; exit 1\n')
    old.chmod(0o755)
    assert make(place, str(old)).returncode
    assert not (place / ".venv").exists()

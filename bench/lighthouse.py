"""Lighthouse's four scores of the pages that most people open, and whatever keeps one of them below 100.

usage: bench/lighthouse.py [PAGE …]      front page, register, case, form
It is the one program here that comes from npm: into a temporary folder, once a run. Behind bench/front: it wants HTTPS.
A busy machine takes points of performance: a page below 100 is opened again, three times at most, and the best is told.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import lab
from front import Front, front

VERSION = "lighthouse@13"
TRIES = 3
PAGES = ("front page", "register", "case", "form")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors"


def missing() -> str:
    found = [name for name in ("node", "npm", "chromium") if shutil.which(name) is None]
    return f"{', '.join(found)} missing: sudo apt-get install {' '.join({'node': 'nodejs'}.get(f, f) for f in found)}"


def program(folder: Path) -> Path:
    done = subprocess.run(
        ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel", "error", VERSION],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"npm could not install {VERSION}: {done.stderr.strip().splitlines()[-1]}")
    return folder / "node_modules" / ".bin" / "lighthouse"


def report(lighthouse: Path, address: str) -> dict[str, Any]:
    command = [str(lighthouse), address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    surroundings = os.environ | {"CHROME_PATH": str(shutil.which("chromium"))}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def best(lighthouse: Path, address: str) -> dict[str, Any]:
    found = report(lighthouse, address)
    for _ in range(TRIES - 1):
        if score(found, "performance") == 1:
            break
        found = max(found, report(lighthouse, address), key=lambda one: score(one, "performance"))
    return found


def score(found: dict[str, Any], category: str) -> float:
    return float(found["categories"][category]["score"] or 0)


def tell(name: str, found: dict[str, Any]) -> None:
    print(f"{name:12}" + "".join(f"{round(score(found, one) * 100):16}" for one in CATEGORIES), flush=True)
    for category in [one for one in CATEGORIES if score(found, one) < 1]:
        for audit in found["categories"][category]["auditRefs"]:
            told = found["audits"][audit["id"]]
            if audit["weight"] and told["score"] is not None and told["score"] < 1:
                print(f"    {category}: {told['title']} ({told['id']}: {told['score']} {told.get('displayValue', '')})")


def main(at: Front, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lighthouse = program(Path(folder))
        print(f"{'':12}" + "".join(f"{category:>16}" for category in CATEGORIES))
        for name in names:
            tell(name, best(lighthouse, f"https://127.0.0.1:{at.port}{at.pages[name]}"))


if __name__ == "__main__":
    if any(shutil.which(name) is None for name in ("node", "npm", "chromium")):
        sys.exit(missing())
    with lab.servers() as started, front(started) as there:
        main(there, sys.argv[1:] or list(PAGES))

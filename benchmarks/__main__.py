"""`make bench`: every measurement in turn; writes docs/benchmarks.md. Names on the command line choose some of them."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks import databases, results, tables
from qa_portal import embedded

MEASUREMENTS = ("queries", "pages", "api", "memory", "reminders", "pdf", "background", "imports")
PAGE = databases.ROOT / "docs" / "benchmarks.md"
_SCRATCH = "bench_scratch"


def main() -> int:
    """Run what was chosen; write the page only when everything was measured, or where ``--page`` says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--page", type=Path, help="where to write the page (default: docs/benchmarks.md)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(MEASUREMENTS):
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    names = [name for name in MEASUREMENTS if name in (options.names or MEASUREMENTS)]
    began = time.monotonic()
    (databases.DATA / "static").mkdir(parents=True, exist_ok=True)
    with embedded.running(databases.DATA, durable=False) as servers:
        made = {size.name: databases.generated(servers, size) for size in (databases.SMALL, databases.BIG)}
        made["demo"] = databases.demonstrated(servers)
        made["scratch"] = databases.copied(servers, made["small"], _SCRATCH)
        for name in made.values():
            _add_floors(servers, name)
        found = [result for name in names for result in _measured(name, servers, made)]
        databases.dropped(servers, _SCRATCH)
    page = options.page or (PAGE if len(names) == len(MEASUREMENTS) else None)
    if page:
        results.write(page, found, _facts(time.monotonic() - began))
    print("\n".join(result.markdown() for result in found))
    return 0 if found else 1


def _add_floors(servers: embedded.Servers, name: str) -> None:
    with databases.owner(servers, name) as cursor:
        cursor.execute(tables.FLOORS)


def _measured(name: str, servers: embedded.Servers, made: dict[str, str]) -> list[results.Result]:
    print(f"measuring {name}", file=sys.stderr, flush=True)
    environment = os.environ | databases.environment(servers, made["scratch"])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measured", name],
        cwd=databases.ROOT,
        env=environment | {"BENCH_DATABASES": json.dumps(made)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        # The others are still worth knowing.
        print(f"{name} could not be measured; the reason stands above", file=sys.stderr)
        return [
            results.Result(name.capitalize(), "Could not be measured in this run.", ["figure"], [["none"]])
        ]
    return [results.Result.from_json(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _facts(seconds: float) -> list[str]:
    return [
        f"Measured on {date.today():%-d %B %Y} by `make bench` in {seconds / 60:.0f} minutes, on {os.cpu_count()} "
        f"shared cores, Python {platform.python_version()}, the embedded PostgreSQL and Redis. Other work ran on the "
        "same machine, so seconds swing; every goal is a ratio against a floor, the same work with nothing of the "
        "portal in it, measured in the same alternated run (median of the pairs).",
        "",
        "`make bench` makes its databases once (some minutes) and keeps them in `.data/bench`. BENCH_CENTRES and "
        "BENCH_LEARNERS change the size of the big one, BENCH_IMPORT_ROWS and BENCH_LARGE_IMPORT_ROWS those of the "
        "imported files; "
        "`.venv/bin/python -m benchmarks pages pdf` measures those two and prints them.",
    ]


if __name__ == "__main__":
    sys.exit(main())

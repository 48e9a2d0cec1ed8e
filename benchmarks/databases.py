"""Databases of the benchmarks in servers of their own: made once for each size, then kept for the next run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from qa_portal.embedded import Servers

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("BENCH_DATA", ROOT / ".data" / "bench"))


@dataclass(frozen=True)
class Size:
    """How much data a database holds; the newest centre has ``newest`` of the learners."""

    name: str
    centres: int
    learners: int
    newest: int

    @property
    def words(self) -> str:
        return f"{self.centres:,} centres, {self.learners:,} learners, {self.newest:,} of them in the newest"


DEMO = Size("demo", 2, 34, 0)
SMALL = Size("small", 60, 10_000, 150)
BIG = Size(
    "big",
    int(os.environ.get("BENCH_CENTRES", 6_000)),
    int(os.environ.get("BENCH_LEARNERS", 1_000_000)),
    int(os.environ.get("BENCH_LEARNERS", 1_000_000)) // 20,
)


def with_name(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def owner(servers: Servers, database: str) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the role that owns the tables; each statement commits."""
    connection = psycopg2.connect(with_name(servers.migration_database_url, database))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def environment(servers: Servers, database: str) -> dict[str, str]:
    """What the portal's settings read, for one of these databases."""
    return {
        "TESTING": "1",
        "DEBUG": "0",
        "DEMO": "0",
        "DATABASE_URL": with_name(servers.database_url, database),
        "MIGRATION_DATABASE_URL": with_name(servers.migration_database_url, database),
        "REDIS_URL": servers.redis_url,
        "EVIDENCE_ROOT": str(DATA / "evidence"),
        "STATIC_ROOT": str(DATA / "static"),
        # A register of a million learners is one file here.
        "EVIDENCE_MAX_BYTES": str(200 * 1024 * 1024),
        "EMAIL_URL": "dummymail://",
        "API_RATE": "100000000/min",
        "CONN_MAX_AGE": "3600",
        "LOG_LEVEL": "ERROR",
    }


def schema_digest() -> str:
    """Changes when the tables or the reference data change: then the databases are made anew."""
    digest = hashlib.sha256()
    files = sorted(ROOT.glob("*/migrations/0*.py")) + sorted((ROOT / "centres" / "data").rglob("*.*"))
    for file in [*files, ROOT / "qa_portal" / "rls.py", ROOT / "qa_portal" / "triggers.py"]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:10]


def migrated(servers: Servers) -> str:
    """The name of an empty database with all tables and the reference data."""
    name = f"bench_{schema_digest()}"
    return _made(servers, name, lambda: _migrate(servers, name))


def demonstrated(servers: Servers) -> str:
    """The name of a database with the demonstration: two centres and their 34 learners, a year played out."""
    base = migrated(servers)
    name = f"{base}_demo"

    def make() -> None:
        copied(servers, base, name)
        _manage(environment(servers, name) | {"DEMO": "1"}, "load_demo_data")

    return _made(servers, name, make)


def generated(servers: Servers, size: Size) -> str:
    """The name of a database with the demonstration beside synthetic centres and learners of this size."""
    base = demonstrated(servers)
    generator = hashlib.sha256()
    for file in sorted((ROOT / "reports").glob("synthetic*.py")):
        generator.update(file.read_bytes())
    name = f"{base}_{generator.hexdigest()[:6]}_{size.centres}_{size.learners}"

    def make() -> None:
        copied(servers, base, name)
        _manage(
            environment(servers, name),
            *("generate_data", "--centres", str(size.centres), "--learners", str(size.learners)),
            *("--newest", str(size.newest)),
        )
        with owner(servers, name) as cursor:
            cursor.execute("VACUUM ANALYZE")

    return _made(servers, name, make)


def copied(servers: Servers, template: str, name: str) -> str:
    """A fresh copy of a database."""
    dropped(servers, name)
    with owner(servers, "postgres") as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return name


def dropped(servers: Servers, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    with owner(servers, "postgres") as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _made(servers: Servers, name: str, make: object) -> str:
    """Make a database that is not there; a note in a comment says that it was finished."""
    with owner(servers, "postgres") as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        found = cursor.fetchone()
    if found and found[0] == "finished":
        return name
    print(f"  making the database {name}", file=sys.stderr, flush=True)
    began = time.monotonic()
    dropped(servers, name)
    make()  # type: ignore[operator]
    with owner(servers, "postgres") as cursor:
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS 'finished'").format(sql.Identifier(name)))
    print(f"  made in {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return name


def _migrate(servers: Servers, name: str) -> None:
    with owner(servers, "postgres") as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    settings = environment(servers, name)
    _manage(settings | {"QA_DATABASE_ROLE": "owner"}, "provision_roles")
    _manage(settings | {"QA_DATABASE_ROLE": "owner"}, "migrate", "-v0")
    _manage(settings, "import_reference_data")


def _manage(settings: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | settings,
        check=True,
        stdout=sys.stderr,
    )

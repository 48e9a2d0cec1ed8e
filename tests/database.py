"""The test databases: migrated once by the owner, copied for each worker, used as the unprivileged role."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TEST_DATA", ROOT / ".data" / "test"))


def with_name(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def _owner(url: str, database: str) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(with_name(url, database))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _digest_of_migrations() -> str:
    digest = hashlib.sha256()
    files = sorted(ROOT.glob("*/migrations/0*.py")) + sorted((ROOT / "centres" / "data").rglob("*.*"))
    for file in [*files, ROOT / "qa_portal" / "rls.py", ROOT / "qa_portal" / "triggers.py"]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def demo_template(servers, lock_folder: Path) -> tuple[str, Path]:
    """The name of a database with the demonstration in it, and the folder of its files and its clock."""
    digest = hashlib.sha256(_digest_of_migrations().encode())
    for file in sorted(ROOT.glob("*/**/*.py")):
        if file.parts[len(ROOT.parts)] in {"centres", "verification", "sampling", "reports", "qa_portal"}:
            digest.update(file.read_bytes())
    name = f"demo_{digest.hexdigest()[:12]}"
    files = lock_folder / name
    base = template(servers, lock_folder)
    with open(lock_folder / "demo.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _owner(servers.migration_database_url, "postgres") as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone():
                return name, files
        building = name + "_building"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir(parents=True)
        url = copy(servers, base, building)
        environment = (
            os.environ | {"DATABASE_URL": url, "REDIS_URL": servers.redis_url} | demo_environment(files)
        )
        _manage(environment, "load_demo_data", "--once")
        with _owner(servers.migration_database_url, "postgres") as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )
    return name, files


def demo_environment(files: Path) -> dict[str, str]:
    """How the demonstration is configured over one folder of files."""
    return {
        "DEMO": "1",
        "TESTING": "1",
        "SECRET_KEY": "a-key-of-the-tests-only-" + "x" * 40,
        "EVIDENCE_ROOT": str(files / "evidence"),
        "DEMO_CLOCK_FILE": str(files / "clock"),
        "EMAIL_URL": f"filemail://{files / 'mail'}",
        "LOG_LEVEL": "WARNING",
    }


def template(servers, lock_folder: Path, *, prepare: str = "reference") -> str:
    """The name of the migrated template database with reference data, made when it does not exist yet."""
    from qa_portal.database_roles import grant_privileges, provision

    name = f"template_{prepare}_{_digest_of_migrations()}"
    lock_folder.mkdir(parents=True, exist_ok=True)
    with open(lock_folder / f"{prepare}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _owner(servers.migration_database_url, "postgres") as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone():
                return name
            provision(servers.migration_database_url, servers.database_url)
            building = name + "_building"
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(building)))
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
        with _owner(servers.migration_database_url, building) as cursor:
            grant_privileges(cursor, urlsplit(servers.database_url).username or "")
        environment = os.environ | {
            "TESTING": "1",
            "QA_DATABASE_ROLE": "owner",
            "DATABASE_URL": with_name(servers.database_url, building),
            "MIGRATION_DATABASE_URL": with_name(servers.migration_database_url, building),
            "REDIS_URL": servers.redis_url,
        }
        _manage(environment, "migrate", "-v0")
        _manage(environment | {"QA_DATABASE_ROLE": "runtime"}, "import_reference_data")
        with _owner(servers.migration_database_url, "postgres") as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(name)
                )
            )
    return name


def _manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def copy(servers, template_name: str, name: str) -> str:
    """A fresh database from the template; its address for the runtime role."""
    with _owner(servers.migration_database_url, "postgres") as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template_name)
            )
        )
    return with_name(servers.database_url, name)


def drop(servers, name: str) -> None:
    """Remove a database made by ``copy``."""
    with _owner(servers.migration_database_url, "postgres") as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

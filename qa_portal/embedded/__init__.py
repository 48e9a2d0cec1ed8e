"""The embedded PostgreSQL and Redis of `make demo` and `make test`: from wheels, in one data folder."""

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa_portal.embedded import postgres, redis
from qa_portal.embedded.folder import Folder
from qa_portal.embedded.processes import EmbeddedError

__all__ = ["EmbeddedError", "Servers", "running", "start", "stop"]


@dataclass(frozen=True)
class Servers:
    """Addresses of the two running servers."""

    database_url: str
    migration_database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """Return the addresses under the names that settings read."""
        return {
            "DATABASE_URL": self.database_url,
            "MIGRATION_DATABASE_URL": self.migration_database_url,
            "REDIS_URL": self.redis_url,
        }


def start(data: Path, *, durable: bool = True) -> Servers:
    """Start what is not running yet under ``data`` and return the addresses.

    ``durable=False`` trades safety in a power cut for speed, which suits tests. The servers outlive this
    process and a Ctrl-C in its terminal: `stop`, or the end of the last `running` block, ends them.

    Raises EmbeddedError with one line that says what is wrong.
    """
    folder = Folder.prepared(data)
    with folder.locked():
        return _start(folder, durable)


def stop(data: Path) -> None:
    """Stop both servers of ``data``, whoever uses them; does nothing when none is running."""
    if not (data / "servers.json").exists():
        return
    folder = Folder.prepared(data)
    with folder.locked():
        _stop(folder)


@contextlib.contextmanager
def running(data: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Keep the servers of ``data`` running for this block; the last process to leave such a block stops them.

    Each process holds a shared lock, which the system drops when it dies, so a killed one is not waited for.
    """
    folder = Folder.prepared(data)
    with open(folder.path / "users.lock", "w") as users:
        try:
            with folder.locked():
                fcntl.flock(users, fcntl.LOCK_SH)
                servers = _start(folder, durable)
            yield servers
        finally:
            # Any other user's shared lock refuses this exclusive one.
            with folder.locked(), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(folder)


def _start(folder: Folder, durable: bool) -> Servers:
    port = postgres.start(folder, durable=durable)
    redis_port = redis.start(folder)

    def database(role: str) -> str:
        return f"postgresql://{role}:{folder.password(role)}@{folder.HOST}:{port}/{postgres.DATABASE}"

    return Servers(
        database_url=database(postgres.LOGIN),
        migration_database_url=database(postgres.OWNER),
        redis_url=f"redis://:{folder.password('redis')}@{folder.HOST}:{redis_port}/0",
    )


def _stop(folder: Folder) -> None:
    redis.stop(folder)
    postgres.stop(folder)

"""A data folder: passwords and ports kept between runs, and the lock for starting and stopping."""

import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from qa_portal.embedded.processes import EmbeddedError, let_through, undisturbed


class Folder:
    """One data folder; each has servers, ports and random passwords of its own."""

    HOST = "127.0.0.1"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._record = path / "servers.json"

    @classmethod
    def prepared(cls, path: Path) -> Self:
        """Make the folder where it is missing. Raises EmbeddedError when it cannot be written."""
        path = path.resolve()
        try:
            path.mkdir(parents=True, exist_ok=True)
            (path / "start.lock").touch()
            let_through(path)
        except OSError as error:
            raise EmbeddedError(f"The data folder {path} cannot be used: {error.strerror}.") from error
        return cls(path)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Start or stop the servers alone, and to the end: a Ctrl-C meanwhile counts afterwards."""
        with open(self.path / "start.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with undisturbed():
                yield

    def password(self, name: str) -> str:
        """Return the folder's password of that name, made at random the first time."""
        record = self._read()
        if name not in record["passwords"]:
            record["passwords"][name] = secrets.token_urlsafe(24)
            self._write(record)
        return str(record["passwords"][name])

    def port(self, name: str) -> int | None:
        """Return the port that this server had last, if it ever had one."""
        port = self._read()["ports"].get(name)
        return None if port is None else int(port)

    def free_port(self, name: str) -> int:
        """Return the port this server had last, or another when somebody has taken it meanwhile."""
        port = self.port(name)
        if port is None or not port_is_free(self.HOST, port):
            with socket.socket() as probe:
                probe.bind((self.HOST, 0))
                port = int(probe.getsockname()[1])
            record = self._read()
            record["ports"][name] = port
            self._write(record)
        return port

    def _read(self) -> dict[str, dict[str, str | int]]:
        try:
            record = json.loads(self._record.read_text())
            return {"passwords": dict(record["passwords"]), "ports": dict(record["ports"])}
        except FileNotFoundError:
            if (self.path / "postgres").exists():
                raise EmbeddedError(
                    f"{self._record} is gone, and with it the database's passwords: move {self.path} away."
                ) from None
            return {"passwords": {}, "ports": {}}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EmbeddedError(f"{self._record} cannot be read ({error}): move {self.path} away.") from error

    def _write(self, record: dict[str, dict[str, str | int]]) -> None:
        write_private(self._record, json.dumps(record, indent=1))


def port_is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    with socket.socket() as probe:
        # Connections of an earlier server that are still fading away do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def write_private(path: Path, text: str) -> None:
    """Replace a file at once by one that only its owner reads."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)

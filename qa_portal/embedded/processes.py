"""How the embedded servers' programs are run: never as root, and out of reach of a Ctrl-C in the terminal."""

import contextlib
import os
import pwd
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_UNPRIVILEGED = "nobody"
_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SEARCH = stat.S_IXOTH
_READ_AND_SEARCH = stat.S_IROTH | stat.S_IXOTH


class EmbeddedError(Exception):
    """A server could not be started or stopped; the message is one line for whoever typed the command."""


def package_folder(package: str) -> Path | None:
    """Return where a wheel that brings a server lies; None when it is not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    if _is_root():
        for part in (folder, folder.with_name(f"{package}.libs")):
            let_through(part)
            _let_read(part)
    return folder


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; as root, in an unprivileged user's name, because PostgreSQL refuses root."""
    as_user = {"user": _UNPRIVILEGED, "group": _group(), "extra_groups": ()} if _is_root() else {}
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=True,
        check=False,
        **as_user,  # type: ignore[call-overload]
    )


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put off an interruption until the block has ended, so that no half-started server is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: came.append(number)) for number in _INTERRUPTIONS
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for interruption in came:
            os.kill(os.getpid(), interruption)


def give_away(path: Path) -> None:
    """As root, make the unprivileged user the owner of a file or folder that a server writes."""
    if _is_root():
        os.chown(path, pwd.getpwnam(_UNPRIVILEGED).pw_uid, _group())


def let_through(path: Path) -> None:
    """As root, let the unprivileged user reach ``path`` through folders that are closed to all but root.

    Only the permission to pass through is added, not the one to list; what is changed is said.
    """
    if not _is_root():
        return
    for folder in [*reversed(path.parents), path]:
        if folder.is_dir() and not folder.stat().st_mode & _SEARCH:
            folder.chmod(folder.stat().st_mode | _SEARCH)
            print(
                f"{folder} may now be passed through (chmod o+x): PostgreSQL does not run as root.",
                file=sys.stderr,
            )


def last_line(text: str) -> str:
    """Return the last line that says something, or a word in its place."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def _let_read(folder: Path) -> None:
    """Open a wheel's files that were installed for root alone (umask 077)."""
    if not folder.exists() or folder.stat().st_mode & _READ_AND_SEARCH == _READ_AND_SEARCH:
        return
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (_READ_AND_SEARCH if mode & stat.S_IXUSR else stat.S_IROTH))


def _is_root() -> bool:
    return os.geteuid() == 0


def _group() -> int:
    return pwd.getpwnam(_UNPRIVILEGED).pw_gid

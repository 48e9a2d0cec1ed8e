"""`make demo`: what stands in its way is one line, it says when it is ready, and it leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from qa_portal.embedded.folder import Folder

SERVERS = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")
# The environment of whoever runs the tests, without what the tests themselves have set.
ORDINARY = {
    name: value
    for name, value in os.environ.items()
    if name not in {*SERVERS, "TESTING", "EVIDENCE_ROOT", "DATA"}
}
SECONDS_TO_BE_READY = 420


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def refused(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.demo"],
        env=ORDINARY | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(PORT=str(port), DATA=str(tmp_path))
    assert line == f"Port {port} on 127.0.0.1 is taken: choose another, for example PORT={port + 1}."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_one_line(port: str, tmp_path: Path) -> None:
    assert refused(PORT=port, DATA=str(tmp_path)).startswith("PORT must be a number from 1 to 65535")


def test_a_data_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    line = refused(PORT=str(free_port()), DATA=str(tmp_path / "file"))
    assert "cannot be used" in line


def test_a_broken_data_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "servers.json").write_text(json.dumps({"passwords": {}, "ports": {}}))
    assert "holds no PostgreSQL 18 database" in refused(PORT=str(free_port()), DATA=str(tmp_path))


def test_some_of_the_servers_addresses_are_not_enough(tmp_path: Path) -> None:
    line = refused(PORT=str(free_port()), DATA=str(tmp_path), REDIS_URL="redis://127.0.0.1:1/0")
    assert line.startswith("Set DATABASE_URL and MIGRATION_DATABASE_URL as well")


class Demo:
    """One running demo, its output read as it comes."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scripts.demo"],
            env=ORDINARY | {"PORT": str(self.port), "DATA": str(data), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output += line

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_BE_READY
        while f"Ready at http://localhost:{self.port} " not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.2)

    def family(self) -> set[psutil.Process]:
        return {*psutil.Process(self.process.pid).children(recursive=True)}

    def stop(self, number: int) -> int:
        """Send a signal as a terminal does for Ctrl-C, to the whole group, and return the exit code."""
        os.killpg(self.process.pid, number)
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        return code


def left_of(processes: set[psutil.Process], data: Path) -> list[str]:
    """Name what still runs of these processes and of the servers in that folder."""
    left = []
    for process in [*processes, *psutil.process_iter()]:
        try:
            command = " ".join(process.cmdline())
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            continue
        if alive and (process in processes or str(data) in command):
            left.append(command)
    return left


def test_the_demo_says_when_it_is_ready_keeps_its_data_and_leaves_no_process_behind(tmp_path: Path) -> None:
    data = tmp_path / ".data"
    for number in (signal.SIGINT, signal.SIGTERM):
        demo = Demo(data)
        try:
            demo.wait_until_ready()
            with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/healthz", timeout=10) as answer:
                assert answer.status == 200
            assert "qn@northgate.example" in demo.output
            family = demo.family()
            assert len(family) > 5
            redis_port = Folder(data).port("redis")
        finally:
            code = demo.stop(number)
        assert code == 0, demo.output
        assert left_of(family, data) == []
        with socket.socket() as client:
            assert client.connect_ex(("127.0.0.1", int(redis_port or 0))) != 0

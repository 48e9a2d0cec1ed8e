"""The embedded servers: what survives between runs, what is left behind, and how trouble is told."""

import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from qa_portal import embedded
from qa_portal.embedded import postgres
from qa_portal.embedded.folder import Folder, port_is_free


@pytest.fixture(scope="module")
def used_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal") / ".data"
    embedded.start(folder, durable=False)
    return folder


@pytest.fixture
def data(used_before: Path) -> Iterator[Path]:
    """A data folder that servers have run in; none runs at the beginning and none at the end."""
    embedded.stop(used_before)
    yield used_before
    embedded.stop(used_before)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / ".data"
    embedded.stop(tmp_path / ".data")


@pytest.fixture
def servers(data: Path) -> embedded.Servers:
    return embedded.start(data, durable=False)


def value(url: str, statement: str) -> object:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def processes_of(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if str(folder) in " ".join(process.info["cmdline"] or [])
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def test_both_servers_answer_on_the_loopback_address_only(servers: embedded.Servers) -> None:
    assert value(servers.database_url, "SELECT current_user") == "qa_portal"
    assert value(servers.migration_database_url, "SELECT current_user") == "qa_owner"
    assert value(servers.database_url, "SHOW listen_addresses") == "127.0.0.1"
    assert value(servers.database_url, "SELECT inet_server_addr() IS NOT NULL") is True
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.ping()
        assert client.config_get("bind")["bind"] == "127.0.0.1"


def test_nobody_signs_in_without_the_password(servers: embedded.Servers) -> None:
    with pytest.raises(psycopg2.OperationalError, match="password"):
        value(servers.database_url.replace("qa_portal:", "qa_portal:x", 1), "SELECT 1")
    stranger = redis.Redis.from_url(servers.redis_url.replace("redis://:", "redis://:x"))
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_the_database_is_the_same_on_every_machine(servers: embedded.Servers) -> None:
    assert str(value(servers.database_url, "SHOW server_version")).startswith("18")
    assert value(servers.database_url, "SHOW server_encoding") == "UTF8"
    assert value(servers.database_url, "SELECT lower('ÉÀß')") == "éàß"
    assert value(servers.database_url, "SHOW timezone") == "UTC"


def test_a_second_start_finds_the_running_servers(data: Path) -> None:
    assert embedded.start(data, durable=False) == embedded.start(data, durable=False)


def test_what_was_stored_is_there_after_a_stop_and_a_start(data: Path) -> None:
    first = embedded.start(data)
    value(first.migration_database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    embedded.stop(data)
    second = embedded.start(data)
    assert second == first
    assert value(second.database_url, "SELECT number FROM kept") == 7


def test_stop_leaves_no_process_behind(data: Path) -> None:
    embedded.start(data, durable=False)
    port = Folder(data).port("redis")
    assert len(processes_of(data)) >= 1
    embedded.stop(data)
    embedded.stop(data)
    assert processes_of(data) == []
    assert port_is_free("127.0.0.1", int(port or 0))


def test_the_last_of_several_users_stops_the_servers(data: Path) -> None:
    with embedded.running(data, durable=False) as servers:
        script = (
            "import sys; from pathlib import Path; from qa_portal import embedded\n"
            "with embedded.running(Path(sys.argv[1])) as servers: print(servers.redis_url)"
        )
        other = subprocess.run(
            [sys.executable, "-c", script, str(data)], capture_output=True, text=True, check=True
        )
        assert other.stdout.strip() == servers.redis_url
        assert value(servers.database_url, "SELECT 1") == 1
    assert processes_of(data) == []


def test_a_killed_user_does_not_keep_the_servers_alive(data: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from qa_portal import embedded\n"
        "with embedded.running(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(data)], check=False)
    assert processes_of(data) != []
    with embedded.running(data):
        pass
    assert processes_of(data) == []


def test_a_folder_above_closed_meanwhile_does_not_keep_the_servers_from_stopping(data: Path) -> None:
    embedded.start(data, durable=False)
    data.parent.chmod(0o700)
    embedded.stop(data)
    assert processes_of(data) == []


def test_a_stale_pid_file_of_a_dead_server_is_no_obstacle(data: Path) -> None:
    embedded.start(data, durable=False)
    killed = processes_of(data)
    for process in killed:
        process.kill()
    while any(process in processes_of(data) for process in killed):
        time.sleep(0.05)
    assert (data / "postgres" / "postmaster.pid").exists()
    again = embedded.start(data, durable=False)
    assert value(again.database_url, "SELECT 1") == 1


def test_a_pid_file_that_names_another_living_process_is_stale_too(data: Path) -> None:
    embedded.start(data, durable=False)
    pid_file = data / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.stop(data)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    servers = embedded.start(data, durable=False)
    assert value(servers.database_url, "SELECT 1") == 1


def test_a_port_taken_meanwhile_is_changed_for_a_free_one(data: Path) -> None:
    embedded.start(data, durable=False)
    folder = Folder(data)
    port = folder.port("postgres")
    embedded.stop(data)
    with socket.create_server(("127.0.0.1", port)):
        servers = embedded.start(data, durable=False)
    assert folder.port("postgres") != port
    assert value(servers.database_url, "SELECT 1") == 1


def test_passwords_are_random_and_readable_by_their_owner_only(fresh: Path) -> None:
    folder = Folder.prepared(fresh)
    password = folder.password("redis")
    assert Folder(fresh).password("redis") == password != folder.password("qa_portal")
    assert stat.S_IMODE((fresh / "servers.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("action", ["start", "env"])
def test_a_broken_data_folder_is_one_line_and_a_failure(fresh: Path, action: str) -> None:
    fresh.mkdir()
    (fresh / "postgres").mkdir()
    (fresh / "servers.json").write_text(json.dumps({"passwords": {}, "ports": {}}))
    command = [sys.executable, "-m", "qa_portal.embedded", action, "--data", str(fresh)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    *said_before, line = done.stderr.splitlines()
    assert "holds no PostgreSQL 18 database" in line
    assert all("chmod o+x" in earlier for earlier in said_before)


def test_each_kind_of_broken_data_folder_is_named(fresh: Path) -> None:
    fresh.parent.joinpath("file").write_text("")
    with pytest.raises(embedded.EmbeddedError, match="cannot be used"):
        embedded.start(fresh.parent / "file")
    folder = Folder.prepared(fresh)
    (fresh / "servers.json").write_text("{")
    with pytest.raises(embedded.EmbeddedError, match=r"servers\.json cannot be read"):
        folder.password("redis")
    (fresh / "servers.json").unlink()
    (fresh / "postgres").mkdir()
    with pytest.raises(embedded.EmbeddedError, match="passwords"):
        folder.password("redis")


def test_a_server_that_does_not_start_says_why_in_its_own_words(data: Path) -> None:
    embedded.start(data, durable=False)
    embedded.stop(data)
    configuration = data / "postgres" / "postgresql.conf"
    as_it_was = configuration.read_text()
    configuration.write_text("no_such_setting = on\n")
    with pytest.raises(embedded.EmbeddedError, match="does not start") as refused:
        embedded.start(data)
    assert "\n" not in str(refused.value)
    assert "postgres.log" in str(refused.value)
    configuration.write_text(as_it_was)


def test_an_interrupted_first_start_leaves_nothing_half_made(fresh: Path) -> None:
    folder = Folder.prepared(fresh)
    (fresh / "postgres.unfinished" / "base").mkdir(parents=True)
    postgres.start(folder, durable=False)
    assert not (fresh / "postgres.unfinished").exists()


def test_run_gives_a_command_the_addresses_and_its_exit_code(data: Path) -> None:
    script = "import os, sys; print(os.environ['REDIS_URL']); sys.exit(3)"
    command = [sys.executable, "-m", "qa_portal.embedded", "run", "--fast", "--data", str(data)]
    done = subprocess.run(
        [*command, "--", sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith("redis://:")
    assert processes_of(data) == []

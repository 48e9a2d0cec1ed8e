"""What docker-compose.yml and its neighbours promise: every queue served, every secret a file, one address a role."""

import re
from pathlib import Path

import pytest
import yaml

from qa_portal.celery import QUEUES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


def queues(command: str) -> set[str]:
    return {name for given in re.findall(r"--queues (\S+)", command) for name in given.split(",")}


def test_every_queue_has_exactly_one_kind_of_worker() -> None:
    served = [name for service in SERVICES.values() for name in queues(str(service.get("command", "")))]
    assert sorted(served) == sorted(QUEUES)


@pytest.mark.parametrize("file", ["Procfile", "scripts/demo.Procfile"])
def test_a_single_worker_serves_every_queue(file: str) -> None:
    assert queues((ROOT / file).read_text()) == set(QUEUES)


def test_every_secret_that_a_service_reads_is_given_to_it_and_explained() -> None:
    explained = (ROOT / "deploy" / "secrets" / "README.md").read_text()
    for name, service in SERVICES.items():
        given = set(service.get("secrets", []))
        assert given <= set(COMPOSE["secrets"]), name
        environment = service.get("environment", {})
        read = {Path(value).name for key, value in environment.items() if key.endswith("_FILE")}
        assert read <= given, name
    for secret in COMPOSE["secrets"]:
        assert f"`{secret}`" in explained


def test_no_secret_stands_in_the_compose_file_itself() -> None:
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            assert not re.search(r"(KEY|PASSWORD|SECRET|_URL)$", key) or key == "BASE_URL", (name, key, value)


def test_only_the_migration_signs_in_as_the_owner() -> None:
    owners = [
        name for name, service in SERVICES.items() if "migration_database_url" in service.get("secrets", [])
    ]
    assert owners == ["migrate"]


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]


def test_the_image_holds_every_application_and_no_test() -> None:
    recipe = (ROOT / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\w+) \1$", recipe, flags=re.MULTILINE))
    applications = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert applications | {"templates", "static"} <= copied
    assert "tests" not in copied


def test_the_requirements_are_pinned_by_hash_and_name_no_host() -> None:
    for file in sorted((ROOT / "requirements").glob("*.txt")):
        text = file.read_text()
        assert "://" not in text
        assert "index-url" not in text
        packages = re.findall(r"^[a-z0-9][^\n]*==", text, flags=re.MULTILINE)
        assert len(packages) > 50
        assert text.count("==") >= len(packages) <= text.count("--hash=sha256:")

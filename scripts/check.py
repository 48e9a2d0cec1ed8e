"""Runs every check that is not a test, the quick ones first, and says at the end which failed."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from qa_portal import embedded

BIN = Path(sys.executable).parent
PYTHON_CHECKS = {
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "lint": [BIN / "ruff", "check", "--quiet", "."],
    "import contracts": [BIN / "lint-imports", "--no-logo"],
    "templates": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "types": [BIN / "mypy"],
}
MANAGE = [sys.executable, "manage.py"]
# These ask a real database; the last one as if in production.
DATABASE_CHECKS = {
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "lifecycles page": [*MANAGE, "print_lifecycles", "--check"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}


def main() -> int:
    """Run all checks, even after one has failed, and return 1 when any did."""
    os.environ["LOG_LEVEL"] = "WARNING"
    # mypy's Django plugin reads the settings, which in production want a key.
    failed = [name for name, command in PYTHON_CHECKS.items() if not passes(name, command, {"TESTING": "1"})]
    try:
        with embedded.running(Path(".data/test"), durable=False) as servers:
            environment = servers.environment() | production_settings()
            failed += [
                name for name, command in DATABASE_CHECKS.items() if not passes(name, command, environment)
            ]
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def passes(name: str, command: list[Path | str], environment: dict[str, str]) -> bool:
    """Run one check and show what it prints only when it fails."""
    started = time.monotonic()
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{name:18} {verdict:6} {time.monotonic() - started:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return not done.returncode


def production_settings() -> dict[str, str]:
    """Return what an installation sets, so that the deployment check sees production's settings."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "BASE_URL": "https://portal.awarding.example",
        "DEBUG": "0",
        "DEMO": "0",
        "TESTING": "0",
    }


if __name__ == "__main__":
    sys.exit(main())

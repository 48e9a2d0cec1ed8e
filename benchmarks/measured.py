"""One measurement in a process of its own: `python -m benchmarks.measured pages`; prints its results as JSON lines."""

from __future__ import annotations

import importlib
import json
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_portal.settings")
    django.setup()
    module = importlib.import_module(f"benchmarks.{sys.argv[1]}")
    for result in module.measure(json.loads(os.environ["BENCH_DATABASES"])):
        print(result.to_json())

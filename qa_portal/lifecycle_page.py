"""Every lifecycle of the portal as one page of tables and diagrams, printed from the code."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from qa_portal.lifecycle import Lifecycle

APPS = ("centres", "verification", "sampling", "reports")
HEAD = """# Lifecycles

Printed from the code by `manage.py print_lifecycles`; `make check` refuses a page that is out of date.
Each row is one transition: the same name is the operation, the address, the API path and the audit event's verb.
"""


def all_lifecycles() -> Iterator[tuple[str, Lifecycle]]:
    """Every lifecycle with its app's name, in the order of the apps and of the nouns."""
    for app in APPS:
        found: dict[str, Lifecycle] = {}
        for module in _modules(f"{app}.lifecycle"):
            found |= {thing.noun: thing for thing in vars(module).values() if isinstance(thing, Lifecycle)}
        for noun in sorted(found):
            yield app, found[noun]


def _modules(name: str) -> Iterator[object]:
    try:
        root = importlib.import_module(name)
    except ModuleNotFoundError:
        return
    yield root
    for info in pkgutil.iter_modules(getattr(root, "__path__", [])):
        yield importlib.import_module(f"{name}.{info.name}")


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(_section(app, lifecycle) for app, lifecycle in all_lifecycles())


def _section(app: str, lifecycle: Lifecycle) -> str:
    rows = ["| transition | from | to | who | recorded as | conditions |", "|---|---|---|---|---|---|"]
    edges = []
    for transition in lifecycle.transitions.values():
        sources = ", ".join(_word(source) for source in transition.sources)
        conditions = ", ".join(f"`{condition.__name__}`" for condition in transition.conditions)
        rows.append(
            f"| {transition.name} | {sources} | {_word(transition.target)} | `{transition.permission}`"
            f" | `{transition.event}` | {conditions} |"
        )
        edges += [f"    {source} --> {transition.target}: {transition.name}" for source in transition.sources]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", *edges, "```"])
    return f"\n## {lifecycle.noun} ({app})\n\n" + "\n".join(rows) + f"\n\n{diagram}\n"


def _word(status: str) -> str:
    return str(status).lower().replace("_", " ")

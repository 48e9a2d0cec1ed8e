"""A running portal with the demonstration, a browser, and axe on every page that a journey opens."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Response

from qa_portal import embedded
from tests import database

PASSWORD = "portal-demo-2026"
_PARTS = ["critical", "serious", "moderate", "minor"]


@dataclass
class Portal:
    """The running portal: its address, its files, and how to move its clock."""

    url: str
    files: Path
    environment: dict[str, str]

    def move_to(self, day: date) -> None:
        """Move the demonstration's clock, and let the rules that follow dates happen at once."""
        self.manage("shell", "-c", _MOVE.format(day=day.isoformat()))

    def manage(self, *arguments: str) -> str:
        """Run a management command against the journey's database."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=database.ROOT, env=self.environment, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout


_MOVE = """
from datetime import date, datetime, time
from django.utils import timezone
from qa_portal import clock, tasks
from verification import tasks as dated
clock.move_demo_clock_to(timezone.make_aware(datetime.combine(date.fromisoformat("{day}"), time(9, 0))))
dated.apply_dated_rules(); tasks.remind()
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from reports.demo import teaching
with scoped_to(ALL_CENTRES, side=Side.AO):
    teaching.go_on(until=date.fromisoformat("{day}"))
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory) -> Iterator[Portal]:
    """The demonstration, freshly copied, with web and worker running; one a module, so that journeys do not mix."""
    with embedded.running(database.DATA, durable=False) as servers:
        name, files = database.demo_template(servers, database.DATA)
        own = tmp_path_factory.mktemp("portal")
        shutil.copytree(files, own, dirs_exist_ok=True)
        mine = f"journey_{os.getpid()}"
        port = _free_port()
        environment = os.environ | database.demo_environment(own) | {
            "DATABASE_URL": database.copy(servers, name, mine),
            # Two journeys at once must not take each other's work.
            "REDIS_URL": servers.redis_url.rsplit("/", 1)[0] + f"/{14 + _worker() % 2}",
            "BASE_URL": f"http://localhost:{port}",
            "STATIC_ROOT": str(own / "static"),
        }  # fmt: skip
        portal = Portal(f"http://localhost:{port}", own, environment)
        portal.manage("collectstatic", "--no-input", "-v0")
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "qa_portal.wsgi",
            "-b",
            f"127.0.0.1:{port}",
            "-w",
            "1",
            "--log-level",
            "error",
        ]
        worker = [sys.executable, "-m", "celery", "-A", "qa_portal.celery", "worker", "-P", "solo", "-l", "ERROR",
                  "-Q", "default,mail,pdf,import,solve"]  # fmt: skip
        processes = [
            subprocess.Popen(command, cwd=database.ROOT, env=environment, start_new_session=True)
            for command in (web, worker)
        ]
        try:
            _wait_for(portal.url)
            yield portal
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGTERM)
            for process in processes:
                process.wait(timeout=20)
            database.drop(servers, mine)


def _worker() -> int:
    return int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", ""))) or 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str) -> None:
    for _ in range(480):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2)
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise RuntimeError("The portal did not start.")


class Visitor:
    """Somebody at a browser; every page they open is checked with axe."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page, self.portal, self.status = page, portal, 200
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.status = response.status

    def open(self, path: str, *, status: int = 200) -> Page:
        """Open a page and find nothing wrong with it."""
        response = self.page.goto(path if path.startswith("http") else self.portal.url + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.check()
        return self.page

    def check(self) -> None:
        """axe finds nothing on the page as it stands."""
        found = Axe().run(
            self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        )
        violations = found.response["violations"]
        said = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in violations]
        assert not violations, f"{self.page.url}\n" + "\n".join(said)

    def press(self, words: str) -> None:
        """Press the button with these words, and look at the page that follows."""
        self.go(self.page.get_by_role("button", name=words).first)

    def follow(self, words: str) -> None:
        """Follow the link with these words."""
        self.go(self.page.get_by_role("link", name=words).first)

    def go(self, control: Locator) -> None:
        """Click what leads to another page, and look at that page once it is there.

        An upload with progress puts the new page in the place of the old one without navigating: both are waited for.
        """
        self.page.evaluate("document.body.dataset.left = 'yes'")
        control.click()
        self.page.locator("body:not([data-left])").wait_for(state="attached")
        self.page.wait_for_load_state()
        assert self.status < 400, f"{self.page.url}: {self.status}\n{self.page.inner_text('main')[:600]}"
        self.check()

    def sees(self, text: str) -> None:
        """The page says this."""
        assert text in self.page.inner_text("body").replace("\N{NO-BREAK SPACE}", " "), text


@pytest.fixture
def visitor(chromium: Browser, portal: Portal) -> Iterator:
    """``visitor("qn@northgate.example")``: signed in, in a browser of their own; no address is nobody."""
    contexts = []

    def enter(email: str = "", *, width: int = 1280) -> Visitor:
        context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=portal.url)
        contexts.append(context)
        context.set_default_timeout(20_000)
        one = Visitor(context.new_page(), portal)
        if email:
            one.open("/account/login/")
            one.page.fill("[name=login]", email)
            one.page.fill("[name=password]", PASSWORD)
            one.press("Sign in")
        return one

    yield enter
    for context in contexts:
        context.close()

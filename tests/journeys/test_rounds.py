"""Everybody can look round: each page of each navigation answers, at both widths, and axe finds nothing."""

from __future__ import annotations

import pytest

PEOPLE = [
    "head@northgate.example", "qn@northgate.example", "exams@northgate.example", "leader@northgate.example",
    "leadiv@northgate.example", "iv@northgate.example", "assessor2@northgate.example", "qn@harbour.example",
    "lsv@verifiers.example", "sv@verifiers.example", "manager@awarding.example", "planner@awarding.example",
    "viewer@awarding.example", "admin@awarding.example",
]  # fmt: skip

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("email", PEOPLE)
def test_every_page_of_the_navigation_opens(visitor, email):
    one = visitor(email)
    links = one.page.locator("nav[aria-label=Main] a").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    assert len(links) > 1
    for link in [*links, "/account/", "/help/"]:
        one.open(link)


def test_pages_fit_a_phone(visitor):
    one = visitor("qn@northgate.example", width=320)
    for path in (
        "/",
        "/centres/10101/self-assessment/",
        "/centres/10101/programmes/",
        "/centres/10101/actions/",
    ):
        one.open(path)
        too_wide = one.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not too_wide, path


def test_nobody_gets_in_without_signing_in(visitor):
    one = visitor()
    one.page.goto(one.portal.url + "/centres/10101/")
    assert "/account/login/" in one.page.url
    one.check()


def test_another_centre_does_not_exist(visitor):
    one = visitor("qn@harbour.example")
    one.open("/centres/10101/", status=404)
    one.open("/centres/10101/learners/", status=404)

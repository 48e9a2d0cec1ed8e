"""The scripts: what they add, and that they can be done without."""

from __future__ import annotations

from django.template.loader import render_to_string

SHELL = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Page</title>
<link rel="icon" href="/static/build/favicon.svg"><link rel="stylesheet" href="/static/build/portal.css">
<script type="module" src="/static/build/portal.js"></script></head><body {body}><main>{main}</main></body></html>"""


def shell(main: str, body: str = "") -> str:
    return SHELL.format(main=main, body=body)


def arrived(page, pages) -> list[str]:
    """What came in, once something has (the machine may be busy), with a moment for a second one."""
    for _ in range(100):
        if pages.posts:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(200)
    return pages.posts


def row(number: int) -> str:
    answers = "".join(
        f'<label><input type="radio" name="c{number}" value="{value}">{value}</label>'
        for value in ("agree", "disagree")
    )
    return f'<tr data-criterion="{number}"><th scope="row">4.P{number}</th><td>{answers}</td></tr>'


def desk() -> str:
    return shell(
        render_to_string("parts/keys.html", {"last": 2})
        + '<a rel="next" href="#next">Next</a><a rel="prev" href="#previous">Previous</a>'
        + f'<form method="post" action="/save"><table>{row(1)}{row(2)}</table>'
        + '<textarea aria-label="Why"></textarea><button data-key-save>Save</button></form>'
    )


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(open_page):
    summary = render_to_string("parts/error_summary.html", {"page_errors": [("uln", "Enter all 10 digits")]})
    page = open_page(shell(summary + '<label for="uln">ULN</label><input id="uln">'))
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.click("text=Enter all 10 digits")
    assert page.evaluate("document.activeElement.id") == "uln"


def test_a_double_click_sends_a_form_once(open_page, pages):
    page = open_page(shell('<form method="post" action="/issue" data-once><button>Issue</button></form>'))
    page.evaluate("document.querySelector('button').click(); document.querySelector('button').click()")
    assert arrived(page, pages) == ["POST /issue"]


def test_keys_choose_and_answer(open_page):
    page = open_page(desk())
    page.keyboard.press("2")
    page.keyboard.press("d")
    assert page.locator("[name=c2][value=disagree]").is_checked()
    assert "qa-criteria__disagreed" in page.locator("[data-criterion='2']").get_attribute("class")
    page.keyboard.press("j")
    assert page.url.endswith("#next")
    page.keyboard.press("k")
    assert page.url.endswith("#previous")


def test_ctrl_enter_saves_even_from_the_reason(open_page, pages):
    page = open_page(desk())
    page.locator("textarea").focus()
    page.keyboard.press("Control+Enter")
    assert arrived(page, pages) == ["POST /save"]


def test_letters_in_a_text_field_are_only_letters(open_page):
    page = open_page(desk())
    page.locator("textarea").focus()
    page.keyboard.type("a1d")
    assert page.locator("textarea").input_value() == "a1d"
    assert page.locator("input:checked").count() == 0


def test_keys_can_be_turned_off_and_stay_off(open_page):
    page = open_page(desk())
    page.click("text=Turn keys off")
    page.reload()
    page.keyboard.press("1")
    page.keyboard.press("a")
    assert page.locator("input:checked").count() == 0
    page.click("text=Turn keys on")
    page.locator("h2").first.click()
    page.keyboard.press("1")
    page.keyboard.press("a")
    assert page.locator("input:checked").count() == 1


def test_the_session_warning_comes_in_time_and_one_press_stays_signed_in(open_page, pages):
    bar = render_to_string("parts/session.html")
    page = open_page(shell(bar, 'data-session-seconds="7200" data-session-warning="300"'), clock=True)
    assert not page.locator("[data-session]").is_visible()
    page.clock.run_for(6_930_000)
    assert page.locator("[data-session]").is_visible()
    assert page.locator("[data-session-left]").inner_text() == "in 5 minutes"
    page.click("text=Stay signed in")
    page.locator("[data-session]").wait_for(state="hidden")
    assert pages.posts == ["POST /account/stay/"]


def test_a_page_with_changes_asks_before_it_is_left(open_page):
    page = open_page(shell('<form data-unsaved><input aria-label="Name"></form><a href="/page">Away</a>'))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("input", "changed")
    page.click("text=Away")
    page.wait_for_load_state()
    assert asked == ["beforeunload"]


def test_what_needs_scripts_is_shown_by_them_alone(open_page):
    html = shell("<button hidden data-needs-script>With scripts</button>")
    assert open_page(html).locator("button").is_visible()
    assert not open_page(html, script=False).locator("button").is_visible()

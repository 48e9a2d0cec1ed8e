"""Help, rules, privacy and accessibility open for anybody, signed in or not."""

import re

import pytest
from django.urls import reverse

from centres.help_pages import urlpatterns

PAGES = [pattern.name for pattern in urlpatterns]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_help_page_opens_without_signing_in_and_has_one_heading(client, name):
    response = client.get(reverse(name))
    page = response.content.decode()
    assert response.status_code == 200
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert not re.search(r"<h1>\s*</h1>", page)
    assert re.search(r"<title>[A-Z][^<]+ – ", page)


@pytest.mark.django_db
def test_every_link_between_help_pages_leads_somewhere(client):
    for name in PAGES:
        page = client.get(reverse(name)).content.decode()
        for target in set(re.findall(r'href="(/(?:help|privacy|accessibility)/[^"#]*)"', page)):
            assert client.get(target).status_code == 200, (name, target)


@pytest.mark.django_db
def test_the_rules_page_shows_every_rule_with_an_anchor(client):
    page = client.get(reverse("help_rules")).content.decode()
    assert [number for number in range(1, 101) if f'id="r{number}"' not in page] == []
    assert "Planned: not applied by the portal yet." in page

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.links import PAGES, Links, with_query

OWN = Links("https://data.example/roads/")


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        ("https://data.example/roads/id/activity/d_1_3", "/activities/d_1_3"),
        ("https://data.example/roads/id/roadmap/tomsk-obl-mr", "/roadmaps/tomsk-obl-mr"),
        ("https://data.example/roads/id/provisional/a_b", "/provisional/a_b"),
        ("https://data.example/roads/id/result/d_1_3", "/id/result/d_1_3"),
        ("https://data.example/roads/id/activity/d.ttl", "/id/activity/d.ttl"),
        ("https://data.example/roads/id/activity/", "/id/activity/"),
        ("https://data.example/roads/id/activity/d_1_3/x", "/id/activity/d_1_3/x"),
        ("https://w3id.org/vekha/scheme/theme/mentoring", "/themes/mentoring"),
        ("https://w3id.org/vekha/scheme/theme", "/scheme/theme"),
        ("https://w3id.org/vekha/scheme/level/region", "/scheme/level/region"),
        ("https://w3id.org/vekha/ns#Activity", "/ns#Activity"),
        ("http://www.w3.org/ns/org#unitOf", "http://www.w3.org/ns/org#unitOf"),
        ("https://data.example/elsewhere", "https://data.example/elsewhere"),
        ("javascript:alert(1)", None),
        ("JavaScript:alert(1)", None),
        ("data:text/html,<script>alert(1)</script>", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        (" javascript:alert(1)", None),
        ("just words", None),
        (None, None),
        (7, None),
    ],
)
def test_only_own_and_web_addresses_become_links(iri: object, address: str | None) -> None:
    assert OWN.of(iri) == address


@given(st.text())
def test_no_text_becomes_a_link_with_another_scheme(text: str) -> None:
    address = OWN.of(text)
    assert address is None or address.lower().startswith(("/", "http:", "https:"))


@given(st.text(min_size=1))
def test_what_stands_under_the_base_stays_on_this_host(text: str) -> None:
    address = OWN.of(OWN.base + "id/" + text)
    assert address is not None
    assert address.startswith(("/id/", *(f"/{folder}/" for folder in PAGES.values())))
    assert "//" not in address[:2]


def test_a_path_names_the_iri_it_stands_for() -> None:
    assert OWN.thing("id/body/x_y") == "https://data.example/roads/id/body/x_y"
    assert OWN.thing("scheme/theme/mentoring") == "https://w3id.org/vekha/scheme/theme/mentoring"


@pytest.mark.parametrize("home", PAGES)
def test_the_address_of_a_page_names_the_thing_it_shows(home: str) -> None:
    iri = OWN.thing(f"{home}/x-y_1")
    assert OWN.of(iri) == f"/{PAGES[home]}/x-y_1"
    assert OWN.thing(f"{PAGES[home]}/x-y_1") == iri


def test_values_of_an_address_are_escaped() -> None:
    assert with_query("/x", {"a": "б&c=d", "none": None}, e=1) == "/x?a=%D0%B1%26c%3Dd&e=1"
    assert with_query("/x") == "/x"
